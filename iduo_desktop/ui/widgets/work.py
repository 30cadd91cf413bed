"""Slow work with files: its errors as sentences, how far it is, and the wish to stop it."""

import errno
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services.importing import Cancelled
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.workbooks.values import WorkbookError

T = TypeVar("T")

LOOK_MS = 100
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR}
_CLOSE = "Cerralo, o elegí otra carpeta."
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.EROFS, errno.ETXTBSY}


class Stopped(UserError):
    """The person did not want to wait for it any longer; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Cancelado. No se cambió nada.")


def careful(function: Callable[..., T]) -> Callable[..., T]:
    """The function, with errors of files, sheets and patience as sentences for whoever asked for it."""

    def run(*values: Any) -> T:
        try:
            return function(*values)
        except Cancelled:
            raise Stopped from None
        except WorkbookError as error:
            raise UserError(str(error)) from error
        except OSError as error:
            raise UserError(file_problem(error)) from error

    return run


def file_problem(error: OSError) -> str:
    """What to do about a file or folder that cannot be used."""
    name = str(error.filename or "").replace("\\", "/").rpartition("/")[2]
    file = f"«{name}»" if name else "el archivo"
    if error.errno in _NO_ROOM:
        return "No queda lugar en el disco. Liberá espacio, o elegí otra carpeta."
    if error.errno in _NO_FOLDER:
        return "La carpeta o el archivo ya no está. Elegí otra carpeta."
    if error.errno in _NOT_ALLOWED:
        return f"No se puede usar {file}: está abierto en otro programa o no tenés permiso. {_CLOSE}"
    return f"No se puede usar {file}. Probá de nuevo, o elegí otra carpeta."


class Meter:
    """How far some work is, told by its worker and read by the screen; after `stop` the work ends at its next word."""

    def __init__(self) -> None:
        self.state = ("", 0, 0)
        self.stopped = False

    def __call__(self, step: str, done: int, of: int) -> None:
        """Called in the worker."""
        if self.stopped:
            raise Cancelled
        self.state = (step, done, of)

    def stop(self) -> None:
        """The person does not want to wait."""
        self.stopped = True


class MeterBar(QWidget):
    """«Leyendo el archivo… 12.000 de 50.000», a bar, and [Cancelar]; there only while something is under way."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("meter")
        self.setAccessibleName("Avance")
        self._meter: Meter | None = None
        self._text = label("", "secondary", "meter_text", wraps=False)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setObjectName("meter_bar")
        self._bar.setAccessibleName("Avance")
        self._bar.setFixedHeight(8)
        self.cancel = button("Cancelar", "meter_cancel", self._stop)
        self.cancel.setAutoDefault(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._text)
        row.addWidget(self._bar, 1)
        row.addWidget(self.cancel)
        self._looks = QTimer(self, interval=LOOK_MS)
        self._looks.timeout.connect(self._look)
        self.hide()

    @property
    def stopped(self) -> bool:
        """True once somebody does not want to wait for it."""
        return self._meter is not None and self._meter.stopped

    @property
    def running(self) -> bool:
        """True while something is under way."""
        return self._meter is not None

    def follow(self, what: str) -> Meter:
        """Begin to show some work; its meter is the answer."""
        self._meter = Meter()
        self._meter.state = (what, 0, 0)
        self.cancel.setEnabled(True)
        self._look()
        self._looks.start()
        self.show()
        return self._meter

    def end(self) -> None:
        """It is over."""
        self._meter = None
        self._looks.stop()
        self.hide()

    def _look(self) -> None:
        if self._meter is None:
            return
        step, done, of = self._meter.state
        counted = f" {formats.count(min(done, of))} de {formats.count(of)}" if of else ""
        self._text.setText("Cancelando…" if self._meter.stopped else f"{step.rstrip('…')}…{counted}")
        self._bar.setRange(0, of)
        self._bar.setValue(min(done, of))

    def _stop(self) -> None:
        if self._meter is not None:
            self._meter.stop()
            self.cancel.setEnabled(False)
            self._look()
            self.cancelled.emit()
