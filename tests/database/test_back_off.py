"""Who waits to connect again waits longer each time, up to a limit, and begins anew once it worked."""

from iduo_desktop.database.back_off import FIRST, LONGEST, BackOff


def test_it_grows_to_its_limit_and_begins_anew() -> None:
    waits = BackOff()
    for turn in range(20):
        whole = min(LONGEST, FIRST * 2**turn)
        assert whole / 2 <= waits.next() <= whole
    waits.end()
    assert waits.next() <= FIRST


def test_not_everybody_comes_back_at_once() -> None:
    assert len({BackOff().next() for _ in range(20)}) > 1
