"""Tables that an administrator edits: promotions, topics of messages, script sentences, the calendar."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Identity, SmallInteger, Time
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, day, text, texts, word


class Promotion(Base):
    """Something to offer; empty plans or lists mean all of them."""

    __tablename__ = "promotion"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    title: Mapped[str] = text("title", 120, None, nullable=False)
    text: Mapped[str] = text("text", 2000, None, nullable=False)
    valid_from: Mapped[date | None] = day("valid_from")
    valid_until: Mapped[date | None] = day("valid_until")
    plans: Mapped[list[str]] = texts("plans", 50)
    lists: Mapped[list[str]] = texts("lists", 4)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    key: Mapped[UUID | None] = mapped_column(unique=True)


class Topic(Base):
    """What a message is about, and so what kind it is."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    label: Mapped[str] = text("label", 120, None, nullable=False, unique=True)
    kind: Mapped[str] = word("kind", "question", "request", "claim", nullable=False)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))


class Script(Base):
    """The sentence for a situation; situations are the program's, words the organisation's."""

    __tablename__ = "script"

    situation: Mapped[str] = text("situation", 60, None, primary_key=True)
    part: Mapped[str] = text("part", 40, None, nullable=False)
    position: Mapped[int] = mapped_column(SmallInteger)
    meaning: Mapped[str] = text("meaning", 200, None, nullable=False)
    shipped: Mapped[str] = text("shipped", 1000, None, nullable=False)
    text: Mapped[str] = text("text", 1000, None, nullable=False)


class WorkingHours(Base):
    """When a weekday is worked (1 is Monday); NULL: not at all."""

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL) AND opens < closes", name="order"),
    )

    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    opens: Mapped[time | None] = mapped_column(Time)
    closes: Mapped[time | None] = mapped_column(Time)


class Holiday(Base):
    """A day on which nobody works."""

    __tablename__ = "holiday"

    day: Mapped[date] = day("day", primary_key=True)
    name: Mapped[str] = text("name", 120, None, nullable=False)
