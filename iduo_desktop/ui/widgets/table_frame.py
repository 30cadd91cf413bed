"""A list with what is said about it: its order, how old it is, that it is empty, slow, or could not be read."""

from collections.abc import Callable
from typing import Generic

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.labels import say, sentence
from iduo_desktop.ui.widgets.pages import R
from iduo_desktop.ui.widgets.placeholder import Choice, Placeholder
from iduo_desktop.ui.widgets.table import View
from iduo_desktop.ui.widgets.table_model import TableModel

_ORDER_HEIGHT = 26
VEIL_MS, SAY_MS, SLOW_MS = 150, 1_000, 10_000


class TableFrame(QWidget, Generic[R]):
    """A view and its model. It asks for changes only while it is shown, and catches up when it is shown again."""

    work_order_asked = Signal()

    def __init__(self, operations: Operations, model: TableModel[R], clock: Clock, noun: str):
        super().__init__()
        self._operations = operations
        self._clock = clock
        self._noun = noun
        self._empty: Callable[[], tuple[str, tuple[Choice, ...]]] = lambda: ("No hay nada para mostrar.", ())
        self._dated_at = clock()
        self.model = model
        model.setParent(self)
        model.set_live(False)
        self.view: View[R] = View(model)
        self.placeholder = Placeholder(self.view, self)
        self._order = QWidget()
        self._order_text = ElidedLabel("order_text")
        mark(self._order_text, role="secondary")
        self._back = button("Volver al orden de trabajo", "work_order", self.work_order_asked.emit, role="link")
        self._back.setStyleSheet("padding: 0 6px; min-height: 22px")
        self._age = sentence("warning", "age")
        self._timers = [self._timer(wait, show) for wait, show in self._stages()]
        self._way = self._timer(VEIL_MS, self._tell_way)
        self._lay_out()
        model.asking.connect(self._wait)
        model.answered.connect(self._answered)
        model.failed.connect(self._failed)
        operations.connection_changed.connect(self._connection_changed)

    def set_empty(self, empty: Callable[[], tuple[str, tuple[Choice, ...]]]) -> None:
        """What to say, and to offer, when the list has no lines."""
        self._empty = empty

    def show_order(self, text: str, *, usual: bool) -> None:
        """Say in which order the list stands; an unusual one has a way back."""
        self._order_text.setText(text)
        self._back.setVisible(not usual)

    @property
    def age(self) -> str:
        """What is said about the age of the lines, empty when they are of now."""
        return self._age.text()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout(self._order)
        row.setContentsMargins(12, 0, 12, 0)
        self._order.setFixedHeight(_ORDER_HEIGHT)
        row.addWidget(self._order_text)
        row.addWidget(self._back)
        row.addStretch(1)
        self._back.hide()
        self._age.setContentsMargins(12, 4, 12, 4)
        for widget in (self._order, self._age, self.view):
            column.addWidget(widget)
        column.setStretch(2, 1)
        self.setFocusProxy(self.view)

    def _stages(self) -> tuple[tuple[int, Callable[[], object]], ...]:
        return (
            (VEIL_MS, lambda: self.view.set_veiled(True)),
            (SAY_MS, lambda: self.placeholder.say(f"Cargando {self._noun}…", ("Cancelar", self._stop))),
            (SLOW_MS, lambda: self.placeholder.say("El servidor tarda más de lo normal.", ("Reintentar", self._again))),
        )

    def _timer(self, wait: int, show: Callable[[], object]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=wait)
        timer.timeout.connect(show)
        return timer

    def _wait(self) -> None:
        if self.model.ending and not self._way.isActive() and not self.placeholder.sentence:
            self._way.start()
        if self.model.beginning and not self._timers[-1].isActive():
            self.placeholder.hide()
            for timer in self._timers:
                timer.start()

    def _settle(self) -> None:
        for timer in (*self._timers, self._way):
            timer.stop()
        self.view.set_veiled(False)
        self.placeholder.hide()

    def _tell_way(self) -> None:
        """How far the way to the last line has gone."""
        going = f"Vamos al final de la lista: {formats.count(self.model.rowCount())} {self._noun} hasta acá…"
        if self.placeholder.isHidden():
            self.placeholder.say(going, ("Cancelar", self.model.stay))
        else:
            self.placeholder.reword(going)

    def _answered(self) -> None:
        if self.model.ending and not self.model.whole:
            if not self.placeholder.isHidden():
                self._tell_way()
            return
        self._settle()
        if self._operations.online:
            say(self._age, "")
        if not self.model.started:
            self.placeholder.say(f"Todavía no se cargaron los {self._noun}.", ("Cargar", self._again))
        elif self.model.rowCount() == 0 and self.model.whole:
            text, choices = self._empty()
            self.placeholder.say(text, *choices)

    def _failed(self, error: Exception) -> None:
        self._settle()
        online = self._operations.online
        if not self.model.started:
            text = str(error) if online else "No hay conexión con el servidor. Reintentamos solos."
            self.placeholder.say(text, ("Reintentar", self._again))
        elif online:
            say(self._age, f"No pudimos actualizar la lista; son datos de las {self._dated_at:%H:%M}. {error}")

    def _stop(self) -> None:
        self.model.stop()

    def _again(self) -> None:
        self.model.reload()

    def _connection_changed(self, online: bool) -> None:
        if online:
            say(self._age, "")
            self.model.reload()
        elif self.model.started:
            if self.isVisible():
                self._dated_at = self._clock()
            say(self._age, f"Sin conexión: son los datos de las {self._dated_at:%H:%M}.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.set_live(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.set_live(False)
        if self._operations.online:
            self._dated_at = self._clock()
