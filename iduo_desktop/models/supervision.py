"""Who is in and who pauses, and work that was given to other hands."""

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

from iduo_desktop.models.base import Base, day, json, moment, text

MINUTES = "minutes BETWEEN 1 AND 480"


class PauseReason(Base):
    """Why one may pause, and for how many minutes; NULL where it takes as long as it takes."""

    __tablename__ = "pause_reason"
    __table_args__ = (CheckConstraint(MINUTES, name="minutes_range"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    label: Mapped[str] = text("label", 40, None, nullable=False, unique=True)
    minutes: Mapped[int | None] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))


class Pause(Base):
    """A pause of one person, with its reason as it was then; nothing rings for him while it lasts.

    `away_since` is from when on the guard finds him logged out; soon afterwards the pause has ended then.
    """

    __tablename__ = "pause"
    __table_args__ = (
        Index("pause_open_index", "login", unique=True, postgresql_where=sql("ended_at IS NULL")),
        Index("pause_login_index", "login", "started_at"),
        Index("pause_started_index", "started_at", "id"),
        CheckConstraint(MINUTES, name="minutes_range"),
        CheckConstraint("ended_at >= started_at", name="order"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    reason_id: Mapped[int] = mapped_column(ForeignKey("iduo.pause_reason.id"))
    label: Mapped[str] = text("label", 40, None, nullable=False)
    minutes: Mapped[int | None] = mapped_column(SmallInteger)
    started_at: Mapped[datetime] = moment("started_at", now=True)
    ended_at: Mapped[datetime | None] = moment("ended_at")
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    end_reason: Mapped[str] = text("end_reason", 500, nullable=False)
    away_since: Mapped[datetime | None] = moment("away_since")


class Attendance(Base):
    """A day on which somebody was in, noted when he logs in and, where the guard runs, while he is."""

    __tablename__ = "attendance"
    login: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"), primary_key=True)
    day: Mapped[date] = day("day", primary_key=True)
    since: Mapped[datetime] = moment("since", now=True)


class Reassignment(Base):
    """Work that a coordinator gave to somebody, or back to its lists; its key makes asking again harmless.

    `events` are those that it left in the cases, `items` the planned calls and tasks that went along.
    """

    __tablename__ = "reassignment"
    __table_args__ = (CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    from_login: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    to_login: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    reason: Mapped[str] = text("reason", 500, nullable=False)
    moved: Mapped[int] = mapped_column(Integer)
    stayed: Mapped[int] = mapped_column(Integer)
    told: Mapped[str] = text("told", 2000, nullable=False)
    events: Mapped[object] = json("events", 64000, nullable=False)
    items: Mapped[object] = json("items", 64000, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    undone_at: Mapped[datetime | None] = moment("undone_at")
    undone_told: Mapped[str] = text("undone_told", 2000, nullable=False)


class ReadExcess(Base):
    """An hour in which somebody read as many rows as he may: the guard notes it, so that it is known after the hour.

    `allowed` is what he might read then, `refused` how often he was refused.
    """

    __tablename__ = "read_excess"
    __table_args__ = (UniqueConstraint("login", "hour"), Index("read_excess_hour_index", "hour"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    hour: Mapped[datetime] = moment("hour", nullable=False)
    rows: Mapped[int] = mapped_column(Integer)
    allowed: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = moment("at", now=True)
