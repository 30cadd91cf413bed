"""Contact pressure against a plain program: random histories, policies, quiet hours, holidays, lists and time zones."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house
from tests.database.pressure_model import CHANNELS, Answer, Bulk, Event, House, Listed, Party, Policy, Quiet

PURPOSES = ("service", "collection", "promotion")
ZONES = ("UTC", "Pacific/Kiritimati", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London")
HERE = Path(__file__).parent
WORLD = (HERE / "pressure_world.sql").read_text("utf-8")
PUT = (HERE / "pressure_example.sql").read_text("utf-8")
CASES: dict[int, tuple[int | None, int | None]] = {1: (1, None), 2: (1, None), 3: (2, None), 4: (None, 21)}
KEYS = (*[f"341000000{n}" for n in range(1, 8)], "uno@correo.example", "veintiuno@correo.example", "")
ONE = frozenset({"3410000001", "3410000002", "3410000004"})
MAIL, HIS_MAIL = frozenset({"uno@correo.example"}), frozenset({"veintiuno@correo.example"})
PARTIES = {
    (1, None): (1, frozenset({11}), ONE, MAIL),
    (2, None): (2, frozenset(), frozenset({"3410000001"}), frozenset()),
    (None, 11): (None, frozenset({11}), frozenset({"3410000004"}), frozenset()),
    (None, 21): (None, frozenset({21, 22}), frozenset({"3410000005"}), HIS_MAIL),
    (None, 22): (None, frozenset({21, 22}), frozenset({"3410000005"}), HIS_MAIL),
    (1, 21): (1, frozenset({11, 21, 22}), ONE | {"3410000005"}, MAIL | HIS_MAIL),
    (None, None): (None, frozenset(), frozenset(), frozenset()),
}  # fmt: skip

ASK = """
SELECT s.level, ARRAY[s.attempts, s.calls, s.whatsapps, s.emails, s.sms], s.hinder, s.next_at, s.allowed
FROM ROWS FROM (
    jsonb_to_recordset(%s::jsonb) AS (company bigint, contact bigint, key text, channel text, at timestamptz))
     WITH ORDINALITY AS q(company, contact, key, channel, at, n),
     iduo.standing(q.company, q.contact, q.key, q.channel, %s, q.at) s ORDER BY q.n
"""


@dataclass(frozen=True)
class Question:
    """Whom, how and when."""

    party: tuple[int | None, int | None]
    key: str
    channel: str
    minutes: int


@dataclass(frozen=True)
class Drawn:
    """All that one example is made of: what the database gets, and the model's picture of it."""

    house: House
    rows: dict[str, object]
    questions: tuple[Question, ...]
    zone: str
    base: datetime


BASES = st.sampled_from(
    [
        datetime(2026, 11, 22, 15, tzinfo=UTC),  # a Sunday
        datetime(2026, 11, 23, 3, tzinfo=UTC),  # Monday's midnight here
        datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2008, 10, 19, 3, tzinfo=UTC),  # the clocks went from 0 to 1
        datetime(2026, 3, 8, 6, 30, tzinfo=UTC),  # New York's went from 2 to 3
    ]
)
AGO = st.one_of(
    st.integers(0, 12 * 24 * 60),
    st.integers(0, 12).map(lambda days: days * 24 * 60),
    st.integers(0, 40).map(lambda hours: hours * 60),
)
WEIGHTS = (Decimal(1), Decimal(1), Decimal("1.5"), Decimal("0.5"), Decimal("0.25"), Decimal(0))
POLICIES = st.builds(
    Policy,
    purpose=st.sampled_from(PURPOSES),
    days=st.sampled_from([7, 10, 3, 1]),
    weights=st.tuples(*[st.sampled_from(WEIGHTS)] * 5),
    limits=st.lists(st.integers(1, 7), min_size=5, max_size=5, unique=True).map(lambda drawn: tuple(sorted(drawn))),
    daily=st.sampled_from([None, None, None, 1, 2, 3]),
    weekly=st.sampled_from([None, None, None, 1, 3, 5]),
    gap=st.sampled_from([0, 0, 0, 1, 24, 100]),
    holidays=st.booleans(),
)
WHOLE_WEEK = tuple((day, 0, 1440) for day in range(1, 8))
QUIET = st.sampled_from(
    [
        ((1, 0, 480), (1, 1200, 1440), (2, 0, 480), (6, 780, 1440), (7, 0, 1440)),
        tuple((day, 0, 1380) for day in range(1, 8)),
        ((3, 30, 60), (3, 90, 91), (7, 1, 1440)),
        WHOLE_WEEK,
    ]
)


