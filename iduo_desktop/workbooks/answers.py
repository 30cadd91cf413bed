"""A sheet of answers: our own, however it was sorted and saved, or anybody's that names tickets."""

import re
from dataclasses import replace
from typing import Final

from iduo_desktop.workbooks.answer_row import AnswerReader, AnswerRow
from iduo_desktop.workbooks.header import Header, column
from iduo_desktop.workbooks.lists import Listed, Problem, Understand
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

BESIDE: Final = "Está vacía, y otra fila tiene la respuesta."

Answers = Listed[AnswerRow]


def understanding(habits: Habits) -> Understand[AnswerRow]:
    """How one row is read."""

    def understand(head: Header, number: int, row: Row) -> tuple[AnswerRow, tuple[Fault, ...]]:
        reader = AnswerReader(head, number, row, habits)
        return reader.answer(), tuple(reader.faults)

    return understand


def settle(found: Answers) -> Answers:
    """A row that was doubled and left empty says nothing beside the one that has the answer.

    Of two answers to one message the database tells whether they say the same.
    """
    answered = {_digits(row) for row in found.rows if row.answer}
    empty = [row for row in found.rows if not row.answer and _digits(row) in answered]
    beside = [
        Problem(row.row, "unchanged", None, found.number_title, row.number, BESIDE, "answer", double=True)
        for row in empty
    ]  # fmt: skip
    return replace(
        found,
        rows=tuple(row for row in found.rows if row.answer or _digits(row) not in answered),
        problems=tuple(sorted((*found.problems, *beside), key=lambda problem: problem.row)),
    )


def _digits(row: AnswerRow) -> str:
    return re.sub(r"\D", "", row.number)
