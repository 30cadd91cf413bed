"""Moves of a case: who may, from which state, in which words it is refused, and what is left behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import uuid4

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseFilter, Done
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

Become = Callable[..., Database]


def kinds(database: Database, case: int) -> list[str]:
    """What happened with the case's client, oldest first."""
    entries = cases.timeline(database, cases.card(database, case).company_id)
    return [entry.kind for entry in reversed(entries)]


def test_take(world: World, ana: Database, juan: Database, people: People) -> None:
    case = world.case()
    done = cases.take(ana, case, uuid4())
    assert (done.case_id, done.replayed) == (case, False)
    card = cases.card(juan, case)
    assert (card.assigned_to, card.holder, card.version) == (people.add("ana"), "Ana", 2)
    assert kinds(ana, case) == ["taken"]
    assert refusal(cases.take, ana, case, uuid4()) == "Ya es tuyo: está en «Mis asignados»."
    assert refusal(cases.take, juan, case, uuid4()).startswith("Ana lo está atendiendo desde las ")
    assert [row.id for row in cases.page(ana, "mine")] == [case]
    assert cases.page(juan, "mine") == ()


def test_what_does_not_exist_is_said(ana: Database, marta: Database) -> None:
    missing = "Ese caso no existe."
    assert refusal(cases.take, ana, 404, uuid4()) == missing
    assert refusal(cases.release, ana, 404, uuid4()) == missing
    assert refusal(cases.move, ana, 404, "active", "x", None, uuid4()) == missing
    assert refusal(cases.close, ana, 404, 1, "{}", uuid4()) == missing
    assert refusal(cases.take_over, marta, 404, "x", uuid4()) == missing
    assert refusal(cases.reopen, marta, 404, "x", uuid4()) == missing
    assert refusal(cases.card, ana, 404) == missing
    assert refusal(cases.undo, ana, 404) == "Solo podés deshacer lo que hiciste vos."
    assert cases.timeline(ana, 404) == ()
    cases.watch(ana, 404, True)


def test_closed_cases_are_not_moved(world: World, ana: Database, people: People) -> None:
    case = world.case(state="closed", assigned_to=people.add("ana"))
    closed = "El caso ya está cerrado."
    assert refusal(cases.take, ana, case, uuid4()) == closed
    assert refusal(cases.release, ana, case, uuid4()) == closed
    assert refusal(cases.move, ana, case, "active", "x", None, uuid4()) == closed
    assert refusal(cases.close, ana, case, 1, "{}", uuid4()) == closed


def test_release(world: World, ana: Database, juan: Database) -> None:
    case = world.case()
    assert refusal(cases.release, ana, case, uuid4()) == "Primero tomá el caso (Ctrl+T)."
    cases.take(ana, case, uuid4())
    assert refusal(cases.release, juan, case, uuid4()) == "Lo está atendiendo Ana. Tomalo cuando quede libre."
    cases.release(ana, case, uuid4())
    assert cases.card(ana, case).assigned_to is None
    cases.take(juan, case, uuid4())
    assert kinds(ana, case) == ["taken", "released", "taken"]


def test_take_over_tells_who_had_it(world: World, ana: Database, marta: Database, people: People) -> None:
    case = world.case(company=world.company(surname="Paz"))
    cases.take(ana, case, uuid4())
    (begin,) = cases.taken_from_me(ana)
    assert (begin.case_id, cases.taken_from_me(ana, begin.event)) == (None, ())
    assert refused_field(cases.take_over, marta, case, "  ", uuid4())[0] == "reason"
    assert refused_field(cases.take_over, marta, case, "\n\t", uuid4())[0] == "reason"
    assert refused_field(cases.take_over, marta, case, "x" * 501, uuid4())[0] == "reason"
    done = cases.take_over(marta, case, "Ana está de licencia", uuid4())
    (told,) = cases.taken_from_me(ana, begin.event)
    assert (told.event, told.case_id, told.client, told.by_name) == (done.event, case, "PAZ", "Marta")
    assert told.detail == "lo tenía Ana: Ana está de licencia"
    assert cases.taken_from_me(marta, begin.event) == ()
    assert cases.taken_from_me(ana, told.event) == ()
    assert cases.card(ana, case).assigned_to == people.add("marta")
    assert refusal(cases.take_over, marta, case, "otra vez", uuid4()).startswith("Ya es tuyo")
    assert refusal(cases.take_over, ana, case, "x", uuid4()) == "No tenés permiso para hacer esto."


