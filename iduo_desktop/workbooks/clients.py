"""A list of clients: every row with its values, or with the reason why it is not taken."""

from dataclasses import replace
from typing import Final

from iduo_desktop.workbooks import lists
from iduo_desktop.workbooks.client_row import ClientReader, ClientRow
from iduo_desktop.workbooks.header import Header, column
from iduo_desktop.workbooks.lists import Listed, Progress, Understand
from iduo_desktop.workbooks.row import Fault, Habits
from iduo_desktop.workbooks.values import Row, Workbook

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

Clients = Listed[ClientRow]


def read(book: Workbook, area_code: str, progress: Progress | None = None) -> Clients:
    """Understand a list of clients; numbers without area code take `area_code`."""
    return settle(lists.read(book, COLUMNS, understanding(Habits(area_code)), progress))


def understanding(habits: Habits) -> Understand[ClientRow]:
    """How one row is read."""

    def understand(head: Header, number: int, row: Row) -> tuple[ClientRow, tuple[Fault, ...]]:
        reader = ClientReader(head, number, row, habits)
        return reader.client(), tuple(reader.faults)

    return understand


def settle(found: Clients) -> Clients:
    """What can be said only when all rows are there."""
    return lists.without_doubles(found, _content)


def _content(row: ClientRow) -> ClientRow:
    """What makes two rows equal: all but where they stand and how the numbers were typed."""
    phones = tuple(sorted((replace(phone, typed="") for phone in row.phones), key=lambda phone: phone.search_key))
    return replace(row, row=0, warnings=(), phones=phones)
