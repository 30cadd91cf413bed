"""[Exportar] of a list: all that is filtered, whole, into a sheet; why is asked and kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import listing
from iduo_desktop.services.listing import Exported, Source
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.batches.columns_choice import ColumnsChoice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.export_parts import ExportDialog, FolderLine
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.work import careful

RECEIPT = "Son datos personales: queda registrado quién los exportó, cuántos y para qué."


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list to export: `kind` is cases or tickets, `name` the list or state, `filter` what it is narrowed to, as JSON.

    `said` names it for people, `narrowed` tells of its filter, `counted` how many lines it has, as far as is known.
    """

    kind: str
    name: str
    filter: str
    said: str
    narrowed: bool
    counted: str


class ListDialog(ExportDialog):
    """`exported` brings where the file is and how many rows it has."""

    def __init__(
        self,
        operations: Operations,
        clock: Clock,
        choice: ListChoice,
        source: Source[Any],
        folder: Path,
        parent: QWidget,
    ):
        super().__init__(operations, "list_dialog", f"Exportar {choice.said}", parent)
        self.export_asked.connect(self.export)
        self._choice = choice
        self._source = source
        self._clock = clock
        reason = fixed_field("reason", "Para qué", FieldKind.TEXT, required=True, max_length=450)
        self.form = FormView((reason,), clock, enter_advances=False)
        titles = {key: column.title for key, column in source.columns.items()}
        self.columns = ColumnsChoice(operations, choice.kind, titles)
        self.folder = FolderLine(folder)
        narrowed = "lo que deja ver el filtro" if choice.narrowed else "la lista entera, sin filtros"
        counted = f"{choice.counted}: " if choice.counted else ""
        what = f"{counted}{narrowed}, con todas sus filas y los textos completos."
        what = f"{what[0].upper()}{what[1:]}"
        for widget in (label(what, name="list_what"), label(RECEIPT, "secondary", "list_receipt")):
            self.body.addWidget(widget)
        for part in (self.form, self.columns, self.folder):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.form.changed.connect(lambda: self.complain(""))
        self.columns.fold.toggled_open.connect(lambda _open: self._fits.start())
        self.form.take_keyboard()
        self.fit()

    @property
    def path(self) -> Path:
        """The file: its list and the moment."""
        name = self._choice.said.lower().replace(" ", "_").replace(":", "")
        return self.folder.folder / f"iduo_{name}_{self._clock():%Y-%m-%d_%H%M%S}.xlsx"

    def export(self) -> None:
        """Enter: leave the trace, then write the file."""
        wrong = self.form.check()
        if wrong:
            wrong[0].editor.input.setFocus()
            self.fit()
            return
        if not self.columns.keys():
            self.complain("Elegí al menos una columna.")
            return
        meter = self.start("Contando las filas")
        if meter is not None:
            choice, reason = self._choice, str(self.form.values()["reason"])
            values = (self._source, self.path, choice.name, choice.filter, reason, self.columns.keys(), meter)
            self.follow(self.operations.run(self, careful(listing.export), *values), self._finish)

    def _finish(self, exported: Exported) -> None:
        self.exported.emit(exported)
        self.accept()
