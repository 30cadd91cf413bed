"""The dialog for one field of a form: what it asks, when it is needed, and what can be answered."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services.form_builder import Definition, Saved
from iduo_desktop.services.forms import Field, Option
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings import form_builder_edits as edits
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.form_builder_answers import AnswersPicker
from iduo_desktop.ui.settings.form_builder_options import OptionsPanel, named
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import Values
from iduo_desktop.ui.widgets.form_dialog import FormDialog

OPTIONS, WHEN = "#options", "#when"
NO, ALWAYS, DEPENDS = "no", "always", "depends"
_NEEDED = ((NO, "No"), (ALWAYS, "Siempre"), (DEPENDS, "Según otra respuesta"))
_PARTS = (("closing", "Cierre"), ("future", "Próximo contacto"))
_TEXTS = {FieldKind.TEXT.value, FieldKind.LONG_TEXT.value, FieldKind.PHONE.value}
_LISTS = {FieldKind.CHOICE.value, FieldKind.SEVERAL.value}
_YES_NO = (Option("true", "Sí", None, ()), Option("false", "No", None, ()))


class FieldDialog(EditDialog):
    """`field` is None for a new one. It is saved into the draft at once; `key` is the key that it has then."""

    def __init__(self, office: Office, definition: Definition, field: Field | None, parent: QWidget):
        self.definition, self.field = definition, field
        self.key = field.key if field is not None else ""
        self._earlier = _earlier(definition, field)
        self._taken = [each.key for each in definition.fields]
        self.panel = OptionsPanel(field.options if field else (), office.clock, lists=definition.kind == "closing")
        self.when = AnswersPicker("required_when")
        what = f"{definition.form_id}_{self.key}"
        title = f"Editar «{field.label}»" if field is not None else "Agregar un campo"
        fields = _fields(definition, self._earlier)
        super().__init__(office, "field", what, title, "Guardar", fields, _known(field), parent)
        self._initial = {**self._initial, **self._own_values(field)}
        self.body.insertWidget(self.body.count() - 1, self.when)
        self.body.insertWidget(self.body.count() - 1, self.panel)
        self._follow()
        if self.draft.restored_at is None:
            self.when.choose(field.required_if_values if field is not None else ())
        else:
            self._show_own(self.draft.values())
        self.form.changed.connect(self._follow)
        self.panel.changed.connect(self.keep)
        self.when.changed.connect(self.keep)

    def values(self) -> Values:
        typed = {**FormDialog.values(self), **self._typed()}
        return {} if typed == self._initial else typed

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values(values)
        self._show_own(values or self._initial)

    def check(self) -> bool:
        if not super().check():
            return False
        if not self.when.isHidden() and not self.when.chosen():
            self.when.say("Elegí con qué respuestas es obligatorio")
            return False
        problem = self.panel.problem() if not self.panel.isHidden() else ""
        self._sender.say(problem)
        return not problem

    def show_field_error(self, field: str, problem: str) -> bool:
        """What the database says of this field is said beside the button; its options and rules are all of it."""
        return False

    def ask(self) -> Operation[Saved]:
        after = self._made()
        edit = edits.put_field(self.field, after)
        return self.operations.run(self, edits.change, self.definition.form_id, edit)

    def wanted_width(self) -> int:
        return 760

    def _made(self) -> Field:
        answers, kind = self.answers, self.text("kind")
        needed = self.text("needed")
        self.key = self.key or edits.new_key(self.text("label"), self._taken)
        options = named(_read_options(answers), self.field.options if self.field else ()) if kind in _LISTS else ()
        length = self.field.max_length if self.field else 200
        return Field(
            key=self.key,
            part=self.text("part") or "closing",
            label=self.text("label"),
            kind=kind,
            required=needed == ALWAYS,
            required_if_field=self.text("required_if") if needed == DEPENDS else None,
            required_if_values=tuple(json.loads(self.text(WHEN) or "[]")) if needed == DEPENDS else (),
            options_if_field=(self.text("options_if") or None) if kind == FieldKind.CHOICE else None,
            help=self.text("help"),
            max_length=int(float(self.text("max_length") or length)) if kind in _TEXTS else length,
            options=options if kind == FieldKind.CHOICE and self.text("options_if") else _free(options),
        )

    def _follow(self) -> None:
        """Show what goes with the kind, and with whether it is needed."""
        answers = self.form.values()
        kind, depends = str(answers.get("kind") or ""), answers.get("needed") == DEPENDS
        shown = {
            "max_length": kind in _TEXTS,
            "required_if": depends,
            "options_if": kind == FieldKind.CHOICE and bool(self._earlier),
        }
        for row in self.form.rows:
            for widget in (row.label, row.cell):
                widget.setVisible(shown.get(row.field.key, True))
        self._offer("required_if" if depends else "", kind)

    def _offer(self, required_if: str, kind: str) -> None:
        answers = self.form.values()
        needs = self._earlier.get(str(answers.get(required_if) or ""))
        title = f"Obligatorio con estas respuestas de «{needs.label}»" if needs else ""
        self.when.offer(
            title,
            _active(needs),
            self.field.required_if_values
            if needs and not self.when.chosen() and self.field and self.field.required_if_field == needs.key
            else (),
        )
        self.panel.setVisible(kind in _LISTS)
        depends_on = self._earlier.get(str(answers.get("options_if") or "")) if kind == FieldKind.CHOICE else None
        self.panel.offer_parents(depends_on.label if depends_on else "", _active(depends_on))

    def _own_values(self, field: Field | None) -> Values:
        options, when = (field.options, field.required_if_values) if field is not None else ((), ())
        return {OPTIONS: _write_options(options), WHEN: json.dumps([*when])}

    def _typed(self) -> Values:
        return {OPTIONS: _write_options(self.panel.options), WHEN: json.dumps([*self.when.chosen()])}

    def _show_own(self, values: Mapping[str, Any]) -> None:
        if OPTIONS in values:
            self.panel.set_options(_read_options(values))
        if WHEN in values:
            self.when.choose(json.loads(str(values[WHEN])))


def _fields(definition: Definition, earlier: Mapping[str, Field]) -> Iterable[Field]:
    """What is asked of a field."""
    kinds = tuple((kind.value, kind.label) for kind in FieldKind)
    conditions = tuple((key, field.label) for key, field in earlier.items())
    lists = tuple((key, field.label) for key, field in earlier.items() if field.kind in _LISTS)
    needed = _NEEDED if conditions else _NEEDED[:2]
    yield fixed_field("label", "Nombre", FieldKind.TEXT, required=True, max_length=120)
    yield fixed_field("kind", "Qué guarda", FieldKind.CHOICE, required=True, options=kinds)
    yield fixed_field("needed", "Obligatorio", FieldKind.CHOICE, required=True, options=needed)
    if definition.kind == "closing":
        yield fixed_field("part", "Parte", FieldKind.CHOICE, required=True, options=_PARTS)
    if conditions:
        depends = fixed_field("required_if", "Según", FieldKind.CHOICE, options=conditions)
        yield Field(**{**_as_dict(depends), "required_if_field": "needed", "required_if_values": (DEPENDS,)})
    if lists:
        yield fixed_field("options_if", "Opciones según", FieldKind.CHOICE, options=lists)
    yield fixed_field("max_length", "Largo máximo", FieldKind.NUMBER, help="De 1 a 4000 letras")
    yield fixed_field("help", "Ayuda", FieldKind.TEXT, max_length=300, help="Se lee debajo del campo")


def _known(field: Field | None) -> Values:
    """What a field is now, or what a new one begins with."""
    if field is None:
        return {"kind": FieldKind.TEXT.value, "needed": NO, "part": "closing", "max_length": "200"}
    needed = ALWAYS if field.required else DEPENDS if field.required_if_field else NO
    return {
        "label": field.label,
        "kind": field.kind,
        "needed": needed,
        "part": field.part,
        "required_if": field.required_if_field,
        "options_if": field.options_if_field,
        "max_length": str(field.max_length),
        "help": field.help,
    }


def _earlier(definition: Definition, field: Field | None) -> dict[str, Field]:
    """The lists and the questions of yes or no that stand before the field: it may be needed according to them."""
    keys = [each.key for each in definition.fields]
    at = keys.index(field.key) if field is not None and field.key in keys else len(keys)
    return {each.key: each for each in definition.fields[:at] if each.kind in {*_LISTS, FieldKind.YES_NO}}


def _active(field: Field | None) -> tuple[Option, ...]:
    if field is not None and field.kind == FieldKind.YES_NO:
        return _YES_NO
    return tuple(option for option in field.options if option.active) if field is not None else ()


def _free(options: Iterable[Option]) -> tuple[Option, ...]:
    """Options that depend on nothing."""
    return tuple(Option(each.key, each.label, each.digit, (), each.lists, each.active) for each in options)


def _write_options(options: Iterable[Option]) -> str:
    return json.dumps([asdict(option) for option in options])


def _read_options(values: Mapping[str, Any]) -> tuple[Option, ...]:
    rows = json.loads(str(values.get(OPTIONS) or "[]"))
    return tuple(Option(**{**row, "parents": tuple(row["parents"]), "lists": tuple(row["lists"])}) for row in rows)


def _as_dict(field: Field) -> dict[str, Any]:
    return {name: getattr(field, name) for name in field.__slots__}
