"""What one does with a file that was written: open it, or show it in its folder."""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

FOLDER = "iduo"


def open_file(path: Path) -> None:
    """Open it in whatever opens such files here."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> None:
    """Show the folder that it is in, and where the system can do that, the file in it."""
    if sys.platform == "win32":
        QProcess.startDetached("explorer", ["/select,", str(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def usual_folder(remembered: str) -> Path:
    """Where files go: the folder of the last time, else «iduo» among the person's documents."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(remembered) if remembered else Path(documents) / FOLDER
