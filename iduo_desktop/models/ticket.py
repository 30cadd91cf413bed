"""Tickets: messages with a number, what happened with each, and in which call."""

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
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, computed, json, moment, text, word

STATES = ("open", "awaiting_answer", "awaiting_communication", "communicated")
COMMUNICATED = sql("state = 'communicated'")
UNANSWERED = "state IN ('open', 'awaiting_answer')"
# what the next batch takes: what never went out, and what was insisted on, or sent back, since it did
TO_SEND = f"{UNANSWERED} AND (state = 'open' OR batch_out IS NOT NULL) AND coalesce(sent_insisted, -1) < insisted"
PERSON = "to_tsvector('simple', iduo.fold(surname || ' ' || names))"
# Each in its weight, so that a search says what matched: the person, the company, the message, its answer.
WORDS = " || ".join(
    f"setweight(to_tsvector('simple', iduo.fold({words})), '{weight}')"
    for words, weight in (("surname || ' ' || names", "A"), ("company", "B"), ("text", "C"), ("answer", "D"))
)


class Ticket(Base):
    """A message. What was taken at the time stands in columns of its own, whatever becomes of company and contact.

    `topic` and `company` are how they were called then; `document` has no points, `email` no capitals. `batch_out` and
    `batch_in` are the last ones; `sent_insisted` is how often it was insisted on by then, NULL when it is to be sent.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ticket_work_index", "state", "work_key", "id"),
        Index("ticket_number_index", "state", "number", postgresql_include=["id", "at"]),
        Index("ticket_person_index", "state", sql('person_key COLLATE "C"'), "id"),
        Index("ticket_client_index", "state", sql('company_key COLLATE "C"'), "id"),
        Index(
            "ticket_communicated_index",
            *("communicated_at", "id"),
            postgresql_include=["at"],
            postgresql_where=COMMUNICATED,
        ),
        Index(
            "ticket_told_company_index",
            *("company_id", "communicated_at"),
            postgresql_where=sql("state = 'communicated' AND company_id IS NOT NULL"),
        ),
        Index(
            "ticket_told_contact_index",
            *("contact_id", "communicated_at"),
            postgresql_where=sql("state = 'communicated' AND contact_id IS NOT NULL"),
        ),
        Index(
            "ticket_told_phone_index",
            *(sql('phone_key COLLATE "C"'), "communicated_at"),
            postgresql_where=sql("state = 'communicated' AND phone_key <> ''"),
        ),
        Index("ticket_topic_index", "topic_id", "communicated_at", "id", postgresql_where=COMMUNICATED),
        Index("ticket_kind_index", "kind", "communicated_at", "id", postgresql_where=COMMUNICATED),
        Index("ticket_channel_index", "channel", "communicated_at", "id", postgresql_where=COMMUNICATED),
        Index("ticket_caller_kind_index", "caller_kind", "communicated_at", "id", postgresql_where=COMMUNICATED),
        Index("ticket_taken_by_index", "created_by", "communicated_at", "id", postgresql_where=COMMUNICATED),
        Index("ticket_at_index", "at", postgresql_include=["channel", "created_by"]),
        Index("ticket_words_index", "words", postgresql_using="gin"),
        Index("ticket_person_words_index", "person_words", postgresql_using="gin"),
        Index("ticket_surname_index", sql('surname_key COLLATE "C"'), "state", "id"),
        Index("ticket_company_index", "company_id", "state", "id", postgresql_where=sql("company_id IS NOT NULL")),
        Index(
            "ticket_company_number_index",
            *("company_number", "state", "id"),
            postgresql_where=sql("company_number IS NOT NULL"),
        ),
        Index("ticket_contact_index", "contact_id", "state", "id", postgresql_where=sql("contact_id IS NOT NULL")),
        Index(
            "ticket_document_index",
            *(sql('document COLLATE "C"'), "state", "id"),
            postgresql_where=sql("document <> ''"),
        ),
        Index(
            "ticket_phone_index", sql('phone_key COLLATE "C"'), "state", "id", postgresql_where=sql("phone_key <> ''")
        ),
        Index("ticket_email_index", sql('email COLLATE "C"'), "state", "id", postgresql_where=sql("email <> ''")),
        Index("ticket_provisional_index", "provisional", postgresql_where=sql("provisional <> ''")),
        Index("ticket_to_send_index", "number", postgresql_where=sql(TO_SEND)),
        CheckConstraint("ivr_option BETWEEN 0 AND 99", name="ivr_option_range"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("phone <> '' OR email <> ''", name="way_back"),
        CheckConstraint("document ~ '^[0-9A-Z]*$'", name="document_form"),
        CheckConstraint(f"({UNANSWERED}) = (answer = '') AND (answer = '') = (answered_at IS NULL)", name="answer"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by"),
        CheckConstraint("(state = 'communicated') = (communicated_at IS NOT NULL)", name="communicated_at"),
        CheckConstraint("(communicated_at IS NULL) = (communicated_by IS NULL)", name="communicated_by"),
        CheckConstraint("(communicated_at IS NULL) = (communicated_to = '')", name="communicated_to"),
        CheckConstraint("insisted >= 0", name="insisted_range"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True, start=100001), unique=True)
    state: Mapped[str] = word("state", *STATES, nullable=False, server_default="open")
    kind: Mapped[str] = word("kind", "question", "request", "claim", nullable=False)
    channel: Mapped[str] = word("channel", "phone", "chat", "outbound", nullable=False)
    ivr_option: Mapped[int | None] = mapped_column(SmallInteger)
    caller_kind: Mapped[str] = word("caller_kind", "client", "prospect", "other", nullable=False)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.topic.id"))
    topic: Mapped[str] = text("topic", 120, nullable=False)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.call.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    company_number: Mapped[int | None] = mapped_column(BigInteger)
    company: Mapped[str] = text("company", 330, nullable=False)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))
    surname: Mapped[str] = text("surname", 120, nullable=False)
    names: Mapped[str] = text("names", 120, nullable=False)
    document: Mapped[str] = text("document", 20, nullable=False)
    phone: Mapped[str] = text("phone", 60, nullable=False)
    phone_e164: Mapped[str | None] = text("phone_e164", 20, None)
    phone_key: Mapped[str] = text("phone_key", 20, nullable=False)
    email: Mapped[str] = text("email", 254, nullable=False)
    insisted_reason: Mapped[str] = text("insisted_reason", 500, nullable=False)
    provisional: Mapped[str] = text("provisional", 20, nullable=False)
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.form_version.id"))
    values: Mapped[object] = json("values", 65536, nullable=False, server_default="{}")
    insisted: Mapped[int] = mapped_column(Integer, server_default="0")
    answer: Mapped[str] = text("answer", 4000, nullable=False)
    answered_at: Mapped[datetime | None] = moment("answered_at")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    communicated_at: Mapped[datetime | None] = moment("communicated_at")
    communicated_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    communicated_to: Mapped[str] = text("communicated_to", 120, nullable=False)
    text: Mapped[str] = text("text", 4000, None, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    # the most insisted first
    work_key: Mapped[int] = computed("work_key", "-insisted", 0, Integer)
    person_key: Mapped[str] = computed("person_key", "iduo.sort_key(surname || ', ' || names)", 700)
    company_key: Mapped[str] = computed("company_key", "iduo.sort_key(company)", 700)
    surname_key: Mapped[str] = computed("surname_key", "iduo.fold(surname)", 250)
    words: Mapped[str] = computed("words", WORDS, 0, TSVECTOR)
    # by themselves, because an index knows no weights
    person_words: Mapped[str] = computed("person_words", PERSON, 0, TSVECTOR)
    batch_out: Mapped[int | None] = mapped_column(ForeignKey("iduo.batch.id", use_alter=True))
    batch_in: Mapped[int | None] = mapped_column(ForeignKey("iduo.batch.id", use_alter=True))
    sent_at: Mapped[datetime | None] = moment("sent_at")
    sent_insisted: Mapped[int | None] = mapped_column(Integer)


class TicketEvent(Base):
    """One thing that happened with a ticket; one key answers several tickets, each of them once."""

    __tablename__ = "ticket_event"
    __table_args__ = (
        UniqueConstraint("key", "ticket_id"),
        Index("ticket_event_ticket_index", "ticket_id", "id"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
        CheckConstraint("(key IS NULL) = (payload_hash IS NULL)", name="key"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("iduo.ticket.id"))
    kind: Mapped[str] = word(
        "kind",
        *("created", "insisted", "exported", "taken", "answered", "sent_back", "communicated", "note"),
        nullable=False,
    )
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    text: Mapped[str] = text("text", 4000, nullable=False)
    version_after: Mapped[int] = mapped_column(Integer)
    key: Mapped[UUID | None] = mapped_column()
    payload_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    undone_at: Mapped[datetime | None] = moment("undone_at")


class CallTicket(Base):
    """A call in which a ticket was taken, insisted on or communicated."""

    __tablename__ = "call_ticket"
    __table_args__ = (Index("call_ticket_ticket_index", "ticket_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("iduo.call.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("iduo.ticket.id"), primary_key=True)
    how: Mapped[str] = word("how", "created", "insisted", "communicated", primary_key=True)
    at: Mapped[datetime] = moment("at", now=True)
