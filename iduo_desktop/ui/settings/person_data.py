"""All that is kept on one client: in a file for him, or blanked for good when he asks for it."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from iduo_desktop.services import records
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.records import Erased, PersonRecord
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.settings import files
from iduo_desktop.ui.settings.erase_dialog import EraseDialog, erased_words
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.client_editor import ClientEditor
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.sender import KEY


class PersonDataPage(Page):
    """Asks for the client and for the reason, reads with a trace, and asks where the file goes."""

    name = "person_data"
    title = "Datos de una persona"
    hint = "Todo lo que se guarda de un cliente, en una página para darle. Queda registrado quién lo pidió y para qué."

    def __init__(self, office: Office):
        super().__init__(office)
        self._hit: CompanyHit | None = None
        fields = (
            fixed_field("company", "Cliente", FieldKind.TEXT, required=True),
            fixed_field("reason", "Para qué", FieldKind.TEXT, required=True, max_length=500),
        )
        self.client = ClientEditor(fields[0], office.clock, office.operations, warns=False)
        self.client.found.connect(self._choose)
        self.form = FormView(fields, office.clock, editors={"company": self.client})
        self.form.finished.connect(self.prepare)
        self.head.addWidget(button("Preparar archivo", "person_prepare", self.prepare, key=KEY, role="primary"))
        self.head.addWidget(button("Borrar sus datos…", "person_erase", self.erase))
        self.body.addWidget(self.form)
        self.body.addStretch(1)

    def load(self) -> None:
        """Nothing to show before somebody is chosen."""

    def save(self) -> None:
        """Ctrl+Enter."""
        self.prepare()

    def prepare(self) -> None:
        """Read what there is, then ask where it goes."""
        wrong = self.form.check()
        if wrong:
            wrong[0].editor.input.setFocus()
            return
        typed = self.form.values()
        company, reason = int(str(typed["company"])), str(typed["reason"])
        reading = self.office.operations.run(self, records.consult_person, reason, company).busy(self.form)
        reading.then(self.choose_file)

    def erase(self) -> None:
        """Ask once more, and blank everything."""
        if self._hit is None or self.client.value() is None:
            self.form.check()
            self.client.line.setFocus()
            return
        hit = self._hit
        dialog = EraseDialog(self.office, hit, self)
        dialog.saved.connect(lambda done: self._erased(hit, done))
        dialog.open()

    def choose_file(self, record: PersonRecord) -> None:
        """Where the file goes."""
        dialog = QFileDialog(self, "Guardar los datos", "", "Página (*.html);;Datos (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.selectFile(f"datos_{self.client.value()}_{self.office.clock():%Y-%m-%d}.html")
        dialog.fileSelected.connect(partial(self.write, record))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, record: PersonRecord, name: str) -> None:
        """Write the file."""
        who = f"{self._hit.client}, número {self._hit.number}" if self._hit else ""
        title = f"{who} · datos al {self.office.clock():%d/%m/%Y}"
        writing = self.office.operations.run_local(self, files.write_person, Path(name), title, record.record)
        writing.then(lambda path: self.office.notice.show(f"Guardaste los datos de {who} en {path.name}"))

    def begin(self) -> None:
        self.client.line.setFocus()

    def _choose(self, hit: CompanyHit) -> None:
        self._hit = hit

    def _erased(self, hit: CompanyHit, done: Erased) -> None:
        self._hit = None
        self.form.set_values({})
        self.office.notice.show(erased_words(hit, done))
        self.begin()
