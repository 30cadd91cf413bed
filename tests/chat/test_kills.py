"""Gateways killed under conversations: no line is lost, none comes twice, and their order is kept, on both sides."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import chats
from tests.chat.conftest import Entrance
from tests.chat.talker import Talker
from tests.conftest import Become

LINES = "SELECT name, side, l.text FROM iduo.chat c JOIN iduo.chat_line l ON l.chat_id = c.id ORDER BY c.id, l.seq"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it."""

    talkers: int
    kills: int
    lines: int
    operators: int


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """Two hundred conversations and fifty kills with --long."""
    return Size(200, 50, 40, 20) if request.config.getoption("--long") else Size(20, 3, 8, 2)


@pytest.mark.timeout(1800)
def test_nothing_is_lost(entrance: Entrance, become: Become, size: Size, request: pytest.FixtureRequest) -> None:
    entrance.world.set_setting("chats_at_once", 10)
    operators = [become(f"op{number}", "operator") for number in range(size.operators)]
    doors = [entrance.start(), entrance.start()]
    began = time.monotonic()
    talkers = [Talker(number, doors) for number in range(size.talkers)]
    asyncio.run(talk(entrance, talkers, operators, size))
    judge(entrance, talkers, size)
    reconnects = sum(talker.connects for talker in talkers) - size.talkers
    figures = f"{size}, {reconnects} reconnects, {time.monotonic() - began:.0f} s"
    request.config.get_terminal_writer().line(figures)


async def talk(entrance: Entrance, talkers: Sequence[Talker], operators: Sequence[Database], size: Size) -> None:
    """Everybody writes while gateways are killed; until all that was written has arrived."""
    living = [asyncio.create_task(talker.live()) for talker in talkers]
    await until(lambda: all(talker.state for talker in talkers))
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(len(operators) + 1) as pool:
        ids = [row[0] for row in entrance.world.superuser.execute("SELECT id FROM iduo.chat ORDER BY id").fetchall()]
        shares = [(one, ids[number :: len(operators)]) for number, one in enumerate(operators)]
        answering = [loop.run_in_executor(pool, answer, one, share, size.lines) for one, share in shares]
        writing = [asyncio.create_task(write(talker, size.lines)) for talker in talkers]
        killing = loop.run_in_executor(pool, kill, entrance, size.kills)
        await asyncio.gather(*answering, *writing, killing)
    expected = 2 * size.lines + 1
    await until(lambda: not any(talker.unsent for talker in talkers))
    await until(lambda: all(len(talker.lines) >= expected for talker in talkers))
    await asyncio.sleep(1)  # what came twice would come now
    await asyncio.gather(*(talker.close() for talker in talkers))
    await asyncio.gather(*living)


async def write(talker: Talker, lines: int) -> None:
    """A line now and then."""
    for number in range(lines):
        await asyncio.sleep(random.uniform(0.1, 1.5))
        await talker.say(f"v{number}")


def answer(operator: Database, share: Sequence[int], lines: int) -> None:
    """Take some chats, and write a line to each in turn."""
    for chat in share:
        chats.take(operator, chat, uuid4())
    for line in range(lines):
        for chat in share:
            time.sleep(random.uniform(0, 0.1))
            chats.say(operator, chat, f"o{line}", uuid4())


def kill(entrance: Entrance, kills: int) -> None:
    """One or the other, at any moment; each comes back."""
    for _ in range(kills):
        port = random.choice([*entrance.running])
        entrance.kill(port)
        entrance.start(port)
        time.sleep(random.uniform(0.1, 0.8))


def judge(entrance: Entrance, talkers: Sequence[Talker], size: Size) -> None:
    """What the database has against what was written, and what each visitor saw against what the database has."""
    kept: dict[str, list[tuple[str, str]]] = {talker.name: [] for talker in talkers}
    for name, side, text in entrance.world.superuser.execute(LINES).fetchall():
        kept[name].append((side, text))
    for talker in talkers:
        lines = kept[talker.name]
        assert [text for side, text in lines if side == "visitor"] == [f"v{number}" for number in range(size.lines)]
        assert [text for side, text in lines if side == "operator"] == [f"o{number}" for number in range(size.lines)]
        assert [(line["side"], line["text"]) for line in talker.lines] == lines
        assert [line["seq"] for line in talker.lines] == list(range(1, len(lines) + 1))


async def until(done: Callable[[], bool], seconds: float = 300.0) -> None:
    """Wait for what has to come."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
