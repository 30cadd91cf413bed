"""Makes a database or brings it up to date: roles, lock-down, tables, functions; run by a superuser, repeatable."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import psycopg
from psycopg import sql

from iduo_desktop import database

ROOT = Path(database.__file__).parent
BEFORE_TABLES = ("roles", "database", "lockdown", "text")
AROUND_TABLES = ("gate", "personal", "audit", "triggers", "transitions", "policies", "reads")


def create(superuser_conninfo: str, name: str) -> None:
    """Make the database `name` on the server and fill it with the schema; DuplicateDatabase if it is there."""
    with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
    upgrade(psycopg.conninfo.make_conninfo(superuser_conninfo, dbname=name))


def upgrade(superuser_conninfo: str) -> None:
    """Bring the database to this release; what people have in it stays. Two at once go one after the other."""
    with _alone_on_server(superuser_conninfo):
        with _superuser(superuser_conninfo) as connection:
            for name in BEFORE_TABLES:
                _run(connection, ROOT / "security" / f"{name}.sql")
        _revisions().bring_to("head", superuser_conninfo)
        with _superuser(superuser_conninfo) as connection:
            _recreate_door(connection)


def secure_database(superuser_conninfo: str) -> None:
    """Give a copied or restored database the rights that are not copied with it."""
    with _superuser(superuser_conninfo) as connection:
        _run(connection, ROOT / "security" / "database.sql")


def latest_revision() -> str:
    """The newest migration that this release knows."""
    return str(_revisions().newest())


def _recreate_door(connection: psycopg.Connection) -> None:
    """Drop schema api and make it anew with its grants, in the caller's transaction."""
    connection.execute("DROP SCHEMA IF EXISTS api CASCADE")
    connection.execute("CREATE SCHEMA api AUTHORIZATION iduo_owner")
    connection.execute("GRANT USAGE ON SCHEMA api TO iduo_user, iduo_guard, iduo_gateway, iduo_job, iduo_chat")
    connection.execute("GRANT USAGE ON SCHEMA api TO iduo_owner, iduo_useradmin, iduo_search")
    connection.execute("GRANT CREATE ON SCHEMA api, iduo TO iduo_useradmin, iduo_search")
    for name in AROUND_TABLES:
        _run(connection, ROOT / "security" / f"{name}.sql")
    for path in sorted((ROOT / "functions").glob("*.sql")):
        _run(connection, path)
    connection.execute("REVOKE CREATE ON SCHEMA api, iduo FROM iduo_useradmin, iduo_search")


def _revisions() -> ModuleType:
    """Loaded here: it brings Alembic and SQLAlchemy, which services started by the same program never need."""
    return importlib.import_module("iduo_desktop.admin.revisions")


@contextmanager
def _alone_on_server(conninfo: str) -> Iterator[None]:
    """Roles and rights belong to the whole server, so the lock is taken in the database that every server has."""
    with psycopg.connect(conninfo, dbname="postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('iduo upgrade'))")
        yield


@contextmanager
def _superuser(conninfo: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo, options="-c client_min_messages=warning") as connection:
        yield connection


def _run(connection: psycopg.Connection, path: Path) -> None:
    """Run one of our own files; its statements switch to the owner themselves."""
    connection.execute(path.read_bytes())
    connection.execute("RESET ROLE")
