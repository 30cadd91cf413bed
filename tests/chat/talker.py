"""A visitor without a browser: what was not acknowledged he sends again, one after the other, as the box does."""

import asyncio
import base64
import json
import random
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.typing import Origin

ORIGIN = "https://www.example.org"
LOST = (OSError, ConnectionClosed, InvalidStatus, InvalidMessage, TimeoutError, EOFError)


def secret() -> str:
    """As the box makes it."""
    return base64.urlsafe_b64encode(random.randbytes(32)).rstrip(b"=").decode()


def address(number: int) -> str:
    """An address of his own, as a proxy says it."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass(slots=True)
class Talker:
    """One visitor. `doors` are the ports of the gateways; at each loss of the line he tries any of them."""

    number: int
    doors: Sequence[int]
    token: str = field(default_factory=secret)
    state: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    heard_at: dict[int, float] = field(default_factory=dict)
    unsent: deque[tuple[str, str]] = field(default_factory=deque)
    connects: int = 0
    ended: bool = False
    _socket: ClientConnection | None = None
    _asked: str = ""

    @property
    def name(self) -> str:
        """What he calls himself."""
        return f"Visitante {self.number:04}"

    def was_told(self, text: str) -> bool:
        """Whether a line says so."""
        return any(line["text"] == text for line in self.lines)

    async def say(self, text: str) -> None:
        """Write a line; it is sent until it is kept."""
        self.unsent.append((str(uuid4()), text))
        await self._next()

    async def live(self) -> None:
        """Connect, and again, until ended."""
        while not self.ended:
            with suppress(*LOST):
                await self._connection()
            self._socket, self._asked = None, ""
            await asyncio.sleep(random.uniform(0.02, 0.2))

    async def close(self) -> None:
        """Go."""
        self.ended = True
        if self._socket is not None:
            await self._socket.close()

    async def _connection(self) -> None:
        async with connect(
            f"ws://127.0.0.1:{random.choice(self.doors)}/chat/ws",
            origin=Origin(ORIGIN),
            additional_headers={"X-Forwarded-For": address(self.number)},
            open_timeout=10,
            compression=None,
            proxy=None,
        ) as socket:
            self.connects += 1
            hello = {"t": "hello", "token": self.token, "name": self.name, "company": "", "page": "/"}
            await socket.send(json.dumps(hello | {"after": self.lines[-1]["seq"] if self.lines else 0}))
            async for text in socket:
                self._socket = socket
                await self._heard(json.loads(text))

    async def _heard(self, told: dict[str, Any]) -> None:
        if told["t"] == "state":
            self.state = told
            if told["hello"]:
                self._asked = ""
                await self._next()
        elif told["t"] == "lines":
            now = time.monotonic()
            self.heard_at.update((line["seq"], now) for line in told["lines"])
            self.lines += told["lines"]
        elif told["t"] == "said":
            self.unsent = deque(one for one in self.unsent if one[0] != told["key"])
            self._asked = ""
            await self._next()
        elif told["t"] == "refused":
            raise AssertionError(told)

    async def _next(self) -> None:
        if self._socket is None or self._asked or not self.unsent or not self.state:
            return
        self._asked, text = self.unsent[0]
        with suppress(*LOST):
            await self._socket.send(json.dumps({"t": "say", "key": self._asked, "text": text}))
