"""A whole import of 20,000 clients through the door, and its staging alone, beside a server's COPY of the same."""

import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import python_calamine

from bench import Result
from bench.house import House
from bench.timing import milliseconds
from bench.workbooks import write
from iduo_desktop.admin import imports
from iduo_desktop.database.connection import Database
from iduo_desktop.services import batches
from iduo_desktop.workbooks import clients, reading
from iduo_desktop.workbooks.kinds import staged

ROWS = 20_000
STAGED = 5000


def measure(house: House) -> Iterator[Result]:
    """Into a database that knows nobody yet, so that every client, phone, mail and case is made."""
    conninfo = house.empty()
    coordinator = house.person(conninfo, "bench_coordinator", "coordinator", deadline=600.0)
    with tempfile.TemporaryDirectory(prefix="iduo-bench-") as folder, house.superuser(conninfo) as superuser:
        path = Path(folder) / "clientes.xlsx"
        write(path, ROWS)
        yield _staging(coordinator, superuser, path)
        before = milliseconds(partial(_read_and_copy, superuser, path))
        whole = milliseconds(partial(imports.import_list, coordinator, imports.Wanted("clients", path), "11")) / 1000
        copied = statistics.mean((before, milliseconds(partial(_read_and_copy, superuser, path)))) / 1000
        note = "beside: calamine, then COPY"
        yield Result(f"whole import of {ROWS:,} clients", whole, copied, "s", whole / copied, 4.0, note=note)
    coordinator.close()


def _staging(coordinator: Database, superuser: psycopg.Connection, path: Path) -> Result:
    """Rows through the door in turns with COPY of the same rows into a table like the one that they go to."""
    rows = [staged(row) for row in clients.read(reading.read(path), "11").rows]
    batch = batches.open_batch(coordinator, "bench.xlsx", uuid4().hex * 2, uuid4()).batch_id
    superuser.execute("CREATE TABLE public.bench_rows (LIKE iduo.batch_row INCLUDING ALL)")
    ours = theirs = 0.0
    for first in range(0, len(rows), STAGED):
        part = rows[first : first + STAGED]
        ours += milliseconds(partial(_stage, coordinator, batch, part))
        theirs += milliseconds(partial(_copy_rows, superuser, batch, part))
    return Result(f"staging {ROWS:,} rows", ours, theirs, "ms", ours / theirs, 5.0, note="beside: COPY")


def _stage(coordinator: Database, batch: int, rows: Sequence[dict[str, Any]]) -> None:
    batches.stage(coordinator, batch, json.dumps(rows))


def _copy_rows(superuser: psycopg.Connection, batch: int, rows: Sequence[dict[str, Any]]) -> None:
    statement = "COPY public.bench_rows (batch_id, row, payload, number) FROM STDIN"
    with superuser.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row((batch, row["row"], json.dumps(row), row.get("number")))


def _read_and_copy(superuser: psycopg.Connection, path: Path) -> None:
    """The least that an import can be: every cell read, every row in a table, nothing understood."""
    rows = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    columns = ", ".join(f"c{place} text" for place in range(len(rows[0])))
    superuser.execute("DROP TABLE IF EXISTS public.bench_copy")
    superuser.execute(f"CREATE TABLE public.bench_copy ({columns})")
    with superuser.cursor() as cursor, cursor.copy("COPY public.bench_copy FROM STDIN") as copy:
        for row in rows:
            copy.write_row([str(cell) for cell in row])