def test_move(world: World, ana: Database, juan: Database, marta: Database) -> None:
    case = world.case()
    until = world.today() + timedelta(days=3)
    assert refusal(cases.move, ana, case, "active", "pidió", None, uuid4()).startswith("Primero tomá")
    cases.take(ana, case, uuid4())
    assert refused_field(cases.move, ana, case, "mine", "x", None, uuid4()) == ("to", "Elegí a qué lista va.")
    assert refused_field(cases.move, ana, case, "delinquent", "x", None, uuid4()) == ("to", "Ya está en «Morosos».")
    assert refused_field(cases.move, ana, case, "active", " ", None, uuid4()) == ("reason", "Escribí por qué lo movés.")
    past = world.today() - timedelta(days=1)
    assert refused_field(cases.move, ana, case, "active", "x", past, uuid4()) == ("until", "Esa fecha ya pasó.")
    assert refused_field(cases.move, ana, case, "active", "x", date.max, uuid4())[0] == "until"
    cases.move(ana, case, "suspended", "espera factura", until, uuid4())
    (row,) = cases.page(juan, "suspended")
    assert (row.id, row.move_reason, row.move_until) == (case, "espera factura", until)
    assert row.next_action_at is not None
    assert row.next_action_at.date() == until
    entry = cases.timeline(ana, row.company_id)[0]
    assert entry.text == f"Morosos → Suspendidos hasta el {until:%d/%m/%Y}"
    assert entry.note == "espera factura"
    cases.move(marta, case, "withdrawn", "un coordinador puede", None, uuid4())
    assert cases.card(ana, case).list == "withdrawn"


def test_create(world: World, ana: Database, people: People) -> None:
    company = world.company(surname="Paz", plan="Fibra 300")
    assert refused_field(cases.create, ana, company, "", "active", False, uuid4())[0] == "subject"
    assert refused_field(cases.create, ana, company, "x" * 201, "active", False, uuid4())[0] == "subject"
    assert refused_field(cases.create, ana, company, "Reclamo", "mine", False, uuid4())[0] == "list"
    assert refused_field(cases.create, ana, 404, "Reclamo", "active", False, uuid4())[0] == "company"
    free = cases.create(ana, company, "Reclamo", "active", False, uuid4())
    mine = cases.create(ana, company, "Otro", "active", True, uuid4())
    assert cases.card(ana, free.case_id).assigned_to is None
    card = cases.card(ana, mine.case_id)
    assert (card.assigned_to, card.subject, card.plan) == (people.add("ana"), "Otro", "Fibra 300")
    assert refusal(cases.undo, ana, mine.event) == "Eso no se puede deshacer."


def test_reopen(world: World, ana: Database, marta: Database) -> None:
    company = world.company()
    case = world.case(company=company, state="closed", collection=True, closing_reason="Pagó")
    assert refusal(cases.reopen, ana, case, "x", uuid4()) == "No tenés permiso para hacer esto."
    assert refused_field(cases.reopen, marta, case, "", uuid4())[0] == "reason"
    cases.reopen(marta, case, "siguió debiendo", uuid4())
    card = cases.card(ana, case)
    assert (card.closed, card.closed_at, card.closing_reason, card.assigned_to) == (False, None, None, None)
    assert refusal(cases.reopen, marta, case, "x", uuid4()) == "El caso ya está abierto."
    other = world.case(company=company, state="closed", collection=True)
    assert refusal(cases.reopen, marta, other, "x", uuid4()).startswith("El cliente ya tiene otro caso abierto")


