"""One row of a list of clients: normalised values and warnings, or why it cannot be taken."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from iduo_desktop.phones import Parsed
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.workbooks import cells
from iduo_desktop.workbooks.header import folded
from iduo_desktop.workbooks.reachable import Email, emails_of, phones_of
from iduo_desktop.workbooks.row import RowError, RowReader, quoted, shown

__all__ = ["ClientReader", "ClientRow", "Email", "status_of"]

LENGTHS: Final = {
    "surname": 120,
    "names": 120,
    "name": 200,
    "plan": 80,
    "street": 200,
    "locality": 120,
    "province": 80,
    "note": 2000,
}
STATUSES: Final = {
    **dict.fromkeys(("act", "activo", "activa", "al dia", "vigente"), ServiceStatus.ACTIVE),
    **dict.fromkeys(("mora", "moroso", "morosa", "en mora", "deudor", "deudora"), ServiceStatus.DELINQUENT),
    **dict.fromkeys(("susp", "suspendido", "suspendida", "suspension"), ServiceStatus.SUSPENDED),
    **dict.fromkeys(("baja", "baja definitiva", "de baja", "dado de baja", "dada de baja"), ServiceStatus.WITHDRAWN),
    **dict.fromkeys(("retirado", "retirada"), ServiceStatus.WITHDRAWN),
}
ERASABLE: Final = {
    key: key
    for key in (
        "surname", "name", "document", "street", "locality", "province", "plan", "cutoff_date", "extended_until",
        "debt", "note",
    )
}  # fmt: skip
OWN_CUIT: Final = ("20", "23", "24", "25", "26", "27")


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as a row of the sheet gives it; `row` is counted from 1, as Excel shows it.

    What is empty says nothing, unless `erase` names it.
    """

    row: int
    number: int
    kind: str
    surname: str
    names: str
    name: str
    document: str
    tax_id: str
    phones: tuple[Parsed, ...]
    emails: tuple[Email, ...]
    street: str
    locality: str
    province: str
    plan: str
    status: ServiceStatus
    cutoff_date: date | None
    extended_until: date | None
    debt: Decimal | None
    note: str
    warnings: tuple[str, ...]
    erase: tuple[str, ...] = ()


class ClientReader(RowReader):
    """Reads one row as a client."""

    lengths = LENGTHS

    def client(self) -> ClientRow:
        """The whole row; a RowError without a usable number or a known status."""
        number = self.number_of("cliente")
        status = self._status()
        document, tax_id = self.documents()
        surname, name = self.text("surname"), self.text("name")
        organisation = not surname and bool(tax_id or self._has_cuit())
        if not organisation and "surname" not in self.header.places and "," in name:
            surname, name = (part.strip() for part in name.split(",", 1))
        if not surname and not organisation:
            self.warn("Sin apellido." if name else "Sin nombre.", "surname" if name else "name")
        if surname and tax_id.startswith(OWN_CUIT) and not document:
            document = tax_id[2:10].lstrip("0")
        return ClientRow(
            row=self.number,
            number=number,
            kind="organisation" if organisation else "person",
            surname=surname[: LENGTHS["surname"]],
            names="" if organisation else name[: LENGTHS["surname"]],
            name=name if organisation else "",
            document=document,
            tax_id=tax_id,
            phones=phones_of(self),
            emails=emails_of(self),
            street=self.text("street"),
            locality=self.text("locality"),
            province=self.text("province"),
            plan=self.text("plan"),
            status=status,
            cutoff_date=self.day("cutoff_date", "se importa sin fecha"),
            extended_until=self.day("extended_until", "se importa sin prórroga"),
            debt=self.read("debt", cells.money, None, "se importa sin deuda"),
            note=self.text("note"),
            warnings=self.warnings,
            erase=self.erased(ERASABLE),
        )

    def _status(self) -> ServiceStatus:
        title, cell = next(self.cells("status"))
        status = status_of(shown(cell))
        if status is None:
            message = f"{title} {quoted(cell)}no es un estado conocido." if shown(cell) else f"{title} está vacío."
            raise RowError("doubtful", "status", title, shown(cell), message)
        return status

    def _has_cuit(self) -> bool:
        return any(len(re.sub(r"\D", "", shown(cell))) == 11 for _, cell in self.cells("document"))


@lru_cache(maxsize=1000)
def status_of(text: str) -> ServiceStatus | None:
    """The status that a word means, None if nobody knows."""
    return STATUSES.get(folded(text))
