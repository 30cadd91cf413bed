"""The board says what a plain count of the same days says, by hours of Buenos Aires, of everybody or of a team."""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, settings, supervision, tickets
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.supervision import Bar, OperatorLine, Span
from iduo_desktop.services.tickets import TicketFilter
from iduo_desktop.terms import TicketChannel
from tests.people import People
from tests.services.busy_days import LISTS, Days, day, hour
from tests.services.refusals import refusal
from tests.services.world import World

SEEDS = (1, 2)


@pytest.fixture(params=SEEDS)
def days(request: pytest.FixtureRequest, world: World, people: People) -> Days:
    """Six days of four people, two of them in a team, one in another."""
    logins = tuple(people.add(name, "operator") for name in ("ana", "juan", "luis", "rosa"))
    morning, evening = (world.insert("team", {"name": name}) for name in ("Mañana", "Tarde"))
    teams = dict(zip(logins, (morning, morning, evening), strict=False))
    for login, team in teams.items():
        world.superuser.execute("UPDATE iduo.staff SET team_id = %s WHERE login = %s", [team, login])
    world.insert("promotion", {"title": "Fibra", "text": "Más rápida"})
    return Days(world, logins, teams, request.param)


def spans(days: Days) -> list[Span]:
    """Each day, all days, and the same of a team."""
    every = [days.first + timedelta(days=number) for number in range(days.count)]
    whole = [Span(first, first) for first in every] + [Span(every[0], every[-1]), Span(every[1], every[3])]
    teams = sorted(set(days.teams.values()))
    return whole + [Span(span.first, span.last, team) for span in whole[-2:] for team in teams]


def bars(found: tuple[Bar, ...]) -> dict[tuple[str, str], int]:
    """What each bar stands for."""
    return {(bar.key, bar.series_key): bar.value for bar in found}


def test_figures(days: Days, marta: Database) -> None:
    today = days.world.today()
    for span in spans(days):
        shown = supervision.figures(marta, span)
        contacts = days.contacts(span)
        called = sum(row["channel"] == "call" and row["direction"] == "outbound" for row in contacts)
        assert shown.calls == called + len(days.counts("call", "by", "starts_at", span, state="held"))
        assert len(supervision.work(marta, "calls", None, span)) == shown.calls
        assert shown.contacts == len(contacts)
        assert shown.new_tickets == len(days.counts("ticket", "created_by", "at", span))
        assert shown.closed_cases == len(days.counts("case", "closed_by", "closed_at", span, state="closed"))
        waiting = [row for row in days.rows["ticket"] if row["state"] == "awaiting_communication"]
        waiting = [row for row in waiting if days.in_team(row["created_by"], span)]
        assert shown.to_communicate == len(waiting)
        late = [row for row in waiting if working_days(day(row["answered_at"]), today) >= 3]
        assert shown.to_communicate_late == len(late)
        never = [row for row in days.rows["case"] if row["state"] == "open" and row["last_contact_at"] is None]
        assert shown.not_contacted == sum(days.in_team(row["assigned_to"], span) for row in never)
        assert shown.doubtful_messages == len(supervision.work(marta, "doubtful", None, span)) == 0


def working_days(first: date, last: date) -> int:
    """How many days from Monday to Friday come after the first, to the last; a weekend day is none."""
    every = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(each.isoweekday() <= 5 for each in every)


