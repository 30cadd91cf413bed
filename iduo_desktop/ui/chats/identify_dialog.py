"""Who writes: look for the person or the company, Enter, and the chat is known to be of them."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.services import Database, chats, contacts, intake
from iduo_desktop.services.assistants import CompanyMatch
from iduo_desktop.services.chats import Chat
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.ui import formats
from iduo_desktop.ui.chats.words import NAME
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.inert import one_line
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.names import Name

PAUSE_MS, FIRST, MOST = 80, 2, 6
WIDTH, LINES, AROUND = 540, 9, 200
Found = tuple[tuple[CompanyMatch, ...], tuple[ContactHit, ...]]


class IdentifyDialog(QDialog):
    """`identified`: the database knows it."""

    identified = Signal()

    def __init__(self, operations: Operations, chat: Chat, parent: QWidget | None = None):
        super().__init__(parent)
        self._operations = operations
        self._chat = chat
        self._asked: Operation[Found] | None = None
        self.setObjectName("identify_dialog")
        self.setWindowTitle("Quién escribe")
        self.setAccessibleName("Quién escribe")
        self.box = QLineEdit(maxLength=120)
        self.box.setObjectName("identify_search")
        self.box.setAccessibleName("Apellido, documento, número o nombre de la empresa")
        self.box.setPlaceholderText("Apellido, documento, número o nombre de la empresa…")
        self.box.textChanged.connect(self._type)
        self.hits = HitList("identify_hits", "Quién puede ser", self)
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.setFixedHeight(min(LINES * 32, self.screen().availableGeometry().height() - AROUND))
        self.hits.chosen.connect(self._choose)
        self._says = sentence("secondary", "identify_says")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._lay_out()
        self.box.setText(one_line(chat.company_keyed, NAME))
        self.box.selectAll()
        self.finished.connect(self.deleteLater)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The box has the keyboard; ↑↓ and Enter go to the list."""
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.hits.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        said = one_line(self._chat.name, 80)
        column.addWidget(label(f"Dice llamarse {said}." if said else "No dijo su nombre.", "heading", "identify_head"))
        column.addWidget(self.box)
        column.addWidget(self.hits)
        column.addWidget(self._says)
        cancel = button("Cancelar", "identify_cancel", self.reject, key="Esc")
        take = button("Es este", "identify_take", lambda: self._choose(self.hits.current()), key="⏎", role="primary")
        nobody = button("No se sabe", "identify_nobody", partial(self._keep, None, None))
        nobody.setVisible(self._chat.company_id is not None or self._chat.contact_id is not None)
        row = QHBoxLayout()
        row.addWidget(nobody)
        row.addStretch()
        for each in (nobody, cancel, take):
            each.setAutoDefault(False)
        row.addWidget(cancel)
        row.addWidget(take)
        column.addLayout(row)
        self.setMinimumWidth(min(WIDTH, self.screen().availableGeometry().width() - 24))

    def _type(self, text: str) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        if len(text.strip()) < FIRST:
            self._pause.stop()
            self.hits.show_lines(())
            say(self._says, "")
        else:
            self._pause.start()

    def _ask(self) -> None:
        text = self.box.text().strip()
        self._asked = self._operations.run(self, _find, text)
        self._asked.then(partial(self._show, text))

    def _show(self, text: str, found: Found) -> None:
        self._asked = None
        if text != self.box.text().strip():
            return
        companies, people = found
        lines = [Line("Personas", heading=True), *map(_person_line, people)] if people else []
        lines += [Line("Empresas", heading=True), *map(_company_line, companies[:MOST])] if companies else []
        self.hits.show_lines(lines)
        say(self._says, "" if lines else f"No encontramos “{text}”. Probá con el documento o con menos letras.")

    def _choose(self, chosen: object) -> None:
        if isinstance(chosen, ContactHit):
            self._keep(chosen.company_id or self._chat.company_id, chosen.contact_id)
        elif isinstance(chosen, CompanyMatch):
            self._keep(chosen.company_id, self._chat.contact_id)

    def _keep(self, company_id: int | None, contact_id: int | None) -> None:
        asked = self._operations.run(self, chats.identify, self._chat.id, company_id, contact_id)
        asked.busy(self.box).then(lambda _: self._done()).refused(lambda error: say(self._says, error.message))

    def _done(self) -> None:
        self.identified.emit()
        self.accept()


def _find(database: Database, text: str) -> Found:
    return intake.fitting(database, text), contacts.find(database, text, None, MOST)


def _person_line(hit: ContactHit) -> Line:
    name = str(Name(hit.surname.upper(), hit.names))
    company = f"{hit.company} ({hit.company_number})" if hit.company_id else ""
    document = f"doc. {formats.document(hit.document)}" if hit.document else ""
    return Line(name, " · ".join(filter(None, (document, company))), hit)


def _company_line(match: CompanyMatch) -> Line:
    where = " · ".join(filter(None, (match.management_unit, match.locality)))
    return Line(f"{match.number} · {match.name}", where, match)
