"""A page that shows nothing before one says what for; every question leaves its trace first."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtWidgets import QFileDialog, QPushButton

from iduo_desktop.services import staff
from iduo_desktop.services.forms import Field
from iduo_desktop.services.staff import Person
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings import files
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.fields import ChoiceEditor, fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.sender import KEY

Row = TypeVar("Row")
PAGE_ROWS = 200
_LOOKED = "Decí para qué consultás y apretá Consultar. Queda registrado que miraste."


class ConsultPage(Page, Generic[Row]):
    """A reason, filters, a list of pages of 200, and a file of what is shown."""

    def __init__(self, office: Office):
        super().__init__(office)
        self.found: tuple[Row, ...] = ()
        reason = fixed_field("reason", "Para qué", FieldKind.TEXT, required=True, max_length=500)
        fields = (reason, *self.filters())
        self.actor = ChoiceEditor(fields[1], office.clock)
        self.actor.input.setObjectName("field_actor")
        self.form = FormView(fields, office.clock, editors={"actor": self.actor})
        self.form.finished.connect(self.consult)
        self.list: RowList[Row] = RowList(f"{self.name}_list", self.title, self.columns(), self.key)
        self.said = label(_LOOKED, "secondary", f"{self.name}_said")
        self.buttons: dict[str, QPushButton] = {}
        self._add_button("consult", "Consultar", self.consult, key=KEY, role="primary")
        self._add_button("more", "Ver más", self.more)
        self._add_button("file", "Guardar en un archivo", self.choose_file)
        self.body.addWidget(self.form)
        self.body.addWidget(self.said)
        self.body.addWidget(self.list, 1)
        self._show_state()

    def filters(self) -> tuple[Field, ...]:
        """The fields after the reason; the first is whose doings."""
        return (fixed_field("actor", "Quién", FieldKind.CHOICE, help="Vacío: todas las personas"),)

    def columns(self) -> tuple[Column[Row], ...]:
        """What is shown of a line."""
        raise NotImplementedError  # each page has its own

    def key(self, row: Row) -> int:
        """Its id; older lines have lower ones."""
        raise NotImplementedError  # each page has its own

    def ask(self, before: int | None) -> Operation[tuple[Row, ...]]:
        """Start reading a page."""
        raise NotImplementedError  # each page has its own

    @property
    def reason(self) -> str:
        """What for."""
        return str(self.form.values().get("reason") or "")

    def load(self) -> None:
        """Only names to choose from; the log waits for a reason."""
        self.office.operations.run(self, staff.people).then(self.show_people)

    def show_people(self, people: tuple[Person, ...]) -> None:
        """Offer everybody, those who left too."""
        self.actor.box.set_choices((person.login, person.full_name) for person in people)

    def refresh(self) -> None:
        """F5 asks again when it was asked before."""
        if self.found:
            self.consult()

    def save(self) -> None:
        """Ctrl+Enter."""
        self.consult()

    def consult(self) -> None:
        """Ask for the newest page."""
        wrong = self.form.check()
        if wrong:
            wrong[0].editor.input.setFocus()
        else:
            self.ask(None).busy(self.buttons["consult"]).then(self._show)

    def more(self) -> None:
        """The next page, of older lines."""
        if self.found and not self.form.check():
            self.ask(self.key(self.found[-1])).busy(self.buttons["more"]).then(self._append)

    def choose_file(self) -> None:
        """Where what is shown goes."""
        dialog = QFileDialog(self, "Guardar en un archivo", "", "Planilla (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self.name}_{self.office.clock():%Y-%m-%d}.csv")
        dialog.fileSelected.connect(self.write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, name: str) -> None:
        """Write what is shown."""
        titles = [column.title for column in self.columns()]
        rows = [[column.cell(row) for column in self.columns()] for row in self.found]
        writing = self.office.operations.run_local(self, files.write_list, Path(name), titles, rows)
        lines = formats.plural(len(rows), "línea", "líneas")
        writing.then(lambda path: self.office.notice.show(f"Guardaste {lines} en {path.name}"))

    def begin(self) -> None:
        self.form.take_keyboard()

    def _add_button(self, name: str, text: str, action: Callable[[], object], *, key: str = "", role: str = "") -> None:
        made = button(text, f"{self.name}_{name}", action, key=key, role=role)
        self.buttons[name] = made
        self.head.addWidget(made)

    def _show(self, rows: tuple[Row, ...]) -> None:
        self._fill(rows, rows)
        if rows:
            self.list.setFocus()

    def _append(self, rows: tuple[Row, ...]) -> None:
        self._fill((*self.found, *rows), rows)

    def _fill(self, found: tuple[Row, ...], page: Iterable[Row]) -> None:
        self.found = found
        self.list.show_rows(found)
        whole = len([*page]) < PAGE_ROWS
        lines = f"{formats.plural(len(found), 'línea', 'líneas')}, {'no hay más' if whole else 'hay más'}."
        say(self.said, lines if found else "No hay nada así.")
        self._show_state(more=not whole)

    def _show_state(self, *, more: bool = False) -> None:
        self.buttons["more"].setEnabled(more)
        self.buttons["file"].setEnabled(bool(self.found))


def period() -> tuple[Field, Field]:
    """From a day to a day, both included."""
    return (fixed_field("first", "Desde", FieldKind.DATE), fixed_field("last", "Hasta", FieldKind.DATE))
