"""One tab of the agenda: what it asks for, and what it says when there is nothing."""

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent

from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.agenda.columns import columns
from iduo_desktop.ui.agenda.lines import Line, source
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.placeholder import Choice
from iduo_desktop.ui.widgets.table_frame import TableFrame
from iduo_desktop.ui.widgets.table_model import TableModel

_EMPTY = {
    "today": "No te queda nada para hoy.",
    "overdue": "No hay nada vencido.",
    "week": "No hay nada para los próximos siete días.",
    "routes": "Ninguna ruta espera que alguien la tome.",
}
_ORDERS = {"routes": "Orden: la más vieja primero"}
_SPARE = ("whom", "phone")  # hidden one after the other where it is narrow; the panel tells them
_EDGE = 24


class AgendaFrame(TableFrame[Line]):
    """`whose` is mine or everybody."""

    def __init__(self, operations: Operations, tab: str, clock: Clock):
        model: TableModel[Line] = TableModel(operations, columns(clock), "")
        super().__init__(operations, model, clock, "cosas de la agenda")
        self.tab = tab
        self.whose = "mine"
        self.nowhere: Callable[[], tuple[Choice, ...]] = tuple
        self.started = False
        self.setObjectName(f"agenda_{tab}_frame")
        self.view.setObjectName(f"agenda_{tab}")
        self.view.setAccessibleName(f"Agenda: {words.TABS[tab]}")
        self.set_empty(lambda: (_EMPTY[tab], self.nowhere()))
        self.show_order(_ORDERS.get(tab, "Orden: por hora; lo vencido primero"), usual=True)

    def begin(self) -> None:
        """Ask for it the first time that it is looked at; later, for what time and others changed."""
        if self.started:
            self.model.reload()
        else:
            self.started = True
            self.model.show_source(source(self.tab, self.whose))

    def show_for(self, whose: str) -> None:
        """For me, or for everybody."""
        if whose != self.whose:
            self.whose = whose
            if self.started:
                self.model.show_source(source(self.tab, whose))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = event.size().width() - _EDGE
        wanted = sum(column.width for column in self.model.columns)
        numbers = {column.key: number for number, column in enumerate(self.model.columns)}
        for key in _SPARE:
            self.view.setColumnHidden(numbers[key], wanted > room)
            if wanted > room:
                wanted -= self.model.columns[numbers[key]].width
