"""One row of a sheet of answers: which message it answers, with what, and since when; or why it cannot be taken."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from iduo_desktop.workbooks import cells
from iduo_desktop.workbooks.cells import CellError
from iduo_desktop.workbooks.row import RowError, RowReader, quoted, shown

LONGEST: Final = 4000
LONGEST_NUMBER: Final = 40


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as a row of the sheet gives it, empty when there is none yet; no `code` when no column holds one.

    `number` is as typed, its check digit with it: whose it is, the database knows.
    """

    row: int
    number: str
    code: str | None
    answer: str
    answered_on: date | None
    warnings: tuple[str, ...]


class AnswerReader(RowReader):
    """Reads one row as an answer."""

    def answer(self) -> AnswerRow:
        """The whole row; a RowError without a number, or with an answer that is too long."""
        return AnswerRow(
            row=self.number,
            number=self._ticket(),
            code=self._code(),
            answer=self._answer(),
            answered_on=self.day("answered_on", "se toma la fecha de hoy"),
            warnings=self.warnings,
        )

    def _ticket(self) -> str:
        title, cell = next(self.cells("number"))
        try:
            said = cells.text(cell)
        except CellError as error:
            raise RowError("refused", "number", title, shown(cell), f"{title} {quoted(cell)}{error}.") from error
        if not any(character.isdecimal() for character in said) or len(said) > LONGEST_NUMBER:
            what = "está vacío" if not said else "no es un número de ticket"
            raise RowError("refused", "number", title, said[:80], f"{title} {quoted(cell)}{what}.")
        return said

    def _code(self) -> str | None:
        for title, cell in self.cells("code"):
            return self.shown_or_warned("code", title, cell).upper().replace(" ", "")
        return None

    def _answer(self) -> str:
        title, cell = next(self.cells("answer"))
        try:
            said = cells.lines(cell)
        except CellError as error:
            raise RowError("refused", "answer", title, shown(cell), f"{title} {quoted(cell)}{error}.") from error
        if len(said) > LONGEST:
            message = f"{title} tiene {len(said)} caracteres y entran {LONGEST}: acortala."
            raise RowError("refused", "answer", title, said[:80], message)
        return said