def test_next_takes_the_list_in_work_order(world: World, ana: Database, juan: Database, marta: Database) -> None:
    now = world.now()
    world.case(assigned_to="nobody", next_action_at=now - timedelta(days=2))
    contacted = world.case(last_contact_at=now - timedelta(days=3))
    never = world.case()
    # what was put off rests until its day
    world.case(next_action_at=now + timedelta(days=1), last_contact_at=now - timedelta(days=1))
    due = world.case(next_action_at=now - timedelta(hours=1), last_contact_at=now - timedelta(hours=2))
    world.case("active")
    given = [cases.take_next(who, "delinquent", CaseFilter(), uuid4()) for who in (ana, juan)]
    given += [cases.take_next(marta, "delinquent", CaseFilter(), uuid4()) for _ in range(3)]
    assert [one and one.case_id for one in given] == [due, never, contacted, None, None]


def test_next_gives_back_ones_own_due_callback_first(world: World, ana: Database, people: People) -> None:
    mine = world.case("suspended", assigned_to=people.add("ana"), next_action_at=world.now() - timedelta(minutes=1))
    world.case("delinquent", assigned_to=people.add("juan"), next_action_at=world.now() - timedelta(minutes=9))
    world.case("delinquent")
    found = cases.take_next(ana, "delinquent", CaseFilter(), uuid4())
    assert found == cases.Next(None, mine, True)
    assert cases.take_next(ana, "mine", CaseFilter(), uuid4()) == cases.Next(None, mine, True)


def test_next_keeps_to_the_filter(world: World, ana: Database) -> None:
    world.case(company=world.company(surname="Paz", plan="A", locality="Funes"), last_contact_at=world.now())
    wanted = world.case(
        company=world.company(surname="Peña", plan="B", locality="Roldán", extended_until=world.today()),
        last_contact_at=world.now() - timedelta(days=2),
    )
    for narrowed in (
        CaseFilter(plan="B"),
        CaseFilter(locality="Roldán"),
        CaseFilter(text="pena"),
        CaseFilter(extended=True),
        CaseFilter(not_contacted_today=True),
    ):
        found = cases.take_next(ana, "delinquent", narrowed, uuid4())
        assert found is not None
        assert found.event is not None
        assert found.case_id == wanted
        cases.undo(ana, found.event)
    assert cases.take_next(ana, "delinquent", CaseFilter(text="nadie"), uuid4()) is None
    assert cases.take_next(ana, "delinquent", CaseFilter(plan="A", locality="Roldán"), uuid4()) is None
    assert cases.take_next(ana, "closed", CaseFilter(), uuid4()) is None


def test_next_skips_what_somebody_holds_right_now(world: World, ana: Database) -> None:
    first, second = world.cases(2)
    with world.superuser.transaction():
        world.superuser.execute("SELECT FROM iduo.case WHERE id = %s FOR UPDATE", [first])
        found = cases.take_next(ana, "delinquent", CaseFilter(), uuid4())
    assert found is not None
    assert found.case_id == second


def test_at_most_30_open_cases(world: World, ana: Database, marta: Database, people: People) -> None:
    full = "Ya tenés 30 casos abiertos, el máximo. Cerrá o liberá alguno antes de tomar otro."
    held = world.cases(30, assigned_to=people.add("ana"))
    free = world.case()
    company = world.company()
    assert refusal(cases.take, ana, free, uuid4()) == full
    assert refusal(cases.take_next, ana, "delinquent", CaseFilter(), uuid4()) == full
    assert refusal(cases.create, ana, company, "x", "active", True, uuid4()) == full
    cases.create(ana, company, "sin tomarlo", "active", False, uuid4())
    released = cases.release(ana, held[0], uuid4())
    cases.take(ana, free, uuid4())
    assert refusal(cases.undo, ana, released.event) == full
    world.set_setting("open_cases_limit", 31)
    cases.undo(ana, released.event)
    assert {count.list: count.count for count in cases.counts(ana)}["mine"] == 31
    people.add("marta")
    world.cases(31, assigned_to=people.add("marta"))
    assert refusal(cases.take_over, marta, held[1], "x", uuid4()).startswith("Ya tenés 31")


