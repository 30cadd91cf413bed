"""The keys of the screen one is looking at (F1)."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop.ui.actions import Key, in_words
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label


class ShortcutsDialog(QDialog):
    """Two columns: the key with its twins, and what it does. Who wants others asks for them."""

    change_requested = Signal()

    def __init__(self, keys: tuple[Key, ...], parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("shortcuts_dialog")
        self.setWindowTitle("Atajos de esta pantalla")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        area = QScrollArea()
        area.setObjectName("shortcuts")
        area.setAccessibleName("Atajos de esta pantalla")
        area.setWidgetResizable(True)
        area.setWidget(_table(keys))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(label("Atajos de esta pantalla", "title", "shortcuts_title"))
        layout.addWidget(area)
        close = button("Listo", "close", self.accept, key="Esc")
        change = button("Cambiar teclas…", "change_keys", self._change)
        change.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(change)
        row.addStretch(1)
        row.addWidget(close)
        layout.addLayout(row)
        close.setDefault(True)
        close.setFocus()
        screen = self.screen().availableGeometry()
        self.resize(min(560, screen.width() - 24), min(620, screen.height() - 48))

    def _change(self) -> None:
        self.accept()
        self.change_requested.emit()


def _table(keys: tuple[Key, ...]) -> QWidget:
    table = QWidget()
    mark(table, surface="background")
    grid = QGridLayout(table)
    grid.setContentsMargins(12, 12, 12, 12)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    where = ""
    for key in keys:
        if key.where != where:
            where = key.where
            grid.addWidget(label(where, "heading"), grid.rowCount(), 0, 1, 2)
        row = grid.rowCount()
        twins = list(dict.fromkeys(in_words(keys) for keys in key.keys))
        grid.addWidget(label("  ·  ".join(twins), wraps=False), row, 0)
        grid.addWidget(label(key.label), row, 1)
    grid.setRowStretch(grid.rowCount(), 1)
    return table
