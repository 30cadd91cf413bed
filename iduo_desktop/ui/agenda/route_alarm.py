"""A route was asked for: a window above all others, with sound, until somebody takes it."""

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.services.agenda import Activation
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.agenda.sound import Sound
from iduo_desktop.ui.curtain import ABOVE
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.history_lines import short_name
from iduo_desktop.ui.widgets.labels import label, say, sentence

WIDTH, MARGIN = 480, 48
REPEAT_MS = 6_000
LOCKED = "Hay una ruta activada que nadie tomó. Desbloqueá la pantalla para verla."


class RouteAlarm(QWidget):
    """Comes without the keyboard; its key works wherever one is typing. `taken` brings the route and a note."""

    taken = Signal(int, str)
    opened = Signal(int)

    def __init__(self, clock: Clock, sound: Sound, beside: QWidget):
        on_top = Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.CustomizeWindowHint | Qt.WindowType.WindowTitleHint
        super().__init__(None, Qt.WindowType.Window | on_top)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setObjectName("route_alarm")
        self.setProperty(ABOVE, True)
        self.setWindowTitle("Ruta activada — iduo Desktop")
        self.setAccessibleName("Ruta activada")
        self._clock = clock
        self._sound = sound
        self._beside = beside
        self._waiting: tuple[Activation, ...] = ()
        self._locked = False
        self._make_parts()
        self._lay_out()
        key = actions.make(self, "acknowledge", self.take)
        key.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        self._repeats = QTimer(self, interval=REPEAT_MS)
        self._repeats.timeout.connect(self._repeat)

    @property
    def activation(self) -> Activation | None:
        """The one that is shown."""
        return self._waiting[0] if self._waiting else None

    def show_waiting(self, waiting: tuple[Activation, ...], *, locked: bool = False) -> None:
        """Those that nobody has taken, the oldest first; none: away with it."""
        before, self._waiting, self._locked = self.activation, waiting, locked
        if not waiting:
            self.put_away()
            return
        first = waiting[0]
        if before is None or before.id != first.id:
            self.note.clear()
        self._fill(first)
        if self.isHidden():
            self._appear()
            self._sound.play()
            self._repeats.start()

    def put_away(self) -> None:
        """Out of sight and silent; `show_waiting` brings it back as it was."""
        self._repeats.stop()
        self.hide()

    def again(self) -> None:
        """One more came, or one is late: be heard at once."""
        if not self.isHidden():
            self.raise_()
            self._sound.play()

    def take(self) -> None:
        """«La tomo»."""
        activation = self.activation
        if activation is not None and not self._locked and self.mine.isEnabled():
            self.taken.emit(activation.id, self.note.text().strip())

    def take_keyboard(self) -> bool:
        """F10: go there, to write a note."""
        if self.isHidden() or self._locked:
            return False
        self.activateWindow()
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        """It goes when somebody has taken the route, not before."""
        event.ignore()

    def _repeat(self) -> None:
        """Whoever made it small has not taken the route."""
        self._sound.play()
        if self.isMinimized():
            self.setWindowState(Qt.WindowState.WindowNoState)
            self._appear()

    def _appear(self) -> None:
        """Where a system gives the keyboard to whatever is new, it goes back at once to where one types."""
        before = QApplication.activeWindow()
        self._place()
        self.show()
        self.raise_()
        if before is not None:
            before.activateWindow()

    def _fill(self, activation: Activation) -> None:
        for each in (self.asked, self.note, self.mine, self.see):
            each.setVisible(not self._locked)
        more = len(self._waiting) - 1
        say(self.more, f"Y {formats.plural(more, 'ruta más', 'rutas más')} sin tomar." if more else "")
        say(self.late, "Pasó el tiempo y nadie la tomó." if activation.late else "")
        if self._locked:
            self.head.setText("⚑ Ruta activada")
            say(self.late, LOCKED)
            return
        self.head.setText(f"⚑ Ruta activada: {activation.route}")
        at = formats.when(activation.activated_at, self._clock())
        self.asked.setText(f"La pidió {short_name(activation.activated_by_name)} {at} · caso {activation.case_id}")

    def _make_parts(self) -> None:
        self.head = label("", "title", "route_head")
        self.asked = label("", "", "route_asked")
        self.late = sentence("error", "route_late")
        self.more = sentence("secondary", "route_more")
        self.note = QLineEdit(maxLength=500, placeholderText="Nota (optativa)")
        self.note.setObjectName("route_note")
        self.note.setAccessibleName("Nota (optativa)")
        self.note.returnPressed.connect(self.take)
        self.mine = button("La tomo", "route_take", self.take, key=shown("acknowledge"), role="primary")
        self.see = button("Ver", "route_see", self._see)

    def _see(self) -> None:
        if self.activation is not None:
            self.opened.emit(self.activation.case_id)

    def _lay_out(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="background")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for widget in (self.head, self.asked, self.late, self.note, self.more):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.see)
        row.addWidget(self.mine)
        column.addLayout(row)

    def _place(self) -> None:
        """At the top, in the middle of the screen where one works."""
        room = self._beside.screen().availableGeometry()
        width = min(WIDTH, room.width() - 2 * MARGIN)
        self.ensurePolished()
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else 200
        self.setGeometry(0, 0, width, max(height, 150))
        self.move(room.topLeft() + QPoint((room.width() - width) // 2, MARGIN))
