"""What the login looks like: on the screen before anything else is loaded. What it does is `login_flow`'s."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from iduo_desktop import __version__
from iduo_desktop.ui.credentials_page import CredentialsPage, DemoPage, Page, column
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.badge import test_badge
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label

FORGOTTEN = "¿Olvidaste la contraseña? Pedila a tu coordinador."
MARGIN, WIDTH = 24, 440


class LoginDialog(QDialog):
    """The first page is there at once; `left` when somebody closes it without entering."""

    seen = Signal()
    retried = Signal()
    left = Signal()

    def __init__(self, last_login: str = "", demo: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("login_dialog")
        self.setWindowTitle("iduo Desktop")
        self._seen = False
        # what a label says now has no height before the event loop has been round
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._take_size)
        self.first: CredentialsPage | DemoPage = DemoPage() if demo else CredentialsPage(last_login)
        self.pages = Pages(self.first)
        self.badge = test_badge()
        self.badge.setVisible(demo)
        self.state = label("○ Probando la conexión…", name="server_state")
        self.retry = QPushButton("Reintentar")
        self.retry.setObjectName("retry")
        self.retry.setAccessibleName("Reintentar la conexión")
        self.retry.setAutoDefault(False)
        self.retry.clicked.connect(self.retried)
        mark(self.retry, role="link")
        self.retry.hide()
        self._lay_out("" if demo else FORGOTTEN)
        self.first.take_focus()

    def showEvent(self, event: QShowEvent) -> None:
        self._take_size()
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self.seen.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the focus; in a field the field itself goes on."""
        focused = self.focusWidget()
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton):
            focused.click()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fitting.start()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.left.emit()

    def reject(self) -> None:
        """Esc closes the login, and with it the program."""
        self.close()

    def _lay_out(self, forgotten: str) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 12, MARGIN, 8)
        layout.setSpacing(8)
        # Qt reckons the least height of wrapped text for a narrower window than this one
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.addLayout(_row(label("iduo Desktop", "title", "brand", wraps=False), self.badge, stretch=1))
        layout.addWidget(self.pages)
        layout.addLayout(_row(self.state, self.retry))
        version = label(f"v{__version__}", "secondary", "version", wraps=False)
        layout.addLayout(_row(label(forgotten, "secondary", "forgotten"), version))
        self.setFixedWidth(WIDTH)

    def _take_size(self) -> None:
        """As high as the page that is shown, so that it fits on a small screen at 200 %."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            wrapped = layout.hasHeightForWidth()
            self.setFixedHeight(layout.totalHeightForWidth(WIDTH) if wrapped else layout.totalSizeHint().height())


class Pages(QWidget):
    """Shows one of its pages, and is no bigger than that one."""

    def __init__(self, first: Page):
        super().__init__()
        self.shown = first
        column(self).addWidget(first)

    def add_page(self, page: Page) -> None:
        """One more, not shown yet."""
        page.hide()
        layout = self.layout()
        if layout is not None:
            layout.addWidget(page)

    def show_page(self, page: Page) -> None:
        """Put this one in front."""
        self.shown.hide()
        self.shown = page
        page.show()


def _row(first: QWidget, second: QWidget, stretch: int = 0) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(first, 0 if stretch else 1)
    row.addStretch(stretch)
    row.addWidget(second)
    return row