def test_tickets_by_hour(days: Days, marta: Database) -> None:
    found: tuple[Bar, ...] = ()
    for span in spans(days):
        found = supervision.tickets_by_hour(marta, span)
        counted = Counter(
            (str(hour(row["at"])), row["channel"]) for row in days.counts("ticket", "created_by", "at", span)
        )
        assert {key: value for key, value in bars(found).items() if value} == dict(counted)
        assert [int(bar.key) for bar in found] == [number // 3 for number in range(24 * 3)]
        assert [bar.series for bar in found[:3]] == [TicketChannel(bar.series_key).label for bar in found[:3]]
    span = spans(days)[-1]
    busiest = max(found, key=lambda bar: bar.value)
    behind = supervision.work(marta, "tickets", None, span, busiest.key, busiest.series_key)
    assert len(behind) == busiest.value
    assert all(str(hour(line.at)) == busiest.key for line in behind)


def test_contacts_by_level(days: Days, marta: Database) -> None:
    """The list behind a bar has as many cases as it says, in every order, also when they are asked for by their ids."""
    counted = days.levels()
    for list_name in LISTS:
        found = supervision.contacts_by_level(marta, list_name)
        assert [bar.value for bar in found] == [counted[list_name, level] for level in range(6)]
        for bar in found:
            narrowed = CaseFilter(level=int(bar.key))
            shown = cases.page(marta, list_name, narrowed)
            assert len(shown) == bar.value
            assert {row.level for row in shown} <= {int(bar.key)}
            for sort in ("client", "debt", "contact"):
                assert {row.id for row in cases.page(marta, list_name, narrowed, sort)} == {row.id for row in shown}
            ids = tuple(row["id"] for row in days.rows["case"])
            again = cases.page(marta, list_name, narrowed, only=ids)
            assert {row.id for row in again} == {row.id for row in shown}
    assert refusal(cases.page, marta, "active", CaseFilter(level=6)) == "Los niveles van de 0 a 5."
    assert refusal(supervision.contacts_by_level, marta, "mine") == "Esa lista no existe."


def test_the_next_case_of_such_a_list(days: Days, marta: Database) -> None:
    """F8 takes from what is shown: the first free one of the list as it is narrowed, until there is none."""
    for wanted in (CaseFilter(level=0), CaseFilter(level=2), CaseFilter(never_contacted=True)):
        free = [row.id for row in cases.page(marta, "delinquent", wanted) if row.assigned_to is None]
        taken = []
        while found := cases.take_next(marta, "delinquent", wanted, uuid4()):
            taken.append(found.case_id)
        assert taken == free


def test_never_contacted(days: Days, marta: Database) -> None:
    shown = supervision.figures(marta, Span(days.first, days.first)).not_contacted
    found = [row for name in LISTS for row in cases.page(marta, name, CaseFilter(never_contacted=True))]
    assert len(found) == shown
    assert {row.last_contact_at for row in found} <= {None}


def test_unanswered_by_age(days: Days, marta: Database, admin: Database) -> None:
    for late_days in (3, 1, 9):
        settings.save(admin, "ticket_late_days", str(late_days))
        found = supervision.unanswered_by_age(marta)
        unanswered = [row for row in days.rows["ticket"] if row["state"] in {"open", "awaiting_answer"}]
        ages = Counter(group(working_days(day(row["at"]), days.world.today())) for row in unanswered)
        assert [bar.group for bar in found] == sorted((bar.group for bar in found), key=list(AGES.values()).index)
        for name in AGES.values():
            assert sum(bar.value for bar in found if bar.group == name) == ages[name]
        late = [row for row in unanswered if working_days(day(row["at"]), days.world.today()) >= late_days]
        assert sum(bar.value for bar in found if bar.late) == len(late)
        for bar in found:
            first, last = (date.fromisoformat(each) if each else None for each in bar.key.split("/"))
            behind = tickets.page(marta, bar.series_key, TicketFilter(first=first, last=last))
            assert len(behind) == bar.value, bar


AGES = {1: "0–1", 3: "2–3", 7: "4–7", 10_000: "más de 7"}


def group(age: int) -> str:
    """In which bar a ticket of that age is."""
    return next(name for most, name in AGES.items() if age <= most)


def test_promises(days: Days, marta: Database) -> None:
    for span in [*spans(days), Span(days.first - timedelta(days=3), days.first + timedelta(days=20))]:
        counted = Counter[tuple[str, str]]()
        for (due, state, login), count in days.promised(span).items():
            if days.in_team(login, span):
                counted[due.isoformat(), state] += count
        found = supervision.promises_by_day(marta, span)
        assert {key: value for key, value in bars(found).items() if value} == dict(counted)
        assert len(found) == 3 * len({key for key, _ in counted})
        for bar in found:
            alone = Span(date.fromisoformat(bar.key), date.fromisoformat(bar.key), span.team_id)
            assert len(supervision.work(marta, bar.series_key, None, alone)) == bar.value


def test_operators(days: Days, marta: Database, admin: Database) -> None:
    reached = {2 + 1, 4}
    known = {number for (number,) in days.world.superuser.execute("SELECT id FROM iduo.disposition WHERE reached")}
    assert reached <= known
    found: dict[str, OperatorLine] = {}
    for span in spans(days):
        found = {line.login: line for line in supervision.operators(marta, span)}
        assert found == {line.login: line for line in supervision.operators(admin, span)}
        assert {login for login in days.people if days.in_team(login, span)} <= set(found)
        promised, settled = days.rows["promise"], days.promised(span)
        for login in set(days.people) & set(found):
            line, alone = found[login], Span(span.first, span.last)
            contacts = [row for row in days.contacts(alone) if row["by"] == login]
            assert line.contacts == len(contacts)
            assert line.reached == sum(
                row["promotion_id"] is not None or row["disposition_id"] in known for row in contacts
            )
            assert line.promises == sum(
                row["state"] != "undone" and days.taker(row) == login and span.first <= day(row["at"]) <= span.last
                for row in promised
            )
            for state in ("kept", "broken"):
                mine = sum(count for (_, how, who), count in settled.items() if (how, who) == (state, login))
                assert getattr(line, state) == mine
            assert line.closed == len(days.counts("case", "closed_by", "closed_at", alone, closed_by=login))
            assert line.tickets == len(days.counts("ticket", "created_by", "at", alone, created_by=login))
            told = days.counts("ticket", "communicated_by", "communicated_at", alone, communicated_by=login)
            assert line.communicated == len(told)
            overrides = days.counts("attempt", "by", "at", alone, by=login, undone_at=None)
            assert line.overrides == sum(bool(row["override_reason"]) for row in overrides)
    span = spans(days)[-1]
    for kind in ("contacts", "reached", "promises", "kept", "broken", "closed", "tickets", "communicated", "overrides"):
        for login in days.people:
            behind = supervision.work(marta, kind, login, span)
            wanted = getattr(found[login], kind) if login in found else 0
            assert len(behind) == wanted, (kind, login)
            assert [line.at for line in behind] == sorted((line.at for line in behind), reverse=True)


def test_whatever_the_time_zone(days: Days, marta: Database, people: People) -> None:
    span = Span(days.first + timedelta(days=1), days.first + timedelta(days=1))
    here = [supervision.figures(marta, span), *supervision.tickets_by_hour(marta, span)]
    raw = people.raw("marta")
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles", "UTC"):
        raw.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        figures = raw.execute("SELECT * FROM api.board_figures(%s, %s, NULL)", [span.first, span.last]).fetchone()
        hours = raw.execute("SELECT * FROM api.board_tickets_by_hour(%s, %s, NULL)", [span.first, span.last])
        known = supervision.Figures.__slots__
        assert figures == tuple(getattr(here[0], name) for name in known)
        assert hours.fetchall() == [tuple(getattr(bar, name) for name in Bar.__slots__) for bar in here[1:]]


def test_an_empty_database(marta: Database, world: World) -> None:
    """Nothing of nothing is 0, not nothing."""
    today = Span(world.today(), world.today())
    assert set(supervision.Figures.__slots__) == {
        name for name in supervision.Figures.__slots__ if getattr(supervision.figures(marta, today), name) == 0
    }
    assert {bar.value for bar in supervision.tickets_by_hour(marta, today)} == {0}
    assert [bar.value for bar in supervision.contacts_by_level(marta, "delinquent")] == [0] * 6
    assert {bar.value for bar in supervision.unanswered_by_age(marta)} == {0}
    assert supervision.promises_by_day(marta, today) == ()
    assert [line.name for line in supervision.operators(marta, today)] == ["Marta"]


def test_what_cannot_be_asked(marta: Database, ana: Database, world: World) -> None:
    today = world.today()
    for first, last in ((today, today - timedelta(days=1)), (today - timedelta(days=400), today), (today, date.max)):
        assert refusal(supervision.figures, marta, Span(first, last)) == "Elegí un período de hasta un año."
    for kind, key in (("whatever", ""), ("tickets", "x' OR 1=1"), ("tickets", "\u0661")):
        assert refusal(supervision.work, marta, kind, None, Span(today, today), key).startswith("Eso no tiene")
    asked = (supervision.figures, supervision.tickets_by_hour, supervision.promises_by_day, supervision.operators)
    for ask in (*asked, supervision.pauses):
        with pytest.raises(UserError, match="permiso"):
            ask(ana, Span(today, today))


def test_infinite_days(raw: object, people: People) -> None:
    marta = people.raw("marta", "coordinator")
    for given in ("infinity", "-infinity", None, "4000-01-01"):
        with pytest.raises(psycopg.DatabaseError) as caught:
            marta.execute("SELECT * FROM api.board_figures(%s::date, %s::date, NULL)", [given, given])
        assert caught.value.sqlstate == "IU001"
