"""The six lists: work order against a plain model of it, sorts, filters, pages, counts."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseFilter, CaseRow
from tests.people import People
from tests.services.world import World

LISTS = ("suspended", "delinquent", "withdrawn", "active")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Surnames in the order that a reader of Spanish expects: case and accents do not count, ñ follows n, a comma is lowest.
SURNAMES = ["Álvarez", "Avila", "de la Cruz", "Núñez", "Nuñoa", "Ñandú", "Paz", "Pazos", "Peña", "Zeta"]


@dataclass(frozen=True)
class Made:
    """A case as the model of the order sees it. Minutes are from now; negative ones are past."""

    list: str
    surname: str
    contacted: int | None
    due: int | None
    debt: Decimal | None
    cutoff: date | None
    extended: int | None
    plan: str
    locality: str
    holder: str | None
    closed: int | None
    id: int = 0


def made_cases(me: str, other: str) -> st.SearchStrategy[list[Made]]:
    """Up to 30 cases of any kind; moments keep away from now, so that none falls due during the test."""
    past, future = st.integers(-5 * 24 * 60, -2), st.integers(10, 5 * 24 * 60)
    return st.lists(
        st.builds(
            Made,
            list=st.sampled_from(LISTS[:2]),
            surname=st.sampled_from(SURNAMES),
            contacted=st.none() | past,
            due=st.none() | past | future,
            debt=st.none() | st.integers(0, 3).map(lambda n: Decimal(n) * 1000),
            cutoff=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 4)),
            extended=st.none() | st.integers(-2, 2),
            plan=st.sampled_from(["", "Fibra 300", "Fibra 600"]),
            locality=st.sampled_from(["Rosario", "Funes"]),
            holder=st.none() | st.sampled_from([me, other]),
            closed=st.none() | past,
        ),
        max_size=30,
    )


class Model:
    """The rules of data.md in Python: who is in a list, and in which order."""

    def __init__(self, me: str, now: datetime, world: list[Made]) -> None:
        self.me = me
        self.now = now
        self.world = world

    def at(self, minutes: int | None) -> datetime:
        """The moment, the epoch for none."""
        return EPOCH if minutes is None else self.now + timedelta(minutes=minutes)

    def inside(self, name: str) -> list[Made]:
        """The cases of a list."""
        if name == "closed":
            return [made for made in self.world if made.closed is not None]
        opened = [made for made in self.world if made.closed is None]
        return [made for made in opened if (made.holder == self.me if name == "mine" else made.list == name)]

    def key(self, name: str, sort: str) -> Callable[[Made], Any]:
        """What the list is sorted by."""
        keys: dict[str, Callable[[Made], Any]] = {
            "client": lambda made: SURNAMES.index(made.surname),
            "debt": lambda made: made.debt or Decimal(0),
            "cutoff": self.cut,
            "contact": lambda made: self.at(made.contacted),
            "work": lambda made: (1, self.at(made.contacted)) if (made.due or 1) > 0 else (0, self.at(made.due)),
        }
        if name == "closed" and sort == "work":
            return lambda made: self.at(made.closed)
        return keys[sort]

    def cut(self, made: Made) -> date:
        """The day on which the service is really cut: an extension moves it."""
        today = (self.now - timedelta(hours=3)).date()
        extended = None if made.extended is None else today + timedelta(days=made.extended)
        return max((day for day in (made.cutoff, extended) if day is not None), default=date.max)

    def page(self, name: str, sort: str, descending: bool) -> list[int]:
        """The ids of a list from the first to the last."""
        turned = descending != (name == "closed") if sort == "work" else descending
        turned = turned and not (sort == "work" and name != "closed")
        key = self.key(name, sort)
        return [made.id for made in sorted(self.inside(name), key=lambda m: (key(m), m.id), reverse=turned)]

    def fits(self, made: Made, wanted: CaseFilter, today: date) -> bool:
        """What a filter lets through."""
        midnight = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
        extended = made.extended is not None and made.extended >= 0
        return (
            (wanted.plan is None or made.plan == wanted.plan)
            and (wanted.locality is None or made.locality == wanted.locality)
            and (wanted.extended is None or extended == wanted.extended)
            and not (wanted.not_contacted_today and self.at(made.contacted) >= midnight)
            and not (wanted.free and made.holder is not None)
            and (not wanted.text or made.surname.startswith(wanted.text))
        )


def put(world: World, model_of: list[Made], now: datetime, today: date) -> list[Made]:
    """Make the cases, in this order."""
    world.superuser.execute("TRUNCATE iduo.case, iduo.company CASCADE")
    made = []
    for one in model_of:
        company = world.company(
            surname=one.surname,
            debt=one.debt,
            cutoff_date=one.cutoff,
            plan=one.plan,
            locality=one.locality,
            extended_until=None if one.extended is None else today + timedelta(days=one.extended),
        )
        values: dict[str, object] = {"assigned_to": one.holder}
        for name, minutes in (
            ("last_contact_at", one.contacted),
            ("next_action_at", one.due),
            ("closed_at", one.closed),
        ):
            values[name] = None if minutes is None else now + timedelta(minutes=minutes)
        values["state"] = "open" if one.closed is None else "closed"
        made.append(replace(one, id=world.case(one.list, company, **values)))
    return made


def pages(database: Database, name: str, limit: int, **options: Any) -> list[CaseRow]:
    """A list read page by page to its end."""
    rows: list[CaseRow] = []
    while True:
        after = rows[-1].position if rows else None
        page = cases.page(database, name, after=after, limit=limit, **options)
        rows += page
        if len(page) < limit:
            return rows


FILTERS = st.builds(
    CaseFilter,
    text=st.sampled_from(["", "", "Peña", "Paz"]),
    plan=st.none() | st.sampled_from(["Fibra 300", "Satélite"]),
    locality=st.none() | st.just("Rosario"),
    extended=st.none() | st.booleans(),
    not_contacted_today=st.booleans(),
    free=st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lists_are_as_the_model_says(world: World, ana: Database, people: People, data: st.DataObject) -> None:
    me, other = people.add("ana"), people.add("juan")
    now = world.now()
    today = (now - timedelta(hours=3)).date()
    made = put(world, data.draw(made_cases(me, other)), now, today)
    model = Model(me, now, made)
    limit = data.draw(st.integers(1, 12))
    for name in ("mine", *LISTS[:2], "closed"):
        sort, descending = (
            data.draw(st.sampled_from(["work", "client", "debt", "cutoff", "contact"])),
            data.draw(st.booleans()),
        )
        rows = pages(ana, name, limit, sort=sort, descending=descending)
        assert [row.id for row in rows] == model.page(name, sort, descending), (name, sort, descending)
        assert all(row.closed == (name == "closed") for row in rows)
        wanted = data.draw(FILTERS)
        model_filtered = Model(me, now, [one for one in made if model.fits(one, wanted, today)])
        found = pages(ana, name, limit, filter=wanted, sort=sort, descending=descending)
        assert [row.id for row in found] == model_filtered.page(name, sort, descending), (
            name,
            sort,
            descending,
            wanted,
        )
    assert {count.list: count.count for count in cases.counts(ana)} == {
        name: len(model.inside(name)) for name in ("mine", *LISTS, "closed")
    }


def test_names_sort_as_readers_expect(world: World, ana: Database) -> None:
    for surname in reversed(SURNAMES):
        world.case(company=world.company(surname=surname, names="Ana"))
    world.case(company=world.company(surname="", kind="organisation", name="Óptica Sur"))
    rows = cases.page(ana, "delinquent", sort="client")
    expected = [f"{surname.upper()}, Ana" for surname in SURNAMES]
    expected.insert(6, "Óptica Sur")
    assert [row.client for row in rows] == expected


def test_pages_stay_whole_while_cases_move(world: World, ana: Database, juan: Database) -> None:
    """What nobody touches is seen exactly once; what moves to the end is never lost."""
    made = world.cases(60)
    moved = made[5:60:7]
    seen: list[int] = []
    after = None
    for turn in range(20):
        page = cases.page(ana, "delinquent", after=after, limit=6)
        if not page:
            break
        seen += [row.id for row in page]
        after = page[-1].position
        if turn < len(moved):
            world.superuser.execute(
                "UPDATE iduo.case SET last_contact_at = clock_timestamp(), version = version + 1 WHERE id = %s",
                [moved[turn]],
            )
    quiet = set(made) - set(moved)
    assert [case for case in seen if case in quiet] == sorted(quiet)
    assert set(moved) <= set(seen)


def test_the_cursor_keeps_its_moment(world: World, ana: Database) -> None:
    """A callback that falls due between two pages neither appears twice nor is lost."""
    soon = world.now() + timedelta(milliseconds=400)
    falling = world.case(next_action_at=soon)
    others = world.cases(5)
    first = cases.page(ana, "delinquent", limit=3)
    while world.now() <= soon:
        world.value("SELECT 1 FROM pg_sleep(0.05)")
    rest = cases.page(ana, "delinquent", limit=10, after=first[-1].position)
    assert [row.id for row in (*first, *rest)] == [falling, *others]
    assert [row.id for row in cases.page(ana, "delinquent")] == [falling, *others]


def test_due_comes_first_and_contacted_last(world: World, ana: Database) -> None:
    now = world.now()
    old = world.case(last_contact_at=now - timedelta(days=9))
    recent = world.case(last_contact_at=now - timedelta(minutes=1))
    never = world.case()
    later = world.case(next_action_at=now + timedelta(hours=1))
    due = world.case(next_action_at=now - timedelta(hours=1), last_contact_at=now - timedelta(days=1))
    overdue = world.case(next_action_at=now - timedelta(days=1))
    assert [row.id for row in cases.page(ana, "delinquent")] == [overdue, due, never, later, old, recent]


def test_only_says_which_of_these_belong(world: World, ana: Database) -> None:
    first, second, third = world.cases(3)
    elsewhere = world.case("active")
    asked = (third, first, elsewhere, 999_999)
    found = cases.page(ana, "delinquent", only=asked)
    assert [row.id for row in found] == [first, third]
    whole = {row.id: cases.sort_key(row)[:3] for row in cases.page(ana, "delinquent")}
    assert [cases.sort_key(row)[:3] for row in found] == [whole[first], whole[third]]
    assert second not in {row.id for row in found}
    assert cases.page(ana, "delinquent", only=()) == ()


def test_a_page_has_200_rows_at_most(world: World, ana: Database) -> None:
    world.superuser.execute("""
        WITH made AS (INSERT INTO iduo.company (number, kind, surname, service_status)
                      SELECT n, 'person', 'X' || n, 'active' FROM generate_series(1, 250) n RETURNING id)
        INSERT INTO iduo.case (company_id, list, opened_by) SELECT id, 'active', 'nobody' FROM made""")
    assert len(cases.page(ana, "active", limit=10_000)) == 200
    assert len(pages(ana, "active", 200)) == 250
    assert len(cases.page(ana, "active", limit=-5)) == 1


def test_counts_stop_at_ten_thousand(world: World, ana: Database) -> None:
    world.superuser.execute(
        """
        INSERT INTO iduo.case (company_id, list, opened_by)
        SELECT %s, 'withdrawn', 'nobody' FROM generate_series(1, 10010)""",
        [world.company()],
    )
    counted = {count.list: count for count in cases.counts(ana)}
    assert (counted["withdrawn"].count, counted["withdrawn"].capped) == (10_000, True)
    assert (counted["active"].count, counted["active"].capped) == (0, False)


def test_what_a_list_can_be_filtered_by(world: World, ana: Database) -> None:
    for plan, locality in (("Fibra 300", "Rosario"), ("Fibra 600", "Funes"), ("", "Rosario"), ("Fibra 300", "")):
        world.case(company=world.company(plan=plan, locality=locality))
    world.case(company=world.company(plan="Viejo", locality="Lejos"), state="closed")
    choices = [(choice.field, choice.value) for choice in cases.filter_choices(ana)]
    assert choices == [("locality", "Funes"), ("locality", "Rosario"), ("plan", "Fibra 300"), ("plan", "Fibra 600")]


@pytest.mark.parametrize(("list", "sort"), [("otra", "work"), ("active", "id"), ("active", "; DROP"), ("", "work")])
def test_unknown_lists_and_orders_are_refused(world: World, ana: Database, list: str, sort: str) -> None:
    with pytest.raises(UserError):
        cases.page(ana, list, sort=sort)


def test_a_line_says_all_about_its_case(world: World, ana: Database, juan: Database, people: People) -> None:
    company = world.company(
        surname="Gómez", names="Ana", debt=Decimal("1500.50"), cutoff_date=date(2026, 12, 1), plan="F"
    )
    case = world.case(company=company)
    cases.take(juan, case, uuid.uuid4())
    cases.watch(juan, case, True)
    (row,) = cases.page(ana, "delinquent")
    assert (row.client, row.debt, row.cutoff_date, row.plan) == (
        "GÓMEZ, Ana",
        Decimal("1500.50"),
        date(2026, 12, 1),
        "F",
    )
    assert (row.assigned_to, row.holder, row.viewers, row.level) == (people.add("juan"), "Juan", "Juan", 0)
    cases.watch(juan, case, False)
    assert cases.page(ana, "delinquent")[0].viewers == ""


def test_a_correction_of_the_client_shows_in_his_cases(world: World, ana: Database) -> None:
    case = world.case(company=world.company(surname="Paz", debt=Decimal(10)))
    world.superuser.execute(
        "UPDATE iduo.company SET surname = 'Aguirre', debt = 20, plan = 'Nuevo', version = version + 1"
    )
    (row,) = cases.page(ana, "delinquent", CaseFilter(plan="Nuevo"), sort="client")
    assert (row.id, row.client, row.debt) == (case, "AGUIRRE", Decimal(20))
    assert cases.sort_key(row)[1] == "aguirre"


def test_the_superuser_is_not_needed(superuser: psycopg.Connection, ana: Database) -> None:
    """An empty database answers too."""
    assert [cases.page(ana, name) for name in ("mine", *LISTS, "closed")] == [()] * 6
    assert all(count.count == 0 for count in cases.counts(ana))
