"""What an administrator decides about contacts: their results, how often is too often, and who is not contacted."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, amount, moment, text, texts, word

PURPOSES = ("service", "collection", "promotion")
CHANNELS = ("call", "whatsapp", "email", "sms", "chat")


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
    """The scale of contacts for a purpose: a window in days, a weight for each channel, a limit for each level.

    After a real conversation `gap_hours` pass; the week is the calendar's, from Monday.
    """

    __tablename__ = "contact_policy"
    __table_args__ = (
        CheckConstraint("window_days BETWEEN 1 AND 90", name="window"),
        CheckConstraint(
            "limit_1 < limit_2 AND limit_2 < limit_3 AND limit_3 < limit_4 AND limit_4 < limit_5", name="limits"
        ),
        CheckConstraint("weekly_limit BETWEEN 1 AND 999", name="weekly_limit"),
        CheckConstraint("gap_hours BETWEEN 0 AND 720", name="gap_hours"),
    )

    purpose: Mapped[str] = word("purpose", *PURPOSES, primary_key=True)
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
    weekly_limit: Mapped[int | None] = mapped_column(SmallInteger)
    gap_hours: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    holidays_quiet: Mapped[bool] = mapped_column(server_default=sql("false"))


class QuietHours(Base):
    """When nobody is contacted for a purpose: a weekday (1 is Monday), from and until in minutes of the day."""

    __tablename__ = "quiet_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("starts BETWEEN 0 AND 1439 AND ends BETWEEN 1 AND 1440 AND starts < ends", name="minutes"),
    )

    purpose: Mapped[str] = word("purpose", *PURPOSES, primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    starts: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    ends: Mapped[int] = mapped_column(SmallInteger)


class NoContactList(Base):
    """A list of numbers and addresses that was brought in whole; `as_of` is the day of the copy, "" every purpose."""

    __tablename__ = "no_contact_list"

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    name: Mapped[str] = text("name", 120, None, nullable=False, unique=True)
    purpose: Mapped[str] = word("purpose", "", *PURPOSES, nullable=False)
    as_of: Mapped[datetime] = moment("as_of", nullable=False)
    entries: Mapped[int] = mapped_column(Integer, server_default="0")
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))


class NoContactNumber(Base):
    """One line of such a list: the last ten digits of a number, or an address in small letters."""

    __tablename__ = "no_contact_number"

    search_key: Mapped[str] = text("search_key", 254, None, primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("iduo.no_contact_list.id"), primary_key=True)


class NoContact(Base):
    """One number or address that is not to be contacted, by hand or because somebody asked for it in a contact."""

    __tablename__ = "no_contact"
    __table_args__ = (
        Index("no_contact_search_index", sql('search_key COLLATE "C"'), postgresql_where=sql("removed_at IS NULL")),
        Index("no_contact_attempt_index", "attempt_id", postgresql_where=sql("attempt_id IS NOT NULL")),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    address: Mapped[str] = text("address", 254, None, nullable=False)
    search_key: Mapped[str] = text("search_key", 254, None, nullable=False)
    channel: Mapped[str] = word("channel", "", *CHANNELS, nullable=False)
    purpose: Mapped[str] = word("purpose", "", *PURPOSES, nullable=False)
    origin: Mapped[str] = text("origin", 200, nullable=False)
    until: Mapped[datetime | None] = moment("until")
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.attempt.id"))
    removed_at: Mapped[datetime | None] = moment("removed_at")
    removed_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    removed_reason: Mapped[str] = text("removed_reason", 500, nullable=False)


class Talk(Base):
    """Who is speaking with whom now: a lease of two minutes, never a lock."""

    __tablename__ = "talk"

    login: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"), primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    search_key: Mapped[str] = text("search_key", 254, nullable=False)
    channel: Mapped[str] = word("channel", *CHANNELS, nullable=False)
    since: Mapped[datetime] = moment("since", now=True)
    until: Mapped[datetime] = moment("until", nullable=False)
