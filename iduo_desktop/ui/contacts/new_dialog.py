"""A new person; who may be the same is shown while one types, and «Es esta persona» goes on with her."""

from datetime import date
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services import Database, contact_records, contacts
from iduo_desktop.services.contact_records import Duplicate
from iduo_desktop.services.contacts import Kept
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.names import read_name
from iduo_desktop.ui.widgets.reach_editors import DocumentEditor, EmailEditor, PhoneEditor, plain_document
from iduo_desktop.ui.widgets.typed_person import typed_person

KIND = "new_contact"
_PAUSE_MS = 200
_ONE_OF = "Escribí el apellido, el nombre o el documento"
_FIELDS = (
    fixed_field("surname", "Apellido", FieldKind.TEXT, max_length=120),
    fixed_field("names", "Nombre", FieldKind.TEXT, max_length=120),
    fixed_field("document", "Documento", FieldKind.TEXT, max_length=20),
    fixed_field("phone", "Teléfono", FieldKind.TEXT, max_length=60),
    fixed_field("email", "Mail", FieldKind.TEXT, max_length=254),
)


class NewContactDialog(FormDialog):
    """`saved` brings what was kept; `found` the id of the person who was there already."""

    found = Signal(int)

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        clock: Clock,
        area_code: str,
        typed: str = "",
        parent: QWidget | None = None,
    ):
        draft = FormDraft(drafts, KIND, 0, "Contacto nuevo")
        super().__init__(operations, draft, "Contacto nuevo", "Guardar", parent)
        self.setObjectName("new_contact_dialog")
        self._area_code = area_code
        self._asked: Operation[tuple[Duplicate, ...]] | None = None
        surname, names, document, phone, email = _FIELDS
        self.document = DocumentEditor(document, clock)
        self.phone = PhoneEditor(phone, clock, area_code)
        self.email = EmailEditor(email, clock)
        own = {"document": self.document, "phone": self.phone, "email": self.email}
        form = FormView((surname, names, document, phone, email), clock, editors=own)
        self.forms = [form]
        self.body.addWidget(form)
        self._lay_out_same()
        self.body.addStretch(1)
        if draft.restored_at is None and typed:
            form.set_values(_read(typed))
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        form.changed.connect(self._pause.start)
        self.ready()
        self._pause.start()
        blank = form.first_blank(required=False)
        if blank is not None:
            blank.setFocus()

    def ask(self) -> Operation[Kept]:
        return self.operations.run(self, _keep, self.draft.values(), self._area_code, self.draft.key)

    def check(self) -> bool:
        said = self.values()
        if not any(said.get(key) for key in ("surname", "names", "document")):
            self.forms[0].show_error("surname", _ONE_OF)
            return False
        return super().check()

    def wanted_width(self) -> int:
        return 560

    def _look(self) -> None:
        """Ask who may be the same; only the newest answer counts."""
        if self._asked is not None:
            self._asked.stop()
        said = {key: str(value) for key, value in self.values().items()}
        if sum(len(value) for value in said.values()) < 2:
            self._show(())
            return
        self._asked = self.operations.run(self, _like, said, self._area_code, None)
        self._asked.then(self._show).refused(lambda _e: self._show(())).failed(lambda _e: self._show(()))

    def _show(self, duplicates: tuple[Duplicate, ...]) -> None:
        self._asked = None
        self.same.show_lines(Line(describe(each), each.why, each) for each in duplicates)
        self.same.setFixedHeight(min(5 * 32, self.same.wanted_height()))
        self._same.setVisible(bool(duplicates))

    def _take(self, chosen: object) -> None:
        """«Es esta persona»: nothing new is kept, and what was typed is not needed any more."""
        if isinstance(chosen, Duplicate):
            self.draft.discard()
            self.found.emit(chosen.contact_id)
            super().reject()

    def _lay_out_same(self) -> None:
        self.same = HitList("same_contacts", "Pueden ser la misma persona; Enter: es esta persona")
        self.same.chosen.connect(self._take)
        self._choose = button("Es esta persona", "same_person", lambda: self._take(self.same.current()))
        self._choose.setAutoDefault(False)
        self._same = QWidget()
        column = QVBoxLayout(self._same)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label("⚠ Ya hay alguien parecido. ¿Es la misma persona?", "warning", "same_title"))
        column.addWidget(self.same)
        column.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignLeft)
        self._same.hide()
        self.body.addWidget(self._same)


def describe(each: Duplicate) -> str:
    """«GÓMEZ, Ana · doc. 24.118.903 · 11 4321-5678»."""
    document = f"doc. {formats.document(each.document)}" if each.document else ""
    return " · ".join(part for part in (each.person, document, each.phone) if part)


def _read(typed: str) -> dict[str, str | bool | list[str] | None]:
    """What was looked for, in the field where it belongs."""
    digits = plain_document(typed)
    if digits.isdecimal():
        return {"document" if len(digits) in {7, 8} else "phone": typed}
    if "@" in typed:
        return {"email": typed}
    name = read_name(typed)
    return {"surname": name.surname, "names": name.names}


def _like(database: Database, said: dict[str, str], area_code: str, born: date | None) -> tuple[Duplicate, ...]:
    phone = said.get("phone", "")
    return contact_records.like(
        database,
        said.get("surname", ""),
        said.get("names", ""),
        plain_document(said.get("document", "")),
        phones.parse(phone, area_code).search_key if phone else "",
        said.get("email", ""),
        born,
    )


def _keep(database: Database, said: dict[str, Any], area_code: str, key: Any) -> Kept:
    made = typed_person(said.get("surname", ""), said.get("names", ""), said, area_code)
    return contacts.create(database, made, key)
