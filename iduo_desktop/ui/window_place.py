"""Where the window was on the screen, kept as a text; where nothing was kept, it fills the screen."""

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow

USUAL = (1366, 768)


def place_of(window: QMainWindow) -> str:
    """Its place, to be kept."""
    return bytes(window.saveGeometry().toBase64().data()).decode()


def put_at(window: QMainWindow, place: str) -> None:
    """Put it where it was."""
    if not (place and window.restoreGeometry(QByteArray.fromBase64(place.encode()))):
        room = window.screen().availableGeometry()
        window.resize(min(USUAL[0], room.width()), min(USUAL[1], room.height()))
        window.setWindowState(Qt.WindowState.WindowMaximized)
