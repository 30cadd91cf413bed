"""People who work here, and the settings that they work under."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, json, moment, text


class Staff(Base):
    """A person; the login is the name of his database role, whose memberships are his roles."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("login ~ '^[a-z][a-z0-9_.-]{0,39}$'", name="login_form"),)

    login: Mapped[str] = text("login", 40, default=None, primary_key=True)
    full_name: Mapped[str] = text("full_name", 120, default=None, nullable=False)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    must_change_password: Mapped[bool] = mapped_column(server_default=sql("true"))
    area_code: Mapped[str] = text("area_code", 5)
    created_at: Mapped[datetime] = moment("created_at", now=True)
    disabled_at: Mapped[datetime | None] = moment("disabled_at")


class Setting(Base):
    """A decision of the organisation, with its meaning and the value it ships with."""

    __tablename__ = "setting"

    name: Mapped[str] = text("name", 60, default=None, primary_key=True)
    value: Mapped[object] = json("value", 8000, nullable=False)
    shipped: Mapped[object] = json("shipped", 8000, nullable=False)
    meaning: Mapped[str] = text("meaning", 500)
