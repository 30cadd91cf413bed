"""How long something can be put off: 5, 15 and 60 minutes, and tomorrow at 9."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

FIRST_HOUR = 9
CHOICES = ("5 minutos", "15 minutos", "1 hora", "Mañana a las 9")
_MINUTES = (5, 15, 60)


def until(choice: int, now: datetime) -> datetime:
    """When it reminds again; `now` is aware, in Argentina."""
    if choice < len(_MINUTES):
        return now + timedelta(minutes=_MINUTES[choice])
    return (now + timedelta(days=1)).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)


def pop(owner: QWidget, place: QPoint, now: Callable[[], datetime], postpone: Callable[[datetime], object]) -> QMenu:
    """A menu that takes a digit or the mouse; Esc leaves everything as it was."""
    menu = QMenu(owner)
    menu.setObjectName("postpone_menu")
    menu.setAccessibleName("Posponer")
    for number, text in enumerate(CHOICES):
        menu.addAction(f"&{number + 1}  {text}", partial(_choose, number, now, postpone))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
    return menu


def _choose(number: int, now: Callable[[], datetime], postpone: Callable[[datetime], object]) -> None:
    postpone(until(number, now()))
