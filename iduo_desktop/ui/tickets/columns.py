"""The columns of the four lists: who, about what, how long it has waited; late ones and insistence have a sign."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtGui import QBrush, QColor, QGuiApplication

from iduo_desktop.services.tickets import TicketRow
from iduo_desktop.terms import TicketKind, TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import tokens
from iduo_desktop.ui.widgets.columns import Badge, Column
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.ticket_words import numbered

TicketColumn = Column[TicketRow]
Marked = Callable[[int], bool]
Late = Callable[[], int]
MARK = "mark"

_COLUMNS = {
    TicketState.OPEN: ("number", "person", "topic", "company", "age", "at"),
    TicketState.AWAITING_ANSWER: ("number", "person", "topic", "company", "age", "at"),
    TicketState.AWAITING_COMMUNICATION: ("number", "person", "topic", "company", "answered", "at"),
    TicketState.COMMUNICATED: ("number", "person", "topic", "company", "communicated", "at"),
}


def ticket_columns(
    state: TicketState, clock: Clock, late: Late, marked: Marked | None = None
) -> tuple[TicketColumn, ...]:
    """The columns of one list; a ticket without an answer is late from `late()` working days on.

    With `marked` there is one more, where lines are marked to be answered together.
    """
    columns = (*_what(), _age(late, clock), *_moments(clock))
    made = {column.key: column for column in columns}
    first = () if marked is None else (_mark(marked),)
    return (*first, *(made[key] for key in _COLUMNS[state]))


def waited(row: TicketRow, clock: Clock) -> str:
    """How long a ticket has waited, in working days: «hoy», «< 1 día», «5 días»."""
    if row.waiting_days:
        return formats.plural(row.waiting_days, "día", "días")
    return "hoy" if formats.here(row.at).date() == clock().date() else "< 1 día"


def _mark(marked: Marked) -> TicketColumn:
    return Column(
        MARK,
        "☑",
        32,
        lambda row: "☑" if marked(row.id) else "☐",
        tip=lambda row: "Marcado" if marked(row.id) else "Marcar para responder varios juntos (Espacio)",
        spoken=lambda row: "marcado" if marked(row.id) else "sin marcar",
    )


def _what() -> tuple[TicketColumn, ...]:
    return (
        Column("number", "Ticket", 82, lambda row: numbered(row.number, row.check), sort="number"),
        Column(
            "person",
            "Quién",
            120,
            lambda row: row.person or row.phone or formats.NOTHING,
            sort="person",
            main=True,
            stretch=True,
            tip=_tip,
            spoken=lambda row: ", ".join((row.person or row.phone, *(badge.meaning for badge in _badges(row)))),
            badges=_badges,
        ),
        Column("topic", "Tema", 150, lambda row: row.topic or TicketKind(row.kind).label, tip=_about),
        Column("company", "Empresa", 122, lambda row: row.company or formats.NOTHING, sort="company", tip=_company),
    )


def _age(late: Late, clock: Clock) -> TicketColumn:
    def text(row: TicketRow) -> str:
        return f"⚠ {waited(row, clock)}" if row.waiting_days >= late() else waited(row, clock)

    def spoken(row: TicketRow) -> str:
        return f"{waited(row, clock)}, demorado" if row.waiting_days >= late() else waited(row, clock)

    def colour(row: TicketRow) -> QBrush | None:
        worn = tokens(QGuiApplication.palette())
        return QBrush(QColor(worn.warning)) if row.waiting_days >= late() else None

    def tip(row: TicketRow) -> str:
        return f"Espera respuesta hace {formats.plural(row.waiting_days, 'día hábil', 'días hábiles')}"

    return Column("age", "Espera", 80, text, right=True, tip=tip, spoken=spoken, colour=colour)


def _moments(clock: Clock) -> tuple[TicketColumn, ...]:
    return (
        _moment("at", "Ingresó", clock, lambda row: row.at),
        _moment("answered", "Respondido", clock, lambda row: row.answered_at),
        _moment("communicated", "Comunicado", clock, lambda row: row.communicated_at, 108),
    )


def _moment(
    key: str, title: str, clock: Clock, value: Callable[[TicketRow], datetime | None], width: int = 98
) -> TicketColumn:
    return Column(
        key,
        title,
        width,
        lambda row: formats.when(value(row), clock()),
        right=True,
        tip=lambda row: formats.exact(value(row)),
    )


def _badges(row: TicketRow) -> tuple[Badge, ...]:
    times = formats.plural(row.insisted, "vez", "veces")
    return (Badge("again", str(row.insisted), f"insistió {times}"),) if row.insisted else ()


def _tip(row: TicketRow) -> str:
    document = f"Doc. {formats.document(row.document)}" if row.document else ""
    lines = (row.person, _company(row), document, row.phone, *(badge.meaning.capitalize() for badge in _badges(row)))
    return "\n".join(line for line in lines if line)


def _about(row: TicketRow) -> str:
    return "\n".join((f"{TicketKind(row.kind).label}: {row.topic}" if row.topic else row.topic, row.text)).strip()


def _company(row: TicketRow) -> str:
    return f"{row.company} ({row.company_number})" if row.company_number else row.company
