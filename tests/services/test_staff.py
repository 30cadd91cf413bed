"""People: added, disabled, reset by an administrator; their sessions, their passwords, and who may not come in."""

import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop import __version__
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.errors import LoginRefused, TooManyConnections
from iduo_desktop.services import cases, staff
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

PASSWORD = "una clave larga"
NOT_ALLOWED = "No tenés permiso para hacer esto."


@pytest.fixture
def login(mark: str, superuser: psycopg.Connection) -> Iterator[str]:
    """The login of somebody new, gone after the test."""
    yield f"nueva_{mark}"
    superuser.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"nueva_{mark}")))


@pytest.fixture
def enter(server: EmbeddedServer, database_name: str) -> Iterator[Callable[[str, str], Database]]:
    """Log in with a password."""
    opened: list[Database] = []

    def log_in(login: str, password: str) -> Database:
        opened.append(Database(Conninfo(((server.host, server.port),), database_name, login, password)))
        return opened[-1]

    yield log_in
    for database in opened:
        database.close()


Enter = Callable[[str, str], Database]


def verifier(superuser: psycopg.Connection, login: str, password: str = PASSWORD) -> str:
    """What the server keeps instead of the password."""
    return superuser.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()


def test_who_i_am(ana: Database, become: Callable[..., Database], people: People) -> None:
    me = staff.me(ana, __version__)
    assert (me.login, me.full_name, me.roles, me.area_code) == (people.add("ana"), "Ana", ("operator",), "11")
    assert (me.must_change_password, me.test_database, me.lock_after_minutes) == (False, False, 15)
    assert (me.parts, me.organisation) == (("cases",), "iduo")
    assert abs((World.now() - me.server_time).total_seconds()) < 60
    both = staff.me(become("jefa", "coordinator", "admin"), __version__)
    assert both.roles == ("coordinator", "admin")


def test_old_programs_are_told_to_update(world: World, ana: Database) -> None:
    world.set_setting("minimum_client", "1.10.0")
    for version in ("0.1.0", "1.9.99", "", "x", "1.10", "1.10.0.0", "1.10.0; DROP", "99999.0.0"):
        assert refusal(staff.me, ana, version).endswith("Pedile a Informática que la actualice."), version
    for version in ("1.10.0", "1.10.1", "1.11.0", "2.0.0"):
        assert staff.me(ana, version).minimum_client == "1.10.0"


def test_programs_are_told_which_version_is_wanted(world: World, ana: Database) -> None:
    assert staff.versions(ana) == staff.Versions("0.1.0", "0.1.0")
    world.set_setting("recommended_client", "1.2.0")
    assert staff.versions(ana).recommended == "1.2.0"
    assert staff.me(ana, "0.1.0").login  # who has an older one goes on working


def test_a_new_person(world: World, admin: Database, login: str, enter: Enter, superuser: psycopg.Connection) -> None:
    staff.add(admin, login, " Nora Nueva ", ("operator", "coordinator"), verifier(superuser, login))
    nora = enter(login, PASSWORD)
    me = staff.me(nora, __version__)
    assert (me.full_name, me.roles, me.must_change_password) == ("Nora Nueva", ("operator", "coordinator"), True)
    # until she has a password of her own she does nothing else
    first = "Primero tenés que cambiar tu contraseña."
    assert refusal(cases.counts, nora) == first
    assert refusal(cases.take, nora, 1, uuid4()) == first
    assert refusal(staff.people, nora) == first
    staff.change_password(nora, verifier(superuser, login, "otra clave"))
    assert not staff.me(nora, __version__).must_change_password
    assert len(cases.counts(nora)) == 6
    with pytest.raises(LoginRefused):
        staff.me(enter(login, PASSWORD), __version__)
    assert staff.me(enter(login, "otra clave"), __version__).login == login
    person = next(one for one in staff.people(admin) if one.login == login)
    assert (person.active, person.roles, person.open_cases) == (True, ("operator", "coordinator"), 0)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "x",
        "Ana",
        "ana sosa",
        "1ana",
        "ana;",
        'ana"',
        "pg_ana",
        "iduo_owner",
        "postgres",
        "ñandu",
        "a" * 41,
        "ana\n",
    ],
)
def test_bad_logins(admin: Database, superuser: psycopg.Connection, bad: str) -> None:
    assert refused_field(staff.add, admin, bad, "X", ("operator",), verifier(superuser, "x"))[0] == "login"


