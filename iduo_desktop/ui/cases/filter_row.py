"""What narrows a list: text, plan, locality, extension, and those who were not contacted today."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from iduo_desktop.services.cases import CaseFilter, FilterChoice
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.filter_box import PAUSE_MS, FilterBox
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.tips import tip

_EXTENDED = (("Prórroga: todas", None), ("Con prórroga", True), ("Sin prórroga", False))


class FilterRow(QWidget):
    """`narrowed` tells the filter when it is another one."""

    narrowed = Signal(object)
    left_down = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("filter_row")
        self._shown = CaseFilter()
        self.text = FilterBox("filter_text", "Filtrar esta lista…")
        self.text.setFixedWidth(210)
        self.plan = _choice("filter_plan", "Plan")
        self.locality = _choice("filter_locality", "Localidad")
        self.extended = QComboBox()
        self.extended.setObjectName("filter_extended")
        self.extended.setAccessibleName("Prórroga")
        for text, value in _EXTENDED:
            self.extended.addItem(text, value)
        self.fresh = QCheckBox("Sin contactar hoy")
        self.fresh.setObjectName("filter_not_contacted")
        self.brought = button("", "filter_brought", self._let_go)  # what only the board narrows to
        self._low = False
        self.more = button("Filtros", "more_filters", self._fold)
        self.more.setCheckable(True)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._lay_out()

    def offer(self, choices: Iterable[FilterChoice]) -> None:
        """The plans and localities that occur."""
        for box, field in ((self.plan, "plan"), (self.locality, "locality")):
            box.set_choices([(choice.value, choice.value) for choice in choices if choice.field == field])

    def show_filter(self, shown: CaseFilter) -> None:
        """Show the filter of a list; nobody is told."""
        self._shown = shown
        self.text.show_text(shown.text)
        self.plan.set_key(shown.plan)
        self.locality.set_key(shown.locality)
        self.extended.setCurrentIndex([value for _, value in _EXTENDED].index(shown.extended))
        self.fresh.setChecked(shown.not_contacted_today)
        self._pause.stop()
        self._fold()

    def set_low(self, *, low: bool) -> None:
        """Where there is little height, the choices wait behind a button; those in use are always seen."""
        if low != self._low:
            self._low = low
            self._fold()

    def clear(self) -> None:
        """Show everything."""
        self.show_filter(CaseFilter())
        self.narrowed.emit(self._shown)

    def _lay_out(self) -> None:
        flow = FlowLayout(self, 8)
        for widget in (self.text, self.more, self.brought, self.plan, self.locality, self.extended, self.fresh):
            flow.addWidget(widget)
        self._fold()
        self.text.filtered.connect(self._tell)
        self.text.left_down.connect(self.left_down)
        self.plan.changed.connect(self._pause.start)
        self.locality.changed.connect(self._pause.start)
        self.extended.currentIndexChanged.connect(self._pause.start)
        self.fresh.toggled.connect(self._pause.start)

    def _fold(self) -> None:
        shown = self._shown
        used = (shown.plan, shown.locality, shown.extended is not None, shown.not_contacted_today)
        self.more.setVisible(self._low)
        words = _brought(shown)
        self.brought.setVisible(bool(words))
        self.brought.setText(f"{words}  ✕")
        self.brought.setAccessibleName(f"Quitar el filtro «{words}»")
        self.brought.setToolTip(tip(self.brought.accessibleName()))
        for box, on in zip((self.plan, self.locality, self.extended, self.fresh), used, strict=True):
            box.setVisible(bool(on) or not self._low or self.more.isChecked())

    def _let_go(self) -> None:
        """Without what the board narrowed it to."""
        self.show_filter(replace(self._shown, level=None, never_contacted=False))
        self.narrowed.emit(self._shown)
        self.text.setFocus()

    def _tell(self) -> None:
        chosen = CaseFilter(
            text=self.text.text().strip(),
            plan=self.plan.key(),
            locality=self.locality.key(),
            extended=self.extended.currentData(),
            not_contacted_today=self.fresh.isChecked(),
            level=self._shown.level,
            never_contacted=self._shown.never_contacted,
        )
        if chosen != self._shown:
            self._shown = chosen
            self.narrowed.emit(chosen)


def _brought(shown: CaseFilter) -> str:
    """What a list is narrowed to that no box here can choose."""
    if shown.never_contacted:
        return "Nunca contactados"
    return f"Contactos: nivel {shown.level}" if shown.level is not None else ""


def _choice(name: str, title: str) -> ChoiceBox:
    box = ChoiceBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setFixedWidth(158)
    line = box.lineEdit()
    if line is not None:
        line.setPlaceholderText(title)
        line.setAccessibleName(title)
        line.setClearButtonEnabled(True)
    return box
