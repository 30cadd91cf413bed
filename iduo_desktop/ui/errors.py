"""Errors on the screen: who can act on one, and the single dialog for those that are our mistake."""

import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from iduo_desktop import __version__
from iduo_desktop.database.errors import ConnectionLost, InDoubt, OperationError, UserError
from iduo_desktop.ui.operations import Fault

OUR_MISTAKE = "Algo falló en el programa. Tu trabajo guardado está a salvo."
WHAT_TO_DO = "Podés seguir. Si vuelve a pasar, copiá los detalles y avisá a Informática."


def sort_error(error: BaseException) -> Fault:
    """Who can act on an error; anything that is not one of ours is a mistake in the program."""
    if isinstance(error, UserError):
        return Fault.REFUSED
    if isinstance(error, ConnectionLost | InDoubt):
        return Fault.LOST
    return Fault.FAILED if isinstance(error, OperationError) else Fault.BUG


class MistakeReporter(QObject):
    """Shows one dialog at a time for an exception that nobody caught, whichever thread it came from."""

    _raised = Signal(str)

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._dialog: QMessageBox | None = None
        self._raised.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def report(self, kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None) -> None:
        """Take an exception as sys.excepthook gets it. Its values stay out: they may hold personal data."""
        where = traceback.format_list(traceback.extract_tb(trace)[-6:])
        self._raised.emit(f"iduo Desktop {__version__}\n{kind.__name__}\n{''.join(where)}")

    def _show(self, details: str) -> None:
        if self._dialog is not None:
            return
        self._dialog = mistake_dialog(details, QApplication.activeWindow())
        self._dialog.finished.connect(self._closed)
        self._dialog.open()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


def mistake_dialog(details: str, parent: QWidget | None) -> QMessageBox:
    """The dialog for a mistake of ours: what happened, what to do, and the details to copy."""
    dialog = QMessageBox(QMessageBox.Icon.Warning, "iduo Desktop", OUR_MISTAKE, parent=parent)
    dialog.setObjectName("mistake_dialog")
    dialog.setInformativeText(WHAT_TO_DO)
    dialog.setDetailedText(details)
    copy = dialog.addButton("Copiar los detalles", QMessageBox.ButtonRole.ActionRole)
    copy.setObjectName("copy_details")
    copy.clicked.disconnect()  # else it would close the dialog
    copy.clicked.connect(lambda: QApplication.clipboard().setText(details))
    close = dialog.addButton("Seguir", QMessageBox.ButtonRole.AcceptRole)
    close.setObjectName("go_on")
    dialog.setDefaultButton(close)
    dialog.setEscapeButton(close)
    return dialog
