"""Lists that came in or went out, row by row with its outcome, and the choices of columns that are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, json, moment, text, word

KINDS = ("clients", "companies", "contacts", "answers", "sent")
OUTCOMES = (
    *("created", "updated", "unchanged", "doubtful", "refused"),
    *("answered", "same", "conflict", "wrong_state", "wrong_code", "busy", "unknown", "empty"),
    *("moved", "sent", "left"),
)


class Batch(Base):
    """One file. What comes in is staged, then applied; what goes out (kind sent) is prepared, then sent or expired.

    The counts are of an applied batch; `changed` rows did something. `of_batch`: what a batch of answers answers.
    """

    __tablename__ = "batch"
    __table_args__ = (
        Index("batch_sha256_index", "sha256", postgresql_where=sql("state = 'applied'")),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone_at"),
        CheckConstraint(
            "(kind = 'sent') = (state IN ('prepared', 'sent', 'expired')) OR state = 'undone'", name="kind_state"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = word("kind", *KINDS, nullable=False)
    state: Mapped[str] = word(
        "state",
        *("staging", "applied", "prepared", "sent", "expired", "undone"),
        nullable=False,
        server_default="staging",
    )
    file_name: Mapped[str] = text("file_name", 255, None, nullable=False)
    sha256: Mapped[str] = text("sha256", 64, None, nullable=False)
    cases_opened: Mapped[int] = mapped_column(Integer, server_default="0")
    cases_moved: Mapped[int] = mapped_column(Integer, server_default="0")
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    applied_at: Mapped[datetime | None] = moment("applied_at")
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    of_batch: Mapped[int | None] = mapped_column(ForeignKey("iduo.batch.id"))
    row_count: Mapped[int] = mapped_column(Integer, server_default="0")
    changed: Mapped[int] = mapped_column(Integer, server_default="0")
    doubtful: Mapped[int] = mapped_column(Integer, server_default="0")
    refused: Mapped[int] = mapped_column(Integer, server_default="0")
    sent_key: Mapped[UUID | None] = mapped_column(unique=True)
    undo_key: Mapped[UUID | None] = mapped_column(unique=True)
    undone_at: Mapped[datetime | None] = moment("undone_at")
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))


class BatchRow(Base):
    """One row of a file: what it said, what became of it, how whom it changed was before and a mark of him after.

    A ticket is `held` by one batch that is prepared at most. `left_alone`: why undoing the batch did not touch it.
    """

    __tablename__ = "batch_row"
    __table_args__ = (
        Index("batch_row_company_index", "company_id"),
        Index("batch_row_ticket_index", "ticket_id", "batch_id", postgresql_where=sql("ticket_id IS NOT NULL")),
        Index("batch_row_contact_index", "contact_id", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("batch_row_held_index", "ticket_id", unique=True, postgresql_where=sql("held")),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("iduo.batch.id"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True)
    payload: Mapped[object] = json("payload", 65536, nullable=False)
    number: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None] = word("outcome", *OUTCOMES)
    message: Mapped[str] = text("message", 1000, nullable=False)
    kept: Mapped[str] = text("kept", 1000, nullable=False)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    before: Mapped[object | None] = json("before", 65536)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.ticket.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    held: Mapped[bool] = mapped_column(server_default=sql("false"))
    suggestion: Mapped[str] = text("suggestion", 40, nullable=False)
    after: Mapped[str | None] = text("after", 32, None)
    left_alone: Mapped[str] = text("left_alone", 300, nullable=False)


class ColumnProfile(Base):
    """A choice of columns that was kept under a name: an array of fields out, {title: field} in."""

    __tablename__ = "column_profile"
    __table_args__ = (
        UniqueConstraint("kind", "name"),
        Index("column_profile_default_index", "kind", unique=True, postgresql_where=sql("is_default")),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    kind: Mapped[str] = word(
        "kind", *("sending", "cases", "tickets", "answers", "clients", "companies", "contacts"), nullable=False
    )
    name: Mapped[str] = text("name", 80, None, nullable=False)
    fields: Mapped[object] = json("fields", 32000, nullable=False)
    is_default: Mapped[bool] = mapped_column(server_default=sql("false"))
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
