"""Lists that came in or went out, row by row with its outcome."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, json, moment, text, word


class Batch(Base):
    """One file. The counts are of an applied batch."""

    __tablename__ = "batch"
    __table_args__ = (Index("batch_sha256_index", "sha256", postgresql_where=sql("state = 'applied'")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = word("kind", "clients", "companies", nullable=False)
    state: Mapped[str] = word("state", "staging", "applied", nullable=False, server_default="staging")
    file_name: Mapped[str] = text("file_name", 255, None, nullable=False)
    sha256: Mapped[str] = text("sha256", 64, None, nullable=False)
    cases_opened: Mapped[int] = mapped_column(Integer, server_default="0")
    cases_moved: Mapped[int] = mapped_column(Integer, server_default="0")
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    applied_at: Mapped[datetime | None] = moment("applied_at")
    key: Mapped[UUID] = mapped_column(unique=True)


class BatchRow(Base):
    """One row of a file: what it said, what became of it, and how the client or company was before."""

    __tablename__ = "batch_row"
    __table_args__ = (Index("batch_row_company_index", "company_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("iduo.batch.id"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True)
    payload: Mapped[object] = json("payload", 16000, nullable=False)
    number: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None] = word("outcome", "created", "updated", "unchanged", "doubtful", "refused")
    message: Mapped[str] = text("message", 1000, nullable=False)
    kept: Mapped[str] = text("kept", 1000, nullable=False)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    before: Mapped[object | None] = json("before", 16000)
