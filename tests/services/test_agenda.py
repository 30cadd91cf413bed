"""The agenda: what is due comes in order, reminds until somebody does something, and goes to others when it is late."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, agenda
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.agenda import Item, Scheduled
from tests.people import People
from tests.services.helpline import call, followed, soon, task
from tests.services.refusals import refusal
from tests.services.world import World


def ago(world: World, item: Scheduled, **before: float) -> None:
    """Turn back the clock of an item: it was due, and reminded, so long ago."""
    table, due = ("call", "starts_at") if item.kind == "call" else ("task", "due_at")
    for column in (due, "rings_at"):
        world.age(table, item.id, column, **before)


def callback(world: World, login: str) -> int:
    """A client's case that is due in an hour; its id."""
    return world.case(assigned_to=login, next_action_at=soon(hours=1), subject="Debe dos cuotas")


def kinds(items: tuple[Item, ...]) -> list[tuple[str, int]]:
    """What and which."""
    return [(item.kind, item.id) for item in items]


def test_everything_by_its_hour(world: World, ana: Database, people: People) -> None:
    late, first = task(ana, at=soon(hours=2.5)), call(ana, soon(hours=0.5))
    case = callback(world, people.add("ana"))
    anybody = task(ana, at=soon(hours=2), anybody=True)
    expected = [("call", first.id), ("callback", case), ("task", anybody.id), ("task", late.id)]
    assert kinds(agenda.items(ana, "week")) == expected
    pages: list[Item] = []
    while page := agenda.items(ana, "week", after=pages[-1].position if pages else None, limit=1):
        pages += page
    assert kinds(tuple(pages)) == expected


def test_at_the_very_same_moment(world: World, ana: Database, people: People) -> None:
    """Pages lose nothing where many things are due at once."""
    at = soon(hours=1)
    made = {("task", task(ana, at=at).id) for _ in range(3)} | {("call", call(ana, at).id) for _ in range(3)}
    cases = [world.case(assigned_to=people.add("ana"), next_action_at=at) for _ in range(3)]
    made |= {("callback", case) for case in cases}
    got: list[Item] = []
    while page := agenda.items(ana, "week", after=got[-1].position if got else None, limit=2):
        got += page
    assert (set(kinds(tuple(got))), len(got)) == (made, 9)


def test_what_an_item_says(world: World, ana: Database, people: People) -> None:
    done = followed(ana, note="Preguntar por el turno")
    (item,) = agenda.items(ana, "week")
    assert (item.kind, item.id, item.title) == ("call", done.follow_up_id, "Llamar a GÓMEZ, Ana")
    assert (item.case_id, item.contact_id, item.person) == (done.case_id, done.contact_id, "GÓMEZ, Ana")
    assert (item.phone_e164, item.note, item.mine, item.assignee) == (
        "+541143215678",
        "Preguntar por el turno",
        True,
        people.add("ana"),
    )
    assert (item.rings_at, item.state, item.moved) == (item.due_at - timedelta(minutes=10), "planned", 0)
    task(ana, "Llamar a la madre de Gómez", at=soon(hours=2), case_id=done.case_id)
    world.case(assigned_to=people.add("ana"), next_action_at=soon(hours=3), company=world.company(surname="Paz"))
    discreet = [item.discreet for item in agenda.items(ana, "week")]
    assert discreet[:2] == [f"Llamada agendada · caso {done.case_id}", f"Tarea · caso {done.case_id}"]
    assert not any(name in text for text in discreet for name in ("GÓMEZ", "Gómez", "PAZ", "Ana"))


def test_the_telephone_to_call(world: World, ana: Database) -> None:
    done = followed(ana)
    add = """INSERT INTO iduo.contact_phone (contact_id, typed, search_key, kind, valid, safe)
             VALUES (%s, %s, '', '', true, %s)"""
    world.superuser.execute("UPDATE iduo.contact_phone SET safe = false")
    assert agenda.items(ana, "week")[0].phone == ""
    world.superuser.execute(add, [done.contact_id, "4-unknown", None])
    assert agenda.items(ana, "week")[0].phone == "4-unknown"
    world.superuser.execute(add, [done.contact_id, "4-safe", True])
    world.superuser.execute("UPDATE iduo.contact SET safe_when = 'a la tarde', safe_words = 'Es de la farmacia'")
    (item,) = agenda.items(ana, "week")
    assert item.phone == "4-safe"
    assert item.safe == "Cuándo: a la tarde · Si atiende otra persona: Es de la farmacia"