QUESTIONS = st.builds(
    Question,
    party=st.sampled_from([(1, None), (1, None), *PARTIES]),
    key=st.sampled_from(KEYS),
    channel=st.sampled_from(CHANNELS),
    minutes=st.sampled_from([0, 0, 0, -90, 600, 2000]),
)
TURNED = st.sampled_from([0, 0, 1, -1])


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """One example."""
    base, policy = draw(BASES), draw(POLICIES)
    events: list[Event] = []
    rows: dict[str, list[dict[str, object]]] = {"attempts": [], "calls": [], "tickets": []}
    for number in range(draw(st.integers(0, 18))):
        put = draw(st.sampled_from([put_attempt, put_attempt, put_attempt, put_call, put_ticket]))
        at = base - timedelta(minutes=draw(AGO)) + timedelta(microseconds=draw(TURNED))
        events.append(put(draw, rows, number + 1, at))
    days = draw(st.lists(st.integers(-8, 9), max_size=4))
    house = House(
        policy=policy,
        quiet_on=draw(st.sampled_from([False, False, True])),
        quiet=tuple(Quiet(policy.purpose, *one) for one in draw(QUIET)),
        holidays=frozenset(base.date() + timedelta(days=n) for n in days),
        listed=tuple(listed(draw, base) for _ in range(draw(st.integers(0, 2)))),
        bulk=tuple(bulk(draw, base) for _ in range(draw(st.sampled_from([0, 0, 1, 2])))),
        events=tuple(events),
    )
    asked = tuple(one for one in draw(st.lists(QUESTIONS, min_size=3, max_size=6)) if one.key or any(one.party))
    return Drawn(house, {**rows}, asked, draw(st.sampled_from(ZONES)), base)


def listed(draw: st.DrawFn, base: datetime) -> Listed:
    """A number that is not contacted, by one channel or all, for a while or for ever."""
    key, channel = draw(st.sampled_from(KEYS[:-1])), draw(st.sampled_from(["", *CHANNELS]))
    until = draw(st.none() | st.integers(-50, 500).map(lambda hours: base + timedelta(hours=hours)))
    return Listed(key, channel, draw(st.sampled_from(["", *PURPOSES])), until)


def bulk(draw: st.DrawFn, base: datetime) -> Bulk:
    """A list that was brought in, fresh or old."""
    keys = draw(st.lists(st.sampled_from(KEYS[:-1]), min_size=1, max_size=3))
    as_of = base - timedelta(days=draw(st.integers(0, 60)))
    return Bulk(draw(st.sampled_from(["", *PURPOSES, "promotion"])), as_of, tuple(keys))


def put_attempt(draw: st.DrawFn, rows: dict[str, list[dict[str, object]]], _: int, at: datetime) -> Event:
    """A contact of a case; the disposition 1 reached nobody, 4 did."""
    case = draw(st.sampled_from([1, 1, 1, *CASES]))
    company, contact = CASES[case]
    outbound, counted = draw(st.sampled_from([True, True, True, False])), draw(st.sampled_from([True, True, False]))
    undone, reached = draw(st.sampled_from([False, False, False, True])), draw(st.booleans())
    key, channel = draw(st.sampled_from(KEYS)), draw(st.sampled_from(CHANNELS))
    rows["attempts"].append(
        {
            "case": case,
            "company": company,
            "contact": contact,
            "channel": channel,
            "key": key,
            "counted": counted,
            "direction": "outbound" if outbound else "inbound",
            "disposition": 4 if reached else 1,
            "undone": at.isoformat() if undone else None,
            "at": at.isoformat(),
        }
    )
    counts = outbound and counted and not undone
    whom = frozenset({company} - {None}), frozenset({contact} - {None})
    return Event(at, channel, *whom, key, counts, reached and not undone, reached and counts)  # type: ignore[arg-type]  # two of its fields at once


def put_call(draw: st.DrawFn, rows: dict[str, list[dict[str, object]]], number: int, at: datetime) -> Event:
    """A call of the agenda: planned, held, or not; finished then, or only told of afterwards."""
    case, contact = draw(st.sampled_from([(1, None), (3, None), (None, 11), (4, 21), (2, 11)]))
    outbound, state = draw(st.booleans()), draw(st.sampled_from(["planned", "held", "held", "not_held"]))
    finished = state != "planned" and draw(st.booleans())
    starts = at - timedelta(hours=30) if finished else at
    rows["calls"].append(
        {
            "id": number,
            "direction": "outbound" if outbound else "inbound",
            "state": state,
            "case": case,
            "contact": contact,
            "starts": starts.isoformat(),
            "finished": at.isoformat() if finished else None,
        }
    )
    company = CASES[case][0] if case else None
    whom = frozenset({company} - {None}), frozenset({contact} - {None})
    counts = outbound and state != "planned"
    return Event(at, "call", *whom, "", counts, state == "held", False)  # type: ignore[arg-type]  # two of its fields at once


