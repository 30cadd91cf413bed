"""What the import is made of, and where on the screen it stands."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.terms import ImportKind
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.batches.check_page import CheckPage
from iduo_desktop.ui.batches.columns_page import ColumnsPage
from iduo_desktop.ui.batches.file_page import FilePage
from iduo_desktop.ui.batches.result_page import ResultPage
from iduo_desktop.ui.batches.steps import STEPS, Steps
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.work import MeterBar

FILE, COLUMNS, CHECK, RESULT = range(4)
NARROW = 760


class WizardParts(QWidget):
    """The steps at the left, the page, and below it how far things are, what is wrong, and the ways on and back.

    `next_asked`: the next page, or what this one is for. `away_asked`: back to the board, what was begun is forgotten;
    after `aside_asked` it waits.
    """

    next_asked = Signal()
    back_asked = Signal()
    away_asked = Signal()
    aside_asked = Signal()

    def __init__(self, kinds: tuple[ImportKind, ...]):
        super().__init__()
        self.setObjectName("import_wizard")
        self.setAccessibleName("Importar")
        self.steps = Steps()
        self.title = label("Importar", "title", "wizard_title", wraps=False)
        self.file = FilePage(kinds)
        self.columns = ColumnsPage()
        self.check = CheckPage()
        self.result = ResultPage()
        self.pages = QStackedWidget()
        self.meter = MeterBar()
        self.message = sentence("error", "wizard_message")
        self.leave = button("Cancelar", "wizard_leave", self.away_asked.emit)
        self.back = button("Atrás", "wizard_back", self.back_asked.emit)
        self.primary = button("Siguiente", "wizard_next", self.next_asked.emit, role="primary")
        self._lay_out()
        self.show_step(FILE)

    @property
    def step(self) -> int:
        """Which page is shown."""
        return self.pages.currentIndex()

    def show_step(self, step: int, *, skipped: bool = False) -> None:
        """Show a page; `skipped`: there was nothing to ask about columns."""
        self.pages.setCurrentIndex(step)
        self.steps.show_step(step, frozenset({COLUMNS}) if skipped else frozenset())
        self.back.setVisible(step in {COLUMNS, CHECK})
        self.leave.setVisible(step != RESULT)
        self.name_primary()
        self._say_step()

    def name_primary(self) -> None:
        """Say what comes next."""
        changes = self.check.changes
        importing = f"Importar {formats.plural(changes, 'fila', 'filas')}" if changes else "Nada para importar"
        name = ("Siguiente", "Simular", importing, "Listo")[self.step]
        name_button(self.primary, name, actions.shown("save"))
        self.primary.setEnabled(self.step != CHECK or bool(changes))

    def complain(self, text: str) -> None:
        """Say what is in the way; nothing takes it away."""
        say(self.message, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say_step()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.aside_asked.emit()
        else:
            super().keyPressEvent(event)

    def _say_step(self) -> None:
        """Where there is no room for the steps, the title says where one is."""
        narrow = self.width() < NARROW
        self.steps.setVisible(not narrow)
        number = f" · paso {self.step + 1} de {len(STEPS)}: {STEPS[self.step]}" if narrow else ""
        self.title.setText(f"Importar{number}")

    def _lay_out(self) -> None:
        for page in (self.file, self.columns, self.check, self.result):
            self.pages.addWidget(FillingScroll(page))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.leave)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.primary)
        for made in (self.leave, self.back, self.primary):
            made.setAutoDefault(True)
        column = QVBoxLayout()
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.pages, 1)
        column.addWidget(self.meter)
        column.addWidget(self.message)
        column.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.steps)
        row.addLayout(column, 1)
