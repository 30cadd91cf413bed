"""A list of clients as offices keep it, with every kind of dirt, and what must come of it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

TITLES = (
    "Nro", "Apellido", "Nombre / Razón social", "DNI/CUIT", "Teléfono", "Celular", "Mail", "Domicilio de servicio",
    "Localidad", "Plan", "Estado", "Fecha de corte", "Prórroga hasta", "Deuda", "Observaciones",
)  # fmt: skip
FIRST_ROW = 5
SURNAMES = ("Fernandez", "ACUÑA", "De la Fuente", "D'ANGELO", "Mac Allister", "ÑÁÑEZ", "Núñez")
NAMES = ("Thiago Leonel", "Tomàs", "Lucía  Faustino", "Valentina ", "Emilia Benjamin")
PHONES = (
    "5493414066907", "2966612415", "03442-15670499", "0299 15 583-8675", "+54 9 223 524-4757", "(2966) 63-7164",
    "15 664-0235", "2966625318 / 2966625317", "223/3142120", "011 15 3343-2428", "", 2612150008,
)  # fmt: skip
STATUSES = (
    "Act.", "Activo", "ACTIVO", "activo ", "Moroso", "Mora", "MOROSO", "en mora", "Suspendida", "Suspendido", "SUSP.",
    "baja definitiva", "Baja", "Retirado", "RETIRADO",
)  # fmt: skip
CUTOFFS = (date(2026, 12, 11), "09/12/2026", "25-11-26")
DEBTS = ("$ 0,00", 171547.27, 0, "$ 114.646,62", "$ 7.049,43")
NOTES = ("", "+ atención: perro", "=llamar de tarde", "No llamar antes de las 10")
ORGANISATIONS = ("30671221865", "30.604.287.495", 30544466697)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "clientes_2026-11.xlsx"

Value = str | int | float | date


@dataclass(frozen=True, slots=True)
class ClientList:
    """A file and what an import of it must say."""

    path: Path
    rows: int
    created: int
    doubles: int
    refused: int
    doubtful: int
    bad_dates: int


def values(number: int) -> dict[str, Value]:
    """A row that is fine, though written in one of many ways."""
    organisation = number % 8 == 3
    return {
        "Nro": number,
        "Apellido": "" if organisation else SURNAMES[number % len(SURNAMES)],
        "Nombre / Razón social": f"Gimenez, Pérez y Romero {number}" if organisation else NAMES[number % len(NAMES)],
        "DNI/CUIT": ORGANISATIONS[number % 3] if organisation else _document(number),
        "Teléfono": PHONES[number % len(PHONES)],
        "Celular": PHONES[(number + 5) % len(PHONES)],
        "Mail": "" if number % 4 == 0 else f"cliente{number}@example.com",
        "Domicilio de servicio": f"Av. Rawson N° {number}",
        "Localidad": "Río Gallegos",
        "Plan": "Fibra 300 Mb",
        "Estado": STATUSES[number % len(STATUSES)],
        "Fecha de corte": CUTOFFS[number % 3],
        "Prórroga hasta": date(2026, 11, 29) if number % 20 == 0 else "",
        "Deuda": DEBTS[number % len(DEBTS)],
        "Observaciones": NOTES[number % len(NOTES)],
    }


def _document(number: int) -> Value:
    plain = 7_000_000 + 9973 * number % 52_000_000
    return (plain, str(plain), f"{plain:,}".replace(",", "."))[number % 3]


def dirty_rows() -> list[dict[str, Value]]:
    """300 clients, 5 without a usable number, 4 of unknown status, 4 bad dates, 3 doubles."""
    rows = [values(20000 + count) for count in range(300)]
    for place, number in ((10, ""), (20, "S/N"), (30, 0), (40, -7), (50, 20050.5)):
        rows[place]["Nro"] = number
    for place, status in ((60, ""), (70, "???"), (80, "Pendiente instalación"), (90, "Pendiente instalación")):
        rows[place]["Estado"] = status
    for place, day in ((100, "31/02/2026"), (110, "a confirmar"), (120, "32-13-26"), (130, 17)):
        rows[place]["Fecha de corte"] = day
    return rows + [dict(rows[place]) for place in (150, 160, 170)]


def write(path: Path, rows: list[dict[str, Value]], total: bool = True) -> Path:
    """A sheet with a title, a count, a blank line, the titles, the rows and a total."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Listado")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_string(0, 0, "Padrón de clientes — emitido el 21/11/2026 08:00")
        sheet.write_string(1, 0, f"Registros: {len(rows)}")
        for column, title in enumerate(TITLES):
            sheet.write_string(FIRST_ROW - 2, column, title)
        for line, row in enumerate(rows, FIRST_ROW - 1):
            for column, title in enumerate(TITLES):
                _write(sheet, line, column, row[title], day)
        if total:
            last = len(rows) + FIRST_ROW
            sheet.write_string(last, 0, "TOTAL")
            sheet.write_formula(last, TITLES.index("Deuda"), f"=SUM(N{FIRST_ROW}:N{last - 1})")
    return path


def _write(sheet: "xlsxwriter.worksheet.Worksheet", line: int, column: int, value: Value, day: object) -> None:
    if isinstance(value, date):
        sheet.write_datetime(line, column, value, day)
    elif isinstance(value, str):
        if value:
            sheet.write_string(line, column, value)
    else:
        sheet.write_number(line, column, value)


def own_list(folder: Path) -> ClientList:
    """The list that the tests write themselves."""
    path = write(folder / "clientes.xlsx", dirty_rows())
    return ClientList(path, rows=303, created=291, doubles=3, refused=5, doubtful=4, bad_dates=4)


def shared_list() -> ClientList:
    """The office's own list of November; a skip with its reason where there is none beside the repository."""
    if not SHARED.exists():
        pytest.skip(f"the office's own list of 5,012 rows ({SHARED.name}) is not here; the tests' own was read instead")
    return ClientList(SHARED, rows=5012, created=4983, doubles=12, refused=10, doubtful=7, bad_dates=7)


def list_of(owner: str, folder: Path) -> ClientList:
    """The "own" list of the tests, written into the folder, or the "shared" one."""
    return own_list(folder) if owner == "own" else shared_list()
