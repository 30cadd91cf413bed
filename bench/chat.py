"""How long a line takes from one side of the web chat to the other, with two hundred conversations under way."""

import asyncio
import random
import socket
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench import Result
from bench.gateway import Silent
from bench.house import House
from bench.timing import percentile
from iduo_desktop.admin.chat_door import ChatDoor
from iduo_desktop.admin.chat_web import IN_ALL, Hall
from iduo_desktop.admin.gateway_config import ChatPlace
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_serving import Counter
from iduo_desktop.database.connection import Database
from iduo_desktop.database.feed import Feed
from iduo_desktop.services import chats
from iduo_desktop.services.passwords import new_password
from tests.chat.talker import ORIGIN, Talker

TALKS = 200
OPERATORS = 20
SECONDS = 30.0
# What the program does while a chat of one's own is open: ui/operations.py, which cannot be loaded here without Qt.
POLL_SECONDS = 0.3
GOAL = 500.0
SETTINGS = {"chats_at_once": "10", "chats_per_address": "1000", "chat_lines_per_minute": "200"}


def measure(house: House) -> Iterator[Result]:
    """Both ways; every conversation has a line from each side about every ten seconds."""
    conninfo = house.empty()
    password = new_password()
    with house.superuser(conninfo) as superuser:
        superuser.execute(sql.SQL("ALTER ROLE iduo_chat PASSWORD {}").format(sql.Literal(password)))
        superuser.execute("UPDATE iduo.working_hours SET opens = '00:00', closes = '24:00'")
        superuser.execute("DELETE FROM iduo.holiday")
        for name, value in SETTINGS.items():
            superuser.execute("UPDATE iduo.setting SET value = %s WHERE name = %s", [value, name])
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    place = ChatPlace("127.0.0.1", port, None, None, (ORIGIN,), True, "iduo_chat", password)
    journal = Journal(Silent(as_json=True))
    door = ChatDoor(make_conninfo(conninfo, user="iduo_chat", password=password), journal)
    counter = Counter("chat", place, Hall(place, door, journal).application(), journal, IN_ALL, talks=True)
    counter.round()
    people = [house.conninfo(conninfo, f"bench_chat_{number}") for number in range(OPERATORS)]
    try:
        to_visitors, to_operators = asyncio.run(_talk(port, [(Database(one), Feed(Database(one))) for one in people]))
    finally:
        counter.close()
    for name, delays in (("operator to visitor", to_visitors), ("visitor to operator", to_operators)):
        slow = percentile(delays, 0.95)
        note = f"p50 {statistics.median(delays):.0f} ms, {len(delays)} lines, {TALKS} conversations; beside: the goal"
        yield Result(f"a line of the web chat, {name}, p95", slow, GOAL, "ms", slow / GOAL, 1.0, note=note)


async def _talk(port: int, people: Sequence[tuple[Database, Feed]]) -> tuple[list[float], list[float]]:
    talkers = [Talker(number, [port]) for number in range(TALKS)]
    living = [asyncio.create_task(talker.live()) for talker in talkers]
    while not all(talker.state for talker in talkers):
        await asyncio.sleep(0.05)
    loop = asyncio.get_running_loop()
    said: dict[str, float] = {}
    heard: dict[str, float] = {}
    with ThreadPoolExecutor(OPERATORS) as pool:
        ids = sorted(row.id for row in chats.page(people[0][0]))[-TALKS:]  # others may be left of an earlier run
        at_work = [
            loop.run_in_executor(pool, _attend, *one, ids[number::OPERATORS], said, heard)
            for number, one in enumerate(people)
        ]
        writing = [asyncio.create_task(_write(talker, said)) for talker in talkers]
        await asyncio.gather(*at_work, *writing)
    await asyncio.gather(*(talker.close() for talker in talkers), *living)
    seen = {line["text"]: talker.heard_at[line["seq"]] for talker in talkers for line in talker.lines}
    to_visitors = [(seen[text] - at) * 1000 for text, at in said.items() if text in seen and text.startswith("o")]
    to_operators = [(heard[text] - at) * 1000 for text, at in said.items() if text in heard]
    return to_visitors, to_operators


async def _write(talker: Talker, said: dict[str, float]) -> None:
    """A visitor writes now and then."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        await asyncio.sleep(random.uniform(5, 15))
        text = f"v{talker.number} {uuid4()}"
        said[text] = time.monotonic()
        await talker.say(text)


def _attend(
    database: Database, feed: Feed, mine: Sequence[int], said: dict[str, float], heard: dict[str, float]
) -> None:
    """A workstation: looks at what is new, reads it, and writes to each now and then."""
    for chat in mine:
        chats.take(database, chat, uuid4())
    read: dict[int, int] = dict.fromkeys(mine, 0)
    due = {chat: time.monotonic() + random.uniform(2, 12) for chat in mine}
    feed.poll()
    end = time.monotonic() + SECONDS + 3
    rest = threading.Event()
    while time.monotonic() < end:
        rest.wait(POLL_SECONDS)
        changed = {change.id for change in feed.poll() if change.table_name in ("chat", "chat_line")}
        for chat in [chat for chat in mine if chat in changed or None in changed]:
            _read(database, chat, read, heard)
        for chat in [chat for chat, at in due.items() if at <= time.monotonic() < end - 3]:
            text = f"o{chat} {uuid4()}"
            due[chat] = time.monotonic() + random.uniform(5, 15)
            said[text] = time.monotonic()
            chats.say(database, chat, text, uuid4())
    feed.close()
    database.close()


def _read(database: Database, chat: int, read: dict[int, int], heard: dict[str, float]) -> None:
    found = chats.lines(database, chat, read[chat])
    now = time.monotonic()
    heard.update((line.text, now) for line in found if line.side == "visitor")
    read[chat] = max([read[chat], *(line.seq for line in found)])