def test_a_promise_is_one_thing(world: World, ana: Database, people: People) -> None:
    case = world.case(assigned_to=people.add("ana"))
    result = world.value("SELECT id FROM iduo.disposition WHERE promise LIMIT 1")
    tomorrow = world.today() + timedelta(days=1)
    promised = Attempt("call", result, promise_amount=Decimal(1500), promise_date=tomorrow)
    activities.log_attempt(ana, case, promised, uuid4())
    (item,) = agenda.items(ana, "week")
    assert (item.kind, item.case_id) == ("promise", case)
    assert item.title.startswith("Promesa de pago de CLIENTE")
    assert item.note == f"Prometió $ 1.500,00 para el {tomorrow:%d/%m/%Y}"
    done = agenda.finish(ana, "promise", item.id, True, "", item.version, uuid4())
    assert world.value("SELECT state FROM iduo.promise") == "kept"
    assert agenda.items(ana, "week") == ()
    agenda.reopen(ana, "promise", item.id, done.version, uuid4())
    assert agenda.items(ana, "week")[0].due_at == item.due_at


def test_tabs(world: World, ana: Database) -> None:
    """Today is the day in Argentina; the week is seven days."""
    midnight = datetime.combine(world.today(), datetime.min.time(), UTC) + timedelta(hours=3)
    made = {name: task(ana, name, soon(hours=1)) for name in ("late", "tonight", "tomorrow", "sixth", "eighth")}
    at = {
        "late": midnight,
        "tonight": midnight + timedelta(hours=23, minutes=59),
        "tomorrow": midnight + timedelta(days=1),
    }
    at |= {"sixth": midnight + timedelta(days=6), "eighth": midnight + timedelta(days=7)}
    for name, item in made.items():
        world.age("task", item.id, "due_at", seconds=(world.now() - at[name]).total_seconds())
    titles = {tab: [item.title for item in agenda.items(ana, tab)] for tab in ("today", "overdue", "week")}
    assert titles["today"] == ["late", "tonight"]
    assert titles["overdue"] == ["late"]
    assert titles["week"] == ["late", "tonight", "tomorrow", "sixth"]
    counts = agenda.counts(ana)
    assert (counts.today, counts.overdue, counts.week) == (2, 1, 4)
    assert refusal(agenda.items, ana, "year") == "Esa parte de la agenda no existe."


def test_everybodys_agenda_is_for_coordinators(world: World, ana: Database, juan: Database, marta: Database) -> None:
    made = {("task", task(ana).id), ("task", task(juan).id), ("call", call(juan).id)}
    assert agenda.items(marta, "week") == ()
    assert set(kinds(agenda.items(marta, "week", "everybody"))) == made
    assert refusal(agenda.items, ana, "week", "everybody") == "La agenda de todos es para coordinadores."


def test_it_rings_until_something_is_done(world: World, ana: Database) -> None:
    made = task(ana, at=soon(minutes=30))
    assert (agenda.ringing(ana), agenda.counts(ana).next_ring) == ((), made.due_at - timedelta(minutes=10))
    ago(world, made, minutes=5)
    for _ in range(2):  # looking at it changes nothing
        assert kinds(agenda.ringing(ana)) == [("task", made.id)]
    until = soon(minutes=5)
    put_off = agenda.postpone(ana, "task", made.id, until, made.version, uuid4())
    assert (agenda.ringing(ana), agenda.counts(ana).next_ring) == ((), until)
    agenda.reopen(ana, "task", made.id, put_off.version, uuid4())
    assert agenda.counts(ana).ringing == 1
    agenda.finish(ana, "task", made.id, True, "", put_off.version + 1, uuid4())
    assert (agenda.ringing(ana), agenda.counts(ana).next_ring) == ((), None)


def test_what_is_for_whoever_is_in_rings_for_all(world: World, ana: Database, juan: Database, marta: Database) -> None:
    made = task(ana, anybody=True)
    ago(world, made, minutes=5)
    assert (
        kinds(agenda.ringing(ana)) == kinds(agenda.ringing(juan)) == kinds(agenda.ringing(marta)) == [("task", made.id)]
    )
    agenda.finish(juan, "task", made.id, True, "", made.version, uuid4())
    assert agenda.ringing(ana) == agenda.ringing(marta) == ()
    told = refusal(agenda.finish, ana, "task", made.id, True, "", made.version, uuid4())
    assert told.startswith("Juan ya lo hizo, a las ")


