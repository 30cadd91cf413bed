"""F6: from one zone of the window to the next; each remembers where in it one was."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


class Zones:
    """`zones()` answers the zones of the moment, in their order on the screen."""

    def __init__(self, zones: Callable[[], Sequence[QWidget]]):
        self._zones = zones

    def go_on(self) -> None:
        """F6."""
        self._go(1)

    def go_back(self) -> None:
        """Shift+F6."""
        self._go(-1)

    def _go(self, step: int) -> None:
        reachable = [zone for zone in self._zones() if zone.isVisible() and entrance(zone) is not None]
        focused = QApplication.focusWidget()
        here = next((at for at, zone in enumerate(reachable) if focused is not None and _holds(zone, focused)), -1)
        if reachable:
            at = here + step if here >= 0 else 0
            target = entrance(reachable[at % len(reachable)])
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)


def entrance(zone: QWidget) -> QWidget | None:
    """What of a zone takes the keyboard: where one was last, else the first in Tab order."""
    last: QWidget | None = zone.focusWidget()
    if last is not None and _takes_focus(last):
        return last
    if _takes_focus(zone):
        return zone
    return next((child for child in zone.findChildren(QWidget) if _takes_focus(child)), None)


def _holds(zone: QWidget, widget: QWidget) -> bool:
    return zone is widget or zone.isAncestorOf(widget)


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
