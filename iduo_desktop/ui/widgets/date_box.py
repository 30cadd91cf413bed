"""A box for a day or a moment in the operator's words; what it means is always shown beside it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.ui.widgets import moments
from iduo_desktop.ui.widgets.labels import label

Clock = Callable[[], datetime]
Warn = Callable[[datetime], str]


_STEPS: dict[int, int] = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 7,
    Qt.Key.Key_PageDown: -7,
}


_EXAMPLES = {
    (False, False): "25/11, lun, ayer",
    (False, True): "25/11, lun, +7d",
    (True, False): "mañana 10, lun 15, 25/11",
    (True, True): "mañana 10, lun 15, 25/11",
}


class _Line(QLineEdit):
    """Arrows up and down go to the next and the previous day."""

    stepped = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(event.key())
        if step is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class DateBox(QWidget):
    """Reads a day (with `ahead` one to come), or with `with_time` a moment to come. `clock` gives the time, aware.

    `meaning` says what was understood; it stands `beside` the line, or wherever the caller puts it. It keeps its place
    when it is empty, so that nothing moves while one types. `warn` may object to a moment; it is taken all the same.
    """

    changed = Signal()

    def __init__(
        self,
        clock: Clock,
        *,
        with_time: bool = False,
        ahead: bool = False,
        beside: bool = True,
        warn: Warn | None = None,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self._clock = clock
        self._warn = warn
        self._beside = beside
        self._ahead = ahead
        self._with_time = with_time
        self._reading = moments.Reading()
        self.edit = _Line(maxLength=40, placeholderText=_EXAMPLES[with_time, ahead])
        self.edit.setObjectName("date_text")
        self.meaning = label("", "secondary", "date_meaning", wraps=False)
        self._choices = QHBoxLayout()
        self._lay_out(beside)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._read)
        self.edit.stepped.connect(self._step)
        self.edit.left.connect(self._write_out)

    def moment(self) -> datetime | None:
        """What the text means; None when it is empty or has no single meaning."""
        return self._reading.moment

    def set_moment(self, moment: datetime | None) -> None:
        """Show this moment (or day)."""
        self.edit.setText(self._spell(moment) if moment else "")

    def problem(self) -> str:
        """Why the text cannot be taken; empty when it can, or when there is none."""
        return self._reading.problem

    def read_again(self) -> None:
        """The hours of work are known by now, or the clock went on."""
        self._read()

    def is_blank(self) -> bool:
        """True when nothing is typed."""
        return not self.edit.text().strip()

    def _lay_out(self, beside: bool) -> None:
        line = QHBoxLayout()
        line.addWidget(self.edit, 1)
        if beside:
            longest = moments.show_moment if self._with_time else moments.show_day
            self.meaning.setMinimumWidth(self.meaning.fontMetrics().horizontalAdvance(f"→ {longest(self._clock())} "))
            line.addWidget(self.meaning)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addLayout(self._choices)

    def _read(self) -> None:
        self._reading = moments.Reading() if self.is_blank() else self._understand(self.edit.text())
        self._show_meaning()
        self._offer(self._reading.choices)
        self.changed.emit()

    def _understand(self, text: str) -> moments.Reading:
        if self._with_time:
            return moments.read_moment(text, self._clock())
        return moments.read_day(text, self._clock(), ahead=self._ahead)

    def _show_meaning(self) -> None:
        moment = self._reading.moment
        asks = self._reading.problem if self._reading.choices and not self._beside else ""
        text = asks if moment is None else self._describe(moment)
        self.meaning.setText(text)
        self.edit.setAccessibleDescription(self._reading.problem or text)

    def _describe(self, moment: datetime) -> str:
        """The whole date while the text is in words; once it is written out, its weekday and how far it is."""
        warning = self._warn(moment) if self._warn is not None else ""
        objection = f" ⚠ {warning}" if warning else ""
        if self.edit.text() != self._spell(moment):
            return "→ " + (moments.show_moment(moment) if self._with_time else moments.show_day(moment)) + objection
        shown = f"{moments.WEEKDAYS[moment.weekday()]} · {moments.distance(moment.date(), self._clock().date())}"
        sunday = self._warn is None and self._with_time and moment.weekday() == 6
        return f"⚠ {shown}" if sunday else shown + objection

    def _offer(self, choices: tuple[datetime, ...]) -> None:
        while (item := self._choices.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for choice in choices:
            button = QPushButton(f"Usar {moments.show_moment(choice) if self._with_time else moments.show_day(choice)}")
            button.clicked.connect(lambda _=False, choice=choice: self._choose(choice))
            self._choices.addWidget(button)
        if choices:
            self._choices.addStretch(1)

    def _choose(self, choice: datetime) -> None:
        self.set_moment(choice)
        self.edit.setFocus()

    def _step(self, days: int) -> None:
        moment = self._reading.moment or self._clock().replace(hour=9, minute=0)
        moved = moment + timedelta(days=days if self._reading.moment else max(days, 0))
        self.set_moment(moved)

    def _write_out(self) -> None:
        """«mañana» is another day tomorrow: what stays in the box is the date."""
        if self._reading.moment is not None and self.edit.text() != self._spell(self._reading.moment):
            self.set_moment(self._reading.moment)

    def _spell(self, moment: datetime) -> str:
        return f"{moment:%d/%m/%Y %H:%M}" if self._with_time else f"{moment:%d/%m/%Y}"
