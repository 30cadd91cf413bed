"""Contacts: the persons who call, with or without a company, and how they are reached."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, computed, day, moment, text, word

SHOWN = (
    "CASE WHEN surname = '' AND names = '' THEN document WHEN names = '' THEN upper(surname) "
    "WHEN surname = '' THEN names ELSE upper(surname) || ', ' || names END"
)
KNOWN = sql("merged_into IS NULL")


class Contact(Base):
    """A person. `person` is how lists show him, `person_key` how they sort, `search_text` how he is found.

    Two may have one document: a second holder is found and merged later, never refused while somebody waits.
    `safe_*` say when and where he may be reached without danger, and what to say if somebody else answers. Who was
    `merged_into` another is no longer found; his record is the other's.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index(
            "contact_search_index",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "iduo.gin_trgm_ops"},
        ),
        Index("contact_document_index", sql('document COLLATE "C"'), postgresql_where=sql("document <> ''")),
        Index("contact_company_index", "company_id", postgresql_where=sql("company_id IS NOT NULL")),
        Index("contact_person_index", sql('person_key COLLATE "C"'), "id", postgresql_where=KNOWN),
        Index("contact_name_index", sql('search_text COLLATE "C"'), "id", postgresql_where=KNOWN),
        Index("contact_merged_index", "merged_into", postgresql_where=sql("merged_into IS NOT NULL")),
        CheckConstraint("document ~ '^[0-9A-Z]*$'", name="document_form"),
        CheckConstraint("surname <> '' OR names <> '' OR document <> ''", name="somebody"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
        CheckConstraint("merged_into <> id", name="merged_into"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    surname: Mapped[str] = text("surname", 120, nullable=False)
    names: Mapped[str] = text("names", 120, nullable=False)
    document_type: Mapped[str] = word(
        "document_type", "none", "dni", "cuit", "other", nullable=False, server_default="none"
    )
    document: Mapped[str] = text("document", 20, nullable=False)
    birth_date: Mapped[date | None] = day("birth_date")
    note: Mapped[str] = text("note", 2000, nullable=False)
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    key: Mapped[UUID | None] = mapped_column(unique=True)
    payload_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    person: Mapped[str] = computed("person", SHOWN, 400)
    person_key: Mapped[str] = computed("person_key", f"iduo.sort_key({SHOWN})", 700)
    search_text: Mapped[str] = computed("search_text", "' ' || iduo.fold(surname || ' ' || names)", 500)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    safe_when: Mapped[str] = text("safe_when", 200, nullable=False)
    safe_where: Mapped[str] = text("safe_where", 200, nullable=False)
    safe_words: Mapped[str] = text("safe_words", 500, nullable=False)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("iduo.contact.id"))


class ContactPhone(Base):
    """A telephone, as typed and as understood; `search_key` are its last ten national digits.

    `safe` is NULL while nobody said whether one may call there.
    """

    __tablename__ = "contact_phone"
    __table_args__ = (
        Index("contact_phone_search_index", sql('search_key COLLATE "C"')),
        Index("contact_phone_contact_index", "contact_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    typed: Mapped[str] = text("typed", 60, None, nullable=False)
    e164: Mapped[str | None] = text("e164", 20, None)
    search_key: Mapped[str] = text("search_key", 20, nullable=False)
    kind: Mapped[str] = text("kind", 20, nullable=False)
    valid: Mapped[bool]
    removed: Mapped[bool] = mapped_column(server_default=sql("false"))
    safe: Mapped[bool | None]


class ContactEmail(Base):
    """A mail address; one that does not look like one is kept with a mark. `safe` as for a telephone."""

    __tablename__ = "contact_email"
    __table_args__ = (
        Index("contact_email_address_index", sql('lower(address) COLLATE "C"')),
        Index("contact_email_contact_index", "contact_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    address: Mapped[str] = text("address", 254, None, nullable=False)
    valid: Mapped[bool]
    removed: Mapped[bool] = mapped_column(server_default=sql("false"))
    safe: Mapped[bool | None]
