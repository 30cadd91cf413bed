"""Icons: lines on a grid of 24, painted in the palette's colours at whatever size and scale is asked for."""

import importlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap

from iduo_desktop.ui.theme import LIGHT

if TYPE_CHECKING:
    from PySide6.QtSvg import QSvgRenderer

_SHAPES = {
    "agenda": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "batches": '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><path d="M3.5 9.5h17M3.5 14.5h17M9.5 9.5v10"/>',
    "board": '<path d="M4 20h16M6.5 16.5v-5M11 16.5v-10M15.5 16.5v-7M20 16.5v-3"/>',
    "chats": '<path d="M4 5.5h16v11h-9l-4.5 3.5v-3.5H4z"/><path d="M8 9.5h8M8 12.5h5"/>',
    "contacts": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.8-3.6 3.4-5.4 6.5-5.4s5.7 1.8 6.5 5.4"/>'
    '<path d="M16 5.4a3.3 3.3 0 0 1 0 6.3M18 14.6c1.9.7 3.1 2.3 3.6 4.9"/>',
    "home": '<path d="M4 11.5L12 4.5l8 7M6 10v9.5h12V10M10 19.5v-5.5h4v5.5"/>',
    "account": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6"/>',
    "cases": '<path d="M5 4.5h4l1.8 4.6-2.4 1.7a12 12 0 0 0 4.8 4.8l1.7-2.4 4.6 1.8v4a1.5 1.5 0 0 1-1.6 1.5'
    'A14.6 14.6 0 0 1 3.5 6.1 1.5 1.5 0 0 1 5 4.5z"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "collapse": '<path d="M11 6l-6 6 6 6M18 6l-6 6 6 6"/>',
    "expand": '<path d="M6 6l6 6-6 6M13 6l6 6-6 6"/>',
    "eye": '<path d="M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5'
    'S5 16.5 2.5 12z"/><circle cx="12" cy="12" r="3"/>',
    "eye_off": '<path d="M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5'
    'S5 16.5 2.5 12z"/><circle cx="12" cy="12" r="3"/><path d="M4 20L20 4"/>',
    "help": '<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 2"/>'
    '<path d="M12 17h.01"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "messages": '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="M4 7.5l8 5.5 8-5.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5 5"/>',
}
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" stroke-width="1.8" '
    'stroke-linecap="round" stroke-linejoin="round">{shape}</svg>'
)


def icon(name: str) -> QIcon:
    """One of the icons; its colour is the text's of the moment, so that it follows light and dark."""
    return QIcon(_Engine(name))


def program_icon() -> QIcon:
    """The program's own: the brand's letter on its blue, in the sizes that title bars and task bars ask for."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_brand(size))
    return made


def _brand(size: int) -> QPixmap:
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(LIGHT.accent))
    painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.22, size * 0.22)
    painter.setBrush(QColor(LIGHT.on_accent))
    painter.drawEllipse(QRectF(size * 0.41, size * 0.17, size * 0.18, size * 0.18))
    painter.drawRoundedRect(QRectF(size * 0.41, size * 0.42, size * 0.18, size * 0.41), size * 0.06, size * 0.06)
    painter.end()
    return picture


class _Engine(QIconEngine):
    def __init__(self, name: str):
        super().__init__()
        self._name = name
        self._renderers: dict[str, QSvgRenderer] = {}

    def clone(self) -> QIconEngine:
        return _Engine(self._name)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        disabled = mode is QIcon.Mode.Disabled
        group = QPalette.ColorGroup.Disabled if disabled else QPalette.ColorGroup.Active
        colour = QGuiApplication.palette().color(group, QPalette.ColorRole.ButtonText).name()
        if colour not in self._renderers:
            drawing = _SVG.format(colour=colour, shape=_SHAPES[self._name])
            # loaded with the first icon that is painted, and not before the login is on the screen
            svg = importlib.import_module("PySide6.QtSvg")
            self._renderers[colour] = svg.QSvgRenderer(QByteArray(drawing.encode()))
        self._renderers[colour].render(painter, QRectF(rect))
