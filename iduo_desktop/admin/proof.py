"""iduo-admin database counts and backup-proved: a restored copy compared with its original, and that it was done."""

import json
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from iduo_desktop.admin import target
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.target import WrongUseError

# A setting of the database itself: it is in no table, and whoever restores the database has it too.
PROVED = "iduo.backup_proved_at"
# What the guard writes and prunes by itself, minute by minute, also while nobody works.
GUARDS = {"audit.seal", "iduo.change"}


def counts(options: Namespace, terminal: Terminal) -> Exit:
    """How many rows each table has; with --compare, 1 when it differs from what another server had."""
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        found = count_rows(connection)
    if options.file:
        options.file.write_text(json.dumps({"tables": found}, indent=1) + "\n", "utf-8")
    other = _kept(options.compare) if options.compare else found
    differences = {name: [other.get(name), found.get(name)] for name in sorted(other | found)}
    differences = {name: pair for name, pair in differences.items() if pair[0] != pair[1]}
    total = sum(found.values())
    lines = [f"{name}: {_said(pair[0])} → {_said(pair[1])}" for name, pair in differences.items()]
    summary = f"{len(found)} tablas, {total} filas"
    if options.compare:
        summary += "; " + (f"{len(differences)} con otra cantidad." if differences else "las mismas en las dos.")
    elif not options.file:
        lines = [f"{rows:>10}  {name}" for name, rows in found.items()]
    values = {"tables": found, "total": total, "differences": differences}
    terminal.answer(values, [*lines, summary])
    return Exit.REFUSED if differences else Exit.DONE


def note(options: Namespace, terminal: Terminal) -> Exit:
    """Note that a backup was restored and compared today."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        change = sql.SQL("ALTER DATABASE {} SET {} = {}")
        connection.execute(change.format(sql.Identifier(database.name), sql.Identifier(PROVED), sql.Literal(at)))
    terminal.answer({"backup_proved_at": at}, ["Anotado: hoy se probó que el resguardo vuelve."])
    return Exit.DONE


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Exact numbers, of all tables but the system's and the guard's, in one look."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute("SET LOCAL statement_timeout = 0")
    tables = connection.execute(
        """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1, 2"""
    ).fetchall()
    found = {}
    for schema, table in tables:
        if (name := f"{schema}.{table}") not in GUARDS:
            counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            row = connection.execute(counted).fetchone()
            found[name] = int(row[0]) if row else 0
    return found


def _kept(path: Path) -> dict[str, int]:
    try:
        tables = json.loads(path.read_text("utf-8"))["tables"]
        return {str(name): int(rows) for name, rows in tables.items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise WrongUseError(f"no se puede leer {path}: {error}") from None


def _said(rows: int | None) -> str:
    return "no está" if rows is None else f"{rows} filas"
