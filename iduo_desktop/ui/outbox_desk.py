"""Where the outbox meets the window: «3 por enviar» at the bottom, what came of them, and the question at the end."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.curtain import ABOVE
from iduo_desktop.ui.desk import Desk, Kit
from iduo_desktop.ui.letter_words import titled
from iduo_desktop.ui.omnibox import Command
from iduo_desktop.ui.outbox import Letter, Outbox, State
from iduo_desktop.ui.outbox_dialog import MEMORY, OutboxDialog
from iduo_desktop.ui.outbox_ways import ways
from iduo_desktop.ui.status_line import StatusLine
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.ticket_words import numbered

SAFE = "Quedan guardados en esta PC, cifrados y solo para vos. Salen la próxima vez que entres acá."
LOST = "Esta PC no tiene llavero: si salís ahora, se pierden. Copialos, o esperá a que vuelva la conexión."
UNREADABLE = "Hay {} por enviar de antes que esta PC no puede leer. Avisá a Informática; no se borra nada."
_ONE, _MANY = "registro", "registros"


class OutboxDesk(Desk):
    """Everybody has one; without anything in it nothing of it is seen."""

    def __init__(self, kit: Kit, status_line: StatusLine):
        super().__init__(kit)
        self.outbox = Outbox(self._operations, self._drafts, ways(self._me.area_code), self._clock, self)
        self.button: QPushButton = button("", "outbox_button", self.open)
        status_line.place(self.button)
        self._leaving = False
        outbox = self.outbox
        outbox.changed.connect(self._show)
        outbox.taken.connect(self._tell_taken)
        outbox.refused.connect(self._tell_refused)
        outbox.ended.connect(self._tell_sent)
        outbox.box.unreadable.connect(self._tell_unreadable)
        self._rooms.keepers.append(self.keep)
        self._show()

    def open(self) -> None:
        """All that waits."""
        self._open(one_by_one=False)

    def review(self) -> None:
        """What was refused, one after the other."""
        self._open(one_by_one=True)

    def commands(self) -> Iterator[Command]:
        """What the search offers of it."""
        yield Command("Por enviar", self.open)

    def keep(self, go: Callable[[], object]) -> bool:
        """Whether something unsent keeps the window; it asks, and then may `go`."""
        unsent = self.outbox.unsent
        safe = not self.outbox.box.memory_only
        application = QApplication.instance()
        ending = isinstance(application, QApplication) and application.isSavingSession()
        if not unsent or self._leaving or (safe and ending):
            return False
        dialog = leaving_dialog(len(unsent), self._window(), safe=safe)
        dialog.finished.connect(lambda: self._go(go) if dialog.clickedButton() is dialog.button(_LEAVE) else None)
        dialog.open()
        return True

    def _go(self, go: Callable[[], object]) -> None:
        self._leaving = True
        go()

    def _open(self, *, one_by_one: bool) -> None:
        dialog = OutboxDialog(self._operations, self.outbox, self._clock, self._window(), one_by_one=one_by_one)
        dialog.ticket_asked.connect(self._rooms.open_ticket)
        dialog.open()

    def _window(self) -> QWidget:
        return self._rooms.window()

    def _show(self) -> None:
        """«3 por enviar · 1 para revisar», or «2 números nuevos»."""
        outbox = self.outbox
        unsent, refused, done = len(outbox.unsent), len(outbox.those(State.REFUSED)), len(outbox.those(State.DONE))
        parts = [
            f"{unsent} por enviar" if unsent else "",
            f"{refused} para revisar" if refused else "",
            formats.plural(done, "número nuevo", "números nuevos") if done else "",
        ]
        in_memory = bool(unsent) and outbox.box.memory_only
        name_button(self.button, ("⚠ " if in_memory else "") + " · ".join(filter(None, parts)))
        self.button.setToolTip(MEMORY if in_memory else "")
        mark(self.button, role="primary" if refused or in_memory else "secondary")
        self.button.setVisible(bool(unsent or done))

    def _tell_taken(self, letter: Letter) -> None:
        what = titled(self.outbox, letter)
        code = f" ({letter.code})" if letter.code else ""
        where = ", solo en memoria: no cierres el programa" if self.outbox.box.memory_only else ""
        self._notice.show(f"Queda por enviar: {what}{code}{where}", action=("Ver", self.open))

    def _tell_refused(self, letter: Letter) -> None:
        said = f"El servidor no aceptó «{titled(self.outbox, letter)}»: {letter.said}"
        self._notice.tell(said, ("Revisar", self.review), ("Después", self._notice.clear))

    def _tell_sent(self, count: int, numbered_ones: tuple[Letter, ...]) -> None:
        said = f"Se enviaron {count} {_MANY}." if count > 1 else f"Se envió 1 {_ONE}."
        refused = len(self.outbox.those(State.REFUSED))
        if refused:
            more = f"Hay {formats.plural(refused, _ONE, _MANY)} para revisar."
            self._notice.tell(f"{said} {more}", ("Revisar", self.review), ("Después", self._notice.clear))
        elif len(numbered_ones) == 1:
            self._tell_number(said, numbered_ones[0])
        elif numbered_ones:
            self._notice.tell(f"{said} Hay {len(numbered_ones)} números nuevos.", ("Ver", self.open))
        else:
            self._notice.tell(f"Conexión recuperada. {said}")

    def _tell_number(self, said: str, letter: Letter) -> None:
        if letter.outcome is None:
            return
        number = numbered(letter.outcome.number, letter.outcome.check)
        what = f"{letter.code or titled(self.outbox, letter)} ya tiene número: {number}"
        self._notice.tell(f"{what}. {said}", ("Ver", partial(self._see, letter)), ("Después", self._notice.clear))

    def _see(self, letter: Letter) -> None:
        if letter.outcome is not None:
            self._notice.clear()
            self._rooms.open_ticket(letter.outcome.ticket_id)
            self.outbox.discard(letter)

    def _tell_unreadable(self, count: int) -> None:
        self._notice.tell(UNREADABLE.format(formats.plural(count, _ONE, _MANY)))


_LEAVE, _STAY = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No


def leaving_dialog(count: int, parent: QWidget, *, safe: bool) -> QMessageBox:
    """Before one leaves with something unsent."""
    what = "Queda 1 registro por enviar." if count == 1 else f"Quedan {count} registros por enviar."
    dialog = QMessageBox(QMessageBox.Icon.Warning, "iduo Desktop", what, _LEAVE | _STAY, parent)
    dialog.setObjectName("leaving_dialog")
    dialog.setInformativeText(SAFE if safe else LOST)
    leave, stay = dialog.button(_LEAVE), dialog.button(_STAY)
    leave.setText("Salir" if safe else "Salir y perderlos")
    leave.setObjectName("leave_unsent")
    stay.setText("Seguir acá")
    stay.setObjectName("stay")
    dialog.setProperty(ABOVE, True)  # one may leave from the locked screen too
    dialog.setDefaultButton(_STAY)
    dialog.setEscapeButton(_STAY)
    return dialog
