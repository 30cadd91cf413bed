"""Promotions: what may be offered in a case, and what the client said to it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.cases import Done
from iduo_desktop.services.surveys import OptionCount


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion that fits a case today. `open`: it may be suggested; `answer` is the last one, a PromotionAnswer."""

    id: int
    title: str
    text: str
    valid_until: date | None
    open: bool
    answer: str | None
    answered_at: datetime | None


def of_case(database: Database, case_id: int) -> tuple[Offer, ...]:
    """What may be offered to this case's client today, the best first."""
    return database.rows(Offer, "case_promotions", case=case_id)


def answer(
    database: Database, case_id: int, promotion_id: int, answer: str, channel: str, direction: str, key: UUID
) -> Done:
    """Offered, accepted or declined: a contact, unless it belongs to one that was registered within half an hour."""
    return database.one(
        Done,
        "answer_promotion",
        case=case_id,
        promotion=promotion_id,
        answer=answer,
        channel=channel,
        direction=direction,
        key=key,
    )


def counts(database: Database, first: date | None, last: date | None) -> tuple[OptionCount, ...]:
    """How often each promotion was offered, accepted and declined between two days, both included."""
    return database.rows(OptionCount, "promotion_counts", first=first, last=last)
