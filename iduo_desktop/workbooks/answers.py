"""A sheet of answers: our own, however it was sorted and saved, or anybody's that names tickets."""

from dataclasses import replace
from typing import Final

from iduo_desktop.workbooks import lists
from iduo_desktop.workbooks.answer_row import AnswerReader, AnswerRow
from iduo_desktop.workbooks.header import Header, column
from iduo_desktop.workbooks.lists import Listed, Understand
from iduo_desktop.workbooks.row import Fault, Habits
from iduo_desktop.workbooks.values import Row

COLUMNS: Final = (
    column(
        "number", "Nro de ticket", "Ticket", "Nro ticket", "Ticket nro", "Nro_ticket", "Id ticket", "Nro de mensaje",
        "Mensaje nro", "Nro de consulta", "Nro de reclamo", needed=True,
    ),
    column("code", "Control", "Código de control", "Cód. control"),
    column(
        "answer", "Respuesta", "Rta", "Respuestas", "Respuesta final", "Texto de la respuesta", "Resolución",
        needed=True,
    ),
    column(
        "answered_on", "Fecha de respuesta", "Fecha respuesta", "Fecha rta", "Respondido el", "Fecha de resolución",
    ),
)  # fmt: skip

Answers = Listed[AnswerRow]


def understanding(habits: Habits) -> Understand[AnswerRow]:
    """How one row is read."""

    def understand(head: Header, number: int, row: Row) -> tuple[AnswerRow, tuple[Fault, ...]]:
        reader = AnswerReader(head, number, row, habits)
        return reader.answer(), tuple(reader.faults)

    return understand


def settle(found: Answers) -> Answers:
    """A row that was doubled says the same once; what was left empty beside an answer contradicts nothing."""
    said = lists.without_doubles(replace(found, rows=tuple(row for row in found.rows if row.answer)), _content)
    answered = {row.number for row in found.rows if row.answer}
    empty = lists.without_doubles(
        replace(found, rows=tuple(row for row in found.rows if not row.answer), problems=()),
        lambda row: replace(_content(row), code=None, answered_on=None),
    )
    kept = tuple(row for row in empty.rows if row.number not in answered)
    beside = tuple(
        lists.Problem(
            row.row, "unchanged", row.number, found.number_title, str(row.number),
            "Está vacía, y otra fila tiene la respuesta.", "answer", double=True,
        )
        for row in empty.rows
        if row.number in answered
    )  # fmt: skip
    return replace(
        said,
        rows=tuple(sorted((*said.rows, *kept), key=lambda row: row.row)),
        problems=tuple(sorted((*said.problems, *empty.problems, *beside), key=lambda problem: problem.row)),
    )


def _content(row: AnswerRow) -> AnswerRow:
    """What makes two rows equal: all but where they stand."""
    return replace(row, row=0, warnings=())
