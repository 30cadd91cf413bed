"""Forms that an administrator makes: versions, fields, options and quick templates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, json, moment, text, texts, word

KINDS = ("text", "long_text", "choice", "several", "number", "money", "date", "time", "yes_no", "phone")
KEY = "key ~ '^[a-z][a-z0-9_]{0,39}$'"


class Form(Base):
    """A form of the organisation; one is `closing` and closes cases, one survey is «Datos verificados hoy».

    What a `reserved` section of persons' records holds is read with a receipt.
    """

    __tablename__ = "form"
    __table_args__ = (
        Index("form_closing_index", "kind", unique=True, postgresql_where=sql("kind = 'closing'")),
        Index("form_verification_index", "verification", unique=True, postgresql_where=sql("verification")),
        CheckConstraint("kind = 'contact_section' OR NOT reserved", name="reserved"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str] = word("kind", "closing", "survey", "contact_section", "ticket", nullable=False)
    title: Mapped[str] = text("title", 120, None, nullable=False)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    key: Mapped[UUID | None] = mapped_column(unique=True)
    verification: Mapped[bool] = mapped_column(server_default=sql("false"))
    reserved: Mapped[bool] = mapped_column(server_default=sql("false"))


class FormVersion(Base):
    """A version of a form; at most one is published, and a record keeps the one it was filled with.

    `edits` counts the times that a draft was saved: it tells what one saw from what somebody else made of it since.
    """

    __tablename__ = "form_version"
    __table_args__ = (
        Index("form_version_published_index", "form_id", unique=True, postgresql_where=sql("state = 'published'")),
        Index("form_version_draft_index", "form_id", unique=True, postgresql_where=sql("state = 'draft'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("iduo.form.id"))
    state: Mapped[str] = word("state", "draft", "published", "retired", nullable=False, server_default="draft")
    published_at: Mapped[datetime | None] = moment("published_at")
    edits: Mapped[int] = mapped_column(server_default="0")


class FormField(Base):
    """A field. `required_if_field` and `options_if_field` name other fields of the same version."""

    __tablename__ = "form_field"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        CheckConstraint(KEY, name="key_form"),
        CheckConstraint("max_length BETWEEN 1 AND 4000", name="max_length"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("iduo.form_version.id"))
    key: Mapped[str] = text("key", 40, None, nullable=False)
    part: Mapped[str] = word("part", "closing", "future", nullable=False, server_default="closing")
    label: Mapped[str] = text("label", 120, None, nullable=False)
    kind: Mapped[str] = word("kind", *KINDS, nullable=False)
    required: Mapped[bool] = mapped_column(server_default=sql("false"))
    required_if_field: Mapped[str | None] = text("required_if_field", 40, None)
    required_if_values: Mapped[list[str]] = texts("required_if_values")
    options_if_field: Mapped[str | None] = text("options_if_field", 40, None)
    help: Mapped[str] = text("help", 300, nullable=False)
    max_length: Mapped[int] = mapped_column(Integer, server_default="200")
    position: Mapped[int] = mapped_column(SmallInteger)


class FormOption(Base):
    """A value of a choice; retired once used, never deleted."""

    __tablename__ = "form_option"
    __table_args__ = (UniqueConstraint("field_id", "key"), CheckConstraint(KEY, name="key_form"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("iduo.form_field.id"))
    key: Mapped[str] = text("key", 40, None, nullable=False)
    label: Mapped[str] = text("label", 120, None, nullable=False)
    digit: Mapped[int | None] = mapped_column(SmallInteger)
    parents: Mapped[list[str]] = texts("parents")
    lists: Mapped[list[str]] = texts("lists", 4)
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    position: Mapped[int] = mapped_column(SmallInteger)


class FormTemplate(Base):
    """A quick closing: one digit fills several fields."""

    __tablename__ = "form_template"
    __table_args__ = (UniqueConstraint("version_id", "digit"), CheckConstraint("digit BETWEEN 1 AND 9", name="digit"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("iduo.form_version.id"))
    digit: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[str] = text("label", 80, None, nullable=False)
    values: Mapped[object] = json("values", 8000, nullable=False)


class SurveyAnswer(Base):
    """A survey that was filled during a contact, with the version it was filled with."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        Index("survey_answer_company_index", "company_id", "at"),
        Index("survey_answer_version_index", "form_version_id", "at"),
        Index("survey_answer_event_index", "event_id"),
        Index("survey_answer_case_index", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("iduo.case.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("iduo.company.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("iduo.case_event.id"))
    form_version_id: Mapped[int] = mapped_column(ForeignKey("iduo.form_version.id"))
    values: Mapped[object] = json("values", 65536, nullable=False)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    undone_at: Mapped[datetime | None] = moment("undone_at")
