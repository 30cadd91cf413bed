"""What lies under all: the audit log, receipts of sensitive reads, the change feed and the allowed moves."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, INET
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import XID8, Base, json, moment, text, texts, word


def _xid() -> Any:
    """The transaction that writes the row."""
    return mapped_column("xid", XID8, server_default=sql("pg_current_xact_id()"), nullable=False)


class Entry(Base):
    """A row before and after a change; only ever added to, by a trigger that belongs to another owner."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_row_index", "table_name", "row_key", "id"), {"schema": "audit"})

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = moment("at", now=True)
    xid: Mapped[str] = _xid()
    actor: Mapped[str] = text("actor", 63, None, nullable=False)
    table_name: Mapped[str] = text("table_name", 63, None, nullable=False)
    row_key: Mapped[str] = text("row_key", 200, None, nullable=False)
    operation: Mapped[str] = word("operation", "INSERT", "UPDATE", "DELETE", nullable=False)
    before: Mapped[object | None] = json("before", 262144)
    after: Mapped[object | None] = json("after", 262144)


class Seal(Base):
    """What the log held when the guard looked: a link of a chain, so that nothing that was sealed changes unseen.

    `ids` are the entries that this seal covers, `digests` three sums of each: of all of it, of what is left of it when
    the person is taken out by the `rules` of that day, and of who, when and which row. Up to `upto` all that could be
    seen is sealed. Up to `low` nothing can come any more: whoever ran at an earlier look (`until_xid`) is over.
    """

    __tablename__ = "seal"
    __table_args__ = (
        Index("seal_last_index", "last"),
        CheckConstraint("cardinality(ids) <= 1000", name="ids_length"),
        CheckConstraint("octet_length(digests) <= 96000", name="digests_length"),
        CheckConstraint("octet_length(digests) = 96 * cardinality(ids)", name="digests_of_ids"),
        CheckConstraint("octet_length(rules) = 32", name="rules_length"),
        CheckConstraint("octet_length(hash) = 32", name="hash_length"),
        {"schema": "audit"},
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = moment("at", now=True)
    low: Mapped[int] = mapped_column(BigInteger)
    upto: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    until_xid: Mapped[str] = mapped_column(XID8)
    ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    digests: Mapped[bytes] = mapped_column(LargeBinary)
    rules: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Receipt(Base):
    """A committed trace that somebody is about to read something sensitive: the access log."""

    __tablename__ = "receipt"
    __table_args__ = (Index("receipt_actor_index", "actor", "at"), Index("receipt_subject_index", "what", "subject"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    xid: Mapped[str] = _xid()
    actor: Mapped[str] = text("actor", 63, None, nullable=False)
    address: Mapped[str | None] = mapped_column(INET)
    what: Mapped[str] = word("what", "audit", "person", "erase", "assistants", "export", "section", nullable=False)
    subject: Mapped[str] = text("subject", 500, None, nullable=False)
    reason: Mapped[str] = text("reason", 500, None, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)


class Change(Base):
    """One changed row, for the workstations that ask what happened since; id NULL: many rows of that table."""

    __tablename__ = "change"
    __table_args__ = (Index("change_xid_index", "xid"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    xid: Mapped[str] = _xid()
    table_name: Mapped[str] = text("table_name", 63, None, nullable=False)
    id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = moment("at", now=True)


class Transition(Base):
    """An allowed move from one state to another; what is not here is refused by a trigger."""

    __tablename__ = "transition"

    entity: Mapped[str] = text("entity", 40, None, primary_key=True)
    before: Mapped[str] = text("before", 40, None, primary_key=True)
    after: Mapped[str] = text("after", 40, None, primary_key=True)


class Heartbeat(Base):
    """That a service runs: its session, since when, when it was last heard, and how far the guard has pruned the feed.

    The gateway says which channels it serves and what it last complained of.
    """

    __tablename__ = "heartbeat"

    service: Mapped[str] = word("service", "guard", "gateway", "chat", primary_key=True)
    pid: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = moment("started_at", nullable=False)
    beat_at: Mapped[datetime] = moment("beat_at", nullable=False)
    pruned_xid: Mapped[str | None] = mapped_column(XID8)
    channels: Mapped[list[str]] = texts("channels", 5)
    complaint: Mapped[str] = text("complaint", 500, nullable=False)


class GuardEvent(Base):
    """How often the guard did something within an hour, for administrators; `login`: to whom, if it was a session."""

    __tablename__ = "guard_event"

    hour: Mapped[datetime] = moment("hour", primary_key=True)
    kind: Mapped[str] = word("kind", "query", "idle_transaction", "disabled", "returned", "escalated", primary_key=True)
    login: Mapped[str] = text("login", 63, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = moment("last_at", now=True)


class Erasure(Base):
    """That personal data were blanked: of somebody who is not named, or of all that is old, up to an audit entry."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = word("kind", "person", "retention", nullable=False)
    by: Mapped[str] = text("by", 63, None, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    rows: Mapped[int] = mapped_column(Integer)
    entries: Mapped[int] = mapped_column(Integer)
    upto: Mapped[int | None] = mapped_column(BigInteger)
