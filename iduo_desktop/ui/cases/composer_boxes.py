"""Inputs of the composer: to whom, which template, and what nobody knows of a template's variables."""

import re
from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from iduo_desktop.services.messages import Template
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.cases.addresses import Reach
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label

_ENABLED = Qt.ItemDataRole.UserRole - 1  # as item views know it
_VARIABLE = re.compile(r"\{([^{}\n]{1,40})\}")


def variables_in(*texts: str) -> tuple[str, ...]:
    """What still stands in braces, each once, in reading order."""
    return tuple(dict.fromkeys(name.strip() for text in texts for name in _VARIABLE.findall(text)))


def put_in(text: str, name: str, value: str) -> str:
    """The text with a variable filled in."""
    return _VARIABLE.sub(lambda found: value if found[1].strip() == name else found[0], text)


class AddressBox(QComboBox):
    """One of the client's addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("to")
        self.setAccessibleName("Para")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def set_choices(self, ways: Iterable[Reach]) -> None:
        """Offer these, the chosen one kept, else the first. Unsafe ones are seen and cannot be chosen."""
        before, offered = self.key(), [*ways]
        self.blockSignals(True)
        self.clear()
        for row, way in enumerate(offered):
            self.addItem(way.label, way.key)
            if way.unsafe:
                self.setItemData(row, 0, _ENABLED)
        self.blockSignals(False)
        first = -1 if not offered or offered[0].unsafe else 0
        at = self.findData(before) if before is not None else -1
        self.setCurrentIndex(at if at >= 0 else first)

    def key(self) -> str | None:
        """The address that is chosen."""
        found = self.currentData()
        return None if found is None else str(found)

    def choose(self, key: str) -> None:
        """Choose one by its address, if it is still there."""
        at = self.findData(key)
        if at >= 0:
            self.setCurrentIndex(at)


class TemplateBox(ChoiceBox):
    """Ctrl+J: a template by typing any part of its name. `picked` brings it."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._offered: dict[str, Template] = {}
        self._picking = False
        self.setObjectName("templates")
        self.setAccessibleName("Plantilla")
        self.setToolTip(f"Poner una plantilla ({shown('templates')})")
        self.setMinimumContentsLength(20)
        self.entered.connect(self._pick)
        self.activated.connect(lambda _row: self._pick())
        line = self.lineEdit()
        if line is not None:
            line.setPlaceholderText(f"Plantilla  {shown('templates')}")
            line.returnPressed.connect(self._pick)

    def offer(self, templates: Iterable[Template]) -> None:
        """These can be put in."""
        self._offered = {str(each.id): each for each in templates}
        self.set_choices((key, each.name) for key, each in self._offered.items())
        self.setEnabled(bool(self._offered))

    def begin(self) -> None:
        """Take the keyboard and show them all; typing narrows."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.set_key(None)
        completer = self.completer()
        if completer is not None and self._offered:
            completer.setCompletionPrefix("")
            completer.complete()

    def _pick(self) -> None:
        """One choice is told by the list, by the box and by its line; the first of them is heard."""
        chosen = self._offered.get(self.key() or "")
        if chosen is not None and not self._picking:
            self._picking = True
            QTimer.singleShot(0, self, lambda: self._settle_pick(chosen))

    def _settle_pick(self, chosen: Template) -> None:
        """The list is gone, and the box has written its choice into its line."""
        self._picking = False
        self.set_key(None)
        self.picked.emit(chosen)


class MissingBox(QWidget):
    """A small field for each variable that nobody knows. `filled` brings its name and what was typed."""

    filled = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("missing")
        self._flow = FlowLayout(self)
        self._lines: dict[str, tuple[QWidget, QLineEdit]] = {}

    def ask(self, names: tuple[str, ...]) -> None:
        """Ask for these; what is being typed stays."""
        for name in [known for known in self._lines if known not in names]:
            for widget in self._lines.pop(name):
                self._flow.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.setVisible(bool(names))
        for name in names:
            if name not in self._lines:
                self._add(name)

    def inputs(self) -> list[QLineEdit]:
        """In reading order."""
        return [line for _title, line in self._lines.values()]

    def settle(self) -> None:
        """Take what is typed in them, as if each had been left."""
        for name, (_title, line) in [*self._lines.items()]:
            self._fill(name, line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter was the line's, and took the keyboard further."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    def _add(self, name: str) -> None:
        title = label(name.replace("_", " ").capitalize(), wraps=False)
        line = QLineEdit(maxLength=200)
        line.setObjectName(f"missing_{name}")
        line.setAccessibleName(f"{name}, falta completar")
        line.setPlaceholderText("Falta completar")
        line.setFixedWidth(180)
        line.editingFinished.connect(lambda: self._fill(name, line))
        self._lines[name] = (title, line)
        for widget in self._lines[name]:
            self._flow.addWidget(widget)
            widget.show()  # at once, so that it can take the keyboard

    def _fill(self, name: str, line: QLineEdit) -> None:
        value = " ".join(line.text().split())
        if value and name in self._lines and not {"{", "}"} & {*value}:
            self.filled.emit(name, value)
