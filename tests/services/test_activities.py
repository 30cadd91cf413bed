"""Contacts: what they ask for, how they count, and the scale that says how often is too often."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import activities, cases, policies
from iduo_desktop.services.activities import Attempt, Logged
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import ARGENTINA, World

CHANNELS = ("call", "whatsapp", "email", "sms", "chat")


def log(database: Database, case: int, channel: str = "call", label: str = "No contesta", **values: Any) -> Logged:
    """Register a contact with the result that has this label."""
    result = next(one.id for one in policies.dispositions(database) if one.label == label)
    return activities.log_attempt(database, case, Attempt(channel, result, **values), uuid4())


def refused(database: Database, case: int, **values: Any) -> tuple[str | None, str]:
    """The field and the sentence with which a contact is refused."""
    return refused_field(lambda: log(database, case, **values))


@pytest.fixture
def case(world: World, people: People) -> int:
    """A case of Ana's."""
    return world.case(assigned_to=people.add("ana"))


def test_counted_by_channel_and_to_the_end(world: World, ana: Database, case: int) -> None:
    other = world.case()
    assert [row.id for row in cases.page(ana, "delinquent")] == [case, other]
    for channel in (*CHANNELS, "call", "email"):
        log(ana, case, channel, note="nota", override_reason="todo en un día")
    assert [row.id for row in cases.page(ana, "delinquent")] == [other, case]
    card = cases.card(ana, case)
    assert (card.attempts, card.calls, card.whatsapps, card.emails, card.sms) == (7, 2, 1, 2, 1)
    assert card.contacted_today
    counted = "SELECT ARRAY[attempts, calls, whatsapps, emails, sms, chats] FROM iduo.case WHERE id = %s"
    assert world.value(counted, case) == [7, 2, 1, 2, 1, 1]
    entry = cases.timeline(ana, card.company_id)[0]
    assert (entry.kind, entry.channel, entry.direction, entry.text) == ("attempt", "email", "outbound", "No contesta")
    assert entry.note == "nota · contactado igual: todo en un día"


def test_what_comes_in_moves_but_does_not_count(world: World, ana: Database, case: int) -> None:
    logged = log(ana, case, "whatsapp", direction="inbound")
    card = cases.card(ana, case)
    assert (logged.level, card.level, card.attempts) == (0, 0, 0)
    assert card.last_contact_at is not None
    assert world.value("SELECT whatsapps FROM iduo.case WHERE id = %s", case) == 1


def test_who_may_contact(world: World, ana: Database, juan: Database, marta: Database, case: int) -> None:
    assert refusal(log, juan, case) == "Lo está atendiendo Ana. Tomalo cuando quede libre."
    assert refusal(log, ana, world.case()) == "Primero tomá el caso (Ctrl+T)."
    assert refusal(log, ana, world.case(state="closed")) == "El caso ya está cerrado."
    assert refusal(log, ana, 404) == "Ese caso no existe."
    assert log(marta, case).level == 1


def test_what_is_asked_for(world: World, ana: Database, case: int) -> None:
    today, now = world.today(), world.now()
    assert refused(ana, case, channel="fax") == ("channel", "Elegí el medio.")
    assert refused(ana, case, direction="both") == ("direction", "Decí quién se comunicó.")
    assert refused(ana, case, note="x" * 2001)[0] == "note"
    assert refused_field(activities.log_attempt, ana, case, Attempt("call", 99), uuid4())[0] == "disposition"
    world.superuser.execute("UPDATE iduo.disposition SET active = false WHERE id = 2")
    assert refused_field(activities.log_attempt, ana, case, Attempt("call", 2), uuid4())[0] == "disposition"
    promise: dict[str, object] = {"label": "Promete pago"}
    assert refused(ana, case, **promise) == ("promise_date", "¿Para cuándo promete pagar?")
    promise["promise_date"] = today
    for amount in ("0", "-1", "0.001", "1000000000000", "NaN", "Infinity", "-Infinity"):
        assert refused(ana, case, **promise, promise_amount=Decimal(amount))[0] == "promise_amount", amount
    for day in (today - timedelta(days=1), today + timedelta(days=367), date.max, date.min):
        assert refused(ana, case, label="Promete pago", promise_date=day)[0] == "promise_date"
    assert refused(ana, case, label="Volver a llamar") == ("callback_at", "¿Cuándo hay que volver a llamar?")
    for at in (now - timedelta(minutes=2), now + timedelta(days=367), datetime.max.replace(tzinfo=now.tzinfo)):
        assert refused(ana, case, label="Volver a llamar", callback_at=at)[0] == "callback_at"
    assert world.value("SELECT count(*) FROM iduo.case_event") == 0


def test_callbacks_and_promises_come_back(world: World, ana: Database, case: int) -> None:
    at = world.now() + timedelta(hours=3)
    log(ana, case, label="Volver a llamar", callback_at=at)
    assert cases.card(ana, case).next_action_at == at
    log(ana, case)
    assert cases.card(ana, case).next_action_at == at
    day = world.today() + timedelta(days=2)
    log(ana, case, label="Promete pago", promise_amount=Decimal("48310.5"), promise_date=day)
    card = cases.card(ana, case)
    assert card.next_action_at is not None
    assert (card.next_action_at + ARGENTINA).replace(tzinfo=None) == datetime.combine(day + timedelta(days=1), time(9))
    assert cases.timeline(ana, card.company_id)[0].text == f"Promete pago $ 48.310,50 para el {day:%d/%m/%Y}"
    world.superuser.execute("UPDATE iduo.case SET next_action_at = clock_timestamp() - interval '1 hour'")
    log(ana, case)
    assert cases.card(ana, case).next_action_at is None