def put_ticket(draw: st.DrawFn, rows: dict[str, list[dict[str, object]]], number: int, at: datetime) -> Event:
    """An answer that was read out, in a call of ours or of his."""
    company, contact = draw(st.sampled_from([(1, None), (2, None), (1, 11), (None, 21), (None, None)]))
    inbound, key = draw(st.booleans()), draw(st.sampled_from([*KEYS[:7], ""]))
    rows["tickets"].append(
        {"id": number, "company": company, "contact": contact, "key": key, "at": at.isoformat(), "inbound": inbound}
    )
    whom = frozenset({company} - {None}), frozenset({contact} - {None})
    return Event(at, "call", *whom, key, not inbound, True, True)  # type: ignore[arg-type]  # two of its fields at once


def as_json(example: Drawn) -> str:
    """What the database is told."""
    house, policy = example.house, example.house.policy
    told = {
        "policy": {
            "purpose": policy.purpose,
            "window_days": policy.days,
            "weights": [str(one) for one in policy.weights],
            "limits": policy.limits,
            "daily": policy.daily,
            "weekly": policy.weekly,
            "gap": policy.gap,
            "holidays": policy.holidays,
        },
        "quiet_on": house.quiet_on,
        "holidays": sorted(day.isoformat() for day in house.holidays),
        "listed": [{**vars_of(one), "until": one.until and one.until.isoformat()} for one in house.listed],
        "bulk": [
            {"id": number, "purpose": one.purpose, "as_of": one.as_of.isoformat(), "keys": one.keys}
            for number, one in enumerate(house.bulk, 1)
        ],
    }
    return json.dumps(told | example.rows)


def vars_of(one: Listed) -> dict[str, object]:
    """Its fields by name."""
    return {"key": one.key, "channel": one.channel, "purpose": one.purpose}


def answers(connection: psycopg.Connection, example: Drawn) -> list[Answer]:
    """What the database says; nothing of it stays."""
    questions = [
        {
            "company": one.party[0],
            "contact": one.party[1],
            "key": one.key,
            "channel": one.channel,
            "at": (example.base + timedelta(minutes=one.minutes)).isoformat(),
        }
        for one in example.questions
    ]
    policy = example.house.policy
    quiet = [(policy.purpose, one.weekday, one.starts, one.ends) for one in example.house.quiet]
    with connection.transaction(force_rollback=True):
        connection.execute("SELECT set_config('TimeZone', %s, true)", [example.zone])
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM iduo.quiet_hours")
        connection.execute(PUT, {"all": as_json(example)})
        connection.cursor().executemany("INSERT INTO iduo.quiet_hours VALUES (%s, %s, %s, %s)", quiet)
        found = connection.execute(ASK, [json.dumps(questions), policy.purpose]).fetchall()
    assert all(allowed == (hinder == "") for _, _, hinder, _, allowed in found)
    return [Answer(level, tuple(counts), hinder, next_at) for level, counts, hinder, next_at, _ in found]


@pytest.fixture(scope="module")
def connection(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold
) -> Iterator[psycopg.Connection]:
    """The superuser where two clients, their contacts and numbers are known."""
    name = f"pressure_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    with (
        house(server, server_connection, template, one_at_a_time, name) as conninfo,
        psycopg.connect(conninfo, autocommit=True) as superuser,
    ):
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(WORLD)
        yield superuser


@settings(max_examples=200, deadline=None)
@given(example=drawn())
def test_as_the_model_says(connection: psycopg.Connection, example: Drawn) -> None:
    expected = []
    for one in example.questions:
        company, people, phones, mails = PARTIES[one.party]
        party = Party(company, people, one.key, phones, mails)
        at = example.base + timedelta(minutes=one.minutes)
        expected.append(example.house.standing(party, one.channel, at))
    assert answers(connection, example) == expected


def test_days_are_those_of_here(connection: psycopg.Connection) -> None:
    """What the example above relies on: the model's clock and the database's agree on a day that had 23 hours."""
    here = "SELECT ('2008-10-19'::date::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires')::timestamptz"
    assert connection.execute(here).fetchall() == [(datetime(2008, 10, 19, 3, tzinfo=UTC),)]
    assert date(2008, 10, 19).isoweekday() == 7
