"""A list of contacts: every row with its values, or with the reason why it is not taken."""

from dataclasses import replace
from typing import Final

from iduo_desktop.workbooks import lists
from iduo_desktop.workbooks.contact_row import ContactReader, ContactRow
from iduo_desktop.workbooks.header import Header, column
from iduo_desktop.workbooks.lists import Listed, Understand
from iduo_desktop.workbooks.row import Fault, Habits
from iduo_desktop.workbooks.values import Row

COLUMNS: Final = (
    column("number", "Nro de contacto", "Nro contacto", "Contacto nro", "Id contacto"),
    column("surname", "Apellido", "Apellidos"),
    column(
        "name", "Nombre", "Nombres", "Apellido y nombre", "Apellido y nombres", "Nombre y apellido", "Contacto",
        "Persona", "Nombre completo", needed=True,
    ),
    column("document", "Documento", "DNI", "DNI/CUIT", "Nro documento", "Nro de documento", "Doc", "CUIT", "CUIL",
           "Pasaporte", several=True),
    column("birth_date", "Fecha de nacimiento", "Nacimiento", "Fecha nacimiento", "F. nacimiento", "Fecha nac"),
    column("phone", "Teléfono", "Teléfonos", "Tel", "Teléfono fijo", "Tel. fijo", "Teléfono particular", several=True),
    column("mobile", "Celular", "Cel", "Móvil", "Teléfono celular", "Teléfono móvil", "WhatsApp", several=True),
    column("email", "Mail", "Mails", "E-mail", "Email", "Correo", "Correo electrónico", several=True),
    column("company_number", "Nro de empresa", "Empresa Nº", "Nro empresa", "Código de empresa", "Cód. empresa"),
    column("note", "Observaciones", "Observación", "Obs", "Nota", "Notas", "Comentarios", "Comentario"),
)  # fmt: skip

Contacts = Listed[ContactRow]


def understanding(habits: Habits) -> Understand[ContactRow]:
    """How one row is read."""

    def understand(head: Header, number: int, row: Row) -> tuple[ContactRow, tuple[Fault, ...]]:
        reader = ContactReader(head, number, row, habits)
        return reader.contact(), tuple(reader.faults)

    return understand


def settle(found: Contacts) -> Contacts:
    """One document is one person; of those without any, each row is somebody."""
    return lists.without_same(found, lambda row: row.number or row.document, _content, "La persona")


def _content(row: ContactRow) -> ContactRow:
    """What makes two rows equal: all but where they stand and how the numbers were typed."""
    phones = tuple(sorted((replace(phone, typed="") for phone in row.phones), key=lambda phone: phone.search_key))
    return replace(row, row=0, warnings=(), phones=phones)
