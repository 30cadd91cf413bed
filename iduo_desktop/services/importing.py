"""Importing: the whole way of a file into the database, page by page, without any window."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# what is being done, how much of it is done, and how much there is; raising Cancelled from it stops the work
Progress = Callable[[str, int, int], object]


class Cancelled(Exception):
    """The person gave up waiting; nothing was applied."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What a column may go to."""

    key: str
    label: str
    required: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and where it goes: `field` is empty for "not imported".

    `how` says why: own (our own file), last_time, name, examples, empty, or "" when nothing fits. `ambiguous`: its
    dates may be day/month or month/day.
    """

    index: int
    title: str
    examples: tuple[str, ...]
    field: str
    how: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it was understood. `kind` is an ImportKind; `of_batch` is the batch that it answers, if it says so.

    Rows count from 1, as in the sheet; `preview` are the first ten below the header, as text.
    """

    path: Path
    name: str
    sha256: str
    sheets: tuple[str, ...]
    sheet: str
    header_row: int
    kind: str
    of_batch: int | None
    rows: int
    columns: tuple[Column, ...]
    preview: tuple[tuple[str, ...], ...]
    fields: tuple[FieldChoice, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the person decided: a field for each column by its index, how dates read, what an empty cell means."""

    kind: str
    fields: tuple[str, ...]
    day_first: bool | None = None
    erase_empty: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell, or row, that deserves a look. `column` is its title or "" (whole row), `before` what stands here."""

    row: int
    column: str
    field: str
    value: str
    expected: str
    suggestion: str
    before: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with one thing to do. `code` is the outcome behind it; `severity` is error, warning or kept."""

    code: str
    severity: str
    sentence: str
    advice: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What an import would do, every row looked at; the five counts add up to `rows`.

    `already`: the same file was applied before, then; nothing would change.
    """

    batch_id: int
    looked: Looked
    mapping: Mapping
    rows: int
    created: int
    updated: int
    unchanged: int
    doubtful: int
    refused: int
    groups: tuple[Group, ...]
    already: datetime | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did."""

    batch_id: int
    rows: int
    created: int
    updated: int
    unchanged: int
    doubtful: int
    refused: int