def test_what_is_late_goes_to_whoever_is_in(world: World, ana: Database, juan: Database) -> None:
    """Computed when it is read: nobody has to be in for it to happen."""
    mine, hers = task(juan), call(ana)
    ago(world, hers, minutes=14)
    assert agenda.ringing(juan) == ()
    assert refusal(agenda.finish, juan, "call", hers.id, True, "", 1, uuid4()).startswith("Es de Ana.")
    next_ring = agenda.counts(juan).next_ring
    assert next_ring is not None
    assert abs(next_ring - soon(minutes=1)) < timedelta(seconds=20)
    ago(world, hers, minutes=16)
    ago(world, mine, minutes=1)
    ringing = agenda.ringing(juan)
    assert kinds(ringing) == [("task", mine.id), ("call", hers.id)]
    assert (ringing[1].escalated, ringing[1].mine, ringing[1].assignee_name) == (True, False, "Ana")
    assert kinds(agenda.items(juan, "overdue")) == [("call", hers.id), ("task", mine.id)]
    # she put it off: it is hers again for that long
    put_off = agenda.postpone(ana, "call", hers.id, soon(minutes=5), 1, uuid4())
    assert kinds(agenda.ringing(juan)) == [("task", mine.id)]
    ago(world, hers, minutes=30)
    agenda.finish(juan, "call", hers.id, True, "Hablamos", put_off.version, uuid4())
    assert agenda.items(ana, "overdue") == ()


def test_a_callback_rests(world: World, ana: Database, juan: Database, people: People) -> None:
    case = world.case(assigned_to=people.add("ana"), next_action_at=soon(minutes=-1))
    assert kinds(agenda.ringing(ana)) == [("callback", case)]
    assert agenda.ringing(juan) == ()
    (item,) = agenda.ringing(ana)
    until = soon(minutes=15)
    put_off = agenda.postpone(ana, "callback", case, until, item.version, uuid4())
    assert (agenda.ringing(ana), agenda.counts(ana).next_ring) == ((), until)
    assert refusal(agenda.finish, juan, "callback", case, True, "", put_off.version, uuid4()).startswith(
        "Lo está atendiendo Ana"
    )
    moved = agenda.reschedule(ana, "callback", case, soon(hours=3), "Pidió más tarde", put_off.version, uuid4())
    assert world.value("SELECT next_action_at FROM iduo.case WHERE id = %s", case) == moved.due_at
    back = agenda.reopen(ana, "callback", case, moved.version, uuid4())
    assert back.due_at == item.due_at
    assert (agenda.ringing(ana), agenda.counts(ana).next_ring) == ((), until)
    done = agenda.finish(ana, "callback", case, True, "", back.version, uuid4())
    assert world.value("SELECT next_action_at FROM iduo.case WHERE id = %s", case) is None
    assert agenda.reopen(ana, "callback", case, done.version, uuid4()).due_at == item.due_at


def test_my_day(world: World, ana: Database, people: People) -> None:
    login = people.add("ana")
    for name, contacted in (("suspended", None), ("suspended", world.now()), ("delinquent", None)):
        world.case(name, last_contact_at=contacted)
    world.case(assigned_to=login, state="closed")
    world.case(assigned_to=login, next_action_at=soon(minutes=-5))
    world.superuser.execute("UPDATE iduo.case SET closed_by = %s WHERE state = 'closed'", [login])
    result = world.value("SELECT id FROM iduo.disposition WHERE NOT (promise OR callback) LIMIT 1")
    activities.log_attempt(ana, world.case(assigned_to=login), Attempt("call", result), uuid4())
    day = agenda.day(ana)
    assert (day.due_now, day.overdue, day.mine, day.routes) == (1, 1, 2, 0)
    assert (day.suspended, day.suspended_untouched) == (2, 1)
    assert (day.delinquent, day.delinquent_untouched) == (3, 2)
    assert (day.contacts_today, day.messages_today, day.closed_today, day.to_communicate) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    "after", ['["x", 1, 2]', "[7, 1, 2]", '["2026-11-22", "a", 2]', '["2026-11-22", 1, 1e30]', "{}", "7", "[]", "null"]
)
def test_an_odd_page_is_refused_in_words(ana: Database, after: str) -> None:
    for tab in ("today", "routes"):
        assert refusal(agenda.items, ana, tab, "mine", after, 10) == (
            "Esa página ya no se entiende: volvé a abrir la agenda."
        )
