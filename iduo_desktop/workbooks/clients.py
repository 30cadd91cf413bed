"""A list of clients: every row with its values, or with the reason why it is not taken."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from iduo_desktop.workbooks import header
from iduo_desktop.workbooks.client_row import ClientRow, RowError, RowReader
from iduo_desktop.workbooks.container import SAVE_AGAIN
from iduo_desktop.workbooks.header import Header, column, folded
from iduo_desktop.workbooks.values import BadCell, Flaw, Row, Sheet, Workbook, WorkbookError, place

COLUMNS: Final = (
    column(
        "number", "Nro", "Nro cliente", "Nro de cliente", "Cliente nro", "Código", "Código de cliente", "Cód. cliente",
        "Id cliente", "Nro empresa", "Nro de empresa", "Empresa nro", "Cuenta", "Nro cuenta", "Nro de cuenta",
        "Abonado", "Nro abonado", "Nro de abonado", needed=True,
    ),
    column("surname", "Apellido", "Apellidos"),
    column(
        "name", "Nombre / Razón social", "Nombre o razón social", "Nombre", "Nombres", "Razón social", "Denominación",
        "Titular", "Cliente", "Apellido y nombre", "Apellido y nombres", "Nombre y apellido", needed=True,
    ),
    column(
        "document", "DNI/CUIT", "DNI", "CUIT", "CUIL", "CUIT/CUIL", "DNI/CUIL", "CUIT/DNI", "DNI/CUIT/CUIL",
        "DNI o CUIT", "Documento", "Nro documento", "Nro de documento", "Doc", several=True,
    ),
    column("phone", "Teléfono", "Teléfonos", "Tel", "Teléfono fijo", "Tel. fijo", "Teléfono particular", several=True),
    column("mobile", "Celular", "Cel", "Móvil", "Teléfono celular", "Teléfono móvil", "WhatsApp", several=True),
    column("email", "Mail", "Mails", "E-mail", "Email", "Correo", "Correo electrónico", several=True),
    column(
        "street", "Domicilio de servicio", "Domicilio", "Domicilio servicio", "Dirección", "Dirección de servicio",
        "Calle",
    ),
    column("locality", "Localidad", "Ciudad"),
    column("province", "Provincia", "Pcia"),
    column("plan", "Plan", "Servicio", "Producto", "Abono"),
    column("status", "Estado", "Estado del servicio", "Estado de servicio", "Situación", needed=True),
    column("cutoff_date", "Fecha de corte", "Fecha corte", "Corte"),
    column("extended_until", "Prórroga hasta", "Prórroga", "Prorrogado hasta", "Extensión hasta"),
    column("debt", "Deuda", "Deuda total", "Saldo", "Saldo deudor", "Importe adeudado", "Monto adeudado"),
    column("note", "Observaciones", "Observación", "Obs", "Nota", "Notas", "Comentarios", "Comentario"),
)  # fmt: skip
TOTALS: Final = re.compile(r"(?:sub|gran )?total(?:es)?(?: general(?:es)?)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that is not taken: refused, doubtful, or unchanged (it repeats another). `what` is what the cell says."""

    row: int
    outcome: str
    number: int | None
    column: str
    what: str
    message: str


@dataclass(frozen=True, slots=True)
class Clients:
    """All rows of a list, each in one of the two; `unread` are the titles of columns that nobody knows."""

    sheet: str
    rows: tuple[ClientRow, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]


def read(book: Workbook, area_code: str, progress: Callable[[int, int], object] | None = None) -> Clients:
    """Understand a list of clients; numbers without area code take `area_code`. No cell makes it fail but a formula.

    A WorkbookError says that it is no list of clients, or that a column that is read has formulas without a result.
    """
    sheet, head = header.find(book, COLUMNS)
    rows: list[ClientRow] = []
    problems: list[Problem] = []
    numbered = list(_client_rows(sheet, head))
    _check_formulas(numbered, head)
    for done, (number, row) in enumerate(numbered, 1):
        try:
            rows.append(RowReader(head, number, row, area_code).client())
        except RowError as error:
            problems.append(Problem(number, error.outcome, None, error.column, error.what, str(error)))
        if progress is not None and done % 1000 == 0:
            progress(done, len(numbered))
    rows, repeated = _without_doubles(rows, head.titles[head.places["number"][0]])
    problems = sorted([*problems, *repeated], key=lambda problem: problem.row)
    return Clients(sheet.name, tuple(rows), tuple(problems), head.unread)


def _client_rows(sheet: Sheet, head: Header) -> Iterator[tuple[int, Row]]:
    """Rows below the titles with their numbers; blank ones, totals and titles again are none."""
    titles = [folded(title) for title in head.titles]
    for number, row in enumerate(sheet.rows[head.row + 1 :], head.row + 2):
        first = next((cell for cell in row if cell != ""), None)
        if first is None or (isinstance(first, str) and not "".join(map(str, row)).strip()):
            continue
        if isinstance(first, str) and (
            TOTALS.fullmatch(folded(first)) or [folded(str(cell)) for cell in row] == titles[: len(row)]
        ):
            continue
        yield number, row


def _check_formulas(rows: list[tuple[int, Row]], head: Header) -> None:
    read = [place for places in head.places.values() for place in places]
    bad = [
        (number, column)
        for number, row in rows
        for column in read
        if column < len(row) and isinstance(cell := row[column], BadCell) and cell.flaw is Flaw.FORMULA
    ]
    if bad:
        number, column = bad[0]
        others = f" y {len(bad) - 1} más" if len(bad) > 1 else ""
        raise WorkbookError(
            f"Hay fórmulas sin resultado guardado en «{head.titles[column]}» ({place(number - 1, column)}{others}). "
            f"{SAVE_AGAIN}"
        )


def _without_doubles(rows: list[ClientRow], title: str) -> tuple[list[ClientRow], list[Problem]]:
    """The first of equal rows stands for all; rows of one number that contradict each other are all doubtful."""
    by_number: dict[int, list[ClientRow]] = defaultdict(list)
    for row in rows:
        by_number[row.number].append(row)
    kept, problems = [], []
    for number, same in by_number.items():
        if len(same) == 1 or len({_content(row) for row in same}) == 1:
            kept.append(same[0])
            message = f"Es igual a la fila {same[0].row}."
            problems += [Problem(row.row, "unchanged", number, title, str(number), message) for row in same[1:]]
            continue
        listed = ", ".join(str(row.row) for row in same[:10])
        message = f"{title} {number} está en las filas {listed} con datos distintos."
        problems += [Problem(row.row, "doubtful", number, title, str(number), message) for row in same]
    return kept, problems


def _content(row: ClientRow) -> ClientRow:
    """What makes two rows equal: all but where they stand and how the numbers were typed."""
    phones = tuple(sorted((replace(phone, typed="") for phone in row.phones), key=lambda phone: phone.search_key))
    return replace(row, row=0, warnings=(), phones=phones)
