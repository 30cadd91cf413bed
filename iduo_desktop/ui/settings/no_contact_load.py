"""Bring in a list of who is not to be contacted: its file, which column, what it is called, of which day it is."""

from datetime import date, datetime, time
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import clocks, no_contact_files, pressure
from iduo_desktop.services.no_contact_files import ListFile
from iduo_desktop.services.pressure import Loaded, NoContactList
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.no_contact_dialogs import EVERY, PURPOSES, chosen
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.fields import ChoiceEditor, fixed_field
from iduo_desktop.ui.widgets.fitting_scroll import FittingScroll
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.sender import KEY
from iduo_desktop.ui.widgets.work import Meter, MeterBar, careful

FILES = "Planillas y textos (*.csv *.txt *.xlsx *.xls *.ods)"
_NOON = time(12)
_HINT = "Si ya hay una lista con ese nombre, la reemplaza."
_WIDTH, _LEAST = 560, 160


class LoadDialog(QDialog):
    """Reads the file in a worker and sends 10,000 at a time, so that others wait for nothing.

    `loaded` brings the list's name and what became of all.
    """

    loaded = Signal(str, object)

    def __init__(self, office: Office, known: NoContactList | None, parent: QWidget):
        super().__init__(parent)
        self._office = office
        self._file: ListFile | None = None
        self._left: list[tuple[str, ...]] = []
        self._of = 0
        self._total = Loaded(0, 0, 0, 0)
        self._meter: Meter | None = None
        self.setObjectName("no_contact_load_dialog")
        self.setWindowTitle("Cargar una lista de «No contactar»")
        self.setAccessibleName(self.windowTitle())
        self.path = QLineEdit(placeholderText="Archivo .csv, .txt o .xlsx")
        self.path.setObjectName("no_contact_path")
        self.path.setAccessibleName("Archivo")
        self.browse = button("Elegir…", "no_contact_browse", self.choose)
        self.content = QWidget()
        self.form = self._make_form(known)
        self.meter = MeterBar()
        self.message = sentence("error", "no_contact_load_message")
        self.cancel = button("Cancelar", "no_contact_load_cancel", self.reject, key="Esc")
        self.primary = button("Cargar", "no_contact_load_submit", self.submit, key=KEY, role="primary")
        for made in (self.browse, self.cancel, self.primary):
            made.setAutoDefault(False)
        self._lay_out()
        self.finished.connect(self.deleteLater)
        self.path.setFocus()

    def choose(self) -> None:
        """Look for the file."""
        dialog = QFileDialog(self, "Cargar una lista", "", f"{FILES};;Todos los archivos (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take(self, path: Path) -> None:
        """It is this file: read it."""
        if self._meter is not None:
            return
        self.path.setText(str(path))
        self._file = None
        meter = self._begin("Leyendo el archivo")
        asked = self._office.operations.run_local(self, careful(no_contact_files.look), path, meter)
        asked.then(self._show_file).refused(self._stop)

    def submit(self) -> None:
        """Ctrl+Enter."""
        if self._meter is not None:
            return
        wrong = self.form.check()
        if self._file is None:
            say(self.message, "Elegí el archivo.")
            self.path.setFocus()
        elif wrong:
            wrong[0].editor.input.setFocus()
        else:
            values = (self._file, int(str(self.form.values()["column"])), self._office.me.area_code)
            meter = self._begin("Entendiendo los números")
            asked = self._office.operations.run_local(self, careful(no_contact_files.addresses), *values, meter)
            asked.then(self._send_all).refused(self._stop)

    def reject(self) -> None:
        """Esc: what is under way ends first."""
        if self._meter is not None:
            self._meter.stop()
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
        elif self.path.hasFocus():
            self._typed()

    def _typed(self) -> None:
        text = self.path.text().strip().strip('"')
        if text:
            self.take(Path(text))
        else:
            self.choose()

    def _show_file(self, file: ListFile) -> None:
        self._end()
        self._file = file
        self.column.box.set_choices((str(each.index), f"{each.title} ({each.example})") for each in file.columns)
        known = self.form.values()
        self.form.set_values(
            {**known, "column": str(file.columns[0].index), "name": known.get("name") or Path(file.name).stem[:120]}
        )
        blank = self.form.first_blank()
        (blank or self.primary).setFocus()

    def _send_all(self, found: tuple[str, ...]) -> None:
        self._left, self._of = [*no_contact_files.parts(found)], len(found)
        self._total = Loaded(0, 0, 0, 0)
        self._send(first=True)

    def _send(self, *, first: bool) -> None:
        meter = self._meter
        if meter is None or not self._left:
            self._finish()
            return
        done = self._of - sum(map(len, self._left))
        if meter.stopped:
            self._end()
            say(self.message, self._partly(done))
            return
        meter.state = ("Cargando", done, self._of)
        values = self.form.values()
        day = datetime.combine(date.fromisoformat(str(values["as_of"])), _NOON, clocks.zone())
        given = (str(values["name"]), chosen(str(values["purpose"])), day, self._left[0], first)
        asked = self._office.operations.run(self, pressure.load_no_contact, *given)
        asked.then(self._sent).refused(self._stop).failed(self._stop)

    def _sent(self, loaded: Loaded) -> None:
        before = self._total
        self._total = Loaded(
            loaded.list_id, before.added + loaded.added, before.kept + loaded.kept, before.refused + loaded.refused
        )
        self._left = self._left[1:]
        self._send(first=False)

    def _finish(self) -> None:
        self._end()
        self.loaded.emit(str(self.form.values()["name"]), self._total)
        self.accept()

    def _partly(self, done: int) -> str:
        if not done:
            return "Cancelado. No se cambió nada."
        return (
            f"Quedaron cargados {formats.count(done)} de {formats.count(self._of)}. Volvé a cargarla para completarla."
        )

    def _stop(self, error: UserError | OperationError) -> None:
        done = self._of - sum(map(len, self._left)) if self._left else 0
        self._end()
        field = getattr(error, "field", None)
        if field is None or not self.form.show_error(field, error.message):
            say(self.message, " ".join(filter(None, (error.message, self._partly(done) if done else ""))))

    def _begin(self, what: str) -> Meter:
        say(self.message, "")
        self._left = []
        self._meter = self.meter.follow(what)
        for widget in (self.path, self.browse, self.form, self.primary):
            widget.setEnabled(False)
        self.meter.cancel.setFocus()
        return self._meter

    def _end(self) -> None:
        self._meter = None
        self.meter.end()
        for widget in (self.path, self.browse, self.form, self.primary):
            widget.setEnabled(True)
        self.path.setFocus()

    def _make_form(self, known: NoContactList | None) -> FormView:
        fields = (
            fixed_field("column", "Columna", FieldKind.CHOICE, required=True),
            fixed_field("name", "Nombre", FieldKind.TEXT, required=True, max_length=120, help=_HINT),
            fixed_field("purpose", "Finalidad", FieldKind.CHOICE, required=True, options=PURPOSES),
            fixed_field("as_of", "De qué día es", FieldKind.DATE, required=True, help="La fecha de la copia"),
        )
        self.column = ChoiceEditor(fields[0], self._office.clock)
        self.column.input.setObjectName("field_column")
        form = FormView(fields, self._office.clock, editors={"column": self.column})
        form.set_values({"name": known.name if known else None, "purpose": (known.purpose if known else "") or EVERY})
        form.finished.connect(self.primary_focus)
        return form

    def primary_focus(self) -> None:
        """After the last field."""
        self.primary.setFocus()

    def _lay_out(self) -> None:
        """The fields scroll where the screen is low; what is under way and the buttons are always seen."""
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        fields = QVBoxLayout(self.content)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(10)
        fields.addWidget(label("Una columna con teléfonos o mails; las demás no se miran.", "secondary", "load_hint"))
        fields.addLayout(row)
        fields.addWidget(self.form)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.primary)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(FittingScroll(self.content, _LEAST), 1)
        column.addWidget(self.meter)
        column.addWidget(self.message)
        column.addLayout(foot)
        self.setMinimumWidth(min(_WIDTH, self.screen().availableGeometry().width() - 24))
        self.setMaximumHeight(self.screen().availableGeometry().height() - 48)
