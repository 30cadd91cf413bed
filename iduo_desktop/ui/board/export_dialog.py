"""[Exportar] of the board: a sheet for each plot, the operators and the pauses; why is asked and kept."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import board_sheets
from iduo_desktop.services.listing import Exported
from iduo_desktop.services.supervision import Span
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.export_parts import ExportDialog, FolderLine
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.work import careful

RECEIPT = "No lleva datos de clientes, pero sí lo que hizo cada operador: queda registrado quién lo exportó y para qué."


class BoardExportDialog(ExportDialog):
    """`exported` brings where the file is."""

    def __init__(self, operations: Operations, clock: Clock, span: Span, said: str, folder: Path, parent: QWidget):
        super().__init__(operations, "board_export_dialog", "Exportar el tablero", parent)
        self.export_asked.connect(self.export)
        self._clock = clock
        self._span = span
        reason = fixed_field("reason", "Para qué", FieldKind.TEXT, required=True, max_length=450)
        self.form = FormView((reason,), clock, enter_advances=False)
        self.folder = FolderLine(folder)
        what = f"El tablero, {said}: una hoja por gráfico, una de operadores y una de pausas."
        for widget in (label(what, name="board_export_what"), label(RECEIPT, "secondary", "board_export_receipt")):
            self.body.addWidget(widget)
        self.body.addWidget(self.form)
        self.body.addWidget(self.folder)
        self.body.addStretch(1)
        self.form.changed.connect(lambda: self.complain(""))
        self.form.take_keyboard()
        self.fit()

    @property
    def path(self) -> Path:
        """The file: the board and the moment."""
        return self.folder.folder / f"iduo_tablero_{self._clock():%Y-%m-%d_%H%M%S}.xlsx"

    def export(self) -> None:
        """Enter: leave the trace, then write the file."""
        wrong = self.form.check()
        if wrong:
            wrong[0].editor.input.setFocus()
            self.fit()
            return
        meter = self.start("Contando")
        if meter is not None:
            values = (self.path, self._span, str(self.form.values()["reason"]), meter)
            self.follow(self.operations.run(self, careful(board_sheets.export_board), *values), self._finish)

    def _finish(self, exported: Exported) -> None:
        self.exported.emit(exported)
        self.accept()
