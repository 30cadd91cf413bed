"""Gateways killed at any moment: nothing goes out twice by itself, and of everything it is said what became of it."""

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.admin.gateway_fixtures import Post
from tests.admin.gateway_servers import Authority, Handler, smtp_server

LEFT = "SELECT count(*) FROM iduo.message WHERE state IN ('waiting', 'sending')"
WAITING = "SELECT count(*) FROM iduo.message WHERE state = 'waiting'"
OF_THE_DEAD = "UPDATE iduo.outbox SET taken_at = taken_at - interval '61 s' WHERE taken_at IS NOT NULL"


@pytest.fixture
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """How many messages, and how many kills: more of both with --long."""
    return (10_000, 50) if request.config.getoption("--long") else (240, 4)


@pytest.mark.timeout(2400)
def test_nothing_is_sent_twice(
    post: Post, authority: Authority, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    messages, kills = size
    handler = Handler(delay=0.004)
    post.write_many(messages)
    began = time.monotonic()
    with smtp_server(authority, handler) as port:
        post.mail(port)
        running = [post.start(), post.start()]
        for number in range(kills):
            wanted = messages * (number + 1) // (kills + 2)
            until(lambda wanted=wanted: len(handler.letters) >= wanted)  # type: ignore[misc]  # mypy sees no default of a lambda
            time.sleep(random.random() * 0.05)
            hit = random.randrange(2)
            running[hit].until("connected", seconds=60)
            running[hit].kill()
            running[hit] = post.start()
        until(lambda: post.world.value(WAITING) == 0)
        seconds = time.monotonic() - began
        for one in running:
            one.until("connected", seconds=60)  # before that it hears no signal
        assert [one.end() for one in running] == [0, 0]
        post.world.superuser.execute(OF_THE_DEAD)
        last = post.start()
        last.until("connected", seconds=60)
        until(lambda: post.world.value(LEFT) == 0)
        assert last.end() == 0
    judge(post, handler, messages, kills)
    figures = f"{messages} messages, {kills} kills, {states(post)}, {seconds:.0f} s"
    request.config.get_terminal_writer().line(figures)


def until(done: Callable[[], bool]) -> None:
    """Wait, at most for some minutes."""
    end = time.monotonic() + 600
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def states(post: Post) -> dict[str, int]:
    """How many of each."""
    found = post.world.superuser.execute("SELECT state, count(*) FROM iduo.message GROUP BY 1").fetchall()
    return {state: count for state, count in found if state != "cancelled"}


def judge(post: Post, handler: Handler, messages: int, kills: int) -> None:
    """What the mail server got, against what the database says."""
    assert post.world.value(LEFT) == 0
    rows = post.world.superuser.execute(
        "SELECT message_ref, state FROM iduo.message WHERE state <> 'cancelled'"
    ).fetchall()
    assert len(rows) == messages
    assert max(handler.seen.values()) == 1
    assert Counter(handler.seen.keys()) <= Counter(ref for ref, _ in rows)
    got = {state: [handler.seen[ref] for ref, found in rows if found == state] for state in {one for _, one in rows}}
    assert set(got) <= {"sent", "failed", "doubtful"}
    assert set(got["sent"]) == {1}
    assert set(got["failed"]) == {0}
    # each has one message in its hands
    assert len(got.get("doubtful", [])) <= kills
