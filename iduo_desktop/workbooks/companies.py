"""A list of companies: every row with its values, and each person who assists several of them known as one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from iduo_desktop.workbooks import lists
from iduo_desktop.workbooks.company_row import CompanyReader, CompanyRow
from iduo_desktop.workbooks.header import Column, Header, column
from iduo_desktop.workbooks.lists import Listed, Progress, Understand
from iduo_desktop.workbooks.row import Fault, Habits
from iduo_desktop.workbooks.same_person import People
from iduo_desktop.workbooks.values import Row, Workbook

# what a role is called in titles, in full and short
ROLES: Final = {
    "functional": ("Funcional", "AF"),
    "administrative": ("Administrativo", "AA"),
    "commercial": ("Comercial", "AC"),
    "billing": (
        "de Facturación", "Facturación", "de Facturación y Cuentas Corrientes", "Facturación y Cuentas Corrientes",
        "de Cuentas Corrientes", "AFCC", "AFyCC",
    ),
}  # fmt: skip
WHATSAPP: Final = ("WhatsApp", "WA", "Celular", "Cel", "Móvil", "Teléfono", "Tel")
MAIL: Final = ("Mail", "E-mail", "Email", "Correo", "Correo electrónico")


def _columns() -> Iterator[Column]:
    for role, words in ROLES.items():
        named = [name for word in words for name in (word, f"Asistente {word}")]
        yield column(role, *(f"Asistente {word}" for word in words))
        yield column(f"{role}_whatsapp", *(f"{kind} {name}" for kind in WHATSAPP for name in named))
        yield column(f"{role}_email", *(f"{kind} {name}" for kind in MAIL for name in named))


COLUMNS: Final = (
    column(
        # not «Nro» alone: a list of clients must not be taken for one of companies
        "number", "Empresa Nº", "Nro de empresa", "Nro empresa", "Código de empresa", "Cód. empresa", "Id empresa",
        needed=True,
    ),
    column(
        "name", "Razón social", "Empresa", "Denominación", "Nombre de la empresa", "Nombre o razón social",
    ),
    column("document", "CUIT", "CUIT/CUIL", "CUIT/DNI", "DNI/CUIT", "CUIT o DNI", "CUIL"),
    column("management_unit", "Unidad de gestión", "Unidad gestión", "U. de gestión", "UG", "Unidad"),
    *_columns(),
)  # fmt: skip

Companies = Listed[CompanyRow]


def read(book: Workbook, area_code: str, progress: Progress | None = None) -> Companies:
    """Understand a list of companies; numbers without area code take `area_code`."""
    return settle(lists.read(book, COLUMNS, understanding(Habits(area_code)), progress))


def understanding(habits: Habits) -> Understand[CompanyRow]:
    """How one row is read."""

    def understand(head: Header, number: int, row: Row) -> tuple[CompanyRow, tuple[Fault, ...]]:
        reader = CompanyReader(head, number, row, habits)
        return reader.company(), tuple(reader.faults)

    return understand


def settle(found: Companies) -> Companies:
    """What can be said only when all rows are there."""
    people = People(mention for row in found.rows for mention in row.assistants)
    return lists.without_doubles(replace(found, rows=tuple(map(people.settled, found.rows))), _content)


def _content(row: CompanyRow) -> CompanyRow:
    """What makes two rows equal: all but where they stand."""
    return replace(row, row=0, warnings=())
