"""A plot of bars that is read and walked by keyboard: colour and pattern, values as text, Enter opens the list."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from iduo_desktop.services.supervision import Bar
from iduo_desktop.ui import formats
from iduo_desktop.ui.board.bar_places import Place, groups_of, places, series_of, ticks
from iduo_desktop.ui.theme import SECONDARY, figures, tokens
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.tips import tip

PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.VerPattern,
)
NOTHING = "Sin actividad en este período"
LATE = "fuera de plazo"
LEAST = QSize(220, 140)
GAP = 6
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
Colour = Callable[[QWidget, int, int], QColor]


class Way(Enum):
    """How the bars stand: beside each other, or below each other with room for words."""

    UPRIGHT = "upright"
    LYING = "lying"


def series_colour(widget: QWidget, _group: int, part: int) -> QColor:
    """The colour of a part, by its number."""
    colours = tokens(widget.palette()).series
    return QColor(colours[part % len(colours)])


def level_colour(widget: QWidget, group: int, _part: int) -> QColor:
    """The colour of a level of contact."""
    levels = tokens(widget.palette()).levels
    return QColor(levels[min(group, len(levels) - 1)].bar)


class BarChart(QWidget):
    """`chosen` brings the bar that was entered or clicked. One stop of Tab; the arrows go from bar to bar."""

    chosen = Signal(object)
    walked = Signal(str)

    def __init__(
        self,
        name: str,
        title: str,
        unit: tuple[str, str],
        way: Way,
        colour: Colour = series_colour,
        late: str = LATE,
    ):
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._unit = unit
        self._late = late
        self._upright = way is Way.UPRIGHT
        self._colour = colour
        self._bars: tuple[Bar, ...] = ()
        self._places: tuple[Place, ...] = ()
        self._scale: tuple[int, ...] = (0, 1)
        self._area = QRectF()
        self._current = 0

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show these; the bar that one stood on stays the current one."""
        before = self.current()
        self._bars = bars
        self._lay_out()
        same = [
            number
            for number, place in enumerate(self._places)
            if before is not None and (place.bar.key, place.bar.series_key) == (before.key, before.series_key)
        ]
        filled = (number for number, place in enumerate(self._places) if place.bar.value)
        self._go(same[0] if same else next(filled, 0))

    def current(self) -> Bar | None:
        """The bar that Enter opens."""
        return self._places[self._current].bar if self._current < len(self._places) else None

    def words(self, bar: Bar) -> str:
        """«9 a 10 h, 0800: 31 tickets»."""
        where = f"{bar.group}, {bar.series}" if bar.series else bar.group
        late = f", {self._late}" if self._late and bar.late and bar.value else ""
        return f"{where}: {formats.plural(bar.value, *self._unit)}{late}"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to be seen."""
        return not any(bar.value for bar in self._bars)

    def sizeHint(self) -> QSize:
        return QSize(360, 200)

    def minimumSizeHint(self) -> QSize:
        return LEAST

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ENTER:
            self._choose()
        elif key in _STEPS:
            self._step(*_STEPS[key])
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._go(0 if key == Qt.Key.Key_Home else len(self._places) - 1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        if found is not None:
            self._go(found)
            self._choose()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._at(QPointF(event.pos()))
            said = tip(self.words(self._places[found].bar)) if found is not None else ""
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        if self.empty:
            painter.setPen(QColor(tokens(self.palette()).text2))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), int(flags), NOTHING)
            return
        self._paint_scale(painter)
        for place in self._places:
            self._paint_bar(painter, place)
        self._paint_names(painter)
        if self.hasFocus() and self._current < len(self._places):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens(self.palette()).accent), 2))
            painter.drawRoundedRect(self._reach(self._places[self._current]).adjusted(-2, -2, 2, 2), 3, 3)

    # Walking

    def _step(self, along: int, up: int) -> None:
        """Along the groups, or through the parts of one."""
        if not self._places:
            return
        if not self._upright:
            along, up = -up, along
        here = self._places[self._current]
        group, part = here.group + along, here.part + up
        if along:
            groups = {place.group for place in self._places}
            group = min(max(group, 0), max(groups))
            part = min(here.part, max(place.part for place in self._places if place.group == group))
        wanted = [number for number, place in enumerate(self._places) if (place.group, place.part) == (group, part)]
        if wanted:
            self._go(wanted[0])

    def _go(self, number: int) -> None:
        self._current = number
        bar = self.current()
        said = self.words(bar) if bar is not None else NOTHING
        self.setAccessibleDescription(said)
        self.walked.emit(said)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.update()

    def _choose(self) -> None:
        bar = self.current()
        if bar is not None and bar.value:
            self.chosen.emit(bar)

    def _at(self, point: QPointF) -> int | None:
        """The bar under a point; beside short ones too, all along their group."""
        for number, place in enumerate(self._places):
            if place.bar.value and place.rect.adjusted(-1, -1, 1, 1).contains(point):
                return number
        return None

    # Where everything stands

    def _lay_out(self) -> None:
        groups = groups_of(self._bars)
        self._scale = ticks(max((group.total for group in groups), default=0))
        metrics = QFontMetricsF(self._small())
        line, values = metrics.height(), metrics.horizontalAdvance(formats.count(self._scale[-1])) + GAP
        names = max((metrics.horizontalAdvance(group.name) for group in groups), default=0.0) + GAP
        room = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        if self._upright:
            self._area = room.adjusted(values, line + 2, 0, -line - GAP)
        else:
            self._area = room.adjusted(min(names, room.width() / 2), 0, -values - metrics.horizontalAdvance("⚠ "), 0)
        self._places = places(groups, self._area, self._scale[-1], upright=self._upright)
        self._current = min(self._current, max(0, len(self._places) - 1))
        self.update()

    def _small(self) -> QFont:
        font = figures(self.font())
        font.setPixelSize(SECONDARY)
        return font

    def _reach(self, place: Place) -> QRectF:
        """Where the current bar is marked; one without a value is a stroke at the axis."""
        rect = QRectF(place.rect)
        if self._upright and rect.height() < 2:
            rect.setTop(rect.bottom() - 2)
        elif not self._upright and rect.width() < 2:
            rect.setWidth(2)
        return rect

    # Painting

    def _paint_scale(self, painter: QPainter) -> None:
        if not self._upright:
            return  # each bar says its value beside it
        colours = tokens(self.palette())
        height = painter.fontMetrics().height()
        for value in self._scale:
            at = self._area.bottom() - self._area.height() * value / self._scale[-1]
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(QPointF(self._area.left(), at), QPointF(self._area.right(), at))
            painter.setPen(QColor(colours.text2))
            room = QRectF(0, at - height / 2, self._area.left() - GAP, height)
            painter.drawText(
                room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), formats.count(value)
            )

    def _paint_bar(self, painter: QPainter, place: Place) -> None:
        if not place.bar.value:
            return
        part = series_of(self._bars).index(place.bar.series)
        paint_sample(painter, self, place.rect, self._colour(self, place.group, part), part)

    def _paint_names(self, painter: QPainter) -> None:
        colours = tokens(self.palette())
        metrics = painter.fontMetrics()
        groups = groups_of(self._bars)
        room = (self._area.width() if self._upright else self._area.height()) / max(1, len(groups))
        widest = max(metrics.horizontalAdvance(group.name) for group in groups)
        every = max(1, -int(-(widest + GAP) // room)) if self._upright else 1
        for number, group in enumerate(groups):
            value = f"⚠ {formats.count(group.total)}" if group.late else formats.count(group.total)
            if self._upright:
                middle = self._area.left() + room * (number + 0.5)
                if number % every == 0:
                    painter.setPen(QColor(colours.text2))
                    self._write(painter, QPointF(middle, self._area.bottom() + GAP / 2), group.name)
                if group.total and metrics.horizontalAdvance(value) <= room + GAP:
                    top = self._area.bottom() - self._area.height() * group.total / self._scale[-1]
                    painter.setPen(QColor(colours.text))
                    self._write(painter, QPointF(middle, top - metrics.height() - 1), value)
            else:
                band = QRectF(0, self._area.top() + room * number, self.width(), room)
                left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
                painter.setPen(QColor(colours.text))
                name = metrics.elidedText(group.name, Qt.TextElideMode.ElideRight, int(self._area.left()) - GAP)
                painter.drawText(band.adjusted(4, 0, 0, 0), left, name)
                end = self._area.left() + self._area.width() * group.total / self._scale[-1]
                painter.drawText(band.adjusted(end + GAP, 0, 0, 0), left, value)

    @staticmethod
    def _write(painter: QPainter, middle: QPointF, text: str) -> None:
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(text) + 2
        room = QRectF(middle.x() - width / 2, middle.y(), width, metrics.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)


def paint_sample(painter: QPainter, widget: QWidget, rect: QRectF, colour: QColor, part: int) -> None:
    """Colour, and over it the pattern of the part in the background's colour, so that greys tell them apart too."""
    painter.setPen(QPen(colour, 1))
    painter.setBrush(colour)
    painter.drawRect(rect)
    if part % len(PATTERNS):
        ground = QColor(tokens(widget.palette()).background)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(ground, PATTERNS[part % len(PATTERNS)]))
        painter.drawRect(rect)
