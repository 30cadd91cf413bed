"""Extensions of the cut-off and promises: bounds, approval, undo, and what the client's debt says by itself."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, promises
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.promises import Extended
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.test_batches import bring, client
from tests.services.world import World


@pytest.fixture
def case(world: World, people: People) -> int:
    """A client of Ana's who owes 30,000 and is cut off in five days."""
    company = world.company(debt=30000, cutoff_date=world.today() + timedelta(days=5))
    return world.case("delinquent", company, assigned_to=people.add("ana"))


def extend(database: Database, case: int, until: date, reason: str = "Cobra el lunes") -> Extended:
    """Ask for one, with a key of its own."""
    return promises.extend(database, case, until, reason, uuid4())


def stands(world: World, case: int) -> tuple[object, ...]:
    """The client's extension, and what the lists show of it."""
    ((found),) = world.superuser.execute(
        "SELECT o.extended_until, c.cutoff_date, c.extended_until FROM iduo.case c "
        "JOIN iduo.company o ON o.id = c.company_id WHERE c.id = %s",
        [case],
    ).fetchall()
    return tuple(found)


def promise(world: World, database: Database, case: int, amount: int | None, due: date) -> None:
    """The client promises to pay."""
    result = world.value("SELECT id FROM iduo.disposition WHERE promise")
    money = None if amount is None else Decimal(amount)
    activities.log_attempt(database, case, Attempt("call", result, promise_amount=money, promise_date=due), uuid4())


def owes(coordinator: Database, debt: int) -> None:
    """The next list says so."""
    bring(coordinator, [client(1, debt=str(debt), cutoff_date=None)])


def state(database: Database, case: int) -> tuple[str, Decimal | None]:
    """Of the newest promise: its state and what was paid since."""
    found = promises.promises(database, case)[0]
    return found.state, found.paid


def test_an_extension_moves_the_cutoff_and_goes_back(world: World, ana: Database, case: int) -> None:
    before, until = stands(world, case), world.today() + timedelta(days=10)
    done = extend(ana, case, until)
    assert (done.state, done.replayed) == ("granted", False)
    assert stands(world, case) == (until, until, until)
    assert [(row.state, row.until_date, row.reason) for row in promises.extensions(ana, case)] == [
        ("granted", until, "Cobra el lunes")
    ]
    cases.undo(ana, done.event)
    assert stands(world, case) == before
    assert promises.extensions(ana, case) == ()


def test_asking_twice_is_asking_once(world: World, ana: Database, case: int) -> None:
    key, until = uuid4(), world.today() + timedelta(days=10)
    first = promises.extend(ana, case, until, "Cobra el lunes", key)
    again = promises.extend(ana, case, until, "Cobra el lunes", key)
    assert (again.event, again.extension_id, again.replayed) == (first.event, first.extension_id, True)
    assert world.value("SELECT count(*) FROM iduo.extension") == 1


def test_the_bounds(world: World, ana: Database, juan: Database, case: int) -> None:
    today = world.today()
    assert refused_field(extend, ana, case, today)[0] == "until"
    assert "posterior" in refusal(extend, ana, case, today + timedelta(days=5))
    assert "Como mucho 15 días" in refusal(extend, ana, case, today + timedelta(days=16))
    assert refused_field(extend, ana, case, today + timedelta(days=9), " ")[0] == "reason"
    assert "Lo está atendiendo" in refusal(extend, juan, case, today + timedelta(days=9))
    for days in (8, 9, 10):
        extend(ana, case, today + timedelta(days=days))
    assert "3 prórrogas" in refusal(extend, ana, case, today + timedelta(days=11))


