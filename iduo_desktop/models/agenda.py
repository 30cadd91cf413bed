"""What stands in the agenda beside planned calls: tasks, what was done with each item, callbacks that were put off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Integer, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, computed, json, moment, text, word

OPEN = sql("state = 'open'")


class Task(Base):
    """Something to do until `due_at`; for whom and when it reminds as for a planned call."""

    __tablename__ = "task"
    __table_args__ = (
        Index("task_case_index", "case_id", postgresql_where=sql("case_id IS NOT NULL")),
        Index("task_contact_index", "contact_id", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("task_due_index", "due_at", "id", postgresql_where=OPEN),
        Index("task_agenda_index", "assignee", "due_at", "id", postgresql_where=OPEN),
        Index("task_ring_index", "assignee", "rings_at", "id", postgresql_where=OPEN),
        Index("task_anybody_index", "rings_at", "id", postgresql_where=sql("state = 'open' AND assignee IS NULL")),
        Index("task_late_index", "late_key", "id", postgresql_where=OPEN),
        CheckConstraint("(state = 'open') = (finished_at IS NULL)", name="finished_at"),
        CheckConstraint("(finished_at IS NULL) = (finished_by IS NULL)", name="finished_by"),
        CheckConstraint("remind BETWEEN 0 AND 40320", name="remind_range"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    title: Mapped[str] = text("title", 200, None, nullable=False)
    due_at: Mapped[datetime] = moment("due_at", nullable=False)
    state: Mapped[str] = word("state", "open", "done", "cancelled", nullable=False, server_default="open")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    assignee: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    remind: Mapped[int | None]
    rings_at: Mapped[datetime | None] = moment("rings_at")
    note: Mapped[str] = text("note", 2000, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    finished_at: Mapped[datetime | None] = moment("finished_at")
    finished_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    result: Mapped[str] = text("result", 2000, nullable=False)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    late_key: Mapped[datetime] = computed("late_key", "greatest(due_at, rings_at)", 0, DateTime(timezone=True))


class AgendaEvent(Base):
    """What was done with an item: its history, the key that makes asking again harmless, and what undo gives back.

    `before` and `after` are when it was due; of a callback they are its case's. `contacted_before` is when the person
    of its case had last been contacted.
    """

    __tablename__ = "agenda_event"
    __table_args__ = (
        Index("agenda_event_call_index", "call_id", "id", postgresql_where=sql("call_id IS NOT NULL")),
        Index("agenda_event_task_index", "task_id", "id", postgresql_where=sql("task_id IS NOT NULL")),
        Index("agenda_event_case_index", "case_id", "id", postgresql_where=sql("case_id IS NOT NULL")),
        CheckConstraint("num_nonnulls(call_id, task_id, case_id) = 1", name="item"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = word("kind", "moved", "postponed", "finished", "undone", nullable=False)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.call.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.task.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case.id"))
    before: Mapped[datetime | None] = moment("before")
    after: Mapped[datetime | None] = moment("after")
    rings_before: Mapped[datetime | None] = moment("rings_before")
    contacted_before: Mapped[datetime | None] = moment("contacted_before")
    reason: Mapped[str] = text("reason", 500, nullable=False)
    version_after: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    undone_at: Mapped[datetime | None] = moment("undone_at")


class CallbackRest(Base):
    """A callback of a case that was put off: it does not remind before `until`, as long as it is due when it was."""

    __tablename__ = "callback_rest"

    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"), primary_key=True)
    due_at: Mapped[datetime] = moment("due_at", nullable=False)
    until: Mapped[datetime] = moment("until", nullable=False)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))


class Attention(Base):
    """What was saved at once: contact, case, call, follow-up and route; `made` are their ids, as they were answered.

    `before` is what undo gives back of the case and of the call that were there already.
    """

    __tablename__ = "attention"
    __table_args__ = (
        Index("attention_by_index", "by", "id"),
        Index("attention_contact_index", "contact_id"),
        Index("attention_case_index", "case_id"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
        CheckConstraint("undone_at IS NOT NULL OR num_nonnulls(contact_id, case_id) = 2", name="made"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case.id"))
    made: Mapped[object] = json("made", 2000, nullable=False)
    before: Mapped[object] = json("before", 8000, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    undone_at: Mapped[datetime | None] = moment("undone_at")
