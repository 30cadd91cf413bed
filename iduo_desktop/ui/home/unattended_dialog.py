"""Answers that belong to no case: of strangers, and of clients who have none open; passed to a case or put away."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import messages
from iduo_desktop.services.messages import Attended, Unattended
from iduo_desktop.terms import Channel
from iduo_desktop.ui import formats
from iduo_desktop.ui.home.open_case_editor import OpenCaseEditor
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.inert import inert, one_line
from iduo_desktop.ui.widgets.labels import label, say, sentence

NOTHING = "No hay mensajes sin caso."
CHOOSE = "Elegí de la lista de quién es."
PASS_KEY, AWAY_KEY = "Ctrl+⏎", "Ctrl+D"


class UnattendedDialog(QDialog):
    """The list follows the feed: what a colleague passes on goes away by itself."""

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, parent: QWidget):
        super().__init__(parent)
        self._operations = operations
        self._notice = notice
        self._clock = clock
        self._told: object = None
        self._showing = False
        self.setObjectName("unattended_dialog")
        self.setWindowTitle("Mensajes sin caso")
        self.setAccessibleName("Mensajes sin caso")
        self.list = HitList("unattended", "Mensajes sin caso")
        self.list.selectionModel().currentChanged.connect(lambda *_: None if self._showing else self._tell())
        self.about = label("", "secondary", "unattended_about")
        self.text = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        self.text.setObjectName("unattended_text")
        self.text.setAccessibleName("El mensaje")
        self.case = OpenCaseEditor(clock, operations)
        self.case.watch_keys()
        self.problem = sentence("error", "unattended_problem")
        self.attend = button("Pasar al caso", "unattended_attend", self._pass, key=PASS_KEY, role="primary")
        self.put_away = button("No es para nadie", "unattended_away", self._put_away, key=AWAY_KEY)
        self.attend.setShortcut("Ctrl+Return")
        self.put_away.setShortcut(AWAY_KEY)
        self._lay_out()
        operations.changed.connect(self._hear)
        self.finished.connect(self.deleteLater)
        self._ask()

    def _hear(self, table: str, _id: object) -> None:
        if table in {"message", "conversation"}:
            self._ask()

    def _ask(self) -> None:
        self._operations.run(self, messages.unattended).then(self._show)

    def _show(self, waiting: tuple[Unattended, ...]) -> None:
        chosen, self._showing = self._told, True
        lines = [Line(_title(each), formats.when(each.at, self._clock()), each) for each in waiting]
        self.list.show_lines(lines or [Line(NOTHING)])
        still = [each for each in waiting if isinstance(chosen, Unattended) and each.id == chosen.id]
        while still and self.list.current() != still[0]:
            self.list.move_by(1)
        for widget in (self.attend, self.put_away, self.case):
            widget.setEnabled(bool(waiting))
        self._showing = False
        self._tell()

    def _tell(self) -> None:
        chosen = self.list.current()
        if chosen != self._told:
            self._told = chosen
            say(self.problem, "")
        if not isinstance(chosen, Unattended):
            self.about.setText("")
            self.text.clear()
            return
        known = f"{one_line(chosen.party, 80)}, que no tiene un caso abierto"
        who = known if chosen.party else "no sabemos de quién es"
        self.about.setText(f"{Channel(chosen.channel).label} de {one_line(chosen.address, 80)}: {who}.")
        self.text.setPlainText(f"{one_line(chosen.subject, 200)}\n{inert(chosen.text)}".strip())

    def _pass(self) -> None:
        case = self.case.value()
        if not isinstance(case, str):
            say(self.problem, CHOOSE)
            self.case.setFocus()
        else:
            self._do(int(case), "pasó a su caso", "pasaron a su caso")

    def _put_away(self) -> None:
        self._do(None, "quedó visto", "quedaron vistos")

    def _do(self, case: int | None, one: str, several: str) -> None:
        chosen = self.list.current()
        if isinstance(chosen, Unattended):
            asked = self._operations.run(self, messages.attend, chosen.id, case).busy(self.attend, self.put_away)
            asked.then(partial(self._done, one, several)).refused(self._refused)

    def _done(self, one: str, several: str, done: Attended) -> None:
        self.case.set_value(None)
        self.list.setFocus()
        told = formats.plural(done.messages, f"mensaje {one}", f"mensajes {several}")
        self._notice.tell(told)

    def _refused(self, error: UserError) -> None:
        say(self.problem, error.message)
        self.list.setFocus()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.put_away)
        foot.addWidget(self.attend)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.list, 3)
        column.addWidget(self.about)
        column.addWidget(self.text, 2)
        column.addWidget(self.case)
        column.addWidget(self.case.meaning)
        column.addWidget(self.problem)
        column.addLayout(foot)
        for made in (self.attend, self.put_away):
            made.setAutoDefault(False)
        room = self.screen().availableGeometry()
        self.resize(min(680, room.width() - 24), min(520, room.height() - 48))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)


def _title(message: Unattended) -> str:
    who = one_line(message.party or message.address, 40)
    return f"{who} · {one_line(message.subject or message.text, 60)}"
