"""What can be wrong with how a window looks, found by a machine: cut text, nameless controls, invisible focus."""

from collections.abc import Iterator
from functools import cache

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from iduo_desktop.ui.widgets.elided_label import ElidedLabel

# Styles add a pixel here and there.
SLACK = 1
RING = 2


def cut_texts(window: QWidget) -> Iterator[str]:
    """Texts that do not fit where they stand and do not say so."""
    for widget in _seen(window):
        problem = _cut(widget)
        if problem:
            yield f"{_name(widget)}: {problem}"


def nameless_controls(window: QWidget) -> Iterator[str]:
    """Controls that a screen reader cannot name."""
    for widget in _controls(window):
        found = QAccessible.queryAccessibleInterface(widget)
        if not found.text(QAccessible.Text.Name).strip():
            yield f"{_name(widget)}: has no accessible name"


def unseen_focus(window: QWidget, known: set[str]) -> Iterator[str]:
    """Controls that do not show that they have the keyboard, at least by a ring's worth of pixels at 3:1.

    `known` are those that were looked at before, on another screen.
    """
    before = QApplication.focusWidget()
    for widget in _controls(window):
        if not widget.isEnabled() or _name(widget) in known:
            continue
        if widget.visibleRegion().boundingRect().height() < widget.height():
            continue  # scrolled half away: it is seen whole when one comes to it
        known.add(_name(widget))
        without = _picture(widget, focused=False)
        if without is None:
            continue
        changed = _changed(without, _picture(widget, focused=True))
        seen = widget.visibleRegion().boundingRect()
        if changed < (seen.width() + seen.height()) * widget.devicePixelRatio():
            yield f"{_name(widget)}: its focus is not seen ({changed} pixels)"
    if before is not None:
        before.setFocus()


def too_big(window: QWidget) -> Iterator[str]:
    """A window that does not fit on its screen."""
    room = window.screen().availableGeometry().size()
    if window.width() > room.width() or window.height() > room.height():
        yield f"{_name(window)}: {window.width()}×{window.height()} on a screen of {room.width()}×{room.height()}"


def _cut(widget: QWidget) -> str:
    if isinstance(widget, ElidedLabel):
        return "elided without a tooltip" if widget.elided and not widget.toolTip() else ""
    if isinstance(widget, QLabel):
        return _cut_label(widget)
    if isinstance(widget, QTabBar):
        return ", ".join(_cut_tabs(widget))
    if isinstance(widget, QLineEdit | QComboBox):
        return _cut_field(widget)
    if isinstance(widget, QAbstractButton) and widget.text():
        return _too_small(widget)
    return ""


def _cut_label(label: QLabel) -> str:
    if not label.text() and label.pixmap().isNull():
        return ""
    if label.wordWrap():
        wanted = label.heightForWidth(label.width())
        if wanted > label.height() + SLACK:
            return f"«{label.text()}» needs {wanted} of {label.height()} pixels in height"
        return _clipped(label)
    return _too_small(label) or _clipped(label)


def _too_small(widget: QWidget) -> str:
    wanted, has = widget.sizeHint(), widget.size()
    if wanted.width() > has.width() + SLACK or wanted.height() > has.height() + SLACK:
        text = getattr(widget, "text", str)()
        return f"«{text}» needs {wanted.width()}×{wanted.height()} and has {has.width()}×{has.height()}"
    return _clipped(widget)


def _clipped(widget: QWidget) -> str:
    """Something around it cuts it off; what scrolls may."""
    if _inside_scrolling(widget):
        return ""
    visible = widget.visibleRegion().boundingRect()
    if visible.width() + SLACK < widget.width() or visible.height() + SLACK < widget.height():
        return f"only {visible.width()}×{visible.height()} of {widget.width()}×{widget.height()} is seen"
    return ""


def _cut_tabs(bar: QTabBar) -> Iterator[str]:
    for number in range(bar.count()):
        wanted = bar.fontMetrics().horizontalAdvance(bar.tabText(number))
        if bar.tabRect(number).width() < wanted and not bar.tabToolTip(number):
            yield f"tab «{bar.tabText(number)}» is cut"


def _cut_field(field: QLineEdit | QComboBox) -> str:
    wanted = field.minimumSizeHint().height()
    if field.height() + SLACK < wanted:
        return f"needs {wanted} of {field.height()} pixels in height"
    empty = isinstance(field, QLineEdit) and not field.text()
    return _cut_placeholder(field) if empty and isinstance(field, QLineEdit) else _clipped(field)


def _cut_placeholder(line: QLineEdit) -> str:
    wanted = line.fontMetrics().horizontalAdvance(line.placeholderText())
    room = line.width() - 18 - (22 if line.isClearButtonEnabled() else 0)
    return f"«{line.placeholderText()}» needs {wanted} of {room}" if wanted > room else ""


def _picture(widget: QWidget, *, focused: bool) -> QImage | None:
    """The widget and its surroundings, with or without the focus; None when the focus does not come."""
    window = widget.window()
    if focused:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    else:
        current = QApplication.focusWidget()
        if current is not None:
            current.clearFocus()
    if widget.hasFocus() is not focused and not (focused and _holds_focus(widget)):
        return None
    around = QRect(widget.mapTo(window, QPoint()), widget.size()).adjusted(-4, -4, 4, 4)
    return window.grab(around).toImage().convertToFormat(QImage.Format.Format_RGB32)


def _holds_focus(widget: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))


def _changed(before: QImage, after: QImage | None) -> int:
    """Pixels that differ by 3:1 or more."""
    if after is None or before.size() != after.size():
        return 0
    one, other = (memoryview(image.constBits()).cast("I") for image in (before, after))
    width = before.width()
    lines = (slice(at, at + width) for at in range(0, len(one), width))
    changed = ((one[line], other[line]) for line in lines if bytes(one[line]) != bytes(other[line]))
    return sum(
        first != second and _stands_out(first, second) for pair in changed for first, second in zip(*pair, strict=True)
    )


@cache
def _stands_out(one: int, other: int) -> bool:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05) >= 3


def _luminance(pixel: int) -> float:
    colour = QColor(pixel)
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _controls(window: QWidget) -> Iterator[QWidget]:
    """What one can reach by Tab or by a click and work with; not the inner parts of a control."""
    for widget in _seen(window):
        inner = isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_") or _part_of_control(widget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None and not inner:
            yield widget


def _part_of_control(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    whole = (QComboBox, QAbstractSpinBox, QAbstractScrollArea)
    viewport = isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget
    inside_line = isinstance(parent, QLineEdit) and isinstance(widget, QToolButton)
    return viewport or inside_line or (isinstance(parent, whole) and isinstance(widget, QLineEdit))


def _seen(window: QWidget) -> Iterator[QWidget]:
    """The widgets that are on the screen now."""
    yield window
    for widget in window.findChildren(QWidget):
        if widget.isVisibleTo(window) and not widget.visibleRegion().isEmpty() and widget.window() is window:
            yield widget


def _inside_scrolling(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _name(widget: QWidget) -> str:
    parts = []
    current: QWidget | None = widget
    while current is not None:
        parts.append(current.objectName() or type(current).__name__)
        current = current.parentWidget()
    return " < ".join(parts[:3])
