"""What one does with something of the agenda: one command or one dialog each, what is said of it, and its undo."""

from datetime import datetime
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from iduo_desktop.services import agenda
from iduo_desktop.services.agenda import Activation, Item, Scheduled
from iduo_desktop.ui import formats
from iduo_desktop.ui.agenda.call_dialog import CallDialog
from iduo_desktop.ui.agenda.columns import phone
from iduo_desktop.ui.agenda.reschedule_dialog import RescheduleDialog
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.shift import Shift

_DONE = {"call": "Llamada hecha", "callback": "Llamada hecha", "task": "Tarea hecha", "promise": "Promesa revisada"}


class Commands(QObject):
    """`case_called` tells of a case whose client is called now: what becomes of it is registered there."""

    case_called = Signal(int)

    def __init__(
        self, operations: Operations, notice: Notice, drafts: Drafts, clock: Clock, shift: Shift, window: QWidget
    ):
        super().__init__(window)
        self._operations = operations
        self._notice = notice
        self._drafts = drafts
        self._clock = clock
        self.shift = shift
        self._window = window

    def call(self, item: Item) -> None:
        """L: a planned call with its dialog; one of a case goes to the case, where contacts are registered."""
        if item.kind in {"callback", "promise"} and item.case_id is not None:
            self.case_called.emit(item.case_id)
        elif item.kind == "call":
            dialog = CallDialog(self._operations, self._drafts, item, self._over())
            dialog.another_time.connect(lambda: self.reschedule(item))
            dialog.saved.connect(lambda done: self._called(dialog, done))
            dialog.open()
        elif item.phone:
            QGuiApplication.clipboard().setText(item.phone_e164 or item.phone)
            self._notice.tell(f"Copiaste el {phone(item)}")
        else:
            self._notice.tell("No tiene un teléfono al que llamar.")

    def finish(self, item: Item) -> None:
        """D: it is done; a route is taken."""
        if item.kind == "route":
            self.acknowledge(item.id)
            return
        values = (item.kind, item.id, True, "", item.version, uuid4())
        asked = self._operations.run(self, agenda.finish, *values)
        asked.then(lambda done: self._say(_DONE[item.kind], done))

    def postpone(self, item: Item, until: datetime) -> None:
        """P: it reminds again later; when it is due stays."""
        asked = self._operations.run(self, agenda.postpone, item.kind, item.id, until, item.version, uuid4())
        again = formats.when(until, self._clock())
        asked.then(lambda done: self._say(f"Pospuesto: vuelve a avisar {again}", done))

    def reschedule(self, item: Item) -> None:
        """R: another time, and why."""
        dialog = RescheduleDialog(self._operations, self._drafts, item, self.shift, self._clock, self._over())
        dialog.saved.connect(self._moved)
        dialog.open()

    def acknowledge(self, activation_id: int, note: str = "") -> None:
        """«La tomo»."""
        asked = self._operations.run(self, agenda.acknowledge, activation_id, note, uuid4())
        asked.then(self._acknowledged)

    def scheduled(self, text: str, done: Scheduled) -> None:
        """Something was put into the agenda."""
        self._notice.show(f"{text}: {formats.when(done.due_at, self._clock())}", undo=lambda: self._unplan(done))

    def _over(self) -> QWidget:
        return self._window.window()

    def _called(self, dialog: CallDialog, done: Scheduled) -> None:
        self._say("Llamada hecha" if dialog.held else "Llamada no realizada", done)

    def _moved(self, done: Scheduled) -> None:
        self._say(f"Reprogramado para {formats.when(done.due_at, self._clock())}", done)

    def _acknowledged(self, activation: Activation) -> None:
        self._notice.show(f"Tomaste la ruta «{activation.route}»")

    def _say(self, text: str, done: Scheduled) -> None:
        self._notice.show(text, undo=lambda: self._undo(done))

    def _unplan(self, done: Scheduled) -> None:
        values = (done.kind, done.id, False, "Se agendó por error", done.version, uuid4())
        asked = self._operations.run(self, agenda.finish, *values)
        asked.then(lambda _done: self._notice.tell("Deshecho: ya no está en la agenda"))

    def _undo(self, done: Scheduled) -> None:
        asked = self._operations.run(self, agenda.reopen, done.kind, done.id, done.version, uuid4())
        asked.then(lambda _done: self._notice.tell("Deshecho: está otra vez como antes"))
