"""One row of a list of clients: normalised values and warnings, or why it cannot be taken."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeVar

from stdnum.ar import cuit

from iduo_desktop import phones
from iduo_desktop.phones import Parsed
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.workbooks import cells
from iduo_desktop.workbooks.cells import CellError
from iduo_desktop.workbooks.header import Header, folded
from iduo_desktop.workbooks.values import Cell, Row

T = TypeVar("T")

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
TYPED_PHONE: Final = 60
ADDRESS: Final = 254
STATUSES: Final = {
    **dict.fromkeys(("act", "activo", "activa", "al dia", "vigente"), ServiceStatus.ACTIVE),
    **dict.fromkeys(("mora", "moroso", "morosa", "en mora", "deudor", "deudora"), ServiceStatus.DELINQUENT),
    **dict.fromkeys(("susp", "suspendido", "suspendida", "suspension"), ServiceStatus.SUSPENDED),
    **dict.fromkeys(("baja", "baja definitiva", "de baja", "dado de baja", "dada de baja"), ServiceStatus.WITHDRAWN),
    **dict.fromkeys(("retirado", "retirada"), ServiceStatus.WITHDRAWN),
}
MAIL: Final = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[a-z]{2,63}", re.IGNORECASE)
MAIL_SEPARATOR: Final = re.compile(r"[;,\s/]+")
LONGEST_WARNINGS: Final = 900
MOST_PHONES: Final = 10
OWN_CUIT: Final = ("20", "23", "24", "25", "26", "27")


@dataclass(frozen=True, slots=True)
class Email:
    """A mail address; a bad one is kept as typed."""

    address: str
    valid: bool


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as a row of the sheet gives it; `row` is counted from 1, as Excel shows it."""

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


