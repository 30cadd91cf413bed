"""Cases: what an operator works on, every move of one, and how it was closed."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    event,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, amount, computed, day, json, moment, text, word
from iduo_desktop.models.company import STATUSES

PRIORITIES = ("low", "normal", "high", "urgent")
RISKS = ("none", "low", "medium", "high")
OPEN = sql("state = 'open'")
CLOSED = sql("state = 'closed'")
FREE = sql("state = 'open' AND assigned_to IS NULL")
DUE = sql("state = 'open' AND next_action_at IS NOT NULL")


class Case(Base):
    """A case of a client, or of a person who is none.

    The columns from `client_key` to `locality` are copied from him, so that lists page by an index.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index("case_company_index", "company_id"),
        Index(
            "case_collection_index", "company_id", unique=True, postgresql_where=sql("state = 'open' AND collection")
        ),
        Index("case_work_index", "list", "work_key", "id", postgresql_where=OPEN),
        Index("case_due_index", "list", "next_action_at", "id", postgresql_where=DUE),
        Index("case_free_index", "list", "work_key", "id", postgresql_where=FREE),
        Index("case_mine_index", "assigned_to", "work_key", "id", postgresql_where=OPEN),
        Index("case_untouched_index", "touched_at", postgresql_where=sql("state = 'open' AND assigned_to IS NOT NULL")),
        Index("case_client_index", "list", sql('client_key COLLATE "C"'), "id", postgresql_where=OPEN),
        Index("case_debt_index", "list", "debt_key", "id", postgresql_where=OPEN),
        Index("case_cutoff_index", "list", "cutoff_key", "id", postgresql_where=OPEN),
        Index("case_plan_index", "list", "plan", "work_key", "id", postgresql_where=OPEN),
        Index("case_locality_index", "list", "locality", "work_key", "id", postgresql_where=OPEN),
        Index("case_closed_index", "closed_at", "id", postgresql_where=CLOSED),
        Index("case_closed_client_index", sql('client_key COLLATE "C"'), "id", postgresql_where=CLOSED),
        Index("case_closed_debt_index", "debt_key", "id", postgresql_where=CLOSED),
        Index("case_closed_cutoff_index", "cutoff_key", "id", postgresql_where=CLOSED),
        Index("case_closed_contact_index", "work_key", "id", postgresql_where=CLOSED),
        Index("case_closed_plan_index", "plan", "closed_at", "id", postgresql_where=CLOSED),
        Index("case_closed_locality_index", "locality", "closed_at", "id", postgresql_where=CLOSED),
        Index("case_extended_index", "extended_until", postgresql_where=sql("extended_until IS NOT NULL")),
        Index(
            "case_agenda_index",
            *("next_action_at", "id"),
            postgresql_where=sql("state = 'open' AND next_action_at IS NOT NULL AND assigned_to IS NOT NULL"),
        ),
        Index(
            "case_opened_index",
            *("opened_by", "id"),
            postgresql_where=sql("state = 'open' AND contact_id IS NOT NULL"),
        ),
        Index("case_contact_index", "contact_id", "state", "id", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("case_party_index", "list", "company_id", "contact_id", postgresql_where=OPEN),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned_at"),
        CheckConstraint("attempts = calls + whatsapps + emails + sms + chats", name="attempts"),
        CheckConstraint("num_nonnulls(company_id, contact_id) > 0", name="about"),
        CheckConstraint("company_id IS NOT NULL OR NOT collection", name="collection"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    subject: Mapped[str] = text("subject", 200, nullable=False)
    collection: Mapped[bool] = mapped_column(server_default=sql("false"))
    list: Mapped[str] = word("list", *STATUSES, nullable=False)
    state: Mapped[str] = word("state", "open", "closed", nullable=False, server_default="open")
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    assigned_at: Mapped[datetime | None] = moment("assigned_at")
    touched_at: Mapped[datetime] = moment("touched_at", now=True)
    last_contact_at: Mapped[datetime | None] = moment("last_contact_at")
    next_action_at: Mapped[datetime | None] = moment("next_action_at")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    calls: Mapped[int] = mapped_column(Integer, server_default="0")
    whatsapps: Mapped[int] = mapped_column(Integer, server_default="0")
    emails: Mapped[int] = mapped_column(Integer, server_default="0")
    sms: Mapped[int] = mapped_column(Integer, server_default="0")
    chats: Mapped[int] = mapped_column(Integer, server_default="0")
    move_reason: Mapped[str | None] = text("move_reason", 500, None)
    move_until: Mapped[date | None] = day("move_until")
    opened_at: Mapped[datetime] = moment("opened_at", now=True)
    opened_by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    closed_at: Mapped[datetime | None] = moment("closed_at")
    closed_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    closing_reason: Mapped[str | None] = text("closing_reason", 120, None)
    closing_status: Mapped[str | None] = text("closing_status", 120, None)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    client_key: Mapped[str] = text("client_key", 700, nullable=False)
    debt: Mapped[Decimal | None] = amount("debt")
    cutoff_date: Mapped[date | None] = day("cutoff_date")
    extended_until: Mapped[date | None] = day("extended_until")
    plan: Mapped[str] = text("plan", 80, nullable=False)
    locality: Mapped[str] = text("locality", 120, nullable=False)
    work_key: Mapped[datetime] = computed(
        "work_key", "coalesce(last_contact_at, to_timestamp(0))", 0, DateTime(timezone=True)
    )
    # in cents: under row security an index compares integers, but not numerics
    debt_key: Mapped[int] = computed("debt_key", "(coalesce(debt, 0) * 100)::bigint", 0, BigInteger)
    cutoff_key: Mapped[date] = computed("cutoff_key", "coalesce(cutoff_date, make_date(9999, 12, 31))", 0, Date)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    priority: Mapped[str] = word("priority", *PRIORITIES, nullable=False, server_default="normal")
    risk: Mapped[str] = word("risk", *RISKS, nullable=False, server_default="none")


# A plan may be common in one list and unknown in another: without these the planner would read a whole list for it.
for column in ("plan", "locality"):
    statistics = f"CREATE STATISTICS iduo.case_{column}_statistics (mcv) ON list, {column}, state FROM iduo.case"
    event.listen(Case.__table__, "after_create", DDL(statistics))  # type: ignore[no-untyped-call]  # SQLAlchemy's


class CaseEvent(Base):
    """One move of a case: the history, the key that makes asking again harmless, and what undo gives back."""

    __tablename__ = "case_event"
    __table_args__ = (
        Index("case_event_company_index", "company_id", "id"),
        Index("case_event_case_index", "case_id", "id"),
        Index("case_event_taken_over_index", "id", postgresql_where=sql("kind = 'taken_over'")),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    kind: Mapped[str] = word(
        "kind",
        *(
            "created",
            "imported",
            "taken",
            "taken_over",
            "released",
            "returned",
            "moved",
            "attempt",
            "closed",
            "reopened",
            "handed_over",
            "survey",
            "rated",
            "promise",
            "extended",
        ),
        nullable=False,
    )
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    detail: Mapped[str] = text("detail", 500, nullable=False)
    note: Mapped[str] = text("note", 2000, nullable=False)
    before: Mapped[object | None] = json("before", 16000)
    version_after: Mapped[int] = mapped_column(Integer)
    key: Mapped[UUID | None] = mapped_column(unique=True)
    payload_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    undone_at: Mapped[datetime | None] = moment("undone_at")


class Closing(Base):
    """The form that closed a case, with the version it was filled with."""

    __tablename__ = "closing"
    __table_args__ = (
        Index("closing_case_index", "case_id"),
        Index("closing_event_index", "event_id"),
        Index("closing_version_index", "form_version_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("iduo.case_event.id"))
    form_version_id: Mapped[int] = mapped_column(ForeignKey("iduo.form_version.id"))
    values: Mapped[object] = json("values", 65536, nullable=False)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    undone_at: Mapped[datetime | None] = moment("undone_at")


class Presence(Base):
    """Who has a case open now: a lease of 90 s, never a lock."""

    __tablename__ = "presence"

    login: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"), primary_key=True)
    until: Mapped[datetime] = moment("until", nullable=False)
