"""A list to choose from by typing any part of a label, accents and case ignored."""

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from iduo_desktop.ui.theme import tokens
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.moments import fold

_FOLDED = Qt.ItemDataRole.UserRole + 1


class _Completer(QCompleter):
    """Compares without accents; shows and completes with the label itself."""

    def splitPath(self, path: str) -> list[str]:
        return [fold(path)]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class ChoiceBox(QComboBox):
    """Chooses one of (key, label) pairs. What fits no label stays as typed and counts as unknown.

    `entered` tells of Enter in the list that pops up while one types, which the box itself never sees.
    """

    changed = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent, editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self._labels = QStandardItemModel(self)
        self.setModel(self._labels)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(12)
        completer = _Completer(self._labels, self)
        completer.setCompletionRole(_FOLDED)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.editTextChanged.connect(self.changed)
        line = self.lineEdit()
        if line is not None:
            line.returnPressed.connect(self._enter)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these; the chosen key stays chosen when it is still among them, else the box is emptied."""
        key = self.key()
        self.blockSignals(True)
        self._labels.clear()
        for value, label in choices:
            item = QStandardItem(label)
            item.setData(value, Qt.ItemDataRole.UserRole)
            item.setData(fold(label), _FOLDED)
            self._labels.appendRow(item)
        self.blockSignals(False)
        self.set_key(key)

    def key(self) -> str | None:
        """The key of what is chosen; None when nothing is, or when the text fits no label."""
        row = self._row(self.currentText())
        return None if row is None else str(self.itemData(row))

    def set_key(self, key: str | None) -> None:
        """Choose by key; None, or a key that is not offered, empties the box."""
        row = -1 if key is None else self.findData(key)
        self.setCurrentIndex(row)
        self.setEditText(self.itemText(row) if row >= 0 else "")

    def is_blank(self) -> bool:
        """True when nothing is typed or chosen."""
        return not self.currentText().strip()

    def knows(self, text: str) -> bool:
        """Whether any label has this text in it."""
        return any(fold(text) in self._folded(row) for row in range(self.count()))

    def settle(self) -> None:
        """Turn a part of a label into the first label that has it, those that begin with it first."""
        typed = fold(self.currentText())
        fitting = [row for row in range(self.count()) if typed and typed in self._folded(row)]
        fitting.sort(key=lambda row: not self._folded(row).startswith(typed))
        if fitting and self._row(self.currentText()) is None:
            self.set_key(str(self.itemData(fitting[0])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.settle()
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        completer = self.completer()
        popup = completer.popup() if completer is not None else None
        if popup is not None:  # a window of nobody's, which the theme does not dress
            popup.setStyleSheet(f"QListView {{ border: 1px solid {tokens(self.palette()).border}; }}")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.settle()
        super().focusOutEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the form; it does not change an answer by the way."""
        event.ignore()

    def _enter(self) -> None:
        completer = self.completer()
        popup = completer.popup() if completer is not None else None
        if popup is not None and popup.isVisible():
            self.settle()
            # once the list is gone
            QTimer.singleShot(0, self, self.entered.emit)

    def _row(self, text: str) -> int | None:
        folded = fold(text)
        return next((row for row in range(self.count()) if self._folded(row) == folded), None) if folded else None

    def _folded(self, row: int) -> str:
        return str(self.itemData(row, _FOLDED))
