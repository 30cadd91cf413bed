"""The results of a contact: one button for each digit, and a list to type in for the others."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from iduo_desktop.services.policies import Disposition
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label

_VISIBLE = 9


class ResultsBar(QWidget):
    """Exactly one result is chosen, or none yet."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._dispositions: tuple[Disposition, ...] = ()
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self._pressed)
        self._others = ChoiceBox()
        self._others.setObjectName("other_results")
        self._others.setAccessibleName("Otro resultado")
        self._others.setMinimumContentsLength(18)
        self._others.hide()
        line_edit = self._others.lineEdit()
        if line_edit is not None:
            line_edit.setPlaceholderText("Otro resultado…")
        self._others.changed.connect(self._picked)
        self._flow = FlowLayout(self, spacing=6)
        self._flow.addWidget(label("Resultado", wraps=False))
        self._flow.addWidget(self._others)

    def offer(self, dispositions: tuple[Disposition, ...]) -> None:
        """Show these, what was chosen stays chosen."""
        before = self.result()
        self._dispositions = dispositions
        for old in self._group.buttons():
            self._group.removeButton(old)
            old.deleteLater()
        self._flow.removeWidget(self._others)
        shown = [each for each in dispositions if each.digit is not None][:_VISIBLE]
        for each in shown:
            self._add(each)
        others = [each for each in dispositions if each not in shown]
        self._others.set_choices((str(each.id), each.label) for each in others)
        self._others.setVisible(bool(others))
        self._flow.addWidget(self._others)
        self.choose(before.id if before else None)

    def inputs(self) -> list[QWidget]:
        """What takes the focus, in reading order."""
        return [*self._group.buttons(), self._others]

    def result(self) -> Disposition | None:
        """What is chosen."""
        key = self._others.key()
        chosen = self._group.checkedId() if key is None else int(key)
        return next((each for each in self._dispositions if each.id == chosen), None)

    def choose(self, disposition_id: int | None) -> None:
        """Choose by id, or nothing."""
        shown = next((each for each in self._group.buttons() if self._group.id(each) == disposition_id), None)
        self._uncheck()
        self._others.set_key(None if shown is not None or disposition_id is None else str(disposition_id))
        if shown is not None:
            shown.setChecked(True)
        self.chosen.emit()

    def press(self, digit: int) -> bool:
        """Choose by digit; False when no result has it."""
        found = next((each for each in self._dispositions if each.digit == digit), None)
        if found is not None:
            self.choose(found.id)
            self.focus()
        return found is not None

    def focus(self) -> None:
        """Put the focus on what is chosen, else on the first result."""
        buttons = self._group.buttons()
        target = self._group.checkedButton() or (buttons[0] if buttons else self._others)
        target.setFocus()

    def _add(self, disposition: Disposition) -> None:
        made = QPushButton(f"{disposition.digit} {disposition.label}")
        made.setObjectName(f"result_{disposition.digit}")
        made.setAccessibleName(f"Resultado {disposition.digit}, {disposition.label}")
        made.setCheckable(True)
        self._group.addButton(made, disposition.id)
        self._flow.addWidget(made)

    def _pressed(self, _id: int, on: bool) -> None:
        if on:
            self._others.set_key(None)
            self.chosen.emit()

    def _picked(self) -> None:
        if self._others.key() is not None:
            self._uncheck()
            self.chosen.emit()

    def _uncheck(self) -> None:
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)