def test_what_else_a_person_needs(admin: Database, login: str, superuser: psycopg.Connection, people: People) -> None:
    made = verifier(superuser, login)
    assert refused_field(staff.add, admin, login, "  ", ("operator",), made)[0] == "full_name"
    assert refused_field(staff.add, admin, login, "x" * 121, ("operator",), made)[0] == "full_name"
    assert refused_field(staff.add, admin, login, "X", (), made) == ("roles", "Elegí al menos un rol.")
    for role in ("owner", "superuser", "iduo_admin", "", "user"):
        assert refused_field(staff.add, admin, login, "X", ("operator", role), made)[0] == "roles"
    taken = people.add("ana")
    assert refused_field(staff.add, admin, taken, "X", ("operator",), made) == ("login", "Ese usuario ya existe.")
    clear = "La contraseña tiene que llegar cifrada."
    for text in ("", PASSWORD, "md5" + "a" * 32, "SCRAM-SHA-256$4096:x$y:z", made + "'; DROP ROLE postgres"):
        assert refusal(staff.add, admin, login, "X", ("operator",), text) == clear
    assert superuser.execute("SELECT FROM pg_roles WHERE rolname = %s", [login]).fetchall() == []


def test_disabled_at_once(
    world: World, admin: Database, login: str, enter: Enter, superuser: psycopg.Connection
) -> None:
    staff.add(admin, login, "Nora", ("operator",), verifier(superuser, login), must_change=False)
    nora = enter(login, PASSWORD)
    cases.take(nora, world.case(), uuid4())
    assert next(one for one in staff.people(admin) if one.login == login).open_cases == 1
    staff.disable(admin, login)
    assert world.value("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", login) == 0
    with pytest.raises(LoginRefused) as refused:
        cases.counts(nora)
    assert refused.value.message == "Tu usuario está desactivado. Hablá con tu coordinador."
    assert not next(one for one in staff.people(admin) if one.login == login).active
    staff.enable(admin, login)
    assert len(cases.counts(nora)) == 6


def test_who_is_only_marked_as_disabled_does_nothing_either(world: World, ana: Database, people: People) -> None:
    cases.counts(ana)
    world.superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [people.add("ana")])
    for call in (cases.counts, staff.sessions):
        assert refusal(call, ana) == NOT_ALLOWED
    assert refusal(staff.me, ana, __version__) == NOT_ALLOWED


def test_nobody_hinders_his_own_dismissal(
    world: World, admin: Database, login: str, superuser: psycopg.Connection, server: EmbeddedServer
) -> None:
    """Neither by leaving transactions open that hold his row, his role and a case."""
    staff.add(admin, login, "Nora", ("operator",), verifier(superuser, login), must_change=False)
    keywords = Conninfo(((server.host, server.port),), superuser.info.dbname, login, PASSWORD).keywords(60)
    case = world.case()
    holding = [psycopg.connect(**keywords) for _ in range(2)]
    holding[0].execute("SELECT api.take_case(%s, gen_random_uuid())", [case])
    holding[1].execute(sql.SQL("ALTER ROLE {} SET work_mem = '5MB'").format(sql.Identifier(login)))
    began = time.monotonic()
    staff.disable(admin, login)
    assert time.monotonic() - began < 3
    assert world.value("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", login) == 0
    for connection in holding:
        connection.close()


def test_reset(admin: Database, login: str, enter: Enter, superuser: psycopg.Connection) -> None:
    staff.add(admin, login, "Nora", ("operator",), verifier(superuser, login), must_change=False)
    staff.reset(admin, login, verifier(superuser, login, "provisoria"))
    with pytest.raises(LoginRefused):
        staff.me(enter(login, PASSWORD), __version__)
    nora = enter(login, "provisoria")
    assert staff.me(nora, __version__).must_change_password
    assert refusal(cases.counts, nora).startswith("Primero")


def test_a_new_password_leaves_nothing_to_whoever_had_the_old_one(
    admin: Database, login: str, enter: Enter, superuser: psycopg.Connection
) -> None:
    """Neither a session, in which he would give himself another one, nor settings that shut the person out."""
    staff.add(admin, login, "Nora", ("operator",), verifier(superuser, login), must_change=False)
    info = superuser.info
    with psycopg.connect(info.dsn, user=login, password=PASSWORD, autocommit=True) as thief:
        thief.execute("ALTER ROLE CURRENT_USER SET local_preload_libraries = 'x'")
        here = sql.Identifier(info.dbname)
        serializable = "ALTER ROLE CURRENT_USER IN DATABASE {} SET default_transaction_isolation = 'serializable'"
        thief.execute(sql.SQL(serializable).format(here))
        staff.reset(admin, login, verifier(superuser, login, "provisoria"))
        with pytest.raises(psycopg.OperationalError):
            thief.execute("SELECT api.change_password(%s)", [verifier(superuser, login, "del ladrón")])
    with psycopg.connect(info.dsn, user=login, password="provisoria", autocommit=True) as nora:
        assert nora.execute("SHOW default_transaction_isolation").fetchone() == ("read committed",)
        nora.execute("SELECT api.change_password(%s)", [verifier(superuser, login, "mía")])
    settings = "SELECT count(*) FROM pg_db_role_setting WHERE setrole = %s::regrole"
    assert superuser.execute(settings, [login]).fetchone() == (0,)
    # once she has a password of her own, nobody puts her out
    mine = enter(login, "mía")
    assert len(cases.counts(mine)) == 6
    admin.call("end_disabled_sessions", login=login)
    present = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
    assert superuser.execute(present, [login]).fetchone() == (1,)


