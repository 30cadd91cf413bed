"""What a client promised and what was asked for him: the newest of each, in a line that says how it stands."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from iduo_desktop.services.promises import Extension, Promise
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import say, sentence

_ROLES = {"pending": "secondary", "kept": "ok", "broken": "warning"}


class PromiseBox(QWidget):
    """Each line is there only while it has something to say."""

    def __init__(self, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("promise_box")
        self._clock = clock
        self.promise = sentence("", "promise_line")
        self.extension = sentence("", "extension_line")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.promise)
        column.addWidget(self.extension)

    def show_promises(self, promises: tuple[Promise, ...]) -> None:
        """The newest; how many were broken before is said beside it."""
        newest = promises[0] if promises else None
        broken = sum(1 for each in promises[1:] if each.state == "broken")
        before = f" · antes no cumplió {formats.plural(broken, 'vez', 'veces')}" if broken else ""
        self._say(self.promise, self._words(newest) + before if newest else "", newest.state if newest else "")

    def show_extensions(self, extensions: tuple[Extension, ...]) -> None:
        """One that waits or was refused; those granted are said beside the cut-off."""
        newest = extensions[0] if extensions else None
        text = ""
        if newest is not None and newest.state == "asked":
            text = f"⏳ Prórroga pedida hasta el {formats.day(newest.until_date)}: espera a un coordinador"
        elif newest is not None and newest.state == "refused":
            text = f"Prórroga no aprobada por {newest.decided_by}: {newest.decision}"
        self._say(self.extension, text, "")

    def _words(self, promise: Promise) -> str:
        today = self._clock().date()
        amount = f" {formats.money(promise.amount)}" if promise.amount is not None else ""
        if promise.state == "kept":
            paid = f": pagó {formats.money(promise.paid)}" if promise.paid else ""
            return f"✔ Cumplió su promesa del {formats.day(promise.due_date)}{paid}"
        if promise.state == "broken":
            return f"⚠ No cumplió: prometió{amount} para el {formats.day(promise.due_date)}"
        part = f" · ya pagó {formats.money(promise.paid)}" if promise.paid else ""
        return f"Promete{amount} para el {formats.day_and_distance(promise.due_date, today)}{part}"

    @staticmethod
    def _say(where: QLabel, text: str, state: str) -> None:
        say(where, text, _ROLES.get(state, "secondary"))
