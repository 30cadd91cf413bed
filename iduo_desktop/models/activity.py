"""Contacts made with a client, and what he promised."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models import base
from iduo_desktop.models.base import Base, day, moment, text, word

COUNTS = "direction = 'outbound' AND undone_at IS NULL AND counted"


class Attempt(Base):
    """A contact (gestión): only outgoing ones that were not undone raise the level.

    Its result is a disposition or, where a promotion was offered, what the client said to it, or the message that it
    was. What belongs to a contact that was registered already is not `counted` again. `search_key` is of the number or
    address that was used: the last ten digits, or small letters; it counts for whoever else has it too. `contact_id` is
    the person, if one was meant.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        Index(
            "attempt_pressure_index",
            *("company_id", "at"),
            postgresql_include=["channel", "id"],
            postgresql_where=sql(COUNTS),
        ),
        Index(
            "attempt_pressure_contact_index",
            *("contact_id", "at"),
            postgresql_include=["channel", "id"],
            postgresql_where=sql(f"{COUNTS} AND contact_id IS NOT NULL"),
        ),
        Index(
            "attempt_pressure_number_index",
            *(sql('search_key COLLATE "C"'), "at"),
            postgresql_include=["channel", "id"],
            postgresql_where=sql(f"{COUNTS} AND search_key <> ''"),
        ),
        Index("attempt_case_index", "case_id"),
        Index("attempt_event_index", "event_id"),
        Index("attempt_by_index", "by", "at"),
        Index(
            "attempt_at_index",
            "at",
            postgresql_include=[
                *("company_id", "contact_id", "channel", "direction", "by", "disposition_id", "promotion_id"),
            ],
            postgresql_where=sql("undone_at IS NULL AND counted"),
        ),
        Index(
            "attempt_override_index",
            *("at", "by"),
            postgresql_where=sql("override_reason <> '' AND undone_at IS NULL"),
        ),
        Index(
            "attempt_promotion_index",
            *("company_id", "promotion_id", "id"),
            postgresql_where=sql("promotion_id IS NOT NULL"),
        ),
        Index("attempt_message_index", "message_id", postgresql_where=sql("message_id IS NOT NULL")),
        CheckConstraint("num_nonnulls(disposition_id, promotion_id, message_id) = 1", name="result"),
        CheckConstraint("(promotion_id IS NULL) = (promotion_answer IS NULL)", name="promotion"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("iduo.case_event.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    channel: Mapped[str] = word("channel", "call", "whatsapp", "email", "sms", "chat", nullable=False)
    direction: Mapped[str] = word("direction", "outbound", "inbound", nullable=False)
    address: Mapped[str] = text("address", 254, nullable=False)
    disposition_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.disposition.id"))
    note: Mapped[str] = text("note", 2000, nullable=False)
    override_reason: Mapped[str] = text("override_reason", 500, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    undone_at: Mapped[datetime | None] = moment("undone_at")
    promotion_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.promotion.id"))
    promotion_answer: Mapped[str | None] = word("promotion_answer", "offered", "accepted", "declined")
    counted: Mapped[bool] = mapped_column(server_default=sql("true"))
    search_key: Mapped[str] = text("search_key", 254, nullable=False)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    purpose: Mapped[str] = word("purpose", "service", "collection", "promotion", nullable=False)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.message.id"))


class Promise(Base):
    """What a client said that he will pay, and when; settled by what his debt does, or by a person."""

    __tablename__ = "promise"
    __table_args__ = (
        Index("promise_case_index", "case_id"),
        Index("promise_attempt_index", "attempt_id"),
        Index("promise_due_index", "due_date", "state"),
        Index("promise_at_index", "at"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("iduo.attempt.id"))
    amount: Mapped[Decimal | None] = base.amount("amount")
    due_date: Mapped[date] = day("due_date")
    state: Mapped[str] = word("state", "pending", "kept", "broken", "undone", nullable=False, server_default="pending")
    at: Mapped[datetime] = moment("at", now=True)
    debt_before: Mapped[Decimal | None] = base.amount("debt_before")
    paid: Mapped[Decimal | None] = base.amount("paid")
    settled_at: Mapped[datetime | None] = moment("settled_at")
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