def test_a_coordinator_grants_or_refuses(world: World, ana: Database, marta: Database, case: int) -> None:
    world.set_setting("extension_approval", True)
    before, until = stands(world, case), world.today() + timedelta(days=10)
    assert promises.extension_rules(ana).needs_approval
    assert not promises.extension_rules(marta).needs_approval
    asked = extend(ana, case, until)
    assert asked.state == "asked"
    assert stands(world, case) == before
    assert "espera a un coordinador" in refusal(extend, ana, case, until)
    (waiting,) = promises.extensions_waiting(marta)
    assert (waiting.id, waiting.debt, waiting.until_date) == (asked.extension_id, Decimal(30000), until)
    assert refused_field(promises.decide_extension, marta, waiting.id, False, "", uuid4())[0] == "decision"
    refused = promises.decide_extension(marta, waiting.id, False, "Ya tuvo una", uuid4())
    assert (refused.state, stands(world, case)) == ("refused", before)
    cases.undo(marta, refused.event)
    granted = promises.decide_extension(marta, waiting.id, True, "", uuid4())
    assert (granted.state, stands(world, case)) == ("granted", (until, until, until))
    assert "Ya la decidió" in refusal(promises.decide_extension, marta, waiting.id, True, "", uuid4())
    cases.undo(marta, granted.event)
    assert stands(world, case) == before


def test_operators_decide_nothing(ana: Database, case: int) -> None:
    assert "permiso" in refusal(promises.extensions_waiting, ana)
    assert "permiso" in refusal(promises.decide_extension, ana, 1, True, "", uuid4())


def test_what_was_decided_stays(world: World, ana: Database, case: int) -> None:
    extend(ana, case, world.today() + timedelta(days=10))
    with pytest.raises(psycopg.errors.CheckViolation, match="does not go from granted to refused"):
        world.superuser.execute("UPDATE iduo.extension SET state = 'refused'")


def test_a_promise_is_kept_when_the_debt_falls(world: World, ana: Database, marta: Database, case: int) -> None:
    promise(world, ana, case, 10000, world.today() + timedelta(days=3))
    assert state(ana, case) == ("pending", None)
    owes(marta, 25000)
    assert state(ana, case) == ("pending", Decimal(5000))
    owes(marta, 20000)
    assert state(ana, case) == ("kept", Decimal(10000))
    assert world.value("SELECT next_action_at FROM iduo.case WHERE id = %s", case) is None
    assert "Cumplió su promesa: pagó $ 10.000,00" in [event.text for event in cases.timeline(ana, company(world, case))]


def test_a_list_that_says_otherwise_takes_it_back(world: World, ana: Database, marta: Database, case: int) -> None:
    promise(world, ana, case, None, world.today() + timedelta(days=3))
    wakes = world.value("SELECT next_action_at FROM iduo.case WHERE id = %s", case)
    owes(marta, 0)
    assert state(ana, case) == ("kept", Decimal(30000))
    owes(marta, 30000)
    assert state(ana, case) == ("pending", Decimal(0))
    assert world.value("SELECT next_action_at FROM iduo.case WHERE id = %s", case) == wakes


@pytest.mark.parametrize(("late", "expected"), [(2, "pending"), (3, "broken")])
def test_it_is_broken_when_nobody_saw_a_payment(
    world: World, ana: Database, case: int, late: int, expected: str
) -> None:
    promise(world, ana, case, 10000, world.today())
    world.superuser.execute("UPDATE iduo.promise SET due_date = %s", [world.today() - timedelta(days=late)])
    assert state(ana, case)[0] == expected


def test_a_case_with_a_promise_sleeps_and_comes_back_first(
    world: World, ana: Database, juan: Database, case: int
) -> None:
    promise(world, ana, case, 10000, world.today() + timedelta(days=1))
    cases.release(ana, case, uuid4())
    other = world.case("delinquent", last_contact_at=world.now())
    assert next_of(juan) == other
    assert next_of(juan) is None
    world.case("delinquent")
    world.superuser.execute("UPDATE iduo.case SET next_action_at = now() - interval '1 minute' WHERE id = %s", [case])
    assert next_of(juan) == case


def next_of(database: Database) -> int | None:
    """What F8 gives."""
    found = cases.take_next(database, "delinquent", CaseFilter(), uuid4())
    return found.case_id if found is not None else None


def company(world: World, case: int) -> int:
    """Whose case it is."""
    return int(world.value("SELECT company_id FROM iduo.case WHERE id = %s", case))


def test_one_is_asked_for_at_a_time(world: World, people: People, ana: Database, case: int) -> None:
    """The second of two cases of one client finds that one is asked for already."""
    world.set_setting("extension_approval", True)
    second = world.case("delinquent", company(world, case), assigned_to=people.add("ana"))
    extend(ana, case, world.today() + timedelta(days=9))
    assert "espera a un coordinador" in refusal(extend, ana, second, world.today() + timedelta(days=9))
