"""What an administrator decides about contacts: their results, and how often is too often."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Identity, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, amount, text, texts, word


class Disposition(Base):
    """A result of a contact (tipificación), with its key and what follows from it."""

    __tablename__ = "disposition"
    __table_args__ = (CheckConstraint("digit BETWEEN 1 AND 9", name="digit"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    label: Mapped[str] = text("label", 80, None, nullable=False, unique=True)
    digit: Mapped[int | None] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    reached: Mapped[bool] = mapped_column(server_default=sql("false"))
    final: Mapped[bool] = mapped_column(server_default=sql("false"))
    promise: Mapped[bool] = mapped_column(server_default=sql("false"))
    callback: Mapped[bool] = mapped_column(server_default=sql("false"))
    wrong_number: Mapped[bool] = mapped_column(server_default=sql("false"))
    do_not_contact: Mapped[bool] = mapped_column(server_default=sql("false"))
    lists: Mapped[list[str]] = texts("lists", 4)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))


class ContactPolicy(Base):
    """The scale of contacts for a purpose: a window in days, a weight for each channel, a limit for each level."""

    __tablename__ = "contact_policy"
    __table_args__ = (
        CheckConstraint("window_days BETWEEN 1 AND 90", name="window"),
        CheckConstraint(
            "limit_1 < limit_2 AND limit_2 < limit_3 AND limit_3 < limit_4 AND limit_4 < limit_5", name="limits"
        ),
    )

    purpose: Mapped[str] = word("purpose", "service", "collection", "promotion", primary_key=True)
    window_days: Mapped[int] = mapped_column(SmallInteger)
    weight_call: Mapped[Decimal] = amount("weight_call", 4)
    weight_whatsapp: Mapped[Decimal] = amount("weight_whatsapp", 4)
    weight_email: Mapped[Decimal] = amount("weight_email", 4)
    weight_sms: Mapped[Decimal] = amount("weight_sms", 4)
    weight_chat: Mapped[Decimal] = amount("weight_chat", 4)
    limit_1: Mapped[int] = mapped_column(SmallInteger)
    limit_2: Mapped[int] = mapped_column(SmallInteger)
    limit_3: Mapped[int] = mapped_column(SmallInteger)
    limit_4: Mapped[int] = mapped_column(SmallInteger)
    limit_5: Mapped[int] = mapped_column(SmallInteger)
    daily_limit: Mapped[int | None] = mapped_column(SmallInteger)
