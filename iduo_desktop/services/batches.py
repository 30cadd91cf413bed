"""Batches: lists of clients and of companies brought in, row by row, with an outcome for each."""

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
    """Begin an import of clients or companies (coordinators, administrators)."""
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
