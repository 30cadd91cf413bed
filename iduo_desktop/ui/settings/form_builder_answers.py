"""Which answers of another field count: one box for each option of that field."""

from collections.abc import Collection, Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from iduo_desktop.services.forms import Option
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence


class AnswersPicker(QWidget):
    """Shown only while there is something to pick from."""

    changed = Signal()

    def __init__(self, name: str):
        super().__init__()
        self.setObjectName(name)
        self._boxes: dict[str, QCheckBox] = {}
        self._title = label("", "secondary", f"{name}_title")
        self._problem = sentence("error", f"{name}_error")
        self._flow = FlowLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addLayout(self._flow)
        column.addWidget(self._problem)
        self.hide()

    def offer(self, title: str, options: Iterable[Option], chosen: Collection[str] = ()) -> None:
        """Offer these; what was picked before and is still offered stays picked."""
        picked = {*self.chosen(), *chosen}
        for box in self._boxes.values():
            self._flow.removeWidget(box)
            box.deleteLater()
        self._boxes = {option.key: QCheckBox(option.label) for option in options}
        for key, box in self._boxes.items():
            box.setObjectName(f"{self.objectName()}_{key}")
            box.setAccessibleName(f"{title} {box.text()}")
            box.setChecked(key in picked)
            box.toggled.connect(self._picked)
            self._flow.addWidget(box)
        self._title.setText(title)
        self.setVisible(bool(self._boxes))

    def chosen(self) -> tuple[str, ...]:
        """The options that were picked, in their order."""
        return tuple(key for key, box in self._boxes.items() if box.isChecked())

    def choose(self, keys: Collection[str]) -> None:
        """Pick these and no others."""
        for key, box in self._boxes.items():
            box.setChecked(key in keys)

    def say(self, problem: str) -> None:
        """What is wrong; empty takes it away. The first box has the focus."""
        say(self._problem, problem)
        for box in [*self._boxes.values()][: 1 if problem else 0]:
            box.setFocus()

    def _picked(self) -> None:
        self.say("")
        self.changed.emit()
