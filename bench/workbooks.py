"""Reading a list of 100,000 rows in its child process, and writing one, beside openpyxl; the list serves the import."""

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from random import Random

import openpyxl
import xlsxwriter

from bench import Result
from bench.timing import milliseconds
from iduo_desktop.admin.demo_clients import make_clients
from iduo_desktop.workbooks import reading
from iduo_desktop.workbooks.writing import Column, Value, write_list

ROWS = 100_000
ROUNDS = 2
WRITTEN = 20_000
HEADS = (
    *("Nro", "Apellido", "Nombre / Razón social", "DNI/CUIT", "Teléfono", "Mail", "Domicilio de servicio"),
    *("Localidad", "Plan", "Estado", "Fecha de corte", "Deuda"),
)
STATES = {"active": "Activo", "suspended": "Suspendido", "delinquent": "Moroso", "withdrawn": "Retirado"}


def measure() -> Iterator[Result]:
    """In seconds, in turns."""
    with tempfile.TemporaryDirectory(prefix="iduo-bench-") as folder:
        path = Path(folder) / "clientes.xlsx"
        write(path, ROWS)
        pairs = [
            (milliseconds(partial(reading.read, path)), milliseconds(partial(_openpyxl, path))) for _ in range(ROUNDS)
        ]
        yield _result(f"reading {ROWS:,} × {len(HEADS)}", pairs, 8.0, "read only")
        rows = [_row(number) for number in range(WRITTEN)]
        pairs = [
            (milliseconds(partial(_ours, Path(folder), rows)), milliseconds(partial(_theirs, Path(folder), rows)))
            for _ in range(ROUNDS)
        ]
        yield _result(f"writing {WRITTEN:,} × {len(HEADS)}", pairs, 2.5, "write only")


def _result(name: str, pairs: Sequence[tuple[float, float]], goal: float, how: str) -> Result:
    ours, theirs = (statistics.median(spent) / 1000 for spent in zip(*pairs, strict=True))
    note = f"beside: openpyxl, {how}; ratio: times faster"
    return Result(name, ours, theirs, "s", theirs / ours, goal, higher_is_better=True, note=note)


def _row(number: int) -> list[Value]:
    """A client as a list of cases shows him."""
    texts = (str(200_000 + number), "González", "Ana María", str(5_200_000 + number * 397), "+54 9 341 612-4410")
    more = (f"cliente{number}@example.com", f"Av. Rawson {number}", "Rosario", "Fibra 300 Mb", "Activo")
    return [*texts, *more, date(2026, 11, 25), 12345.5 + number]


def _ours(folder: Path, rows: Sequence[Sequence[Value]]) -> None:
    columns = [*(Column(head) for head in HEADS[:10]), Column(HEADS[10], 12, "day"), Column(HEADS[11], 12, "money")]
    write_list(folder / "nuestra.xlsx", "Lista", "Clientes", columns, rows)


def _theirs(folder: Path, rows: Sequence[Sequence[Value]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Lista")
    for row in (HEADS, *rows):
        sheet.append(row)
    book.save(folder / "otra.xlsx")


def write(path: Path, rows: int) -> None:
    """A list of clients: some 3,000 of them again and again, with numbers and documents of their own."""
    book = xlsxwriter.Workbook(path)  # texts are shared, as Excel saves them
    sheet = book.add_worksheet("Clientes")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADS)
    clients = make_clients(Random(3), date(2026, 11, 22), 3000)
    for row, client in enumerate(islice(cycle(clients), rows), 1):
        phone = client.phones[0].typed if client.phones else ""
        mail = client.emails[0] if client.emails else ""
        texts = (client.surname, client.names or client.name, str(5_200_000 + row * 397), phone, mail, client.street)
        sheet.write_number(row, 0, 200_000 + row)
        for column, text in enumerate((*texts, client.locality, client.plan, STATES[client.status]), 1):
            sheet.write_string(row, column, text)
        if client.cutoff_date:
            sheet.write_datetime(row, 10, client.cutoff_date, day)
        sheet.write_number(row, 11, float(client.debt))
    book.close()


def _openpyxl(path: Path) -> None:
    for _ in openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True):
        pass