def test_a_client_on_pause(world: World, ana: Database, case: int) -> None:
    for turn in range(5):
        assert log(ana, case).level == turn + 1
    card = cases.card(ana, case)
    assert card.paused_until is not None
    assert card.pause_reason == "5 contactos en los últimos días"
    field, sentence = refused(ana, case)
    assert field == "override_reason"
    assert sentence.startswith("Está en pausa hasta el ")
    assert refused(ana, case, override_reason="  ")[0] == "override_reason"
    assert log(ana, case, direction="inbound").level == 5
    assert log(ana, case, override_reason="lo pidió él").level == 5
    assert cases.timeline(ana, card.company_id)[0].note == "contactado igual: lo pidió él"


def test_two_cases_of_one_client_share_the_scale(world: World, become: Callable[..., Database], people: People) -> None:
    company = world.company()
    pairs = [
        (become(name, "operator"), world.case(company=company, assigned_to=people.add(name)))
        for name in ("a", "b", "c")
    ]

    def press(pair: tuple[Database, int]) -> int:
        done = 0
        for _ in range(4):
            with suppress(UserError):
                log(*pair)
                done += 1
        return done

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(press, pairs)) == 5


@dataclass(frozen=True)
class Past:
    """A contact of the past as the model of the scale sees it."""

    channel: str
    outbound: bool
    undone: bool
    hours: int

    def at(self, now: datetime) -> datetime:
        """When it was; half a minute inside, so that none leaves the window while the test looks."""
        return now - timedelta(hours=self.hours) + timedelta(seconds=30 if self.hours else 0)


@dataclass(frozen=True)
class Scale:
    """A policy: what each channel weighs, where each level begins."""

    days: int
    weights: tuple[Decimal, ...]
    limits: tuple[int, ...]
    daily: int | None

    def level(self, past: list[Past], now: datetime) -> tuple[int, datetime | None]:
        """The level, and until when the pause lasts."""
        counted = sorted(
            (one.at(now), self.weights[CHANNELS.index(one.channel)])
            for one in past
            if one.outbound and not one.undone and one.hours <= self.days * 24
        )
        total = sum(weight for _, weight in counted)
        level = sum(total >= limit for limit in self.limits)
        if level == 5:
            ends = [at + timedelta(days=self.days) for at, _ in counted]
            left = [sum(weight for _, weight in counted[turn + 1 :]) for turn in range(len(counted))]
            return 5, next(end for end, rest in zip(ends, left, strict=True) if rest < self.limits[4])
        today = (now + ARGENTINA).date()
        if self.daily is not None and sum((at + ARGENTINA).date() == today for at, _ in counted) >= self.daily:
            tomorrow = datetime.combine(today + timedelta(days=1), time(), now.tzinfo) - ARGENTINA
            return 5, tomorrow
        return level, None


SCALES = st.builds(
    Scale,
    days=st.integers(1, 10),
    weights=st.tuples(*[st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal(1), Decimal("1.5")])] * 5),
    limits=st.lists(st.integers(1, 12), min_size=5, max_size=5, unique=True).map(lambda drawn: tuple(sorted(drawn))),
    daily=st.none() | st.integers(1, 4),
)
PASTS = st.lists(
    st.builds(
        Past,
        channel=st.sampled_from(CHANNELS),
        outbound=st.sampled_from([True, True, True, False]),
        undone=st.sampled_from([False, False, False, True]),
        hours=st.integers(0, 250),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scale=SCALES, past=PASTS)
def test_the_scale_is_as_the_model_says(world: World, ana: Database, scale: Scale, past: list[Past]) -> None:
    case = world.case()
    set_scale(world, scale)
    now = world.now()
    for one in past:
        add_past(world, case, one, now)
    level, until = scale.level(past, now)
    card = cases.card(ana, case)
    (row,) = cases.page(ana, "delinquent", only=(case,))
    assert (card.level, row.level) == (level, level)
    assert (row.paused_until, row.attempts) == (card.paused_until, card.attempts)
    assert (card.paused_until is None) == (until is None)
    if until and card.paused_until:
        assert abs(card.paused_until - until) < timedelta(seconds=1)


def set_scale(world: World, scale: Scale) -> None:
    """Decide how often is too often."""
    weights = ", ".join(f"weight_{channel}" for channel in CHANNELS)
    limits = ", ".join(f"limit_{level}" for level in range(1, 6))
    values = [scale.days, scale.daily, *scale.weights, *scale.limits]
    world.superuser.execute(
        f"UPDATE iduo.contact_policy SET (window_days, daily_limit, {weights}, {limits})"
        f" = ROW ({', '.join(['%s'] * len(values))}) WHERE purpose = 'collection'",
        values,
    )


def add_past(world: World, case: int, past: Past, now: datetime) -> None:
    """A contact that was made then."""
    world.superuser.execute(
        """WITH told AS (
            INSERT INTO iduo.case_event (case_id, company_id, kind, by, version_after)
            SELECT id, company_id, 'attempt', 'nobody', 1 FROM iduo.case WHERE id = %s RETURNING *)
        INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, disposition_id, at, undone_at, by)
        SELECT id, case_id, company_id, %s, %s, 1, %s, %s, 'nobody' FROM told""",
        [
            case,
            past.channel,
            "outbound" if past.outbound else "inbound",
            past.at(now),
            now if past.undone else None,
        ],
    )
