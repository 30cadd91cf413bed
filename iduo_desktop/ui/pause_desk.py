"""Where pauses meet the window: the button in the status line, the strip while one lasts, the key and the commands."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from iduo_desktop.services.supervision import PauseReason
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.call_desk import CallDesk
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.omnibox import Command, Omnibox
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.pause_strip import PauseStrip
from iduo_desktop.ui.pauses import Pauses
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.menu_button import MenuButton

ONLINE, PAUSED = "En línea ▾", "En pausa ▾"
HELD = "pause"


class PauseDesk(QObject):
    """Calls are held back while one pauses; reminders wait in the database."""

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, omnibox: Omnibox, parent: QWidget):
        super().__init__(parent)
        self._notice = notice
        self._omnibox = omnibox
        self._offered: tuple[Command, ...] = ()
        self._calls: CallDesk | None = None
        self.pauses = Pauses(operations, self)
        self.menu = QMenu(parent)
        self.menu.setObjectName("pause_menu")
        self.menu.setAccessibleName("Pausas")
        self.button = _button(self.menu)
        self.strip = PauseStrip(clock)
        self.strip.back_asked.connect(self.pauses.end)
        self.pauses.changed.connect(self._show)
        self.pauses.ended.connect(partial(notice.tell, "Tu pausa terminó: estás en línea otra vez."))
        self._show()

    def attach(self, calls: CallDesk, frame: QWidget) -> None:
        """The window is there: its key, its calls."""
        self._calls = calls
        actions.make(frame, "pause", self.toggle)

    def toggle(self) -> None:
        """The key: back to work, or which pause?"""
        if self.pauses.pause is not None:
            self.pauses.end()
        elif self.pauses.reasons:
            self.button.open_menu()
        else:
            self._notice.tell("Todavía no hay motivos de pausa: un administrador los agrega en Configuración.")

    def _show(self) -> None:
        pause = self.pauses.pause
        self.strip.show_pause(pause)
        self.button.setText(ONLINE if pause is None else PAUSED)
        self.button.setAccessibleName("En línea: hacer una pausa" if pause is None else f"En pausa: {pause.label}")
        self._fill_menu()
        self._offer()
        if self._calls is not None:
            self._calls.hold(on=pause is not None, why=HELD)

    def _fill_menu(self) -> None:
        pause = self.pauses.pause
        self.menu.clear()
        if pause is not None:
            self.menu.addAction(f"Volver\t{actions.shown('pause')}", self.pauses.end).setObjectName("menu_back")
            self.menu.addSeparator()
        for reason in self.pauses.reasons:
            action = self.menu.addAction(_words(reason), partial(self.pauses.begin, reason))
            action.setObjectName(f"menu_pause_{reason.id}")
            action.setEnabled(pause is None or pause.label != reason.label)
        self.button.setEnabled(bool(self.menu.actions()))

    def _offer(self) -> None:
        """Commands of the search: the reasons, and the way back."""
        key = actions.shown("pause")
        made = [Command(f"Pausa: {reason.label}", partial(self.pauses.begin, reason)) for reason in self.pauses.reasons]
        if self.pauses.pause is not None:
            made.append(Command("Volver de la pausa", self.pauses.end, key))
        others = tuple(each for each in self._omnibox.commands if each not in self._offered)
        self._offered = tuple(made)
        self._omnibox.commands = (*others, *self._offered)


def _words(reason: PauseReason) -> str:
    until = f" · {formats.plural(reason.minutes, 'minuto', 'minutos')}" if reason.minutes is not None else ""
    return f"Pausa: {reason.label}{until}"


def _button(menu: QMenu) -> MenuButton:
    made = MenuButton("pause_button", menu)
    made.setToolTip(f"Hacer una pausa, o volver ({actions.shown('pause')})")
    mark(made, role="secondary")
    return made
