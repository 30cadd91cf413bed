"""Work that goes to other hands: as far as there is room, never what somebody is on, with its history, and back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.database.feed import Feed
from iduo_desktop.services import agenda, cases, staff, supervision
from iduo_desktop.services.supervision import Moved
from tests.people import People
from tests.services.helpline import call, task
from tests.services.refusals import refusal, refused_field
from tests.services.world import World


def holders(world: World, *ids: int) -> list[str | None]:
    """Whose these cases are."""
    query = "SELECT assigned_to FROM iduo.case WHERE id = ANY (%s) ORDER BY id"
    return [login for (login,) in world.superuser.execute(query, [list(ids)]).fetchall()]


def give(database: Database, ids: tuple[int, ...], to: str | None) -> Moved:
    """Give cases away."""
    return supervision.reassign(database, ids, to, "Vacaciones", uuid4())


def test_cases_go_to_somebody(world: World, ana: Database, marta: Database, people: People) -> None:
    ana_, luis = people.add("ana"), people.add("luis", "operator")
    company = world.company()
    mine, free = world.case(assigned_to=ana_, company=company), world.case()
    feed = Feed(ana)
    feed.poll()
    assert give(marta, (mine, free), luis) == Moved(2, 0, "", False)
    assert holders(world, mine, free) == [luis, luis]
    assert {("case", mine), ("case", free)} <= {(change.table_name, change.id) for change in feed.poll()}
    (line,) = cases.timeline(ana, company)
    assert (line.kind, line.text, line.by_name) == ("handed_over", "de Ana a Luis: Vacaciones", "Marta")
    assert give(marta, (mine, free), None) == Moved(2, 0, "", False)
    assert holders(world, mine, free) == [None, None]
    assert cases.timeline(ana, company)[0].text == "de Luis a la lista: Vacaciones"


def test_what_is_said_of_those_that_stay(
    world: World, ana: Database, marta: Database, people: People, become: Callable[..., Database]
) -> None:
    world.set_setting("open_cases_limit", 3)
    ana_, luis = people.add("ana"), people.add("luis", "operator")
    busy, speaking = world.cases(2, assigned_to=ana_)
    closed, his = world.case(state="closed"), world.case(assigned_to=luis)
    free = world.cases(4)
    cases.watch(ana, busy, True)
    world.superuser.execute(
        "INSERT INTO iduo.talk (login, company_id, channel, until) SELECT %s, company_id, 'call', %s FROM iduo.case"
        " WHERE id = %s",
        [ana_, World.now() + timedelta(minutes=1), speaking],
    )
    done = give(marta, (free[1], busy, speaking, closed, his, 999_999, free[0], free[2], free[3]), luis)
    assert (done.moved, done.stayed) == (2, 7)
    assert done.left == (
        "Ana está atendiendo 2 ahora. 2 no entran: Luis llega a 3 casos abiertos, el máximo. 1 ya estaba cerrado. "
        "1 ya era de Luis. 1 no existe."
    )
    assert holders(world, *free) == [luis, luis, None, None]
    assert holders(world, busy, speaking, closed, his) == [ana_, ana_, None, luis]
    # what a coordinator has open himself, he may give away
    own = world.case(assigned_to=people.add("marta"))
    cases.watch(marta, own, True)
    assert give(marta, (own, free[2]), None) == Moved(1, 1, "1 ya estaba libre.", False)


def test_once(world: World, marta: Database, people: People, become: Callable[..., Database]) -> None:
    """Asked again it answers the same; with other contents, or by somebody else, it is refused."""
    luis, case, key = people.add("luis", "operator"), world.case(), uuid4()
    done = supervision.reassign(marta, (case,), luis, "Vacaciones", key)
    world.superuser.execute("UPDATE iduo.case SET assigned_to = NULL, assigned_at = NULL, version = version + 1")
    assert supervision.reassign(marta, (case,), luis, "Vacaciones", key) == Moved(done.moved, done.stayed, "", True)
    assert holders(world, case) == [None]
    for database, reason in ((marta, "Otra cosa"), (become("rita", "coordinator"), "Vacaciones")):
        assert "con otros datos" in refusal(supervision.reassign, database, (case,), luis, reason, key)
    assert refusal(supervision.undo_reassign, become("rita"), key) == "Solo podés deshacer lo que hiciste vos."


def test_who_may_and_to_whom(
    world: World, ana: Database, marta: Database, admin: Database, people: People, become: Callable[..., Database]
) -> None:
    case, luis = world.case(), people.add("luis", "operator")
    for nobody in (ana, admin):
        with pytest.raises(UserError, match="permiso"):
            give(nobody, (case,), luis)
    for to in (people.add("office", "answerer"), people.add("jefe", "admin"), "iduo_job", "nobody", "nadie_asi", ""):
        assert refused_field(give, marta, (case,), to)[0] == "to"
    world.superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [luis])
    assert refused_field(give, marta, (case,), luis)[0] == "to"
    for wrong in ((), tuple(range(1, 502))):
        assert refused_field(give, marta, wrong, None) == ("cases", "Elegí de 1 a 500 casos.")
    assert refused_field(supervision.reassign, marta, (case,), None, " ", uuid4())[0] == "reason"


def test_five_hundred_at_once(world: World, marta: Database, people: People) -> None:
    """And the workstations are told "many" instead of each."""
    world.set_setting("open_cases_limit", 500)
    luis = people.add("luis", "operator")
    many = world.cases(500)
    feed = Feed(marta)
    feed.poll()
    assert give(marta, many, luis).moved == 500
    assert ("case", None) in {(change.table_name, change.id) for change in feed.poll()}
    assert world.value("SELECT count(*) FROM iduo.case_event WHERE kind = 'handed_over'") == 500


def test_two_coordinators_at_once(world: World, people: People, become: Callable[..., Database]) -> None:
    """Each case goes once to each at most, and nobody gets more than there is room for."""
    world.set_setting("open_cases_limit", 10)
    luis, juana = people.add("luis", "operator"), people.add("juana", "operator")
    several = world.cases(20)
    stations = [become(f"rita{number}", "coordinator") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        given = zip(stations, (luis, juana, luis, juana), strict=True)
        done = [*pool.map(lambda one: give(one[0], several[:: 1 if one[1] == luis else -1], one[1]), given)]
    open_ = holders(world, *several)
    assert open_.count(luis) <= 10
    assert open_.count(juana) <= 10
    moves = world.value("SELECT count(*) FROM iduo.case_event WHERE kind = 'handed_over'")
    assert sum(each.moved for each in done) == moves
    assert all(each.moved + each.stayed == 20 for each in done)


def test_its_holder_closes_it_meanwhile(world: World, marta: Database, people: People, superuser_conninfo: str) -> None:
    ana_, luis = people.add("ana"), people.add("luis", "operator")
    case, other = world.cases(2, assigned_to=ana_)
    with psycopg.connect(superuser_conninfo) as closing, ThreadPoolExecutor(1) as pool:
        closing.execute(
            "UPDATE iduo.case SET state = 'closed', closed_at = now(), closed_by = %s, version = version + 1 "
            "WHERE id = %s",
            [ana_, case],
        )
        waiting = pool.submit(give, marta, (case, other), luis)
        while not world.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass
        closing.commit()
        assert waiting.result() == Moved(1, 1, "1 ya estaba cerrado.", False)
    assert holders(world, case, other) == [ana_, luis]


def test_undo_gives_all_back(world: World, ana: Database, marta: Database, people: People) -> None:
    ana_, luis = people.add("ana"), people.add("luis", "operator")
    mine, free, touched = world.case(assigned_to=ana_), world.case(), world.case(assigned_to=ana_)
    key = uuid4()
    supervision.reassign(marta, (mine, free, touched), luis, "Vacaciones", key)
    world.superuser.execute(
        "UPDATE iduo.case SET version = version + 1, attempts = 1, calls = 1 WHERE id = %s", [touched]
    )
    back = supervision.undo_reassign(marta, key)
    assert back == Moved(2, 1, "1 cambió después: queda como está.", False)
    assert holders(world, mine, free, touched) == [ana_, None, luis]
    again = supervision.undo_reassign(marta, key)
    assert (again.moved, again.stayed, again.left, again.replayed) == (2, 1, back.left, True)
    assert world.value("SELECT count(*) FROM iduo.case_event WHERE undone_at IS NOT NULL") == 2


def test_undo_has_its_time(world: World, marta: Database, people: People) -> None:
    case, key = world.case(), uuid4()
    supervision.reassign(marta, (case,), people.add("luis", "operator"), "Vacaciones", key)
    world.age("reassignment", int(world.value("SELECT id FROM iduo.reassignment")), "at", minutes=6)
    assert refusal(supervision.undo_reassign, marta, key).startswith("Ya pasaron más de 5 minutos")


def test_all_the_work_of_somebody_absent(world: World, ana: Database, marta: Database, people: People) -> None:
    ana_, luis = people.add("ana"), people.add("luis", "operator")
    world.set_setting("open_cases_limit", 1)
    later, due = world.cases(2, assigned_to=ana_)
    world.superuser.execute("UPDATE iduo.case SET next_action_at = now() WHERE id = %s", [due])
    planned, chore, hers = call(ana), task(ana), task(ana, anybody=True)
    key = uuid4()
    done = supervision.pass_on(marta, ana_, luis, "Está de licencia", key)
    assert done == Moved(3, 1, "1 no entra: Luis llega a 1 casos abiertos, el máximo.", False)
    assert holders(world, later, due) == [ana_, luis]
    whose = "SELECT (SELECT assignee FROM iduo.call WHERE id = %s), (SELECT assignee FROM iduo.task WHERE id = %s)"
    assert world.superuser.execute(whose, [planned.id, chore.id]).fetchone() == (luis, luis)
    assert world.value("SELECT assignee FROM iduo.task WHERE id = %s", hers.id) is None
    assert supervision.pass_on(marta, ana_, luis, "Está de licencia", key).replayed
    agenda.finish(marta, "task", chore.id, True, "", chore.version + 1, uuid4())
    assert supervision.undo_reassign(marta, key) == Moved(2, 1, "1 cambió después: queda como está.", False)
    assert world.superuser.execute(whose, [planned.id, chore.id]).fetchone() == (ana_, luis)
    assert supervision.pass_on(marta, ana_, None, "Está de licencia", uuid4()).moved == 3
    assert world.superuser.execute(whose, [planned.id, chore.id]).fetchone() == (None, luis)
    assert refused_field(supervision.pass_on, marta, ana_, ana_, "x", uuid4())[0] == "to"
    assert refused_field(supervision.pass_on, marta, "nadie_asi", None, "x", uuid4())[0] == "login"


def test_handing_over_says_the_same(world: World, admin: Database, people: People) -> None:
    """One way of giving cases away, with or without a limit."""
    luis = people.add("luis", "operator")
    world.set_setting("open_cases_limit", 1)
    ana_ = people.add("ana")
    several = world.cases(3, assigned_to=ana_)
    assert staff.hand_over(admin, ana_, luis, "Renunció").cases == 3
    assert holders(world, *several) == [luis] * 3
    told = "SELECT string_agg(DISTINCT detail, '') FROM iduo.case_event"
    assert world.value(told) == "de Ana a Luis: Renunció"


def test_without_a_next_action(world: World, marta: Database, people: People) -> None:
    ana_ = people.add("ana")
    long = World.now() - timedelta(days=8)
    old = world.case(assigned_to=ana_, last_contact_at=long, debt=100)
    new = world.case(assigned_to=ana_)
    never = world.case(assigned_to=ana_)
    world.superuser.execute("UPDATE iduo.case SET assigned_at = %s WHERE id = %s", [long - timedelta(days=1), never])
    world.case(assigned_to=ana_, last_contact_at=long, next_action_at=World.now())
    world.case(last_contact_at=long)
    found = supervision.orphan_cases(marta, "no_action")
    assert [line.case_id for line in found] == [never, old]
    assert (found[1].assigned_to, found[1].holder, found[1].last_contact_at) == (ana_, "Ana", long)
    world.set_setting("orphan_days", 10)
    assert [line.case_id for line in supervision.orphan_cases(marta, "no_action")] == []
    assert new not in [line.case_id for line in found]
    assert refusal(supervision.orphan_cases, marta, "whatever") == "Esa lista no existe."


def test_of_people_who_are_out(world: World, ana: Database, marta: Database, people: People) -> None:
    """Disabled, in a pause without end, or not in on the whole of the last working day."""
    logins = {name: people.add(name) for name in ("ana", "away", "off", "lunch", "new", "called")}
    held = {name: world.case(assigned_to=login) for name, login in logins.items()}
    superuser = world.superuser
    long = World.now() - timedelta(days=90)
    superuser.execute("UPDATE iduo.staff SET created_at = %s WHERE login <> %s", [long, logins["new"]])
    superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [logins["off"]])
    superuser.execute("INSERT INTO iduo.attendance (login, day) VALUES (%s, iduo.today() - 50)", [logins["away"]])
    supervision.my_pause(ana)
    world.insert("pause", {"login": logins["lunch"], "reason_id": 1, "label": "Almuerzo", "started_at": long})
    for name in ("lunch", "called"):
        superuser.execute("INSERT INTO iduo.attendance (login, day) VALUES (%s, iduo.today())", [logins[name]])

    def out() -> set[str]:
        found = {line.case_id for line in supervision.orphan_cases(marta, "absent")}
        return {name for name, case in held.items() if case in found}

    assert out() == {"away", "off", "lunch"}
    superuser.execute("UPDATE iduo.pause SET started_at = now()")
    assert out() == {"away", "off"}
    superuser.execute("UPDATE iduo.working_hours SET opens = NULL, closes = NULL")
    assert out() == {"off"}


def test_attacks(world: World, raw: Callable[..., psycopg.Connection], people: People) -> None:
    case, luis = world.case(), people.add("luis", "operator")
    marta, ana = raw("marta", "coordinator"), raw("ana", "operator")
    many = "SELECT * FROM api.reassign_cases(%s::bigint[], %s, 'x', gen_random_uuid())"
    for given in (None, [[1, 2], [3, 4]], [None, 1], [1] * 100_000, []):
        for connection in (marta, ana):
            with pytest.raises(psycopg.DatabaseError) as caught:
                connection.execute(many, [given, luis])
            assert caught.value.sqlstate in {"IU002", "42501"}
    with pytest.raises(psycopg.DatabaseError) as nothing:
        marta.execute("SELECT * FROM api.reassign_cases(ARRAY[1]::bigint[], NULL, 'x', NULL)")
    assert nothing.value.sqlstate == "IU001"
    with marta.transaction(force_rollback=True):
        marta.execute("SELECT * FROM api.reassign_cases(ARRAY[%s]::bigint[], %s, 'x', gen_random_uuid())", [case, luis])
    assert holders(world, case) == [None]
    assert world.value("SELECT count(*) FROM iduo.reassignment") == 0


def handed(database: Database, after: int | None) -> tuple[int, list[tuple[str, str, bool, int, int | None]]]:
    """Where to go on, and what is told."""
    first, *told = supervision.handed_work(database, after)
    assert first.cases == 0
    return first.event, [(line.by_name, line.to_name, line.gained, line.cases, line.case_id) for line in told]


def test_whoever_loses_or_gets_cases_is_told(
    world: World, ana: Database, marta: Database, people: People, become: Callable[..., Database]
) -> None:
    luis = become("luis", "operator")
    ana_, luis_ = people.add("ana"), people.add("luis")
    mine = world.cases(3, assigned_to=ana_)
    begin, told = handed(ana, None)
    assert told == []
    give(marta, mine[:2], luis_)
    assert handed(luis, begin)[1] == [("Marta", "Luis", True, 2, None)]
    assert handed(marta, begin)[1] == []
    after, told = handed(ana, begin)
    assert told == [("Marta", "Luis", False, 2, None)]
    assert handed(ana, after) == (after, [])
    give(marta, (mine[2],), None)
    cases.take_over(marta, mine[0], "Lo sigo yo", uuid4())
    assert handed(ana, after)[1] == [("Marta", "", False, 1, mine[2])]
    assert handed(luis, after)[1] == [("Marta", "Marta", False, 1, mine[0])]


def test_what_was_undone_or_is_past_is_not_told(
    world: World, ana: Database, marta: Database, people: People, become: Callable[..., Database]
) -> None:
    luis = become("luis", "operator")
    case = world.case(assigned_to=people.add("ana"))
    key = uuid4()
    supervision.reassign(marta, (case,), people.add("luis"), "Vacaciones", key)
    supervision.undo_reassign(marta, key)
    for database in (ana, luis):
        assert handed(database, 0)[1] == []
        assert handed(database, -(2**63))[1] == []
        assert handed(database, 2**62)[1] == []
    give(marta, (case,), people.add("luis"))
    assert handed(ana, 0)[1] == [("Marta", "Luis", False, 1, case)]
