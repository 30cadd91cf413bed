"""Form builder: an administrator's drafts of forms, and their publication."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.forms import Field, Template


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form. `kind` is closing, survey, contact_section or ticket; `used` counts records up to 10,001.

    `reserved`: what a section of a person's record holds is read only with a reason that stays.
    """

    id: int
    kind: str
    title: str
    active: bool
    published_version: int | None
    published_at: datetime | None
    draft_version: int | None
    used: int
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """What is being edited: the draft, or what is published when there is no draft. Retired options come along.

    `edits` counts the times that this version was saved.
    """

    form_id: int
    version: int
    draft: bool
    kind: str
    title: str
    fields: tuple[Field, ...]
    templates: tuple[Template, ...]
    edits: int
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A form that was made."""

    form_id: int


@dataclass(frozen=True, slots=True)
class Saved:
    """The version that holds the draft, or that is published now, and how often it was saved."""

    version: int
    edits: int


def forms(database: Database) -> tuple[FormRow, ...]:
    """All forms, the closing form first."""
    return database.rows(FormRow, "forms")


def definition(database: Database, form_id: int) -> Definition:
    """What an administrator edits."""
    return database.one(Definition, "form_definition", form=form_id)


def create(database: Database, kind: str, title: str, key: UUID, reserved: bool = False) -> Made:
    """A new form with an empty draft; only a section of a person's record can be reserved."""
    return database.one(Made, "create_form", kind=kind, title=title, key=key, reserved=reserved)


def rename(database: Database, form_id: int, title: str, active: bool, reserved: bool | None = None) -> None:
    """Change a form's title, or switch it off; the closing form stays on. A section that has answers stays reserved."""
    database.call("rename_form", form=form_id, title=title, active=active, reserved=reserved)


def save_draft(database: Database, form_id: int, seen: int, definition: str, edits: int | None = None) -> Saved:
    """Keep the whole draft: JSON {"fields": [...], "templates": [...]} with the names of Field, Option and Template.

    `seen` and `edits` are those of the Definition that was edited, so that nobody else's save is overwritten;
    FieldError names the field that cannot work.
    """
    return database.one(Saved, "save_form_draft", form=form_id, seen=seen, definition=definition, edits=edits)


def discard_draft(database: Database, form_id: int) -> None:
    """Forget the draft; what is published stays, and a form that never was goes too."""
    database.call("discard_form_draft", form=form_id)


def publish(database: Database, form_id: int, draft: int, edits: int | None = None) -> Saved:
    """Make the draft, as it was after so many `edits`, the form that opens from now on, on every workstation."""
    return database.one(Saved, "publish_form", form=form_id, draft=draft, edits=edits)
