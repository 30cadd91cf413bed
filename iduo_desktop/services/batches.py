"""Batches: lists that come in or go out, row by row, with an outcome for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Opened:
    """A batch to stage rows into. `already`: the same file was applied before, then."""

    batch_id: int
    already: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. `outcome` is created, updated, unchanged, doubtful or refused; `kept` are differences."""

    row: int
    outcome: str
    message: str
    kept: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The totals of a batch; they add up to `rows`. Cases opened and moved are counted apart."""

    rows: int
    created: int
    updated: int
    unchanged: int
    doubtful: int
    refused: int
    cases_opened: int
    cases_moved: int


def open_batch(database: Database, file_name: str, sha256: str, key: UUID, kind: str = "clients") -> Opened:
    """Begin an import of clients, companies or contacts (coordinators, administrators, the nightly job)."""
    return database.one(Opened, "open_batch", kind=kind, file_name=file_name, sha256=sha256, key=key)


@dataclass(frozen=True, slots=True)
class Staged:
    """How many rows the batch holds now."""

    staged: int


def stage(database: Database, batch_id: int, rows: str) -> Staged:
    """Put rows into the batch; `rows` is a JSON array of at most 5,000 objects. A row that is there stays as it is."""
    return database.one(Staged, "stage_rows", batch=batch_id, rows=rows)


def apply(database: Database, batch_id: int, dry_run: bool) -> Applied:
    """Apply what was staged, or only say what it would do; once, however often it is asked."""
    return database.one(Applied, "apply_batch", batch=batch_id, dry_run=dry_run)


def outcomes(database: Database, batch_id: int, after: int = 0, limit: int = 1000) -> tuple[Outcome, ...]:
    """Rows whose outcome deserves a look (doubtful, refused, kept differences), by row number."""
    return database.rows(Outcome, "batch_outcomes", batch=batch_id, after=after, limit=limit)


def correct(database: Database, batch_id: int, rows: str) -> Staged:
    """Put corrected rows in the place of those staged with the same number; only before the batch is applied."""
    return database.one(Staged, "correct_rows", batch=batch_id, rows=rows)


def omit(database: Database, batch_id: int, rows: Sequence[int]) -> Staged:
    """Leave rows out of the batch; only before it is applied."""
    return database.one(Staged, "omit_rows", batch=batch_id, rows=list(rows))


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the board. `answered` counts its tickets that have an answer; `days` since it went out."""

    id: int
    kind: str
    state: str
    file_name: str
    sha256: str
    rows: int
    answered: int
    refused: int
    doubtful: int
    days: int
    by: str
    by_name: str
    at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    may_undo: bool


@dataclass(frozen=True, slots=True)
class UndoneRow:
    """A row that undoing a batch left alone, because somebody changed it since."""

    row: int
    number: int | None
    what: str


def board(database: Database, before: int | None = None, limit: int = 100) -> tuple[BatchRow, ...]:
    """Batches, the newest first; `before` is the last id had."""
    return database.rows(BatchRow, "batches", before=before, limit=limit)


def undo(database: Database, batch_id: int, key: UUID) -> tuple[UndoneRow, ...]:
    """Take a batch back within 30 days, and say which rows were left alone because they were changed since."""
    return database.rows(UndoneRow, "undo_batch", batch=batch_id, key=key)
