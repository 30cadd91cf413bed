"""One row of a list of contacts: a person, how he is reached, and whose company he is of."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from iduo_desktop.phones import Parsed
from iduo_desktop.workbooks import cells
from iduo_desktop.workbooks.cells import NOTHING, CellError
from iduo_desktop.workbooks.reachable import Email, emails_of, phones_of
from iduo_desktop.workbooks.row import RowError, RowReader, quoted, shown
from iduo_desktop.workbooks.values import Cell

LENGTHS: Final = {"surname": 120, "name": 120, "note": 2000}
FIRST_BIRTH: Final = 1910
LONGEST_DOCUMENT: Final = 20
TYPE: Final = re.compile(r"^(?:DNI|CUIL|CUIT|LE|LC)")
# by the column's key, as the database calls it
ERASABLE: Final = {
    "surname": "surname",
    "name": "names",
    "document": "document",
    "birth_date": "birth_date",
    "company_number": "company_number",
    "note": "note",
}


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person as a row of the sheet gives him; `row` is counted from 1, as Excel shows it.

    `number` is his number here, if the list has it. What is empty says nothing, unless `erase` names it.
    """

    row: int
    number: int | None
    surname: str
    names: str
    document: str
    birth_date: date | None
    phones: tuple[Parsed, ...]
    emails: tuple[Email, ...]
    company_number: int | None
    note: str
    warnings: tuple[str, ...]
    erase: tuple[str, ...]


class ContactReader(RowReader):
    """Reads one row as a person."""

    lengths = LENGTHS

    def contact(self) -> ContactRow:
        """The whole row; a RowError when it names nobody."""
        number, document = self._number("number", "contacto"), self._document()
        surname, names = self._said("surname"), self._said("name")
        if "surname" not in self.header.places and "," in names:
            surname, names = (part.strip() for part in names.split(",", 1))
        if not (number or surname or names or document):
            title = self.header.titles[min(place for places in self.header.places.values() for place in places)]
            raise RowError("refused", "name", title, "", "La fila no dice de quién es: ni nombre ni documento.")
        return ContactRow(
            row=self.number,
            number=number,
            surname=surname,
            names=names,
            document=document,
            birth_date=self.read("birth_date", self._birth, None, "se importa sin fecha de nacimiento"),
            phones=phones_of(self),
            emails=emails_of(self),
            company_number=self._number("company_number", "empresa"),
            note=self.text("note"),
            warnings=self.warnings,
            erase=self.erased(ERASABLE),
        )

    def _said(self, key: str) -> str:
        text = self.text(key)
        return "" if text.casefold() in NOTHING else text

    def _birth(self, cell: Cell) -> date | None:
        return cells.day(cell, self.habits.day_first, range(FIRST_BIRTH, datetime.now(UTC).year + 1))

    def _document(self) -> str:
        """A DNI before a CUIT; anything else, as a passport, in capitals without signs."""
        said = ((title, cell) for title, cell in self.cells("document") if shown(cell).casefold() not in NOTHING)
        title, cell = next(said, ("", ""))
        if not title:
            return ""
        other = re.sub(r"[^0-9A-Z]", "", shown(cell).upper())
        if not re.search(r"[A-Z]", TYPE.sub("", other)):
            document, tax_id = self.documents()
            return document or tax_id
        if len(other) <= LONGEST_DOCUMENT and re.search(r"\d", other):
            return other
        self.warn(f"{title} {quoted(cell)}no es un documento: se importa sin él.", "document", title, shown(cell))
        return ""

    def _number(self, key: str, of: str) -> int | None:
        for title, cell in self.cells(key):
            try:
                return cells.whole_number(cell, of) if shown(cell).casefold() not in NOTHING else None
            except CellError as error:
                self.warn(f"{title} {quoted(cell)}{error}: se importa sin él.", key, title, shown(cell))
        return None
