"""The six-level scale of contact: a chip with colour, bar, five segments and count, as an icon and as a widget."""

from datetime import datetime
from functools import lru_cache
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QIcon, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from iduo_desktop.terms import Level
from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import BODY, LevelColours, figures, mark, tokens

CHIP_SIZE = QSize(88, 20)
LEGEND = "El número son los contactos; el color y las barras, el nivel"
_SEGMENTS = 5
_SEGMENT = QSize(7, 9)
_GAP = 2
_BAR = 4
_SLANT = 2.5
_STOP = 12


class Contacted(Protocol):
    """Whatever tells how often a client was contacted lately: a line of a list or a card."""

    @property
    def level(self) -> int:
        """0 to 5."""

    @property
    def attempts(self) -> int:
        """Contacts in the window of the policy."""

    @property
    def calls(self) -> int:
        """Of them, calls."""

    @property
    def whatsapps(self) -> int:
        """Of them, by WhatsApp."""

    @property
    def emails(self) -> int:
        """Of them, by mail."""

    @property
    def sms(self) -> int:
        """Of them, by text message."""

    @property
    def paused_until(self) -> datetime | None:
        """Until when nobody should contact him."""


def by_channel(contacted: Contacted) -> str:
    """«☎2 W1 ✉1 S1»: how many by each channel, those with any; the letters are the channels' keys."""
    counts = (("☎", contacted.calls), ("W", contacted.whatsapps), ("✉", contacted.emails), ("S", contacted.sms))
    return " ".join(f"{sign}{count}" for sign, count in counts if count)


def spoken(contacted: Contacted) -> str:
    """«nivel 3 de 5, alto: 3 contactos, 2 llamadas, 1 mail»."""
    words = (
        (contacted.calls, "llamada", "llamadas"),
        (contacted.whatsapps, "WhatsApp", "WhatsApp"),
        (contacted.emails, "mail", "mails"),
        (contacted.sms, "SMS", "SMS"),
    )
    total = _counted(contacted.attempts, "contacto", "contactos") if contacted.attempts else "ninguno"
    parts = [total, *(_counted(count, one, many) for count, one, many in words if count)]
    level = Level(contacted.level)
    if level is Level.NONE and not contacted.attempts:
        return "nivel 0 de 5, sin contactos"
    return f"nivel {level} de 5, {level.label.lower()}: {', '.join(parts)}"


def tip(contacted: Contacted) -> str:
    """«Alto, nivel 3 de 5: 3 contactos, 2 llamadas, 1 mail», until when one waits, and how to read the chip."""
    level = Level(contacted.level)
    counted = spoken(contacted).partition(": ")[1:]
    lines = [f"{level.label}, nivel {level} de 5{''.join(counted)}"]
    if contacted.paused_until is not None:
        lines.append(f"Pausa hasta {formats.exact(contacted.paused_until)}")
    return "\n".join((*lines, LEGEND))


def chip_icon(level: int, count: int, colours: LevelColours, ratio: float) -> QIcon:
    """The chip for a cell; the same picture whether the line is selected or not."""
    return _icon(level, count, colours, ratio)


@lru_cache(maxsize=512)
def _icon(level: int, count: int, colours: LevelColours, ratio: float) -> QIcon:
    picture = QPixmap(CHIP_SIZE * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_chip(painter, QRectF(0, 0, CHIP_SIZE.width(), CHIP_SIZE.height()), level, str(count), colours)
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    icon.addPixmap(picture, QIcon.Mode.Disabled)
    return icon


def paint_chip(painter: QPainter, place: QRectF, level: int, text: str, colours: LevelColours) -> None:
    """Paint a chip: its bar, the five segments, the text, and the stop sign of the last level."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QColor(colours.bar)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(QColor(colours.chip))
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(edge)
    painter.drawRoundedRect(QRectF(place.left(), place.top(), _BAR, place.height()), 2, 2)
    left = _paint_segments(painter, place, level, QColor(colours.text))
    font = _chip_font()
    painter.setFont(font)
    painter.setPen(QColor(colours.text))
    painter.drawText(place.adjusted(left - place.left() + 4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
    if level == Level.PAUSED:
        _paint_stop(painter, QPointF(place.right() - _STOP / 2 - 4, place.center().y()), colours)


def _paint_segments(painter: QPainter, place: QRectF, level: int, colour: QColor) -> float:
    left, top = place.left() + _BAR + 4, place.center().y() - _SEGMENT.height() / 2
    painter.setPen(QPen(colour, 1))
    for number in range(_SEGMENTS):
        painter.setBrush(colour if number < level else QBrush())
        corners = ((_SLANT, 0), (_SEGMENT.width(), 0), (_SEGMENT.width() - _SLANT, 1), (0, 1))
        painter.drawPolygon(QPolygonF([QPointF(left + x, top + y * _SEGMENT.height()) for x, y in corners]))
        left += _SEGMENT.width() + _GAP - 0.5
    return left


def _paint_stop(painter: QPainter, centre: QPointF, colours: LevelColours) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.text))
    painter.drawEllipse(centre, _STOP / 2, _STOP / 2)
    painter.setBrush(QColor(colours.chip))
    painter.drawRect(QRectF(centre.x() - 4, centre.y() - 1.25, 8, 2.5))


def _chip_font() -> QFont:
    font = figures(QFont())
    font.setPixelSize(BODY - 1)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def colour_button(which: QPushButton, level: Level) -> None:
    """Let a button that reaches somebody wear the colour of his level; none has the colour of buttons."""
    worn = str(level.value) if level else ""
    if (which.property("level") or "") != worn:
        mark(which, level=worn)
    which.setAccessibleDescription(f"nivel {level.value} de 5, {level.label.lower()}" if level else "")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


class Chip(QWidget):
    """The chip of the panel, with the word of its level."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._level, self._text = Level.NONE, ""
        self.setObjectName("level_chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_level(self, contacted: Contacted) -> None:
        """Show how often somebody was contacted."""
        self._level = Level(contacted.level)
        self._text = f"{contacted.attempts}  {self._level.label}"
        self.setAccessibleName(f"Contactos: {spoken(contacted)}")
        self.setToolTip(tip(contacted))
        self.updateGeometry()
        self.update()

    def show_word(self, level: int) -> None:
        """Show a level of which nobody counted the contacts here."""
        self._level = Level(level)
        self._text = self._level.label
        self.setAccessibleName(f"Contactos: nivel {level} de 5, {self._text.lower()}")
        self.setToolTip(f"{self._text}, nivel {level} de 5\n{LEGEND}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        segments = _BAR + 4 + _SEGMENTS * (_SEGMENT.width() + _GAP)
        self.ensurePolished()
        metrics = QFontMetrics(_chip_font())
        stop = _STOP + 6 if self._level is Level.PAUSED else 0
        return QSize(segments + metrics.horizontalAdvance(self._text) + stop + 12, CHIP_SIZE.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._level, self._text, tokens(self.palette()).levels[self._level])
