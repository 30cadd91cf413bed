"""What the dialogs that write a file have in common: the folder, how far it is, what is in the way, the buttons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.work import Meter, MeterBar, Stopped

VERB = "Exportar"


class FolderLine(QWidget):
    """«en Documentos/iduo [Cambiar…]»; `changed` brings another folder."""

    changed = Signal(object)

    def __init__(self, folder: Path):
        super().__init__()
        self.setObjectName("export_folder")
        self.folder = folder
        self._shown = ElidedLabel("folder_shown", str(folder))
        change = button("Cambiar…", "change_folder", self.choose)
        change.setAccessibleName("Cambiar la carpeta")
        change.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label("Carpeta", wraps=False))
        row.addWidget(self._shown, 1)
        row.addWidget(change)

    def choose(self) -> None:
        """Look for another folder."""
        dialog = QFileDialog(self, "Carpeta", str(self.folder))
        dialog.setObjectName("folder_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take(self, folder: Path) -> None:
        """Files go here from now on."""
        self.folder = folder
        self._shown.setText(str(folder))
        self.changed.emit(folder)


class ExportDialog(QDialog):
    """A subclass fills `body` and starts its work when `export_asked`. `exported` brings what came of it."""

    export_asked = Signal()
    exported = Signal(object)

    def __init__(self, operations: Operations, name: str, title: str, parent: QWidget):
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.operations = operations
        self._asked: Operation[Any] | None = None
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(16, 12, 16, 12)
        self.body.setSpacing(10)
        self.meter = MeterBar()
        self.message = sentence("error", "export_message")
        self.cancel = button("Cancelar", "cancel", self.reject, key="Esc")
        self.cancel.setAutoDefault(False)
        self.primary = button(VERB, "export_now", self.export_asked.emit, key="⏎", role="primary")
        self.primary.setDefault(True)
        self._fits = QTimer(self, singleShot=True, interval=0)
        self._fits.timeout.connect(self.fit)
        self._lay_out()
        self.meter.cancelled.connect(self._stop)
        self.finished.connect(self.deleteLater)

    def complain(self, text: str) -> None:
        """Say what is in the way."""
        say(self.message, text)
        self._fits.start()

    def fit(self) -> None:
        """As high as its content, but no higher than the screen."""
        room = self.screen().availableGeometry()
        width = min(620, room.width() - 24)
        rest = self.sizeHint().height() - self._scroll.sizeHint().height()
        wanted = max(self.body.totalHeightForWidth(width - 8), self.body.totalMinimumSize().height())
        self.resize(width, min(wanted + rest + 4, room.height() - 48))

    def reject(self) -> None:
        """Esc: while the file is being written, that is cancelled first."""
        if self.meter.running:
            self.meter.cancel.click()
        else:
            super().reject()

    def start(self, what: str) -> Meter | None:
        """A meter for the work; None while it is under way already."""
        if self.meter.running:
            return None
        say(self.message, "")
        return self.meter.follow(what)

    def follow(self, asked: Operation[Any], then: Callable[[Any], object]) -> None:
        """Show that it runs, and what becomes of it."""
        self._asked = asked
        asked.busy(self.content, self.primary, self.cancel)
        asked.then(lambda result: self._done(result, then)).refused(self._refuse).failed(self._fail)
        self.meter.cancel.setFocus()
        self._fits.start()

    def _done(self, result: object, then: Callable[[Any], object]) -> None:
        self.meter.end()
        then(result)

    def _refuse(self, error: UserError) -> None:
        self._give_back(error.message)

    def _fail(self, error: OperationError) -> None:
        self._give_back(Stopped().message if self.meter.stopped else error.message)

    def _give_back(self, problem: str) -> None:
        again = not self.meter.stopped
        self.meter.end()
        self.complain(problem)
        name_button(self.primary, "Reintentar" if again else VERB, "⏎")
        self.primary.setFocus()

    def _stop(self) -> None:
        if self._asked is not None:
            self.operations.interrupt(self._asked)

    def _lay_out(self) -> None:
        self._scroll = FillingScroll(self.content)
        below = QVBoxLayout()
        below.setContentsMargins(16, 4, 16, 4)
        below.addWidget(self.meter)
        below.addWidget(self.message)
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 16, 12)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.primary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addLayout(below)
        column.addLayout(row)
        self.setWindowModality(Qt.WindowModality.WindowModal)
