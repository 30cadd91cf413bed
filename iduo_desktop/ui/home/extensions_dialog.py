"""Extensions that wait for a coordinator: who asks, for whom and why; granted or refused one after the other."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, promises
from iduo_desktop.services.promises import Extended, Extension
from iduo_desktop.ui import formats
from iduo_desktop.ui.home.waiting_dialog import WaitingDialog
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.hit_list import Line

NOBODY = "No queda ninguna prórroga por decidir."
GRANT_KEY, REFUSE_KEY = "Ctrl+⏎", "Ctrl+D"


class ExtensionsDialog(WaitingDialog):
    """A refusal takes words, which whoever asked reads."""

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, parent: QWidget):
        super().__init__("extensions", "Prórrogas por decidir", NOBODY, operations, parent)
        self._notice = notice
        self._clock = clock
        self.reason = QLineEdit(maxLength=500)
        self.reason.setObjectName("extension_decision")
        self.reason.setAccessibleName("Por qué no")
        self.reason.setPlaceholderText("Si no la aprobás, por qué: lo lee quien la pidió")
        self.grant = button("Aprobar", "extension_grant", partial(self._decide, True), key=GRANT_KEY, role="primary")
        self.refuse = button("No aprobar", "extension_refuse", partial(self._decide, False), key=REFUSE_KEY)
        self.grant.setShortcut("Ctrl+Return")
        self.refuse.setShortcut(REFUSE_KEY)
        self.lay_out([(self.reason, 0)], self.refuse, self.grant, QSize(640, 440))
        self.told.connect(self._tell_of)
        self.follow({"extension"}, promises.extensions_waiting, _line)

    def _tell_of(self, chosen: Extension | None) -> None:
        if chosen is None:
            self.about.setText("")
            return
        debt = f"Debe {formats.money(chosen.debt)}. " if chosen.debt else ""
        cutoff = f"El corte es el {formats.day(chosen.cutoff_date)}. " if chosen.cutoff_date else ""
        asked = formats.when(chosen.asked_at, self._clock())
        self.about.setText(f"{debt}{cutoff}{chosen.asked_by} la pidió {asked}: «{chosen.reason}»")

    def _decide(self, granted: bool) -> None:
        chosen = self.list.current()
        if isinstance(chosen, Extension):
            words = "" if granted else self.reason.text()
            asked = self.operations.run(self, promises.decide_extension, chosen.id, granted, words, uuid4())
            asked.busy(self.grant, self.refuse).then(partial(self._decided, chosen)).refused(self._refused)

    def _decided(self, extension: Extension, done: Extended) -> None:
        self.reason.clear()
        self.list.setFocus()
        word = "Aprobaste" if done.state == "granted" else "No aprobaste"
        self._notice.show(f"{word} la prórroga de {extension.client}", undo=partial(self._undo, done.event))

    def _undo(self, event: int) -> None:
        operations, notice = self.operations, self._notice
        operations.run(notice, cases.undo, event).then(lambda _undone: notice.tell("La prórroga espera otra vez"))

    def _refused(self, error: UserError) -> None:
        self.complain(error.message, self.reason if error.field == "decision" else self.list)


def _line(extension: Extension) -> Line:
    until = formats.day(extension.until_date)
    return Line(f"{extension.client} · hasta el {until}", f"pide {extension.asked_by}", extension)
