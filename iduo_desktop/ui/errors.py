"""Errors on the screen: who can act on one, and the single dialog for those that are our mistake."""

import traceback
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from iduo_desktop import __version__
from iduo_desktop.database.errors import ConnectionLost, InDoubt, OperationError, UserError
from iduo_desktop.ui.operations import Fault

OUR_MISTAKE = "Algo falló en el programa. Tu trabajo guardado está a salvo."
OFFLINE = "Sin conexión: se ve lo que ya estaba. Lo demás vuelve con ella."
NAME = "mistake_dialog"
WHAT_TO_DO = "Podés seguir. Si vuelve a pasar, copiá los detalles y avisá a Informática."


def sort_error(error: BaseException) -> Fault:
    """Who can act on an error; anything that is not one of ours is a mistake in the program."""
    if isinstance(error, UserError):
        return Fault.REFUSED
    if isinstance(error, ConnectionLost | InDoubt):
        return Fault.LOST
    return Fault.FAILED if isinstance(error, OperationError) else Fault.BUG


def show_mistake(kind: type[BaseException], trace: TracebackType | None) -> None:
    """Show one dialog at a time. The exception's values stay out: they may hold personal data."""
    modal = QApplication.activeModalWidget()
    if modal is not None and modal.objectName() == NAME:
        return
    where = "".join(traceback.format_list(traceback.extract_tb(trace)[-6:]))
    dialog = mistake_dialog(f"iduo Desktop {__version__}\n{kind.__name__}\n{where}", QApplication.activeWindow())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def mistake_dialog(details: str, parent: QWidget | None) -> QMessageBox:
    """The dialog for a mistake of ours: what happened, what to do, and the details to copy."""
    dialog = QMessageBox(QMessageBox.Icon.Warning, "iduo Desktop", OUR_MISTAKE, parent=parent)
    dialog.setObjectName(NAME)
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