def test_the_limit_holds_in_parallel(world: World, become: Become, people: People) -> None:
    world.cases(27, assigned_to=people.add("ana"))
    free = world.cases(12)
    workstations = [become("ana") for _ in range(3)]

    def attempt(number: int) -> Done | UserError:
        try:
            return cases.take(workstations[number % 3], free[number], uuid4())
        except UserError as refused:
            return refused

    with ThreadPoolExecutor(3) as pool:
        answers = [*pool.map(attempt, range(12))]
    assert sum(isinstance(answer, Done) for answer in answers) == 3
    assert world.value("SELECT count(*) FROM iduo.case WHERE assigned_to = %s", people.add("ana")) == 30


def test_untouched_cases_go_back(world: World, ana: Database, juan: Database, people: People) -> None:
    case = world.case()
    taken = cases.take(ana, case, uuid4())
    world.age("case", case, "touched_at", hours=49)
    (row,) = cases.page(juan, "delinquent")
    assert (row.assigned_to, row.holder) == (None, None)
    assert [one.id for one in cases.page(juan, "delinquent", CaseFilter(free=True))] == [case]
    assert cases.card(juan, case).assigned_to is None
    mine = cases.page(ana, "mine")[0]
    assert (mine.assigned_to, mine.holder) == (people.add("ana"), "Ana")
    assert cases.card(ana, case).assigned_to == people.add("ana")
    cases.take(juan, case, uuid4())
    assert cases.card(ana, case).assigned_to == people.add("juan")
    assert refusal(cases.undo, ana, taken.event).startswith("El caso cambió después")


def test_looking_for_work_returns_untouched_cases(world: World, ana: Database, juan: Database) -> None:
    case = world.case()
    cases.take(ana, case, uuid4())
    assert cases.take_next(juan, "delinquent", CaseFilter(), uuid4()) is None
    world.age("case", case, "touched_at", hours=49)
    found = cases.take_next(juan, "delinquent", CaseFilter(), uuid4())
    assert found is not None
    assert found.case_id == case
    assert kinds(ana, case) == ["taken", "returned", "taken"]
    entry = cases.timeline(ana, cases.card(ana, case).company_id)[1]
    assert entry.text == "sin movimiento: lo tenía Ana"


def test_who_looks_is_seen_for_90_seconds(world: World, ana: Database, juan: Database) -> None:
    first, second = world.cases(2)
    cases.watch(ana, first, True)
    assert cases.card(juan, first).viewers == "Ana"
    assert cases.card(ana, first).viewers == ""
    cases.watch(ana, second, True)
    assert [cases.card(juan, case).viewers for case in (first, second)] == ["", "Ana"]
    world.superuser.execute("UPDATE iduo.presence SET until = clock_timestamp() - interval '1 s'")
    assert cases.card(juan, second).viewers == ""
    cases.watch(ana, second, True)
    cases.watch(ana, second, False)
    assert cases.card(juan, second).viewers == ""


def test_history_comes_page_by_page(world: World, ana: Database) -> None:
    case = world.case()
    for _ in range(4):
        cases.release(ana, cases.take(ana, case, uuid4()).case_id, uuid4())
    company = cases.card(ana, case).company_id
    whole = cases.timeline(ana, company)
    assert [entry.kind for entry in whole] == ["released", "taken"] * 4
    pages = [*cases.timeline(ana, company, limit=3)]
    while page := cases.timeline(ana, company, before=pages[-1].id, limit=3):
        pages += page
    assert tuple(pages) == whole
