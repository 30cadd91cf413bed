"""Clients of the organisation: companies and persons, with their telephones, mails and extensions."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, amount, computed, day, json, moment, text, texts, word

STATUSES = ("active", "suspended", "delinquent", "withdrawn")
SHOWN = (
    "CASE WHEN kind = 'organisation' THEN name WHEN names = '' THEN upper(surname) "
    "WHEN surname = '' THEN names ELSE upper(surname) || ', ' || names END"
)


class Company(Base):
    """A client. `client` is how lists show him, `client_key` how they sort, `search_text` how he is found.

    Every word of `search_text` has a blank before it, so that its index knows where words begin. A management unit
    (unidad de gestión) is found by its digits too, without leading zeros: "4" finds UG-04.
    """

    __tablename__ = "company"
    __table_args__ = (
        Index(
            "company_search_index",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "iduo.gin_trgm_ops"},
        ),
        Index("company_document_index", sql('document COLLATE "C"'), postgresql_where=sql("document <> ''")),
        Index("company_tax_id_index", sql('tax_id COLLATE "C"'), postgresql_where=sql("tax_id <> ''")),
        Index("company_unit_index", sql('unit_key COLLATE "C"'), postgresql_where=sql("unit_key <> ''")),
        Index("company_unit_digits_index", "unit_digits", postgresql_where=sql("unit_digits <> ''")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str] = word("kind", "person", "organisation", nullable=False)
    surname: Mapped[str] = text("surname", 120, nullable=False)
    names: Mapped[str] = text("names", 120, nullable=False)
    name: Mapped[str] = text("name", 200, nullable=False)
    document: Mapped[str] = text("document", 20, nullable=False)
    tax_id: Mapped[str] = text("tax_id", 20, nullable=False)
    plan: Mapped[str] = text("plan", 80, nullable=False)
    street: Mapped[str] = text("street", 200, nullable=False)
    locality: Mapped[str] = text("locality", 120, nullable=False)
    province: Mapped[str] = text("province", 80, nullable=False)
    service_status: Mapped[str] = word("service_status", *STATUSES, nullable=False)
    status_since: Mapped[date | None] = day("status_since")
    cutoff_date: Mapped[date | None] = day("cutoff_date")
    extended_until: Mapped[date | None] = day("extended_until")
    debt: Mapped[Decimal | None] = amount("debt")
    since: Mapped[date | None] = day("since")
    note: Mapped[str] = text("note", 2000, nullable=False)
    corrected: Mapped[list[str]] = texts("corrected", 20)
    imported: Mapped[object | None] = json("imported", 16000)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    client: Mapped[str] = computed("client", SHOWN, 330)
    client_key: Mapped[str] = computed("client_key", f"iduo.sort_key({SHOWN})", 700)
    search_text: Mapped[str] = computed("search_text", "' ' || iduo.fold(surname || ' ' || names || ' ' || name)", 500)
    erased_at: Mapped[datetime | None] = moment("erased_at")
    management_unit: Mapped[str] = text("management_unit", 40, nullable=False)
    unit_key: Mapped[str] = computed("unit_key", "iduo.fold(management_unit)", 100)
    unit_digits: Mapped[str] = computed(
        "unit_digits", r"ltrim(regexp_replace(management_unit, '\D', '', 'g'), '0')", 40
    )


class CompanyPhone(Base):
    """A telephone, as typed and as understood; `imported_as` is the key it came with, so that corrections stay."""

    __tablename__ = "company_phone"
    __table_args__ = (
        Index("company_phone_search_index", sql('search_key COLLATE "C"')),
        Index("company_phone_company_index", "company_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("iduo.company.id"))
    typed: Mapped[str] = text("typed", 60, None, nullable=False)
    e164: Mapped[str | None] = text("e164", 20, None)
    search_key: Mapped[str] = text("search_key", 20, nullable=False)
    kind: Mapped[str] = text("kind", 20, nullable=False)
    valid: Mapped[bool]
    imported_as: Mapped[str | None] = text("imported_as", 60, None)
    removed: Mapped[bool] = mapped_column(server_default=sql("false"))


class CompanyEmail(Base):
    """A mail address; `imported_as` as for telephones."""

    __tablename__ = "company_email"
    __table_args__ = (
        Index("company_email_company_index", "company_id"),
        Index("company_email_address_index", sql('lower(address) COLLATE "C"')),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("iduo.company.id"))
    address: Mapped[str] = text("address", 254, None, nullable=False)
    valid: Mapped[bool]
    imported_as: Mapped[str | None] = text("imported_as", 254, None)
    removed: Mapped[bool] = mapped_column(server_default=sql("false"))


class Extension(Base):
    """A prórroga: the cut-off waits until then, once it is granted."""

    __tablename__ = "extension"
    __table_args__ = (
        Index("extension_company_index", "company_id", "id"),
        Index(
            "extension_granted_index",
            *("company_id", "until_date"),
            unique=True,
            postgresql_where=sql("state = 'granted'"),
        ),
        Index("extension_asked_index", "company_id", unique=True, postgresql_where=sql("state = 'asked'")),
        Index("extension_waiting_index", "at", "id", postgresql_where=sql("state = 'asked'")),
        Index("extension_event_index", "event_id", postgresql_where=sql("event_id IS NOT NULL")),
        Index("extension_decision_index", "decision_event_id", postgresql_where=sql("decision_event_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("iduo.company.id"))
    until_date: Mapped[date] = day("until_date")
    reason: Mapped[str] = text("reason", 500, nullable=False)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case_event.id"))
    state: Mapped[str] = word(
        "state", "asked", "granted", "refused", "withdrawn", nullable=False, server_default="granted"
    )
    previous_date: Mapped[date | None] = day("previous_date")
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    decided_at: Mapped[datetime | None] = moment("decided_at")
    decision: Mapped[str] = text("decision", 500, nullable=False)
    decision_event_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.case_event.id"))
