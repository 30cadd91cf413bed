"""Calls: every one that was answered, who called as far as the line said it, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, computed, moment, text, word

OUTCOMES = (
    *("message", "answer", "insisted", "assistant", "informed"),
    *("hung_up", "silent", "wrong_number", "test", "attended", "handed_on"),
)
PLANNED = sql("state = 'planned'")


class Call(Base):
    """A call. `caller`, `ivr_option` and `company_keyed` are what came with it; `pbx_id` is the PBX's name for it.

    A planned one is due at `starts_at` and reminds at `rings_at`, `remind` minutes before it; `assignee` NULL is
    whoever is in. Once it was finished it was held, or not. `late_key` is from when on it is late.
    """

    __tablename__ = "call"
    __table_args__ = (
        Index("call_by_index", "by", "starts_at"),
        Index("call_held_index", "starts_at", postgresql_include=["by"], postgresql_where=sql("state = 'held'")),
        Index("call_pbx_index", "by", "pbx_id", "starts_at", postgresql_where=sql("pbx_id <> ''")),
        Index("call_case_index", "case_id", postgresql_where=sql("case_id IS NOT NULL")),
        Index("call_contact_index", "contact_id", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("call_due_index", "starts_at", "id", postgresql_where=PLANNED),
        Index("call_agenda_index", "assignee", "starts_at", "id", postgresql_where=PLANNED),
        Index("call_ring_index", "assignee", "rings_at", "id", postgresql_where=PLANNED),
        Index(
            "call_anybody_index",
            *("rings_at", "id"),
            postgresql_where=sql("state = 'planned' AND assignee IS NULL"),
        ),
        Index("call_late_index", "late_key", "id", postgresql_where=PLANNED),
        CheckConstraint("ivr_option BETWEEN 0 AND 99", name="ivr_option_range"),
        CheckConstraint("ended_at >= starts_at", name="order"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="outcome"),
        CheckConstraint("state <> 'planned' OR num_nonnulls(case_id, contact_id) > 0", name="with"),
        CheckConstraint("(finished_at IS NULL) = (finished_by IS NULL)", name="finished_by"),
        CheckConstraint("state <> 'planned' OR finished_at IS NULL AND ended_at IS NULL", name="finished_at"),
        CheckConstraint("remind BETWEEN 0 AND 40320", name="remind_range"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    direction: Mapped[str] = word("direction", "inbound", "outbound", nullable=False)
    state: Mapped[str] = word("state", "planned", "held", "not_held", nullable=False)
    starts_at: Mapped[datetime] = moment("starts_at", nullable=False)
    ended_at: Mapped[datetime | None] = moment("ended_at")
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    caller: Mapped[str] = text("caller", 60, nullable=False)
    e164: Mapped[str | None] = text("e164", 20, None)
    search_key: Mapped[str] = text("search_key", 20, nullable=False)
    ivr_option: Mapped[int | None] = mapped_column(SmallInteger)
    company_keyed: Mapped[str] = text("company_keyed", 40, nullable=False)
    pbx_id: Mapped[str] = text("pbx_id", 120, nullable=False)
    outcome: Mapped[str | None] = word("outcome", *OUTCOMES)
    note: Mapped[str] = text("note", 2000, nullable=False)
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    assignee: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    remind: Mapped[int | None]
    rings_at: Mapped[datetime | None] = moment("rings_at")
    safe_reason: Mapped[str] = text("safe_reason", 500, nullable=False)
    finished_at: Mapped[datetime | None] = moment("finished_at")
    finished_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    result: Mapped[str] = text("result", 2000, nullable=False)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    late_key: Mapped[datetime] = computed("late_key", "greatest(starts_at, rings_at)", 0, DateTime(timezone=True))


class CallContact(Base):
    """Who takes part in a call; the contact whom it is about is one of them."""

    __tablename__ = "call_contact"
    __table_args__ = (Index("call_contact_contact_index", "contact_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("iduo.call.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"), primary_key=True)
