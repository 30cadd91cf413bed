"""Reading a list of 100,000 rows in its child process, beside openpyxl; the same list serves the import."""

import statistics
import tempfile
from collections.abc import Iterator
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

ROWS = 100_000
ROUNDS = 2
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
    ours, theirs = (statistics.median(spent) / 1000 for spent in zip(*pairs, strict=True))
    name = f"reading {ROWS:,} × {len(HEADS)}"
    note = "beside: openpyxl, read only; ratio: times faster"
    yield Result(name, ours, theirs, "s", theirs / ours, 8.0, higher_is_better=True, note=note)


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
