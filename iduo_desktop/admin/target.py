"""The database that a command of iduo-admin is about: on a private server kept in a folder, or on a central one."""

import getpass
import hashlib
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.admin.outcome import Terminal
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.trust import LOOPBACK


class WrongUseError(Exception):
    """Options that do not go together; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """`conninfo` leads to the database called `name`, `server` to the one called postgres.

    `folder` is where a private server is kept, None for a central one.
    """

    conninfo: str
    server: str
    name: str
    folder: Path | None


@contextmanager
def opened(options: Namespace, terminal: Terminal, prepared: bool = True) -> Iterator[Target]:
    """Reach the server, start a private one if asked.

    `prepared`: the database should be there; a private server gets it now, up to date.
    """
    if options.embedded is None:
        conninfo = _with_password(central(options), options.dbname if prepared else "postgres")
        server = make_conninfo(conninfo, dbname="postgres")
        yield Target(make_conninfo(conninfo, dbname=options.dbname), server, options.dbname, None)
        return
    terminal.progress("Poniendo en marcha el servidor privado…")
    with EmbeddedServer(options.embedded) as private:
        conninfo = make_conninfo(private.superuser_conninfo, dbname=options.dbname)
        target = Target(conninfo, private.superuser_conninfo, options.dbname, options.embedded)
        if prepared:
            prepare(target, options.embedded, terminal)
        yield target


def exists(target: Target) -> bool:
    """True when there is a database of that name."""
    with psycopg.connect(target.server) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [target.name]).fetchone()
        return found is not None


def prepare(target: Target, folder: Path, terminal: Terminal) -> None:
    """Make the database of a private server, or bring it to this release; quick when its folder says it is there."""
    mark, wanted = folder / f"{target.name}.schema", _fingerprint()
    there = exists(target)
    if there and mark.exists() and mark.read_text("ascii") == wanted:
        return
    terminal.progress("Preparando la base…")
    if there:
        upgrade.upgrade(target.conninfo)
    else:
        upgrade.create(target.server, target.name)
    mark.write_text(wanted, "ascii")


def _fingerprint() -> str:
    """Changes whenever a table, a function or a right does."""
    folders = (upgrade.ROOT / "functions", upgrade.ROOT / "security", upgrade.ROOT / "migrations" / "versions")
    files = sorted(path for folder in folders for path in folder.iterdir() if path.suffix in (".sql", ".py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def central(options: Namespace) -> str:
    """How to connect, but for the database."""
    settings = {"user": options.user, "port": options.port, "host": options.host}
    settings |= {"connect_timeout": 5, "application_name": "iduo-admin", "gssencmode": "disable"}
    # of a pair, the one that can be written to
    settings |= {"target_session_attrs": "read-write"}
    if options.host and options.host not in LOOPBACK:
        if options.sslrootcert is None:
            raise WrongUseError("para un servidor remoto hace falta --sslrootcert con el certificado que lo verifica")
        settings |= {"sslmode": "verify-full", "sslrootcert": str(options.sslrootcert), "channel_binding": "require"}
    if options.host:
        settings |= {"require_auth": "scram-sha-256"}
    if options.password_file:
        settings |= {"password": _first_line(options.password_file)}
    return make_conninfo("", **{name: value for name, value in settings.items() if value is not None})


def _first_line(path: Path) -> str:
    try:
        return path.read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    except OSError as error:
        raise WrongUseError(f"no se puede leer {path}: {error.strerror}") from None


def _with_password(conninfo: str, database: str) -> str:
    """The same, with a password asked for on the terminal if neither a file nor PGPASSFILE has it."""
    try:
        psycopg.connect(conninfo, dbname=database).close()
    except psycopg.OperationalError as error:
        missing = error.pgconn is not None and "no password supplied" in str(error)
        if not missing or not sys.stdin.isatty():
            raise
        user = conninfo_to_dict(conninfo).get("user") or getpass.getuser()
        return make_conninfo(conninfo, password=getpass.getpass(f"Contraseña de {user}: ", sys.stderr))
    return conninfo
