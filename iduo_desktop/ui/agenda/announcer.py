"""Tells of something where one looks even when the window is not in front: the taskbar, the system's notifications."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from iduo_desktop.ui.icons import program_icon

SHOWN_MS = 10_000


class Announcer(QObject):
    """Where the system has no place for notifications, the taskbar has to do. `chosen`: somebody clicked on one."""

    chosen = Signal()

    def __init__(self, window: QWidget):
        super().__init__(window)
        self._window = window
        self._hushed = False
        self.tray: QSystemTrayIcon | None = None
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.tray = QSystemTrayIcon(program_icon(), self)
            self.tray.setToolTip("iduo Desktop")
            self.tray.messageClicked.connect(self.chosen)
            self.tray.activated.connect(self.chosen)
            self.tray.show()

    def tell(self, title: str, text: str, *, urgent: bool = False) -> None:
        """Flash in the taskbar; who works in the window sees it there, the others are notified by the system."""
        if self._hushed:
            return
        QApplication.alert(self._window)
        if self.tray is not None and (urgent or not self._window.isActiveWindow() or self._window.isMinimized()):
            kind = QSystemTrayIcon.MessageIcon.Critical if urgent else QSystemTrayIcon.MessageIcon.Information
            self.tray.showMessage(title, text, kind, SHOWN_MS)

    def hush(self, *, on: bool) -> None:
        """Say nothing, and take away what is still on the screen."""
        self._hushed = on
        if self.tray is not None:
            self.tray.setVisible(not on)

    def close(self) -> None:
        """The window goes."""
        if self.tray is not None:
            self.tray.hide()
