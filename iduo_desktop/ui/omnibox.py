"""One box for tickets, persons, clients and commands: by number, document, telephone, name or words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from iduo_desktop.services import search
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.search import EVERYTHING, Found, Wanted
from iduo_desktop.services.tickets import TicketHit
from iduo_desktop.terms import CaseList, TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.hit_list import HitList, Line, popup
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.moments import fold
from iduo_desktop.ui.widgets.ticket_words import numbered, stated

FIRST = 2
PAUSE_MS = 60
PER_GROUP = 8
WIDTH = 680
HINTS = {
    True: ("Buscar ticket, apellido, documento, teléfono, empresa…", "Buscar ticket, apellido…", "Buscar…"),
    False: ("Buscar apellido, documento, teléfono, empresa o comando…", "Buscar apellido, documento…", "Buscar…"),
}
ROOM = 48
NOTHING = "No encontramos “{}”. Probá con el documento o con menos letras."
MORE = "Hay más de los que se pueden mirar de una vez: escribí algo más."


@dataclass(frozen=True, slots=True)
class Command:
    """Something the program can do, found by the beginning of any of its words."""

    text: str
    act: Callable[[], object]
    key: str = ""

    def fits(self, typed: str) -> bool:
        """True when every typed word begins one of the command's."""
        words = fold(self.text).split()
        return all(any(word.startswith(part) for word in words) for part in fold(typed).split())


class Omnibox(QLineEdit):
    """Tells what was chosen; answers that are older than the newest keystroke are dropped.

    `commands` are found by their words, `otherwise` is offered when nothing is found at all.
    """

    ticket_chosen = Signal(object)
    contact_chosen = Signal(object)
    company_chosen = Signal(object)

    def __init__(self, operations: Operations, wanted: Wanted = EVERYTHING, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("omnibox")
        self.setAccessibleName("Buscar")
        self.setPlaceholderText(HINTS[False][-1])
        self.setClearButtonEnabled(True)
        self.commands: tuple[Command, ...] = ()
        self.otherwise: tuple[Command, ...] = ()
        self.for_contacts = "un mensaje nuevo"
        self._operations = operations
        self._wanted = wanted
        self._asked: Operation[Found] | None = None
        self._before: QWidget | None = None
        self.results: HitList = popup(self, "omnibox_results", "Resultados de la búsqueda")
        self.results.chosen.connect(self._choose)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(self._type)

    def begin(self) -> None:
        """Take the focus, and remember who had it."""
        focused = QApplication.focusWidget()
        if focused is not self:
            self._before = focused
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def leave(self) -> None:
        """Esc: give the focus back exactly where it was."""
        self._forget()
        self.clear()
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        measure, room, hints = self.fontMetrics(), self.width() - ROOM, HINTS[self._wanted.tickets]
        self.setPlaceholderText(next((hint for hint in hints if measure.horizontalAdvance(hint) < room), hints[-1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.results.isVisible():
            self.results.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in ENTER:
            self._accept(keep=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Ctrl+Enter belongs to the search while it is typed in, not to the form behind it
        ours = {*ENTER, Qt.Key.Key_Escape}
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ours:
            event.accept()
            return True
        if event.type() is QEvent.Type.FocusOut and not self.results.hasFocus():
            self.results.hide()
        return super().event(event)

    def _type(self, text: str) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        if len(text.strip()) < FIRST:
            self._forget()
        else:
            self._pause.start()

    def _ask(self) -> None:
        text = self.text().strip()
        self._asked = self._operations.run(self, search.everything, text, self._wanted, PER_GROUP)
        self._asked.then(lambda found: self._show(text, found)).failed(lambda _: self._show(text, Found()))

    def _show(self, text: str, found: Found) -> None:
        self._asked = None
        if text == self.text().strip() and self.hasFocus():
            self.results.show_lines(self._lines(text, found))
            self._place()
            self.results.show()
            self.results.raise_()

    def _lines(self, text: str, found: Found) -> Iterator[Line]:
        """Tickets, persons, clients, commands, each under its heading; or what else one may do."""
        commands = [command for command in self.commands if command.fits(text)][:PER_GROUP]
        yield from _group("Tickets", (_ticket_line(hit) for hit in found.tickets))
        if found.capped:
            yield Line(MORE)
        yield from _group(f"Contactos (⏎ {self.for_contacts})", (_contact_line(hit) for hit in found.contacts))
        yield from _group("Empresas y clientes", (Line(describe(hit), hit.why, hit) for hit in found.companies))
        yield from _group("Comandos", map(_command_line, commands))
        if found.nothing and not commands:
            yield Line(NOTHING.format(text))
            yield from map(_command_line, self.otherwise)

    def _accept(self, keep: bool) -> None:
        chosen = self.results.current() if self.results.isVisible() else None
        if chosen is not None:
            self._choose(chosen, keep)

    def _choose(self, chosen: object, keep: bool = False) -> None:
        if not keep:
            self.leave()
        if isinstance(chosen, Command):
            chosen.act()
        elif isinstance(chosen, TicketHit):
            self.ticket_chosen.emit(chosen)
        elif isinstance(chosen, ContactHit):
            self.contact_chosen.emit(chosen)
        elif isinstance(chosen, CompanyHit):
            self.company_chosen.emit(chosen)

    def _forget(self) -> None:
        self._pause.stop()
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        self.results.hide()

    def _place(self) -> None:
        """Under the box, over what the window shows."""
        window = self.window()
        self.results.setParent(window)
        corner = self.mapTo(window, QPoint(0, self.height() + 2))
        width = min(max(WIDTH, self.width()), window.width() - 16)
        corner.setX(max(8, min(corner.x(), window.width() - width - 8)))
        height = min(self.results.wanted_height(), window.height() - corner.y() - 8)
        self.results.setGeometry(QRect(corner, QSize(width, height)))


def describe(hit: CompanyHit) -> str:
    """«1204 · GÓMEZ, Ana · doc. 24.118.903 · Rosario · Morosos»."""
    state = CaseList(hit.case_list).label if hit.case_list else "sin caso abierto"
    return _joined(str(hit.number), hit.client, _document(hit.document), hit.locality, state)


def describe_ticket(hit: TicketHit) -> str:
    """«104 237 ☎ Pendiente de comunicación · GÓMEZ, Ana · doc. 24.118.903 · 12/11»."""
    day = formats.short_day(formats.here(hit.at).date(), formats.now().date())
    head = f"{numbered(hit.number, hit.check)} {stated(hit.state)}"
    return _joined(head, hit.person or hit.company, _document(hit.document), day)


def describe_contact(hit: ContactHit) -> str:
    """«GÓMEZ, Ana · doc. 24.118.903 · Panificadora Sur SRL (1204)»."""
    name = ", ".join(filter(None, (hit.surname.upper(), hit.names)))
    company = f"{hit.company} ({hit.company_number})" if hit.company else ""
    return _joined(name, _document(hit.document), hit.phone, company)


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _document(document: str) -> str:
    return f"doc. {formats.document(document)}" if document else ""


def _group(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    for number, line in enumerate(lines):
        if not number:
            yield Line(title, heading=True)
        yield line


def _ticket_line(hit: TicketHit) -> Line:
    return Line(describe_ticket(hit), hit.why, hit, urgent=hit.state == TicketState.AWAITING_COMMUNICATION)


def _contact_line(hit: ContactHit) -> Line:
    return Line(describe_contact(hit), hit.why, hit)


def _command_line(command: Command) -> Line:
    return Line(f"» {command.text}", command.key, command)
