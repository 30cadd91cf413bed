"""What was said in a chat that is over, to read."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import Database, chats
from iduo_desktop.services.chats import Line
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import say, sentence
from iduo_desktop.ui.widgets.talk_lines import TalkLines

VISITOR = "Visitante"
WIDTH, HEIGHT, AROUND = 560, 520, 48
PAGE = 200


class TranscriptDialog(QDialog):
    """Asks for all its lines; whoever may not read them is told why."""

    def __init__(self, operations: Operations, clock: Clock, chat_id: int, parent: QWidget):
        super().__init__(parent)
        self.setObjectName("transcript_dialog")
        self.setWindowTitle("Chat del sitio")
        self.setAccessibleName("Chat del sitio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._clock = clock
        self._chat_id = chat_id
        self.lines = TalkLines(over=True)
        self.problem = sentence("warning", "transcript_problem")
        buttons = QDialogButtonBox()
        close = buttons.addButton("Cerrar", QDialogButtonBox.ButtonRole.RejectRole)
        close.setObjectName("transcript_close")
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.problem)
        column.addWidget(self.lines, 1)
        column.addWidget(buttons)
        room = self.screen().availableGeometry()
        self.resize(min(WIDTH, room.width() - AROUND), min(HEIGHT, room.height() - AROUND))
        asked = operations.run(self, _all_lines, chat_id).then(self._show)
        asked.refused(self._fail).failed(self._fail)

    def _show(self, lines: tuple[Line, ...]) -> None:
        say(self.problem, "" if lines else "En ese chat no se escribió nada.")
        self.lines.show_talk(self._chat_id, VISITOR, lines, (), len(lines), self._clock().date())

    def _fail(self, error: UserError | OperationError) -> None:
        say(self.problem, error.message)


def _all_lines(database: Database, chat_id: int) -> tuple[Line, ...]:
    found: tuple[Line, ...] = ()
    while True:
        more = chats.lines(database, chat_id, found[-1].seq if found else 0)
        found += more
        if len(more) < PAGE:
            return found
