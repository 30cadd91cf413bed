"""«Agregar este número a un contacto»: look for the person, Enter, and the caller is known from now on."""

from uuid import UUID, uuid4

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services import Database, contacts
from iduo_desktop.services.contacts import ContactHit, Kept
from iduo_desktop.ui import formats
from iduo_desktop.ui.intake.arrival import name_of
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.labels import label, say, sentence

PAUSE_MS, FIRST, MOST = 60, 2, 8
WIDTH, LINES = 520, 6


class AddNumberDialog(QDialog):
    """`added` brings the contact who has the number now."""

    added = Signal(object)

    def __init__(self, operations: Operations, typed: str, shown: str, area_code: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._operations = operations
        self._typed = typed
        self._shown = shown
        self._area_code = area_code
        self._asked: Operation[tuple[ContactHit, ...]] | None = None
        self._keys: dict[int, UUID] = {}
        title = f"Agregar {shown} a un contacto"
        self.setObjectName("add_number_dialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.box = QLineEdit()
        self.box.setObjectName("add_number_search")
        self.box.setAccessibleName("Apellido o documento del contacto")
        self.box.setPlaceholderText("Apellido, documento u otro teléfono…")
        self.box.textEdited.connect(self._type)
        self.hits = HitList("add_number_hits", "Contactos", self)
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.setFixedHeight(LINES * 32)
        self.hits.chosen.connect(self._add)
        self._says = sentence("secondary", "add_number_says")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._lay_out()
        self.finished.connect(self.deleteLater)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The box has the keyboard; ↑↓ and Enter go to the list."""
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.hits.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.addWidget(label(f"¿De quién es el {self._shown}?", "heading", "add_number_head"))
        column.addWidget(self.box)
        column.addWidget(self.hits)
        column.addWidget(self._says)
        buttons = QHBoxLayout()
        buttons.addStretch()
        cancel = button("Cancelar", "add_number_cancel", self.reject, key="Esc")
        add = button("Agregar", "add_number_add", lambda: self._add(self.hits.current()), key="⏎", role="primary")
        for each in (cancel, add):
            each.setAutoDefault(False)
            buttons.addWidget(each)
        column.addLayout(buttons)
        self.setMinimumWidth(min(WIDTH, self.screen().availableGeometry().width() - 24))

    def _type(self, text: str) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        if len(text.strip()) < FIRST:
            self._pause.stop()
            self.hits.show_lines(())
        else:
            self._pause.start()

    def _ask(self) -> None:
        text = self.box.text().strip()
        self._asked = self._operations.run(self, contacts.find, text, None, MOST)
        self._asked.then(lambda hits: self._show(text, hits))

    def _show(self, text: str, hits: tuple[ContactHit, ...]) -> None:
        self._asked = None
        if text == self.box.text().strip():
            self.hits.show_lines(_line(hit) for hit in hits)
            say(self._says, "" if hits else f"No encontramos “{text}”. Probá con el documento o con menos letras.")

    def _add(self, hit: object) -> None:
        """Once for each contact: the key stays the same when it is tried again."""
        if isinstance(hit, ContactHit):
            key = self._keys.setdefault(hit.contact_id, uuid4())
            values = (hit.contact_id, self._typed, self._area_code, key)
            self._operations.run(self, _keep, *values).busy(self.box).then(lambda _: self._added(hit))

    def _added(self, hit: ContactHit) -> None:
        self.added.emit(hit)
        self.accept()


def _line(hit: ContactHit) -> Line:
    return Line(name_of(hit), f"doc. {formats.document(hit.document)}" if hit.document else hit.why, hit)


def _keep(database: Database, contact_id: int, typed: str, area_code: str, key: UUID) -> Kept:
    number = phones.parse(typed, area_code)
    return contacts.add_phone(
        database, contact_id, typed, number.e164, number.search_key, number.kind, number.valid, key
    )
