"""The dialogs for a form as a whole: a new one, and its title and whether it is in use."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import form_builder
from iduo_desktop.services.form_builder import FormRow, Made
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.fields import fixed_field

KINDS = {"survey": "Encuesta", "contact_section": "Sección del contacto", "ticket": "Datos extra del ticket"}
CLOSING, SECTION = "closing", "contact_section"
_ORDER = (CLOSING, *KINDS)
_COUNTED_TO = 10_000


class NewFormDialog(EditDialog):
    """A form without fields; `saved` brings its id."""

    def __init__(self, office: Office, parent: QWidget):
        fields = (
            fixed_field("title", "Título", FieldKind.TEXT, required=True, max_length=120),
            fixed_field("kind", "Qué es", FieldKind.CHOICE, required=True, options=tuple(KINDS.items())),
            reserved_field(),
        )
        super().__init__(office, "new_form", "", "Nuevo formulario", "Agregar", fields, {"kind": "survey"}, parent)
        self.form.changed.connect(self._follow)
        self._follow()

    def ask(self) -> Operation[Made]:
        title, kind, reserved = self.text("title"), self.text("kind"), self.answers.get("reserved") is True
        return self.operations.run(self, form_builder.create, kind, title, self.draft.key, reserved)

    def _follow(self) -> None:
        """Only sections of a person's record can be reserved."""
        row = next(row for row in self.form.rows if row.field.key == "reserved")
        section = self.form.values().get("kind") == SECTION
        row.label.setVisible(section)
        row.cell.setVisible(section)


class RenameFormDialog(EditDialog):
    """Its title; and for all but the closing form, whether it is offered."""

    def __init__(self, office: Office, row: FormRow, parent: QWidget):
        self.row = row
        title = fixed_field("title", "Título", FieldKind.TEXT, required=True, max_length=120)
        active = fixed_field("active", "Activo", FieldKind.YES_NO, required=True)
        section = (reserved_field(),) if row.kind == SECTION else ()
        fields = (title,) if row.kind == CLOSING else (title, active, *section)
        known = {"title": row.title, "active": row.active, **({"reserved": row.reserved} if section else {})}
        super().__init__(office, "form", row.id, f"Editar «{row.title}»", "Guardar", fields, known, parent, used(row))

    def ask(self) -> Operation[Any]:
        active = self.answers.get("active", self.row.active) is not False
        reserved = self.answers.get("reserved") is True if self.row.kind == SECTION else None
        return self.operations.run(self, form_builder.rename, self.row.id, self.text("title"), active, reserved)


def reserved_field() -> Field:
    """Whether a section of a person's record is read by anybody who sees the person."""
    read = "Leerla pide un motivo, que queda registrado. La lee quien tiene un caso abierto suyo, o coordinación"
    return fixed_field("reserved", "Reservada", FieldKind.YES_NO, help=read)


def in_order(rows: tuple[FormRow, ...]) -> tuple[FormRow, ...]:
    """The closing form, then the surveys, the sections and what goes with tickets."""
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.kind), row.title.casefold(), row.id)))


def used(row: FormRow) -> str:
    """«Usado en 1.240 cierres: se puede desactivar, no borrar.»; empty when nobody ever filled it."""
    if not row.used:
        return ""
    one, many = ("cierre", "cierres") if row.kind == CLOSING else ("registro", "registros")
    times = (
        f"más de {formats.count(_COUNTED_TO)} {many}" if row.used > _COUNTED_TO else formats.plural(row.used, one, many)
    )
    if row.kind == CLOSING:
        return f"Usado en {times}: sus opciones se pueden retirar, no borrar."
    return f"Usado en {times}: se puede desactivar, no borrar."
