"""A client found by number, document, telephone or name while one types; the input of a form."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from iduo_desktop.services import companies
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import CaseList, ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Editor, Value
from iduo_desktop.ui.widgets.labels import say, sentence

_FIRST = 2
_PAUSE_MS = 80
_ROW = 28
_NOTHING = "No encontramos a nadie así. Probá con el documento o con menos letras."


class _Line(QLineEdit):
    """Up and down move in the list that is below."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class ClientEditor(Editor):
    """Its value is the client's id; `found` tells who was chosen. Answers older than the last key are dropped.

    `warns`: say when he has an open case.
    """

    found = Signal(object)

    def __init__(self, field: Field, clock: Clock, operations: Operations, *, warns: bool = True):
        super().__init__(field, clock)
        self._warns = warns
        self._operations = operations
        self._asked: Operation[tuple[CompanyHit, ...]] | None = None
        self._hits: tuple[CompanyHit, ...] = ()
        self._id: int | None = None
        self.line = _Line()
        self.line.setMaxLength(200)
        self.line.setObjectName("client")
        self.line.setPlaceholderText("Apellido, documento o número")
        self._list = QListWidget()
        self._list.setObjectName("clients")
        self._list.setAccessibleName("Clientes encontrados")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark(self._list, surface="card")
        self._list.hide()
        self._remark = sentence("secondary", "client_remark")
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()

    def value(self) -> Value:
        return None if self._id is None else str(self._id)

    def set_value(self, value: Value) -> None:
        if value is None:
            self.show_client(None, "")

    def show_client(self, company_id: int | None, shown: str) -> None:
        """Show a client that was chosen before."""
        self._id = company_id
        self.line.setText(shown)
        self._list.hide()
        say(self._remark, "")

    def problem(self) -> str:
        return "Elegí el cliente de la lista" if self._id is None and not self.is_blank() else ""

    def is_blank(self) -> bool:
        return not self.line.text().strip()

    def settle(self) -> None:
        if self._id is None and self._hits and not self._list.isHidden():
            self._choose(max(0, self._list.currentRow()))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.line, self._list, self._remark):
            column.addWidget(widget)
        self.input = self.line
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._type)
        self.line.moved.connect(self._move)
        self._list.itemClicked.connect(lambda _: self._choose(self._list.currentRow()))
        self._pause.timeout.connect(self._ask)

    def _type(self, text: str) -> None:
        self._id = None
        self._forget()
        say(self._remark, "")
        if len(text.strip()) >= _FIRST:
            self._pause.start()
        self.changed.emit()

    def _forget(self) -> None:
        self._pause.stop()
        self._hits = ()
        self._list.hide()
        if self._asked is not None:
            self._asked.stop()
            self._asked = None

    def _ask(self) -> None:
        self._asked = self._operations.run(self, companies.find, self.line.text().strip()).then(self._show)

    def _show(self, hits: tuple[CompanyHit, ...]) -> None:
        self._asked = None
        self._hits = hits
        self._list.clear()
        for hit in hits:
            item = QListWidgetItem(_described(hit), self._list)
            item.setSizeHint(QSize(0, _ROW))
        self._list.setCurrentRow(0)
        self._list.setFixedHeight(_ROW * len(hits) + 4)
        self._list.setVisible(bool(hits))
        say(self._remark, "" if hits else _NOTHING)

    def _move(self, step: int) -> None:
        if self._hits:
            self._list.setCurrentRow((self._list.currentRow() + step) % len(self._hits))

    def _choose(self, row: int) -> None:
        hit = self._hits[row]
        self._forget()
        self.show_client(hit.company_id, f"{hit.client} · Nro {hit.number}")
        if self._warns and hit.case_id is not None and hit.case_list is not None:
            say(self._remark, f"⚠ Ya tiene un caso abierto en {CaseList(hit.case_list).label}.", "warning")
        self.found.emit(hit)
        self.changed.emit()


def _described(hit: CompanyHit) -> str:
    """«GÓMEZ, Ana · Nro 20417 · 24.118.903 · Rosario · Moroso»."""
    parts = [hit.client, f"Nro {hit.number}"]
    parts += [formats.document(hit.document)] if hit.document else []
    parts += [hit.locality] if hit.locality else []
    return " · ".join([*parts, ServiceStatus(hit.service_status).label])
