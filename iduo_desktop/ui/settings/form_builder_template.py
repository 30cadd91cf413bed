"""The dialog for a quick closing: its digit, its name, and what it puts into each field, typed as operators would."""

import json
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from iduo_desktop.services.form_builder import Definition, Saved
from iduo_desktop.services.forms import Field, FieldValue, Template
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings import form_builder_edits as edits
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.fields import Value, fixed_field, from_template
from iduo_desktop.ui.widgets.form import Values

DIGIT, LABEL = "#digit", "#label"
_HINT = "Con esa tecla se completan estos campos, sin pisar lo que ya se escribió. Lo que dejes vacío no se toca."


class TemplateDialog(EditDialog):
    """`template` is None for a new one. It is saved into the draft at once."""

    def __init__(self, office: Office, definition: Definition, template: Template | None, parent: QWidget):
        self.definition, self.template = definition, template
        self._fillable = [*fillable(definition.fields)]
        title = f"Editar «{template.label}»" if template is not None else "Agregar un cierre rápido"
        what = f"{definition.form_id}_{template.digit if template is not None else ''}"
        fields = (*self._own_fields(), *self._fillable)
        super().__init__(office, "template", what, title, "Guardar", fields, self._known(), parent, _HINT)

    def ask(self) -> Operation[Saved]:
        answers = self.answers
        given = ((field.key, answers.get(field.key)) for field in self._fillable)
        values = tuple(FieldValue(key, as_template(value)) for key, value in given if value is not None)
        after = Template(int(self.text(DIGIT)), self.text(LABEL), values)
        # the database gives values in an order of its own
        edit = edits.put_template(
            self.template, replace(after, values=tuple(sorted(values, key=lambda one: one.field)))
        )
        return self.operations.run(self, edits.change, self.definition.form_id, edit)

    def wanted_width(self) -> int:
        return 800

    def _own_fields(self) -> tuple[Field, ...]:
        own = self.template.digit if self.template is not None else None
        taken = {each.digit for each in self.definition.templates if each.digit != own}
        digits = tuple((str(digit), str(digit)) for digit in range(1, 10) if digit not in taken)
        return (
            fixed_field(DIGIT, "Tecla", FieldKind.CHOICE, required=True, options=digits),
            fixed_field(LABEL, "Nombre", FieldKind.TEXT, required=True, max_length=80),
        )

    def _known(self) -> Values:
        if self.template is None:
            free = self._own_fields()[0].options
            return {DIGIT: free[0].key if free else None}
        by_key = {field.key: field for field in self._fillable}
        values = {
            each.field: from_template(by_key[each.field], each.value)
            for each in self.template.values
            if each.field in by_key
        }
        return {DIGIT: str(self.template.digit), LABEL: self.template.label, **values}


def fillable(fields: Iterable[Field]) -> Iterable[Field]:
    """The fields that a digit can fill, as they are in the form but never required; retired options are not offered."""
    for field in fields:
        options = tuple(option for option in field.options if option.active)
        yield replace(field, required=False, required_if_field=None, required_if_values=(), options=options)


def as_template(value: Value) -> str:
    """A value as a template keeps it, which is text; several options are a JSON list."""
    if isinstance(value, list):
        return json.dumps(value)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
