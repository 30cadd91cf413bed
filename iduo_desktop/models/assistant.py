"""Assistants: who of the organisation looks after a company, as what, and whose data were given to whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, moment, text, word


class Assistant(Base):
    """A person whose name is free to see; his WhatsApp and mail are read only with a receipt."""

    __tablename__ = "assistant"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = text("name", 120, None, nullable=False)
    whatsapp: Mapped[str] = text("whatsapp", 60, nullable=False)
    e164: Mapped[str | None] = text("e164", 20, None)
    email: Mapped[str] = text("email", 254, nullable=False)


class AssistantRole(Base):
    """What an assistant may be for a company; an administrator adds others to the four that are shipped."""

    __tablename__ = "assistant_role"

    key: Mapped[str] = text("key", 40, None, primary_key=True)
    label: Mapped[str] = text("label", 120, None, nullable=False, unique=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))


class CompanyAssistant(Base):
    """Who is what for a company."""

    __tablename__ = "company_assistant"
    __table_args__ = (Index("company_assistant_assistant_index", "assistant_id"),)

    company_id: Mapped[int] = mapped_column(ForeignKey("iduo.company.id"), primary_key=True)
    role: Mapped[str] = mapped_column(ForeignKey("iduo.assistant_role.key"), primary_key=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey("iduo.assistant.id"))


class Disclosure(Base):
    """That assistants' data were given: whose, to whom and why; the receipt is the trace of the read."""

    __tablename__ = "disclosure"
    __table_args__ = (
        Index("disclosure_company_index", "company_id", "at"),
        Index("disclosure_by_index", "by", "at"),
        CheckConstraint("cardinality(assistants) BETWEEN 1 AND 100", name="assistants"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    receipt_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("iduo.company.id"))
    reason: Mapped[str] = word("reason", "asked", "second_contact", "upset", "offered", nullable=False)
    told_to: Mapped[str] = text("told_to", 200, None, nullable=False)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.ticket.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.call.id"))
    assistants: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