def test_rights_that_are_no_row_are_in_the_audit_log(
    world: World, admin: Database, login: str, superuser: psycopg.Connection, people: People
) -> None:
    staff.add(admin, login, "Nora", ("operator",), verifier(superuser, login), must_change=False)
    staff.save(admin, login, "Nora", ("operator", "coordinator"), "", None)
    world.case(assigned_to=login)
    staff.hand_over(admin, login, None, "vacaciones")
    staff.disable(admin, login)
    staff.enable(admin, login)
    staff.enable(admin, login)
    staff.reset(admin, login, verifier(superuser, login, "provisoria"))
    noted = superuser.execute(
        "SELECT e.actor, e.before, e.after FROM audit.entry e WHERE e.table_name = 'staff' AND e.row_key = %s "
        "AND NOT coalesce(e.after ? 'full_name', false) ORDER BY e.id",
        [login],
    ).fetchall()
    assert {actor for actor, _, _ in noted} == {people.add("admin")}
    assert [after for _, _, after in noted] == [
        {"roles": ["operator"]},
        {"roles": ["operator", "coordinator"]},
        {"open_cases": 0, "assigned_to": None},
        {"active": True},
        {"active": True},
        {"must_change_password": True},
    ]
    assert noted[1][1] == {"roles": ["operator"]}


def test_who_is_not_there(admin: Database, superuser: psycopg.Connection, people: People) -> None:
    for login in ("nadie", "postgres", "iduo_owner", ""):
        missing = ("login", "Ese usuario no existe.")
        assert refused_field(staff.disable, admin, login) == missing
        assert refused_field(staff.reset, admin, login, verifier(superuser, "x")) == missing
        assert refused_field(staff.enable, admin, login) == missing
    assert refusal(staff.disable, admin, people.add("admin")) == "No podés desactivarte a vos."


def test_only_administrators(ana: Database, marta: Database, people: People, superuser: psycopg.Connection) -> None:
    made, login = verifier(superuser, "x"), people.add("ana")
    for who in (ana, marta):
        assert refusal(staff.add, who, "otro", "Otro", ("admin",), made) == NOT_ALLOWED
        assert refusal(staff.disable, who, login) == NOT_ALLOWED
        assert refusal(staff.reset, who, login, made) == NOT_ALLOWED
        assert refusal(staff.enable, who, login) == NOT_ALLOWED
        assert refusal(staff.save, who, login, "X", ("admin",), "", None) == NOT_ALLOWED
    assert refusal(staff.people, ana) == NOT_ALLOWED
    assert refusal(staff.hand_over, ana, login, None, "x") == NOT_ALLOWED


def test_ones_own_sessions(become: Callable[..., Database], people: People) -> None:
    first, second, other = become("ana", "operator"), become("ana"), become("juan", "operator")
    for database in (first, second, other):
        cases.counts(database)
    (seen,) = staff.sessions(first)
    assert seen.program.startswith("iduo Desktop")
    assert seen.address == "127.0.0.1"
    (of_juan,) = staff.sessions(become("juan"))
    staff.end_session(first, of_juan.pid)
    assert [one.pid for one in staff.sessions(become("juan"))][:1] == [of_juan.pid]
    staff.end_session(first, seen.pid)
    for _ in range(50):
        if not staff.sessions(first):
            break
        time.sleep(0.02)
    assert staff.sessions(first) == ()
    # the program that was cut connects again by itself, and the first one sees it
    assert len(cases.counts(second)) == 6
    assert len(staff.sessions(first)) == 1


def test_five_sessions_are_one_too_many(
    become: Callable[..., Database], raw: Callable[..., psycopg.Connection]
) -> None:
    for _ in range(4):
        raw("ana", "operator")
    with pytest.raises(TooManyConnections, match="demasiadas conexiones"):
        cases.counts(become("ana"))


def test_cases_are_handed_over(world: World, admin: Database, marta: Database, people: People) -> None:
    mine = world.cases(3, assigned_to=people.add("ana"))
    other = world.case(assigned_to=people.add("juan"))
    assert staff.hand_over(marta, people.add("ana"), people.add("juan"), "licencia").cases == 3
    assert all(cases.card(marta, case).assigned_to == people.add("juan") for case in mine)
    assert refused_field(staff.hand_over, marta, people.add("juan"), "nadie", "x")[0] == "to"
    assert refused_field(staff.hand_over, marta, people.add("juan"), None, " ")[0] == "reason"
    assert staff.hand_over(admin, people.add("juan"), None, "renunció").cases == 4
    assert cases.card(marta, other).assigned_to is None
