"""Activities: the contacts that operators register with a client."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Logged:
    """A registered contact. `event` is what `cases.undo` takes; `level` is the client's level after it."""

    event: int
    case_id: int
    attempt_id: int
    level: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """A contact to register. `promise_*` and `callback_at` go with dispositions that have that flag.

    `override_reason` is needed to go on with a client who is on pause (level 5).
    """

    channel: str
    disposition_id: int
    note: str = ""
    direction: str = "outbound"
    address: str = ""
    promise_amount: Decimal | None = None
    promise_date: date | None = None
    callback_at: datetime | None = None
    override_reason: str = ""


def log_attempt(database: Database, case_id: int, attempt: Attempt, key: UUID) -> Logged:
    """Register a contact: counted by channel, the client goes to the end of his list."""
    return database.one(
        Logged,
        "log_attempt",
        case=case_id,
        channel=attempt.channel,
        direction=attempt.direction,
        address=attempt.address,
        disposition=attempt.disposition_id,
        note=attempt.note,
        promise_amount=attempt.promise_amount,
        promise_date=attempt.promise_date,
        callback_at=attempt.callback_at,
        override_reason=attempt.override_reason,
        key=key,
    )
