"""Assistants: who of the organisation looks after a company, and as what."""

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, text


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
