"""The web chat: conversations with visitors of the site, line by line."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, moment, text, word


class Chat(Base):
    """One visitor's conversation. He proves that it is his by a secret of which only the hash is kept.

    `queued_at` gives the place in the queue; `asked_for` NULL is whoever is in. `waits_since` is the visitor's first
    line that nobody answered yet. `call_id` is the call that whoever attends it has, so that messages belong to it.
    """

    __tablename__ = "chat"
    __table_args__ = (
        Index("chat_open_index", "queued_at", "id", postgresql_where=sql("state <> 'ended'")),
        Index("chat_address_index", "address_hash", "at"),
        Index("chat_attended_index", "attended_by", postgresql_where=sql("state = 'attended'")),
        Index("chat_day_index", "at"),
        Index("chat_left_index", "address_hash", "ended_at", postgresql_where=sql("ended_by = 'message'")),
        Index("chat_message_index", "ended_at", postgresql_where=sql("ended_by = 'message'")),
        Index("chat_company_index", "company_id", "id", postgresql_where=sql("company_id IS NOT NULL")),
        Index("chat_contact_index", "contact_id", "id", postgresql_where=sql("contact_id IS NOT NULL")),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
        CheckConstraint("octet_length(address_hash) = 32", name="address_hash_length"),
        CheckConstraint("(state = 'attended') <= (attended_by IS NOT NULL)", name="attended_by"),
        CheckConstraint("state <> 'attended' OR call_id IS NOT NULL", name="call_id"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by"),
        CheckConstraint("lines BETWEEN 0 AND 2000", name="lines_range"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = word("state", "waiting", "attended", "ended", nullable=False, server_default="waiting")
    name: Mapped[str] = text("name", 120, nullable=False)
    company_keyed: Mapped[str] = text("company_keyed", 40, nullable=False)
    page: Mapped[str] = text("page", 300, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    queued_at: Mapped[datetime] = moment("queued_at", now=True)
    asked_for: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    handed_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    handed_note: Mapped[str] = text("handed_note", 500, nullable=False)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.call.id"))
    attended_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    attended_at: Mapped[datetime | None] = moment("attended_at")
    answered_at: Mapped[datetime | None] = moment("answered_at")
    waits_since: Mapped[datetime | None] = moment("waits_since")
    offered_at: Mapped[datetime | None] = moment("offered_at")
    ended_at: Mapped[datetime | None] = moment("ended_at")
    ended_by: Mapped[str | None] = word("ended_by", "visitor", "operator", "silence", "message")
    lines: Mapped[int] = mapped_column(Integer, server_default="0")


class ChatLine(Base):
    """One line, in the order of `seq`; asked again with its key it is the same line."""

    __tablename__ = "chat_line"
    __table_args__ = (
        UniqueConstraint("chat_id", "seq"),
        UniqueConstraint("chat_id", "key"),
        Index("chat_line_visitor_index", "at", postgresql_where=sql("side = 'visitor'")),
        CheckConstraint("(side = 'operator') = (\"by\" IS NOT NULL)", name="by"),
        CheckConstraint("seq BETWEEN 1 AND 2000", name="seq_range"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("iduo.chat.id"))
    seq: Mapped[int] = mapped_column(Integer)
    side: Mapped[str] = word("side", "visitor", "operator", "system", nullable=False)
    by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    text: Mapped[str] = text("text", 2000, None, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    key: Mapped[UUID]
    payload_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class ChatPresence(Base):
    """When a visitor was last seen, and up to which line whoever attends him has read."""

    __tablename__ = "chat_presence"

    chat_id: Mapped[int] = mapped_column(ForeignKey("iduo.chat.id"), primary_key=True)
    seen_at: Mapped[datetime] = moment("seen_at", now=True)
    staff_read: Mapped[int] = mapped_column(Integer, server_default="0")
