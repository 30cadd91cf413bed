"""One of the four lists: what it asks for, in which order, and what it says when it is empty."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent

from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import TicketFilter, TicketRow
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.tickets.columns import MARK, ticket_columns
from iduo_desktop.ui.tickets.rights import UNANSWERED
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.placeholder import Choice
from iduo_desktop.ui.widgets.table_frame import TableFrame
from iduo_desktop.ui.widgets.table_model import Source, TableModel
from iduo_desktop.ui.widgets.ticket_words import LISTS

WORK = "work"
NEVER = 1_000
MOST = 500
EDGE = 24
_EMPTY = {
    TicketState.OPEN: "No hay mensajes abiertos.",
    TicketState.AWAITING_ANSWER: "Ningún mensaje espera respuesta.",
    TicketState.AWAITING_COMMUNICATION: "No quedan respuestas por comunicar.",
    TicketState.COMMUNICATED: "Todavía no se comunicó ninguna respuesta.",
}
_ORDER = "Orden: los que insistieron primero, después el más viejo (orden de trabajo)"
_ORDERS = {TicketState.COMMUNICATED: "Orden: el comunicado más nuevo primero"}
_SORTS = {"number": "Ticket", "person": "Quién", "company": "Empresa"}


class TicketListFrame(TableFrame[TicketRow]):
    """Remembers its own filter and order. `filter_cleared` asks whoever shows the filter to show it empty."""

    filter_cleared = Signal()
    marks_changed = Signal(int)

    def __init__(self, operations: Operations, state: TicketState, clock: Clock, *, office: bool):
        self.marks: dict[int, TicketRow] = {}
        self.late_days = NEVER
        self.has_marks = self.markable = office and state in UNANSWERED
        marked = self.marks.__contains__ if self.has_marks else None
        model: TableModel[TicketRow] = TableModel(
            operations, ticket_columns(state, clock, lambda: self.late_days, marked), "ticket"
        )
        super().__init__(operations, model, clock, "mensajes")
        self.state = state
        self.filter = TicketFilter()
        self.sort, self.descending = WORK, False
        self.nowhere: Callable[[], tuple[Choice, ...]] = tuple
        self.setObjectName(f"list_{state.value}")
        self.view.setObjectName(f"tickets_{state.value}")
        self.view.setAccessibleName(f"Mensajes: {LISTS[state]}")
        self.set_empty(self._say_empty)
        self.view.sort_asked.connect(self.sort_by)
        self.work_order_asked.connect(self.restore_order)
        self.model.begun.connect(self._show_order)
        self.view.clicked.connect(lambda index: self._click(self.model.columns[index.column()].key))
        self.started = False

    def call_late(self, days: int) -> None:
        """From how many working days on a message without an answer is late."""
        if days != self.late_days:
            self.late_days = days
            self.model.prepare_again()

    def let_mark(self, *, office: bool) -> None:
        """Whether lines can be marked: only who answers has something to do with them."""
        if self.has_marks:
            self.markable = office
            self.view.setColumnHidden(0, not office)
            if not office:
                self.unmark(tuple(self.marks))

    def mark(self) -> None:
        """Space: mark the chosen line, or take its mark away, and go on to the next."""
        self._toggle()
        self.view.step(1)

    def mark_all(self) -> None:
        """Ctrl+A: mark what is here of the list, as many as can be answered at once; again: none."""
        found = {row.id: row for row in islice(self.model.loaded(), MOST)} if self.markable else {}
        whole = bool(found) and found.keys() <= self.marks.keys()
        self.marks.clear()
        self.marks.update({} if whole else found)
        self._show_marks()

    def unmark(self, ids: Iterable[int]) -> None:
        """Take the marks of these away."""
        for ticket in ids:
            self.marks.pop(ticket, None)
        self._show_marks()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = self.model.columns
        narrow = event.size().width() < sum(column.width for column in columns) + EDGE
        company = next(number for number, column in enumerate(columns) if column.key == "company")
        self.view.setColumnHidden(company, narrow)  # the tooltip and the ticket itself tell it

    def _click(self, column: str) -> None:
        if column == MARK:
            self._toggle()

    def _toggle(self) -> None:
        row = self.view.current_row()
        if self.markable and row is not None:
            if self.marks.pop(row.id, None) is None:
                self.marks[row.id] = row
            self._show_marks()

    def _show_marks(self) -> None:
        self.model.prepare_again()
        self.marks_changed.emit(len(self.marks))

    def begin(self) -> None:
        """Ask for the list the first time that it is looked at."""
        if not self.started:
            self.started = True
            self._ask()

    def narrow(self, chosen: TicketFilter) -> None:
        """Show only what fits the filter."""
        if chosen != self.filter:
            self.filter = chosen
            if self.started:
                self._ask()

    def sort_by(self, sort: str) -> None:
        """A header was clicked: its natural order first, then the other way round, then the order of work again."""
        if sort != self.sort:
            self.sort, self.descending = sort, False
        elif not self.descending:
            self.descending = True
        else:
            self.sort, self.descending = WORK, False
        self._ask()

    def restore_order(self) -> None:
        """Back to the order of work."""
        self.sort, self.descending = WORK, False
        self._ask()
        self.view.setFocus()

    def _ask(self) -> None:
        self.model.show_source(source(self.state, self.filter, self.sort, self.descending))

    def _show_order(self) -> None:
        self.model.show_sort(self.sort, descending=self.descending)
        name = _SORTS.get(self.sort)
        self.show_order(f"Lista ordenada por {name}." if name else _ORDERS.get(self.state, _ORDER), usual=not name)

    def _say_empty(self) -> tuple[str, tuple[Choice, ...]]:
        if not self.filter.empty:
            return "Ningún mensaje con esos filtros.", (("Quitar filtros", self.filter_cleared.emit),)
        return _EMPTY[self.state], self.nowhere()


def source(state: TicketState, chosen: TicketFilter, sort: str, descending: bool) -> Source[TicketRow]:
    """How a list is asked for. What was communicated comes newest first when nobody says otherwise."""

    def page(database: Any, after: str | None, limit: int) -> tuple[TicketRow, ...]:
        return tickets.page(database, state.value, chosen, sort, descending, after=after, limit=limit)

    def only(database: Any, ids: tuple[int, ...]) -> tuple[TicketRow, ...]:
        return tickets.page(database, state.value, chosen, sort, descending, only=ids)

    return Source(page, only, tickets.sort_key, descending != (state is TicketState.COMMUNICATED and sort == WORK))