class RowError(Exception):
    """The row cannot be taken: whether it is refused or doubtful, the cell at fault, and a sentence."""

    def __init__(self, outcome: str, column: str, what: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.column = column
        self.what = what


class RowReader:
    """Reads one row column by column; what it cannot use becomes a warning."""

    def __init__(self, header: Header, number: int, row: Row, area_code: str) -> None:
        self.header = header
        self.number = number
        self.row = row
        self.area_code = area_code
        self.warnings: list[str] = []

    def client(self) -> ClientRow:
        """The whole row; a RowError without a usable number or a known status."""
        number = self._number()
        status = self._status()
        document, tax_id = self._documents()
        surname, name = self._text("surname"), self._text("name")
        organisation = not surname and bool(tax_id or self._has_cuit())
        if not organisation and "surname" not in self.header.places and "," in name:
            surname, name = (part.strip() for part in name.split(",", 1))
        if not surname and not organisation:
            self.warnings.append("Sin apellido." if name else "Sin nombre.")
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
            phones=self._phones(),
            emails=self._emails(),
            street=self._text("street"),
            locality=self._text("locality"),
            province=self._text("province"),
            plan=self._text("plan"),
            status=status,
            cutoff_date=self._read("cutoff_date", cells.day, None, "se importa sin fecha"),
            extended_until=self._read("extended_until", cells.day, None, "se importa sin prórroga"),
            debt=self._read("debt", cells.money, None, "se importa sin deuda"),
            note=self._text("note"),
            warnings=bounded(self.warnings),
        )

    def cells(self, key: str) -> Iterator[tuple[str, Cell]]:
        """The title and the cell of each column of that name."""
        for place in self.header.places.get(key, ()):
            yield self.header.titles[place], self.row[place] if place < len(self.row) else ""

    def _read(self, key: str, read: Callable[[Cell], T], otherwise: T, consequence: str) -> T:
        for title, cell in self.cells(key):
            try:
                return read(cell)
            except CellError as error:
                self.warnings.append(f"{title} {quoted(cell)}{error}: {consequence}.")
        return otherwise

    def _text(self, key: str) -> str:
        text = self._read(key, cells.text, "", "queda vacío")
        if len(text) > LENGTHS[key]:
            self.warnings.append(f"{self.header.titles[self.header.places[key][0]]} es muy largo: se corta.")
        return text[: LENGTHS[key]].strip()

    def _number(self) -> int:
        title, cell = next(self.cells("number"))
        try:
            return cells.client_number(cell)
        except CellError as error:
            raise RowError("refused", title, shown(cell), f"{title} {quoted(cell)}{error}.") from error

    def _status(self) -> ServiceStatus:
        title, cell = next(self.cells("status"))
        status = status_of(shown(cell))
        if status is None:
            message = f"{title} {quoted(cell)}no es un estado conocido." if shown(cell) else f"{title} está vacío."
            raise RowError("doubtful", title, shown(cell), message)
        return status

    def _documents(self) -> tuple[str, str]:
        """DNI of 7 or 8 digits, CUIT of 11 with its check digit; anything else is left out with a warning."""
        document = tax_id = ""
        for title, cell in self.cells("document"):
            text = self._shown_or_warned(title, cell)
            digits = re.sub(r"\D", "", text)
            if len(digits) == 11 and cuit.is_valid(digits):
                tax_id = digits
            elif 7 <= len(digits.lstrip("0")) <= 8 and len(digits) <= 10:
                document = digits.lstrip("0")
            elif text:
                fault = "no pasa la verificación" if len(digits) == 11 else "no es un DNI ni un CUIT"
                self.warnings.append(f"{title} «{text}» {fault}: se importa sin él.")
        return document, tax_id

    def _has_cuit(self) -> bool:
        return any(len(re.sub(r"\D", "", shown(cell))) == 11 for _, cell in self.cells("document"))

    def _phones(self) -> tuple[Parsed, ...]:
        """Each number once, a mobile before the same number as a fixed one."""
        found: dict[str, Parsed] = {}
        for key in ("mobile", "phone"):
            for title, cell in self.cells(key):
                for typed in phones.several(self._shown_or_warned(title, cell)):
                    parsed = phones.parse(typed[:TYPED_PHONE], self.area_code, mobile=key == "mobile")
                    if not parsed.valid and parsed.search_key not in found:
                        self.warnings.append(f"{title} «{parsed.typed}» no es un número que exista: queda como está.")
                    found.setdefault(parsed.search_key or parsed.typed, parsed)
        if not found:
            self.warnings.append("Sin teléfono.")
        return tuple(found.values())[:MOST_PHONES]

    def _emails(self) -> tuple[Email, ...]:
        found: dict[str, Email] = {}
        for title, cell in self.cells("email"):
            for typed in filter(None, MAIL_SEPARATOR.split(self._shown_or_warned(title, cell))):
                address = typed.removeprefix("mailto:")[:ADDRESS]
                valid = MAIL.fullmatch(address) is not None
                if not valid:
                    self.warnings.append(f"{title} «{address}» no es una dirección de mail: queda como está.")
                found.setdefault(address.lower(), Email(address.lower() if valid else address, valid))
        return tuple(found.values())[:MOST_PHONES]

    def _shown_or_warned(self, title: str, cell: Cell) -> str:
        try:
            return cells.text(cell)
        except CellError as error:
            self.warnings.append(f"{title} {quoted(cell)}{error}.")
            return ""


def bounded(warnings: list[str]) -> tuple[str, ...]:
    """As many as a row's message holds; of the rest how many there are."""
    kept: list[str] = []
    for warning in warnings:
        if sum(map(len, kept)) + len(warning) + 2 * len(kept) > LONGEST_WARNINGS:
            return (*kept, f"Hay {len(warnings) - len(kept)} avisos más.")
        kept.append(warning)
    return tuple(kept)


@lru_cache(maxsize=1000)
def status_of(text: str) -> ServiceStatus | None:
    """The status that a word means, None if nobody knows."""
    return STATUSES.get(folded(text))


def shown(cell: Cell) -> str:
    """What a cell says, whatever is wrong with it; as much of it as a message holds."""
    try:
        return cells.text(cell)[:80]
    except CellError:
        return getattr(cell, "text", str(cell))[:80]


def quoted(cell: Cell) -> str:
    """The same between quotation marks, before the rest of a sentence; nothing if it says nothing."""
    return f"«{shown(cell)}» " if shown(cell) else ""
