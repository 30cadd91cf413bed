"""How much one visitor, and one address, may ask of the chat's counter; of an address nothing is kept but a seal."""

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

MOST: Final = 20_000
SWEEP: Final = 1.0


class Bucket:
    """So many at once, and so many a second after that."""

    def __init__(self, at_once: int, a_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._a_second, self._now = float(at_once), a_second, now
        self._left, self._since = self._at_once, now()

    def take(self, count: int = 1) -> bool:
        """Whether there are so many more."""
        self._fill()
        if self._left < count:
            return False
        self._left -= count
        return True

    def is_full(self) -> bool:
        """Whether nothing was asked for long enough."""
        self._fill()
        return self._left >= self._at_once

    def _fill(self) -> None:
        now = self._now()
        self._left = min(self._at_once, self._left + (now - self._since) * self._a_second)
        self._since = now


class Buckets:
    """One for each address; those that are full again are forgotten."""

    def __init__(self, at_once: int, a_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._make: Callable[[], Bucket] = lambda: Bucket(at_once, a_second, now)
        self._buckets: dict[bytes, Bucket] = {}
        self._now = now
        self._sweep_at = 0.0

    def take(self, address: bytes) -> bool:
        """Whether this address may once more."""
        if len(self._buckets) >= MOST and self._now() >= self._sweep_at:
            self._sweep_at = self._now() + SWEEP
            self._buckets = {one: bucket for one, bucket in self._buckets.items() if not bucket.is_full()}
        if address not in self._buckets and len(self._buckets) >= 2 * MOST:
            return False
        return self._buckets.setdefault(address, self._make()).take()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._buckets)


def household(said: str) -> str:
    """Who shares an address: of IPv6 it is the network, which is one household's; "" of what is no address."""
    try:
        at = ip_address(said)
    except ValueError:
        return ""
    if isinstance(at, IPv6Address):
        return str(at.ipv4_mapped or ip_network((at.packed, 64), strict=False))
    return str(at)


def sealed(peer: str, forwarded: Sequence[str], behind_proxy: bool, secret: str) -> bytes:
    """Where a visitor comes from, so that nobody can say where that is.

    `forwarded` are the X-Forwarded-For headers in their order: the last address is what our own proxy saw, all before
    it is what somebody claims.
    """
    said = forwarded[-1].rpartition(",")[2].strip() if behind_proxy and forwarded else peer
    return hmac.new(secret.encode(), household(said).encode(), hashlib.sha256).digest()
