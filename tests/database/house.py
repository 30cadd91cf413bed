"""A clone of the migrated database for a whole module: for tests that change nothing, or take back what they change."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.database.embedded import EmbeddedServer

Hold = Callable[[], AbstractContextManager[None]]
Filled = Callable[..., str]


@contextmanager
def house(
    server: EmbeddedServer, connection: psycopg.Connection, template: str, one_at_a_time: Hold, name: str
) -> Iterator[str]:
    """How the superuser connects to a clone called `name`, dropped at the end."""
    names = sql.Identifier(name), sql.Identifier(template)
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    conninfo = make_conninfo(server.superuser_conninfo, dbname=name)
    with one_at_a_time():
        upgrade.secure_database(conninfo)
    yield conninfo
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))
