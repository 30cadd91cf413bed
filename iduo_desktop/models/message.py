"""Conversations by mail and text message: templates, messages, and what the gateway has still to send."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, day, moment, text, word

STATES = ("waiting", "sending", "sent", "failed", "doubtful", "cancelled", "received")
PURPOSES = ("", "collection", "service", "promotion")


class Template(Base):
    """A text with variables in braces, {cliente}; purpose "" goes for all."""

    __tablename__ = "template"
    __table_args__ = (UniqueConstraint("channel", "name"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str] = text("name", 80, None, nullable=False)
    channel: Mapped[str] = word("channel", "email", "sms", "whatsapp", "chat", nullable=False)
    purpose: Mapped[str] = word("purpose", *PURPOSES, nullable=False, server_default="")
    subject: Mapped[str] = text("subject", 200, nullable=False)
    text: Mapped[str] = text("text", 4000, None, nullable=False)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class Conversation(Base):
    """All that was written with one client, or with one person in cases of his own.

    Who writes and is nobody that is known has one that is with neither.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index("conversation_company_index", "company_id", unique=True, postgresql_where=sql("company_id IS NOT NULL")),
        Index("conversation_contact_index", "contact_id", unique=True, postgresql_where=sql("contact_id IS NOT NULL")),
        CheckConstraint("num_nonnulls(company_id, contact_id) <= 1", name="party"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case.id"))
    at: Mapped[datetime] = moment("at", now=True)
    last_at: Mapped[datetime] = moment("last_at", now=True)


class Message(Base):
    """One message. `address` is the other's; `address_key` how it is compared: ten digits, or without capitals.

    `message_ref` is the Message-ID without brackets, ours or theirs; `reply_to_ref` the one it answers; `provider_id`
    how the provider calls it. What came in is unread while `read_at` is NULL, and belongs to no case when the client
    has none open.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("message_conversation_index", "conversation_id", "id"),
        Index(
            "message_unread_index",
            "conversation_id",
            postgresql_where=sql("direction = 'inbound' AND read_at IS NULL"),
        ),
        Index("message_case_index", "case_id", "id", postgresql_where=sql("case_id IS NOT NULL")),
        Index("message_event_index", "event_id", postgresql_where=sql("event_id IS NOT NULL")),
        Index("message_ref_index", sql('message_ref COLLATE "C"'), "id", postgresql_where=sql("message_ref <> ''")),
        Index(
            "message_address_index",
            *("channel", sql('address_key COLLATE "C"'), "id"),
            postgresql_where=sql("address_key <> ''"),
        ),
        Index(
            "message_received_index",
            *("channel", sql('provider_id COLLATE "C"')),
            unique=True,
            postgresql_where=sql("direction = 'inbound' AND provider_id <> ''"),
        ),
        Index(
            "message_provider_index",
            sql('provider_id COLLATE "C"'),
            postgresql_where=sql("direction = 'outbound' AND provider_id <> ''"),
        ),
        Index(
            "message_resend_index",
            "resend_of",
            unique=True,
            postgresql_where=sql("resend_of IS NOT NULL AND state <> 'cancelled'"),
        ),
        Index(
            "message_unfinished_index",
            *("state", "settled_at"),
            postgresql_where=sql("state IN ('waiting', 'sending', 'failed', 'doubtful')"),
        ),
        Index("message_unattended_index", "id", postgresql_where=sql("case_id IS NULL AND read_at IS NULL")),
        CheckConstraint("(direction = 'inbound') = (state = 'received')", name="direction_state"),
        CheckConstraint("direction = 'inbound' OR case_id IS NOT NULL", name="case_id"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("iduo.conversation.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case_event.id"))
    direction: Mapped[str] = word("direction", "outbound", "inbound", nullable=False)
    channel: Mapped[str] = word("channel", "email", "sms", nullable=False)
    purpose: Mapped[str] = word("purpose", *PURPOSES, nullable=False, server_default="")
    address: Mapped[str] = text("address", 254, None, nullable=False)
    address_key: Mapped[str] = text("address_key", 254, nullable=False)
    by_hand: Mapped[bool] = mapped_column(server_default=sql("false"))
    subject: Mapped[str] = text("subject", 300, nullable=False)
    state: Mapped[str] = word("state", *STATES, nullable=False)
    error: Mapped[str] = text("error", 500, nullable=False)
    message_ref: Mapped[str] = text("message_ref", 250, nullable=False)
    reply_to_ref: Mapped[str] = text("reply_to_ref", 250, nullable=False)
    provider_id: Mapped[str] = text("provider_id", 250, nullable=False)
    text: Mapped[str] = text("text", 10000, None, nullable=False)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.template.id"))
    resend_of: Mapped[int | None] = mapped_column(ForeignKey("iduo.message.id"))
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    settled_at: Mapped[datetime | None] = moment("settled_at")
    read_at: Mapped[datetime | None] = moment("read_at")
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)


class Outbox(Base):
    """What the gateway has to send, and who of them took it when; a row goes when all is known of its message."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_next_index", "next_try_at", "message_id", postgresql_where=sql("taken_at IS NULL")),
        Index("outbox_taken_index", "taken_at", postgresql_where=sql("taken_at IS NOT NULL")),
        CheckConstraint("(taken_at IS NULL) = (worker IS NULL)", name="worker"),
    )

    message_id: Mapped[int] = mapped_column(ForeignKey("iduo.message.id"), primary_key=True)
    channel: Mapped[str] = word("channel", "email", "sms", nullable=False)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    next_try_at: Mapped[datetime] = moment("next_try_at", nullable=False)
    taken_at: Mapped[datetime | None] = moment("taken_at")
    worker: Mapped[UUID | None]


class BatchMail(Base):
    """That the batch of a day was mailed; one that was begun and not finished may have gone out."""

    __tablename__ = "batch_mail"

    day: Mapped[date] = day("day", primary_key=True)
    state: Mapped[str] = word("state", "begun", "mailed", "failed", nullable=False, server_default="begun")
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    taken_at: Mapped[datetime] = moment("taken_at", nullable=False)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.batch.id"))
    error: Mapped[str] = text("error", 500, nullable=False)
