"""Who changed a setting, when, from what to what."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from iduo_desktop.services import settings
from iduo_desktop.services.settings import Setting, SettingChange
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label

_NEVER = "Nadie lo cambió: está como vino."


class HistoryDialog(QDialog):
    """A list, newest first."""

    def __init__(self, office: Office, setting: Setting, spoken: Callable[[str | None], str], parent: QWidget):
        super().__init__(parent)
        self.setObjectName("history_dialog")
        self.setWindowTitle("Historial del ajuste")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns: tuple[Column[SettingChange], ...] = (
            Column("Cuándo", lambda change: formats.when(change.at, office.clock()), 130),
            Column("Quién", lambda change: change.by_name),
            Column("Antes", lambda change: spoken(change.before), 110),
            Column("Después", lambda change: spoken(change.after), 110),
        )
        self.list = RowList("history", "Cambios de este ajuste", columns, lambda change: change.at)
        self._empty = label("", "secondary", "history_empty")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(label(setting.meaning, "heading", "history_title"))
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        done = button("Listo", "history_done", self.accept, key="Esc")
        column.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(min(640, self.screen().availableGeometry().width() - 24), 360)
        self.list.setFocus()
        office.operations.run(self, settings.history, setting.name).then(self._show)

    def _show(self, found: tuple[SettingChange, ...]) -> None:
        self._empty.setText("" if found else _NEVER)
        self._empty.setVisible(not found)
        self.list.show_rows(found)
