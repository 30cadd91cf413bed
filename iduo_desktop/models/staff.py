"""People who work here, and the settings that they work under."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Integer, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, json, moment, text, texts, word


class Staff(Base):
    """A person; the login is the name of his database role, whose memberships are his roles.

    A `service` runs by itself: it signs what it does, and is no person anywhere else.
    """

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("login ~ '^[a-z][a-z0-9_.-]{0,39}$'", name="login_form"),)

    login: Mapped[str] = text("login", 40, default=None, primary_key=True)
    full_name: Mapped[str] = text("full_name", 120, default=None, nullable=False)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    must_change_password: Mapped[bool] = mapped_column(server_default=sql("true"))
    area_code: Mapped[str] = text("area_code", 5)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.team.id"))
    created_at: Mapped[datetime] = moment("created_at", now=True)
    disabled_at: Mapped[datetime | None] = moment("disabled_at")
    service: Mapped[bool] = mapped_column(server_default=sql("false"))


class Team(Base):
    """People who are looked at together."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str] = text("name", 80, None, nullable=False, unique=True)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))


class Setting(Base):
    """A decision of the organisation: its meaning, its limits and the value it ships with.

    `minimum` and `maximum` bound a number, or the length of a text.
    """

    __tablename__ = "setting"

    name: Mapped[str] = text("name", 60, default=None, primary_key=True)
    part: Mapped[str] = text("part", 40, None, nullable=False)
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = word("kind", "number", "text", "yes_no", "choice", nullable=False)
    value: Mapped[object] = json("value", 8000, nullable=False)
    shipped: Mapped[object] = json("shipped", 8000, nullable=False)
    meaning: Mapped[str] = text("meaning", 500, nullable=False)
    minimum: Mapped[int | None] = mapped_column(Integer)
    maximum: Mapped[int | None] = mapped_column(Integer)
    choices: Mapped[list[str]] = texts("choices", 20)
    changed_at: Mapped[datetime | None] = moment("changed_at")
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
