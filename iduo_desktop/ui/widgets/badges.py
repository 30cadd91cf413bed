"""Marks at the right end of a cell: an eye for who has it open, a clock for what is due, an arrow for «again»."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from iduo_desktop.ui.theme import SECONDARY, Tokens, figures
from iduo_desktop.ui.widgets.columns import BADGES, Badge

_SIGN = 14
_PAD = 5
_HEIGHT = 20
_EDGE = 2
_BETWEEN = 4
Index = QModelIndex | QPersistentModelIndex


def paint_badges(painter: QPainter, cell: QRect, badges: tuple[Badge, ...], colours: Tokens) -> None:
    """Paint the marks from the right."""
    font = _font(painter.font())
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    right = float(cell.right() - _EDGE)
    for badge in reversed(badges):
        width = _width(badge, QFontMetrics(font))
        place = QRectF(right - width, cell.center().y() - _HEIGHT / 2 + 0.5, width, _HEIGHT)
        ink = QColor(colours.text2 if badge.kind == "eye" else colours.warning)
        painter.setPen(QPen(ink, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place, 4, 4)
        sign = QRectF(place.left() + _PAD, place.center().y() - _SIGN / 2, _SIGN, _SIGN)
        _DRAWN[badge.kind](painter, sign, ink)
        painter.setPen(ink)
        painter.drawText(place.adjusted(_PAD + _SIGN + 4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, badge.text)
        right = place.left() - _BETWEEN


class ProseCells(QStyledItemDelegate):
    """Cells whose text is read from its beginning."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideRight


class BadgedCells(QStyledItemDelegate):
    """Cells whose text ends before their marks, with «…» where it does not fit."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown: tuple[Badge, ...] = index.data(BADGES) or ()
        if shown:
            metrics = QFontMetrics(_font(option.font))
            if option.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(option.rect, option.palette.highlight())
            option.rect.setWidth(option.rect.width() - sum(_width(badge, metrics) + _BETWEEN for badge in shown))
        super().paint(painter, option, index)


def _font(font: QFont) -> QFont:
    made = figures(font)
    made.setPixelSize(SECONDARY)
    return made


def _width(badge: Badge, metrics: QFontMetrics) -> int:
    return _SIGN + (metrics.horizontalAdvance(badge.text) + 4 if badge.text else 0) + 2 * _PAD


def _paint_clock(painter: QPainter, place: QRectF, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1.3))
    painter.drawEllipse(place.center(), 5.5, 5.5)
    middle = place.center()
    painter.drawPolyline(QPolygonF([middle - QPointF(0, 3.5), middle, middle + QPointF(2.5, 1.5)]))


def _paint_eye(painter: QPainter, place: QRectF, ink: QColor) -> None:
    middle, half = place.center(), place.width() / 2
    lids = QPainterPath(QPointF(middle.x() - half, middle.y()))
    lids.quadTo(QPointF(middle.x(), middle.y() - 8), QPointF(middle.x() + half, middle.y()))
    lids.quadTo(QPointF(middle.x(), middle.y() + 8), QPointF(middle.x() - half, middle.y()))
    painter.setPen(QPen(ink, 1.3))
    painter.drawPath(lids)
    painter.setBrush(ink)
    painter.drawEllipse(middle, 2, 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_again(painter: QPainter, place: QRectF, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1.3))
    painter.drawArc(place.adjusted(2, 2, -2, -2), 60 * 16, 300 * 16)
    tip = QPointF(place.center().x() + 2.5, place.center().y() - 4.3)
    painter.drawPolyline(QPolygonF([tip - QPointF(0.5, 3), tip, tip + QPointF(-3, 1)]))


def _paint_talk(painter: QPainter, place: QRectF, ink: QColor) -> None:
    """A balloon with its tail."""
    painter.setPen(QPen(ink, 1.3))
    painter.drawRoundedRect(place.adjusted(1, 2, -1, -4), 3, 3)
    foot = QPointF(place.left() + 4, place.bottom() - 4)
    painter.drawPolyline(QPolygonF([foot, foot + QPointF(0, 3), foot + QPointF(3.5, 0)]))


_DRAWN = {"clock": _paint_clock, "eye": _paint_eye, "again": _paint_again, "talk": _paint_talk}
