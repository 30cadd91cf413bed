"""Answers that belong to no case: of strangers, and of clients who have none open; passed to a case or put away."""

from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import messages
from iduo_desktop.services.messages import Attended, Unattended
from iduo_desktop.terms import Channel
from iduo_desktop.ui import formats
from iduo_desktop.ui.home.open_case_editor import OpenCaseEditor
from iduo_desktop.ui.home.waiting_dialog import WaitingDialog
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.inert import inert, one_line

NOTHING = "No hay mensajes sin caso."
CHOOSE = "Elegí de la lista de quién es."
PASS_KEY, AWAY_KEY = "Ctrl+⏎", "Ctrl+D"


class UnattendedDialog(WaitingDialog):
    """What came in is shown as letters, and nothing of it is a link."""

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, parent: QWidget):
        super().__init__("unattended", "Mensajes sin caso", NOTHING, operations, parent)
        self._notice = notice
        self._clock = clock
        mark(self.about, role="secondary")
        self.text = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        self.text.setObjectName("unattended_text")
        self.text.setAccessibleName("El mensaje")
        self.case = OpenCaseEditor(clock, operations)
        self.case.watch_keys()
        self.attend = button("Pasar al caso", "unattended_attend", self._pass, key=PASS_KEY, role="primary")
        self.put_away = button("No es para nadie", "unattended_away", self._put_away, key=AWAY_KEY)
        self.attend.setShortcut("Ctrl+Return")
        self.put_away.setShortcut(AWAY_KEY)
        parts = [(self.text, 2), (self.case, 0), (self.case.meaning, 0)]
        self.lay_out(parts, self.put_away, self.attend, QSize(680, 520))
        self.told.connect(self._tell_of)
        self.follow({"message", "conversation"}, messages.unattended, self._line)

    def _line(self, message: Unattended) -> Line:
        return Line(_title(message), formats.when(message.at, self._clock()), message)

    def _tell_of(self, chosen: Unattended | None) -> None:
        if chosen is None:
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
            self.complain(CHOOSE, self.case)
        else:
            self._do(int(case), "pasó a su caso", "pasaron a su caso")

    def _put_away(self) -> None:
        self._do(None, "quedó visto", "quedaron vistos")

    def _do(self, case: int | None, one: str, several: str) -> None:
        chosen = self.list.current()
        if isinstance(chosen, Unattended):
            asked = self.operations.run(self, messages.attend, chosen.id, case).busy(self.attend, self.put_away)
            asked.then(partial(self._done, one, several)).refused(self._refused)

    def _done(self, one: str, several: str, done: Attended) -> None:
        self.case.set_value(None)
        self.list.setFocus()
        told = formats.plural(done.messages, f"mensaje {one}", f"mensajes {several}")
        self._notice.tell(told)

    def _refused(self, error: UserError) -> None:
        self.complain(error.message, self.list)


def _title(message: Unattended) -> str:
    who = one_line(message.party or message.address, 40)
    return f"{who} · {one_line(message.subject or message.text, 60)}"
