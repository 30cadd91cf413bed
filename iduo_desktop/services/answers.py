"""Answers: what came back for the messages of a batch, row by row with an outcome for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.batches import Opened


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """What became, or would become, of one row of answers.

    `outcome` is answered, same, conflict, wrong_state, wrong_code, busy, unknown, empty or refused; `before` is the
    answer that the ticket has already, `suggestion` a ticket number that may have been meant.
    """

    row: int
    number: int | None
    outcome: str
    message: str
    answer: str
    before: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class AnswersApplied:
    """The totals of a batch of answers; they add up to `rows`."""

    rows: int
    answered: int
    same: int
    conflict: int
    doubtful: int
    refused: int
    already: datetime | None


def open_answers(database: Database, file_name: str, sha256: str, of_batch: int | None, key: UUID) -> Opened:
    """Begin an import of answers, of the batch that the file says it answers. Then come `batches.stage` and `apply`."""
    return database.one(Opened, "open_answers", file_name=file_name, sha256=sha256, of_batch=of_batch, key=key)


def apply(database: Database, batch_id: int, replace: Sequence[int], dry_run: bool) -> AnswersApplied:
    """Apply staged answers, or say what that would do; the rows of `replace` go over an answer that is there."""
    return database.one(AnswersApplied, "apply_answers", batch=batch_id, replace=list(replace), dry_run=dry_run)


def outcomes(database: Database, batch_id: int, after: int = 0, limit: int = 1000) -> tuple[AnswerOutcome, ...]:
    """Every row of a batch of answers with its outcome, by row number."""
    return database.rows(AnswerOutcome, "answer_outcomes", batch=batch_id, after=after, limit=limit)
