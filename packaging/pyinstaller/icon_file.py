"""The program's drawing as an .ico, for Windows' Explorer, task bar and installers: `icon_file.py FILE`."""

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer
from PySide6.QtGui import QGuiApplication, QPixmap

from iduo_desktop.ui.icons import program_icon

LARGEST = 256  # written as 0; as PNG, since a picture without compression would take 256 KB


def write_icon(path: Path) -> None:
    """Every size that the program's icon has. Needs a QGuiApplication, on whatever platform."""
    icon = program_icon()
    pictures = [(size.width(), _encoded(icon.pixmap(size))) for size in icon.availableSizes()]
    place = 6 + 16 * len(pictures)
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    for width, data in pictures:
        side = width % LARGEST
        directory += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(data), place)
        place += len(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(directory + b"".join(data for _, data in pictures))


def _encoded(picture: QPixmap) -> bytes:
    """PNG for the largest; the others as Windows has always had them, which every program that shows icons reads."""
    kind, head = ("PNG", 0) if picture.width() >= LARGEST else ("ICO", 22)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, kind):
        raise OSError(f"Qt cannot write {kind}")
    return bytes(buffer.data().data())[head:]  # of a file with one picture, what comes after its directory


if __name__ == "__main__":
    _application = QGuiApplication(["icon_file", "-platform", "offscreen"])
    write_icon(Path(sys.argv[1]))
