"""iduo-admin database promoted: no number is given twice after a server took another's place, nor after a restore."""

from argparse import Namespace
from secrets import token_hex

import psycopg
from psycopg import sql

from iduo_desktop.admin import target
from iduo_desktop.admin.outcome import Exit, Terminal

# More than the server that is gone can have given out without the other hearing of it.
STEP = 100_000
# A setting of the database itself: it is in no table, and api.server_place tells it to the workstations.
LINEAGE = "iduo.lineage"
STILL_SECOND = "Este servidor todavía es el secundario. Apagá de verdad al principal, promové este y volvé a correrlo."
SEQUENCES = """
    SELECT schemaname, sequencename FROM pg_sequences
    WHERE schemaname IN ('iduo', 'audit') AND max_value > 1000 * %s
      AND NOT sequencename ^@ 'rows_read_' -- these count what a person reads (security/reads.sql)
    ORDER BY 1, 2"""


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Move every sequence on; with --restored, also say that this database goes on from an earlier moment."""
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        if _asked(connection, "SELECT pg_is_in_recovery()"):
            return terminal.refuse(STILL_SECOND, Exit.REFUSED)
        moved = move_on(connection)
        lineage = name_lineage(connection, database.name) if options.restored else ""
        timeline = _asked(connection, "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")
    answer = {"sequences": moved, "step": STEP, "timeline": int(str(timeline), 16), "lineage": lineage}
    lines = [f"Los {moved} contadores siguen {STEP:,} más adelante: ningún número se da dos veces.".replace(",", ".")]
    if lineage:
        lines.append("Los puestos la toman por otra base: la de antes, si vuelve a aparecer, no la usan más.")
    terminal.answer(answer, lines)
    return Exit.DONE


def move_on(connection: psycopg.Connection) -> int:
    """Every sequence, also those of rows that nobody sees; how many there are."""
    found = connection.execute(SEQUENCES, [STEP]).fetchall()
    for schema, name in found:
        sequence = sql.Literal(sql.Identifier(schema, name).as_string(connection))
        move = sql.SQL("SELECT setval({0}, nextval({0}) + {1})").format(sequence, sql.Literal(STEP))
        connection.execute(move)
    return len(found)


def name_lineage(connection: psycopg.Connection, database: str) -> str:
    """A name that was never there."""
    name = token_hex(4)
    change = sql.SQL("ALTER DATABASE {} SET {} = {}")
    connection.execute(change.format(sql.Identifier(database), sql.Identifier(LINEAGE), sql.Literal(name)))
    return name


def _asked(connection: psycopg.Connection, statement: str) -> object:
    row = connection.execute(sql.SQL(statement)).fetchone()
    return row[0] if row else None
