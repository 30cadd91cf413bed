"""A door made for these tests: a database with a schema api of its own and one person who may use it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Filled, Hold, house
from tests.database.proxy import Proxy
from tests.database.watched import explain

PASSWORD = "la clave de Ana"

FUNCTIONS = """
CREATE SCHEMA api;
GRANT USAGE ON SCHEMA api TO PUBLIC;
CREATE TABLE api.written (key uuid PRIMARY KEY, times integer NOT NULL DEFAULT 1);
CREATE TABLE api.counted (n integer NOT NULL);
INSERT INTO api.counted VALUES (0);

CREATE FUNCTION api.echo(p_text text) RETURNS TABLE (said text) LANGUAGE sql AS 'SELECT p_text';
CREATE FUNCTION api.numbers(p_count integer) RETURNS TABLE (extra text, n integer) LANGUAGE sql
    AS $$ SELECT 'not asked for', generate_series(1, p_count) $$;
CREATE FUNCTION api.slow(p_seconds double precision) RETURNS TABLE (said text) LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(p_seconds); RETURN QUERY SELECT 'at last'; END $$;
CREATE FUNCTION api.refuse(p_code text, p_message text, p_detail text) RETURNS TABLE (said text) LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%', p_message USING ERRCODE = p_code, DETAIL = p_detail; END $$;
CREATE FUNCTION api.write(p_key uuid, p_seconds double precision) RETURNS TABLE (replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO api.written (key) VALUES (p_key) ON CONFLICT DO NOTHING;
    replayed := NOT FOUND;
    PERFORM pg_sleep(p_seconds);
    RETURN NEXT;
END $$;
CREATE FUNCTION api.count_up() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE api.counted SET n = n + 1';
CREATE FUNCTION api.hold() RETURNS TABLE (n integer) LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '200ms' AS
    $$ BEGIN RETURN QUERY SELECT c.n FROM api.counted c FOR UPDATE; END $$;
CREATE FUNCTION api.bad_row() RETURNS void LANGUAGE sql SECURITY DEFINER
    AS $$ INSERT INTO api.written VALUES ('00000000-0000-0000-0000-000000000001', NULL) $$;
"""


@pytest.fixture
def filled(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, mark: str
) -> Iterator[Filled]:
    """`filled("chats", statements=[…])`: the name of a clone with so much in it that whatever reads it whole shows.

    `fills` are given how the superuser connects. Planner settings are as they come; every plan is told.
    """
    with ExitStack() as afterwards:

        def make(name: str, *fills: Callable[[str], object], statements: Iterable[str] = ()) -> str:
            clone = house(server, server_connection, template, one_at_a_time, f"{name}_{mark}")
            conninfo = afterwards.enter_context(clone)
            for fill in fills:
                fill(conninfo)
            with psycopg.connect(conninfo, autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement.encode())
                explain(connection)
            return f"{name}_{mark}"

        yield make


@pytest.fixture
def door(
    server: EmbeddedServer,
    server_connection: psycopg.Connection,
    empty_database: str,
    mark: str,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> Iterator[Conninfo]:
    """How Ana connects."""
    person = sql.Identifier(f"ana_{mark}")
    with one_at_a_time():
        server_connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT 4").format(person, sql.Literal(PASSWORD))
        )
    with psycopg.connect(make_conninfo(server.superuser_conninfo, dbname=empty_database), autocommit=True) as owner:
        owner.execute(FUNCTIONS)
    yield Conninfo(((server.host, server.port),), empty_database, f"ana_{mark}", PASSWORD)
    with one_at_a_time():
        server_connection.execute(sql.SQL("DROP ROLE {}").format(person))


@pytest.fixture
def owner(server: EmbeddedServer, empty_database: str) -> Iterator[psycopg.Connection]:
    """The superuser in that database."""
    with psycopg.connect(make_conninfo(server.superuser_conninfo, dbname=empty_database), autocommit=True) as made:
        yield made


@pytest.fixture
def database(door: Conninfo) -> Iterator[Database]:
    """Ana's workstation."""
    made = Database(door)
    yield made
    made.close()


@pytest.fixture
def proxy(server: EmbeddedServer) -> Iterator[Proxy]:
    """A line to the server that can be frozen and cut."""
    with Proxy(server.port) as made:
        yield made


@pytest.fixture
def far(door: Conninfo, proxy: Proxy) -> Iterator[Database]:
    """Ana's workstation at the end of that line, with a deadline of a second and a half."""
    made = Database(Conninfo(((server_host(door), proxy.port),), door.dbname, door.login, door.password), deadline=1.5)
    yield made
    made.close()


def server_host(door: Conninfo) -> str:
    """The name of the server that Ana uses."""
    return door.hosts[0][0]
