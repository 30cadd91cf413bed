"""How much the chat's counter takes of one address, and what an address is."""

import pytest

from iduo_desktop.admin.chat_limits import MOST, Bucket, Buckets, sealed


class Clock:
    """Goes when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_again() -> None:
    clock = Clock()
    bucket = Bucket(3, 2.0, clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.now = 0.5
    assert [bucket.take(), bucket.take()] == [True, False]
    clock.now = 100
    assert bucket.is_full()
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_who_asks_nothing_is_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(2, 1.0, clock)
    for number in range(MOST):
        buckets.take(number.to_bytes(4, "big"))
    clock.now = 10
    assert buckets.take(b"otro")
    assert len(buckets) == 1


def test_a_flood_of_addresses_has_an_end() -> None:
    clock = Clock()
    buckets = Buckets(1, 1.0, clock)
    taken = [buckets.take(number.to_bytes(4, "big")) for number in range(2 * MOST)]
    assert all(taken)
    assert not buckets.take(b"one too many")
    assert buckets.take((5).to_bytes(4, "big")) is False
    assert len(buckets) == 2 * MOST


@pytest.mark.parametrize(
    ("peer", "forwarded", "behind", "as_if"),
    [
        ("10.0.0.1", [], False, "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4"], False, "10.0.0.1"),
        ("127.0.0.1", ["1.2.3.4"], True, "1.2.3.4"),
        ("127.0.0.1", ["9.9.9.9, 1.2.3.4"], True, "1.2.3.4"),
        ("127.0.0.1", ["9.9.9.9", "1.2.3.4"], True, "1.2.3.4"),
        ("127.0.0.1", [], True, "127.0.0.1"),
        ("::ffff:1.2.3.4", [], False, "1.2.3.4"),
        ("127.0.0.1", ["algo"], True, "otra cosa"),
        ("", [], False, "nada"),
    ],
)
def test_where_somebody_comes_from(peer: str, forwarded: list[str], behind: bool, as_if: str) -> None:
    assert sealed(peer, forwarded, behind, "clave") == sealed(as_if, [], False, "clave")


def test_of_a_long_address_the_network_counts() -> None:
    one, same, other = "2800:810:1:2::1", "2800:810:1:2:ffff::9", "2800:810:1:3::1"
    assert sealed(one, [], False, "c") == sealed(same, [], False, "c") != sealed(other, [], False, "c")
    assert sealed(one, [], False, "c") != sealed(one, [], False, "d")
