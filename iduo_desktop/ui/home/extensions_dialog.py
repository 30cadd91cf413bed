"""Extensions that wait for a coordinator: who asks, for whom and why; granted or refused one after the other."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, promises
from iduo_desktop.services.promises import Extended, Extension
from iduo_desktop.ui import formats
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.labels import label, say, sentence

NOBODY = "No queda ninguna prórroga por decidir."
GRANT_KEY, REFUSE_KEY = "Ctrl+⏎", "Ctrl+D"


class ExtensionsDialog(QDialog):
    """The list follows the feed: what a colleague decides goes away by itself."""

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, parent: QWidget):
        super().__init__(parent)
        self._operations = operations
        self._notice = notice
        self._clock = clock
        self.setObjectName("extensions_dialog")
        self.setWindowTitle("Prórrogas por decidir")
        self.setAccessibleName("Prórrogas por decidir")
        self.list = HitList("extensions_waiting", "Prórrogas por decidir")
        self.list.selectionModel().currentChanged.connect(self._tell)
        self.about = label("", "", "extension_about")
        self.reason = QLineEdit(maxLength=500)
        self.reason.setObjectName("extension_decision")
        self.reason.setAccessibleName("Por qué no")
        self.reason.setPlaceholderText("Si no la aprobás, por qué: lo lee quien la pidió")
        self.problem = sentence("error", "extension_problem")
        self.grant = button("Aprobar", "extension_grant", partial(self._decide, True), key=GRANT_KEY, role="primary")
        self.refuse = button("No aprobar", "extension_refuse", partial(self._decide, False), key=REFUSE_KEY)
        self.grant.setShortcut("Ctrl+Return")
        self.refuse.setShortcut(REFUSE_KEY)
        self._lay_out()
        operations.changed.connect(self._hear)
        self.finished.connect(self.deleteLater)
        self._ask()

    def _hear(self, table: str, _id: object) -> None:
        if table == "extension":
            self._ask()

    def _ask(self) -> None:
        self._operations.run(self, promises.extensions_waiting).then(self._show)

    def _show(self, waiting: tuple[Extension, ...]) -> None:
        chosen = self.list.current()
        lines = [Line(_title(each), f"pide {each.asked_by}", each) for each in waiting]
        self.list.show_lines(lines or [Line(NOBODY)])
        still = [each for each in waiting if isinstance(chosen, Extension) and each.id == chosen.id]
        while still and self.list.current() != still[0]:
            self.list.move_by(1)
        for widget in (self.grant, self.refuse, self.reason):
            widget.setEnabled(bool(waiting))
        self._tell()

    def _tell(self, *_: object) -> None:
        chosen = self.list.current()
        say(self.problem, "")
        if not isinstance(chosen, Extension):
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
            asked = self._operations.run(self, promises.decide_extension, chosen.id, granted, words, uuid4())
            asked.busy(self.grant, self.refuse).then(partial(self._decided, chosen)).refused(self._refused)

    def _decided(self, extension: Extension, done: Extended) -> None:
        self.reason.clear()
        self.list.setFocus()
        word = "Aprobaste" if done.state == "granted" else "No aprobaste"
        self._notice.show(f"{word} la prórroga de {extension.client}", undo=partial(self._undo, done.event))

    def _undo(self, event: int) -> None:
        operations, notice = self._operations, self._notice
        operations.run(notice, cases.undo, event).then(lambda _undone: notice.tell("La prórroga espera otra vez"))

    def _refused(self, error: UserError) -> None:
        say(self.problem, error.message)
        (self.reason if error.field == "decision" else self.list).setFocus()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.refuse)
        foot.addWidget(self.grant)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.list, 1)
        for widget in (self.about, self.reason, self.problem):
            column.addWidget(widget)
        column.addLayout(foot)
        room = self.screen().availableGeometry()
        self.resize(min(640, room.width() - 24), min(440, room.height() - 48))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)


def _title(extension: Extension) -> str:
    return f"{extension.client} · hasta el {formats.day(extension.until_date)}"
