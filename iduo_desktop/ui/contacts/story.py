"""Everything that happened with a person, newest first: by kind, by words, and what lies behind a line is opened."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import contact_records
from iduo_desktop.services.contact_records import StoryLine
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.words import KINDS, spoken
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.filter_box import FilterBox
from iduo_desktop.ui.widgets.history_lines import Happened, HistoryLines, Line, short_name
from iduo_desktop.ui.widgets.labels import label, say

PAGE = 50
EVERYTHING = ""


class Story(QWidget):
    """Asks for itself. `case_asked`, `ticket_asked` and `chat_asked` bring what lies behind a line that was opened."""

    case_asked = Signal(int)
    ticket_asked = Signal(int)
    chat_asked = Signal(int)
    line_chosen = Signal(QRect)

    def __init__(self, operations: Operations, clock: Clock, full_name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._operations = operations
        self._clock = clock
        self._me = full_name
        self._contact = 0
        self._lines: tuple[StoryLine, ...] = ()
        self._asked: Operation[tuple[StoryLine, ...]] | None = None
        self.setObjectName("record_story")
        self.kinds = QComboBox()
        self.kinds.setObjectName("story_kinds")
        self.kinds.setAccessibleName("Qué mostrar de la historia")
        self.kinds.addItem("Todo", EVERYTHING)
        for kind, (_sign, words) in KINDS.items():
            self.kinds.addItem(words, kind)
        self.kinds.currentIndexChanged.connect(lambda _: self.again())
        self.search = FilterBox("story_search", "Buscar…")
        self.search.filtered.connect(lambda _: self.again())
        self.lines = HistoryLines("story_lines")
        self.search.left_down.connect(self.lines.setFocus)
        self.lines.opened.connect(self._open)
        self.lines.chosen.connect(lambda place: self.line_chosen.emit(place.translated(self.lines.pos())))
        self.nothing = label("", "secondary", "story_nothing")
        self.more = button("Ver más", "story_more", self._older, role="link")
        self._lay_out()

    @property
    def kind(self) -> str:
        """The kind that is shown, "" for everything."""
        return str(self.kinds.currentData())

    def show_person(self, contact: int) -> None:
        """Show the history of this person; of the same one again when something may have changed."""
        if contact != self._contact:
            self._contact = contact
            self._lines = ()
            self.search.show_text("")
            self._show()
            say(self.nothing, "")
        self.again()

    def choose(self, kind: str) -> None:
        """Show only this kind."""
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(kind)))

    def again(self) -> None:
        """Ask for as much as is shown."""
        if self._contact:
            self._ask(None, max(PAGE, len(self._lines)))

    def _older(self) -> None:
        if self._lines:
            self._ask(self._lines[-1].position, PAGE)

    def _ask(self, before: str | None, limit: int) -> None:
        if self._asked is not None:
            self._asked.cancel()
        kinds = (self.kind,) if self.kind else ()
        values = (self._contact, kinds, self.search.text().strip(), before, limit)
        self._asked = self._operations.run(self, contact_records.story, *values)
        self._asked.then(lambda lines: self._take(lines, limit, older=before is not None))
        self._asked.refused(self._fail).failed(self._fail)

    def _take(self, lines: tuple[StoryLine, ...], limit: int, *, older: bool) -> None:
        self._asked = None
        self._lines = (*self._lines, *lines) if older else lines
        self._show()
        self.more.setVisible(len(lines) >= limit)
        narrowed = bool(self.kind or self.search.text().strip())
        empty = "Nada en la historia con ese filtro." if narrowed else "Todavía no pasó nada con esta persona."
        say(self.nothing, "" if self._lines else empty)

    def _fail(self, error: UserError | OperationError) -> None:
        self._asked = None
        say(self.nothing, error.message)

    def _show(self) -> None:
        happened = [self._happened(number, line) for number, line in enumerate(self._lines, 1)]
        self.lines.show_entries(happened, self._clock().date())

    def _happened(self, number: int, line: StoryLine) -> Happened:
        sign = KINDS.get(line.kind, ("·", ""))[0]
        by = "vos" if line.by_name == self._me else short_name(line.by_name)
        shown = Line(line.title, formats.clock(line.at), sign, by, line.detail)
        opens = line.kind in {"ticket", "chat"} or line.case_id is not None
        return Happened(line.at, shown, spoken(line, self._clock()), number if opens else 0)

    def _open(self, number: int) -> None:
        line = self._lines[number - 1]
        if line.kind == "ticket":
            self.ticket_asked.emit(line.id)
        elif line.kind == "chat":
            self.chat_asked.emit(line.id)
        elif line.case_id is not None:
            self.case_asked.emit(line.case_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Línea de tiempo", "heading", "story_title", wraps=False))
        head.addStretch(1)
        head.addWidget(self.kinds)
        self.search.setMinimumWidth(192)
        self.search.setMaximumWidth(260)
        head.addWidget(self.search, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.lines)
        column.addWidget(self.nothing)
        column.addWidget(self.more)
        self.more.hide()
