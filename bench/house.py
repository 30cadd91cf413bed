"""A server of one's own for the benchmarks: a database with a million cases, an empty one, and people who log in."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench import million
from iduo_desktop.admin import staff, upgrade
from iduo_desktop.admin.passwords import new_password
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer

# What a server for five hundred workstations is given (docs/performance.md); the rest is what the private one has.
SETTINGS = {"max_connections": "1100", "shared_buffers": "1GB", "effective_cache_size": "4GB", "max_wal_size": "4GB"}
BIG = "bench"
EMPTY = "bench_empty"


class House:
    """The running server. What it is asked for first is made first."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._passwords: dict[str, str] = {}
        self._making = threading.Lock()
        self._big_is_ready = False
        with psycopg.connect(server.superuser_conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(EMPTY)))

    def big(self) -> str:
        """How the superuser connects to the database with a million cases."""
        if not self._big_is_ready:
            self.filled(BIG, million.fill)
            self._big_is_ready = True
        return self._conninfo(BIG)

    def filled(self, name: str, fill: Callable[[str], None]) -> str:
        """How the superuser connects to a database that `fill` filled when first asked for; kept ones are upgraded."""
        if self._there(name):
            upgrade.upgrade(self._conninfo(name))
            self._without_limits(name)
        else:
            unfinished = f"{name}_unfinished"
            with psycopg.connect(self._server.superuser_conninfo, autocommit=True) as connection:
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(unfinished))
                )
            upgrade.create(self._server.superuser_conninfo, unfinished)
            self._without_limits(unfinished)
            fill(self._conninfo(unfinished))
            with psycopg.connect(self._server.superuser_conninfo, autocommit=True) as connection:
                names = (sql.Identifier(unfinished), sql.Identifier(name))
                connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
        return self._conninfo(name)

    def empty(self) -> str:
        """How the superuser connects to a database in which nothing happened yet."""
        if not self._there(EMPTY):
            upgrade.create(self._server.superuser_conninfo, EMPTY)
            self._without_limits(EMPTY)
        return self._conninfo(EMPTY)

    def superuser(self, conninfo: str) -> psycopg.Connection:
        """The superuser's connection, autocommit."""
        return psycopg.connect(conninfo, autocommit=True)

    def conninfo(self, database: str, login: str, role: str = "operator") -> Conninfo:
        """How this person connects; made if missing. `database` is the superuser's way to it."""
        with self._making, psycopg.connect(database) as connection:
            if login not in self._passwords:
                self._passwords[login] = new_password()
            staff.enrol(connection, login, login.replace("_", " ").title(), role, self._passwords[login])
        info = conninfo_to_dict(database)
        host = (str(info["host"]), int(info["port"] or 0))
        return Conninfo((host,), str(info["dbname"]), login, self._passwords[login])

    def person(self, database: str, login: str, role: str = "operator", deadline: float = 60.0) -> Database:
        """A person's workstation."""
        return Database(self.conninfo(database, login, role), deadline)

    def raw(self, database: str, login: str, role: str = "operator") -> psycopg.Connection:
        """A person's connection without anything of ours in between."""
        keywords = self.conninfo(database, login, role).keywords(60.0)
        return psycopg.connect(autocommit=True, **keywords)

    @contextmanager
    def without_fsync(self) -> Iterator[None]:
        """For a while nothing waits for the disk."""
        self._set("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
        yield
        self._set("ALTER SYSTEM RESET fsync", "ALTER SYSTEM RESET full_page_writes")

    def _without_limits(self, name: str) -> None:
        """Who measures reads in a minute what others read in a week; it is counted all the same."""
        with psycopg.connect(self._conninfo(name)) as connection:
            connection.execute("UPDATE iduo.setting SET value = '100000000' WHERE name = 'rows_per_hour'")

    def _set(self, *statements: str) -> None:
        with psycopg.connect(self._server.superuser_conninfo, autocommit=True) as connection:
            for statement in (*statements, "SELECT pg_reload_conf()", "CHECKPOINT"):
                connection.execute(statement)

    def _conninfo(self, name: str) -> str:
        return make_conninfo(self._server.superuser_conninfo, dbname=name)

    def _there(self, name: str) -> bool:
        with psycopg.connect(self._server.superuser_conninfo) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
            return found is not None


@contextmanager
def opened(directory: Path | None) -> Iterator[House]:
    """A server in this folder, kept for the next time, or in one that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="iduo-bench-", ignore_cleanup_errors=True) as temporary:
        Path(temporary).chmod(0o755)
        with EmbeddedServer(directory or Path(temporary), settings=SETTINGS) as server:
            yield House(server)
