"""Forms: what an administrator made, as the dialogs show it."""

from dataclasses import dataclass
from datetime import datetime

from iduo_desktop.database.connection import Database

# What every question of a record's section takes for an answer besides its own: «no dijo».
UNSAID = "__unsaid__"


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a choice offers. `digit` is its key, `parents` the options of `options_if` that it goes with.

    `lists` are the case lists that it applies to (none: all); a retired option has `active` False.
    """

    key: str
    label: str
    digit: int | None
    parents: tuple[str, ...]
    lists: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `part` is closing or future; `required_if` is (field key, option keys) or empty."""

    key: str
    part: str
    label: str
    kind: str
    required: bool
    required_if_field: str | None
    required_if_values: tuple[str, ...]
    options_if_field: str | None
    help: str
    max_length: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value that a template puts into a field."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Template:
    """A quick closing: one digit fills several fields and never overwrites."""

    digit: int
    label: str
    values: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The published version of a form; a record keeps the version it was filled with."""

    version: int
    title: str
    fields: tuple[Field, ...]
    templates: tuple[Template, ...]


def closing_form(database: Database, case_id: int) -> Form:
    """The closing form for this case, with its second part for a future contact."""
    return database.one(Form, "closing_form", case=case_id)


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as it was filled, with the questions and options of its time; `answers` is JSON {field key: value}."""

    title: str
    fields: tuple[Field, ...]
    answers: str
    at: datetime
    by_name: str


def filled_form(database: Database, event_id: int) -> FilledForm:
    """What was filled in a closing or a survey, by the event that it left in the history."""
    return database.one(FilledForm, "filled_form", event=event_id)
