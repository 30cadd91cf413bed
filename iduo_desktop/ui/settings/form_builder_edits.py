"""Changes to a draft of a form, each made on what the database has now, so that two administrators lose nothing."""

import json
import re
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from iduo_desktop.database.errors import FieldError, UserError
from iduo_desktop.services import Database, form_builder
from iduo_desktop.services.form_builder import Definition, FormRow, Made, Saved
from iduo_desktop.services.forms import Field, Template
from iduo_desktop.ui.widgets.moments import fold

Edit = Callable[[Definition], Definition]

_OURS = {"next_date", "next_time"}  # what the agenda looks for
_CHANGED = "Otra persona cambió este formulario recién. Fijate cómo quedó y volvé a guardar."
_LONGEST = 36


@dataclass(frozen=True, slots=True)
class Found:
    """All forms, and the one that is being looked at."""

    forms: tuple[FormRow, ...]
    definition: Definition | None


def read(database: Database, form_id: int | None) -> Found:
    """The forms and the definition of one, the first when none is chosen."""
    forms = form_builder.forms(database)
    wanted = next((row for row in forms if row.id == form_id), forms[0] if forms else None)
    return Found(forms, form_builder.definition(database, wanted.id) if wanted is not None else None)


def change(database: Database, form_id: int, edit: Edit) -> Saved:
    """Make one change to what the draft is now and keep it; made already, nothing happens."""
    now = form_builder.definition(database, form_id)
    wanted = edit(now)
    if wanted == now:
        return Saved(now.version, now.edits)
    return form_builder.save_draft(database, form_id, now.version, to_json(wanted), now.edits)


def publish(database: Database, seen: Definition) -> Saved:
    """Publish what was seen, and nothing that somebody else put into the draft since."""
    return form_builder.publish(database, seen.form_id, seen.version, seen.edits)


def make_again(database: Database, before: Definition, key: UUID) -> Made:
    """A form that was discarded before it was ever published, as it was."""
    made = form_builder.create(database, before.kind, before.title, key, before.reserved)
    if before.fields:
        now = form_builder.definition(database, made.form_id)
        form_builder.save_draft(database, made.form_id, now.version, to_json(before), now.edits)
    return made


def to_json(definition: Definition) -> str:
    """A definition as the database takes it."""
    fields = [asdict(field) for field in definition.fields]
    return json.dumps({"fields": fields, "templates": [asdict(template) for template in definition.templates]})


def new_key(label: str, taken: Collection[str]) -> str:
    """A key made from a label, like no other; nobody ever sees it."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")
    begins = plain if re.match(r"[a-z]", plain) else f"x_{plain}".rstrip("_")
    stem = begins[:_LONGEST].rstrip("_")
    keys = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(taken) + len(_OURS) + 2))
    return next(key for key in keys if key not in taken and key not in _OURS)


def put_field(before: Field | None, after: Field) -> Edit:
    """Add a field, or change one that looked like `before`; made already, nothing changes."""

    def edit(now: Definition) -> Definition:
        there = next((field for field in now.fields if field.key == after.key), None)
        if there is not None and _same(there, after):
            return now
        if there != before:
            raise FieldError(_CHANGED, after.key)
        if there is None:
            return replace(now, fields=_added(now.fields, after))
        return replace(now, fields=tuple(after if field is there else field for field in now.fields))

    return edit


def remove_field(key: str) -> Edit:
    """Take a field out, and out of the quick closings; those that depend on it make the database refuse."""

    def edit(now: Definition) -> Definition:
        fields = tuple(field for field in now.fields if field.key != key)
        return replace(now, fields=fields, templates=tuple(_without(each, key) for each in now.templates))

    return edit


def move_field(key: str, step: int) -> Edit:
    """One place up (-1) or down (1)."""

    def edit(now: Definition) -> Definition:
        fields = [*now.fields]
        at = next((index for index, field in enumerate(fields) if field.key == key), None)
        if at is None or not 0 <= at + step < len(fields):
            return now
        fields.insert(at + step, fields.pop(at))
        return replace(now, fields=tuple(fields))

    return edit


def put_template(before: Template | None, after: Template) -> Edit:
    """Add a quick closing, or change one that looked like `before`."""

    def edit(now: Definition) -> Definition:
        if after in now.templates:
            return now
        taken = {each.digit for each in now.templates if each != before}
        if after.digit in taken:
            raise UserError(f"La tecla {after.digit} ya es de otro cierre rápido.", "#digit")
        if before is not None and before not in now.templates:
            raise UserError(_CHANGED)
        others = [each for each in now.templates if each != before]
        return replace(now, templates=tuple(sorted([*others, after], key=lambda each: each.digit)))

    return edit


def remove_template(digit: int) -> Edit:
    """Take a quick closing out."""
    return lambda now: replace(now, templates=tuple(each for each in now.templates if each.digit != digit))


def bring_back(before: Definition) -> Edit:
    """Put a draft back that was discarded, unless there is another one by now."""

    def edit(now: Definition) -> Definition:
        if now.draft:
            raise UserError(_CHANGED)
        return replace(now, fields=before.fields, templates=before.templates)

    return edit


def _same(there: Field, after: Field) -> bool:
    """True when it was saved already: the database may have brought back options that were published."""
    keys = {option.key for option in after.options}
    return replace(there, options=tuple(option for option in there.options if option.key in keys)) == after


def _added(fields: tuple[Field, ...], field: Field) -> tuple[Field, ...]:
    """At the end of its part of the form."""
    at = max((index for index, other in enumerate(fields) if other.part == field.part), default=len(fields) - 1) + 1
    return (*fields[:at], field, *fields[at:])


def _without(template: Template, key: str) -> Template:
    return replace(template, values=tuple(value for value in template.values if value.field != key))
