"""Routes: what a coordinator is asked for at once, and who took care of it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, moment, text


class Route(Base):
    """A way of care that can be asked for; the administrator says which there are."""

    __tablename__ = "route"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    label: Mapped[str] = text("label", 80, None, nullable=False, unique=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))


class RouteActivation(Base):
    """A route that was asked for, until somebody acknowledges it: then it is his."""

    __tablename__ = "route_activation"
    __table_args__ = (
        Index(
            "route_activation_open_index",
            *("activated_at", "id"),
            postgresql_where=sql("acknowledged_at IS NULL"),
        ),
        Index("route_activation_by_index", "activated_by", "id"),
        Index("route_activation_case_index", "case_id"),
        Index("route_activation_contact_index", "contact_id", postgresql_where=sql("contact_id IS NOT NULL")),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_by"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("iduo.route.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    note: Mapped[str] = text("note", 2000, nullable=False)
    activated_at: Mapped[datetime] = moment("activated_at", now=True)
    activated_by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    acknowledged_at: Mapped[datetime | None] = moment("acknowledged_at")
    acknowledged_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    remark: Mapped[str] = text("remark", 2000, nullable=False)
    escalated_at: Mapped[datetime | None] = moment("escalated_at")
