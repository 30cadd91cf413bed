"""One server for the run, one migrated template, a clone of it, wiped after each test, and real logins into it."""

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.locks import FileLock
from tests import memory
from tests.people import PASSWORD, People
from tests.services.visitors import ChatService, open_always
from tests.services.world import World
from tests.slate import Slate

# Beside the usual ones: logging in 40 times a second instead of 3, and nothing of ours that waits for a disk.
SERVER_SETTINGS = {"scram_iterations": "1", "max_connections": "300", "autovacuum_naptime": "10min"}
TEMPLATE = "iduo_template"
PREFIX = "iduo-tests-"
ROOM = 10  # gigabytes: two workers with a million rows of everything
FOLDER = pytest.StashKey[str]()
GIVEN = "IDUO_TEST_SERVER"
NUMBERS = itertools.count(1)

Become = Callable[..., Database]
Raw = Callable[..., psycopg.Connection]
ServiceLogin = Callable[[str], Conninfo]
Figure = Callable[[str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """What takes minutes is tried in small, or by itself, unless it is asked for."""
    parser.addoption("--long", action="store_true", help="tests that have a small and a whole size: the whole one")
    parser.addoption("--slow", action="store_true", help="only what takes minutes and has no small size")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Workers of xdist are told the folder of the one server; whoever begins the run makes it."""
    given = getattr(config, "workerinput", {}).get("server_folder")
    if given is None:
        memory.sweep(PREFIX)
    config.stash[FOLDER] = given or tempfile.mkdtemp(prefix=PREFIX, dir=memory.folder(ROOM))
    # the server's own user has to pass through
    Path(config.stash[FOLDER]).chmod(0o755)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Hand the folder to a worker."""
    node.workerinput["server_folder"] = node.config.stash[FOLDER]  # type: ignore[attr-defined]  # xdist's own


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server has stopped with its last user; who made its folder takes it away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)  # another run may be sweeping it away


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Five thousand tests and all modules stay to the end: the collector looks at them once, not again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Two lanes: all but what is slow, or what is slow alone."""
    asked = config.getoption("slow")
    left_out = [item for item in items if (item.get_closest_marker("slow") is None) == asked]
    items[:] = [item for item in items if item not in {*left_out}]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured, for whoever runs the long lane."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    found = [
        f"{report.nodeid}: {words}"
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, words in report.user_properties
        if name == "figure"
    ]
    if found:
        terminalreporter.section("figures")
        terminalreporter.line("\n".join(sorted(found)))


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[EmbeddedServer]:
    """The server of the run, started by the first test that needs one; under Wine one that Linux started."""
    folder = Path(pytestconfig.stash[FOLDER])
    if GIVEN in os.environ:
        yield given_server(folder, os.environ[GIVEN])
        return
    with EmbeddedServer(folder, fsync=False, settings=SERVER_SETTINGS) as running:
        yield running


def given_server(folder: Path, said: str) -> EmbeddedServer:
    """A server on this machine that somebody else starts and stops: PORT:PASSWORD of its superuser."""
    made = EmbeddedServer(folder)
    port, _, made.password = said.partition(":")
    made.port = int(port)
    return made


@pytest.fixture(scope="session")
def one_at_a_time(pytestconfig: pytest.Config) -> Callable[[], AbstractContextManager[None]]:
    """A lock, as a context manager, for what changes the whole server: roles, rights on databases."""

    @contextmanager
    def hold() -> Iterator[None]:
        lock = FileLock(Path(pytestconfig.stash[FOLDER]) / "whole-server.lock")
        lock.take()
        try:
            yield
        finally:
            lock.close()

    return hold


@pytest.fixture(scope="session")
def server_connection(server: EmbeddedServer) -> Iterator[psycopg.Connection]:
    """The superuser in the database `postgres`, for making and dropping databases."""
    with psycopg.connect(server.superuser_conninfo, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def template(
    server: EmbeddedServer,
    server_connection: psycopg.Connection,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> str:
    """The migrated database that tests clone; made by the first worker that gets here."""
    with one_at_a_time():
        found = server_connection.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if found is None:
            upgrade.create(server.superuser_conninfo, "iduo_unfinished")
            server_connection.execute(f"ALTER DATABASE iduo_unfinished RENAME TO {TEMPLATE}")
            server_connection.execute(f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false")
    return TEMPLATE


@pytest.fixture(scope="session")
def worker() -> str:
    """What tells this worker's databases from those of all others on the server."""
    return os.environ.get("PYTEST_XDIST_WORKER", "gw")


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """`figure("…")` is told at the end of the run, from every worker of xdist."""
    return partial(record_property, "figure")


@pytest.fixture
def mark(worker: str) -> str:
    """What tells this test's databases and people from those of all others on the server."""
    return f"{worker}_{next(NUMBERS)}"


@pytest.fixture
def empty_database(server_connection: psycopg.Connection, mark: str) -> Iterator[str]:
    """A database without anything of ours."""
    name = f"empty_{mark}"
    _create(server_connection, name, "template0")
    yield name
    _drop(server_connection, name)


@pytest.fixture(scope="session")
def slate(
    server: EmbeddedServer,
    server_connection: psycopg.Connection,
    template: str,
    worker: str,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> Iterator[Slate]:
    """The clone of the template that belongs to this worker, for one test after the other."""
    name = f"test_{worker}"
    conninfo = make_conninfo(server.superuser_conninfo, dbname=name)

    def clone() -> None:
        _create(server_connection, name, template)
        with one_at_a_time():
            upgrade.secure_database(conninfo)

    made = Slate(conninfo, clone, lambda: _drop(server_connection, name))
    yield made
    made.drop()


@pytest.fixture
def database_name(slate: Slate) -> Iterator[str]:
    """A database as the template is, for this test alone."""
    yield slate.lend()
    slate.wipe()


def _create(connection: psycopg.Connection, name: str, template: str) -> None:
    names = (sql.Identifier(name), sql.Identifier(template))
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def superuser_conninfo(server: EmbeddedServer, database_name: str) -> str:
    """How the superuser connects to this test's database."""
    return make_conninfo(server.superuser_conninfo, dbname=database_name)


@pytest.fixture
def superuser(superuser_conninfo: str) -> Iterator[psycopg.Connection]:
    """The superuser in this test's database, autocommit."""
    with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
        yield connection


@pytest.fixture
def world(superuser: psycopg.Connection) -> World:
    """What there is in this test's database."""
    return World(superuser)


@pytest.fixture
def service(superuser_conninfo: str, superuser: psycopg.Connection) -> Iterator[ChatService]:
    """The service of the site's chat, at an hour at which somebody attends."""
    open_always(superuser)
    made = ChatService(superuser_conninfo)
    with closing(made.connection):
        yield made


@pytest.fixture
def service_login(
    superuser: psycopg.Connection,
    server_connection: psycopg.Connection,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> Iterator[ServiceLogin]:
    """`service_login("iduo_job")`: how a service connects, with a password of this test's.

    Its role is the whole server's: no other test gives one a password meanwhile.
    """
    change = sql.SQL("ALTER ROLE {} PASSWORD {}")
    with one_at_a_time(), ExitStack() as afterwards:

        def log_in(role: str) -> Conninfo:
            name, info = sql.Identifier(role), superuser.info
            server_connection.execute(change.format(name, sql.Literal(PASSWORD)))
            afterwards.callback(server_connection.execute, change.format(name, sql.NULL))
            return Conninfo(((info.host, info.port),), info.dbname, role, PASSWORD)

        yield log_in


@pytest.fixture
def people(
    server_connection: psycopg.Connection, database_name: str, superuser_conninfo: str, mark: str
) -> Iterator[People]:
    """Who works in this test's database; `people.add(name, *roles)` answers the login."""
    with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
        made = People(connection, mark)
        yield made
        made.close()
    made.forget(server_connection)


@pytest.fixture
def become(people: People) -> Become:
    """`become("ana", "operator", …)`: a workstation on which that person logged in."""
    return people.become


@pytest.fixture
def raw(people: People) -> Raw:
    """`raw("ana", "operator", …)`: a connection on which that person runs SQL."""
    return people.raw


@pytest.fixture
def conninfo_of(people: People) -> Callable[[str], Conninfo]:
    """`conninfo_of("ana")`: how that person connects."""
    return people.conninfo


@pytest.fixture
def admin(people: People) -> Database:
    """A workstation of an administrator."""
    return people.become("admin", "admin")
