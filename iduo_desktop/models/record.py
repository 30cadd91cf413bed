"""Records of persons: flags, sections, support network, every change of them, and two made one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, day, json, moment, text, word


class ContactEvent(Base):
    """One change of a record: its history, the key that makes asking again harmless, and what undo gives back.

    What is reserved is never in it.
    """

    __tablename__ = "contact_event"
    __table_args__ = (
        Index("contact_event_contact_index", "contact_id", "id"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    kind: Mapped[str] = word(
        "kind",
        *("changed", "undone", "phone", "email", "flag", "section", "network", "merged", "unmerged"),
        nullable=False,
    )
    at: Mapped[datetime] = moment("at", now=True)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    field: Mapped[str] = text("field", 40, nullable=False)
    before: Mapped[str] = text("before", 4000, nullable=False)
    after: Mapped[str] = text("after", 4000, nullable=False)
    version_after: Mapped[int] = mapped_column(Integer)
    key: Mapped[UUID | None] = mapped_column(unique=True)
    payload_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    undone_at: Mapped[datetime | None] = moment("undone_at")


class ContactFlag(Base):
    """Something that everybody must see on a person, until a day or until somebody takes it down."""

    __tablename__ = "contact_flag"
    __table_args__ = (
        Index("contact_flag_contact_index", "contact_id"),
        CheckConstraint("(lowered_at IS NULL) = (lowered_by IS NULL)", name="lowered"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    text: Mapped[str] = text("text", 200, None, nullable=False)
    until: Mapped[date | None] = day("until")
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    lowered_by: Mapped[str | None] = mapped_column(ForeignKey("iduo.staff.login"))
    lowered_at: Mapped[datetime | None] = moment("lowered_at")


class ContactSection(Base):
    """What a section says since a moment; the `latest` of a person and a form is what it says now.

    `reserved` is the form's, copied, because row security reads no other table.
    """

    __tablename__ = "contact_section"
    __table_args__ = (
        Index("contact_section_contact_index", "contact_id", "form_id", "id"),
        Index("contact_section_latest_index", "contact_id", "form_id", unique=True, postgresql_where=sql("latest")),
        Index("contact_section_version_index", "form_version_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    form_id: Mapped[int] = mapped_column(ForeignKey("iduo.form.id"))
    form_version_id: Mapped[int] = mapped_column(ForeignKey("iduo.form_version.id"))
    reserved: Mapped[bool]
    latest: Mapped[bool] = mapped_column(server_default=sql("true"))
    said: Mapped[object] = json("said", 65536, nullable=False)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)


class ContactRelation(Base):
    """Somebody of a person's support network, a contact of his own. Read with a receipt."""

    __tablename__ = "contact_relation"
    __table_args__ = (
        Index(
            "contact_relation_contact_index", "contact_id", "other_id", unique=True, postgresql_where=sql("NOT removed")
        ),
        Index("contact_relation_other_index", "other_id"),
        CheckConstraint("contact_id <> other_id", name="other"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    what: Mapped[str] = text("what", 80, None, nullable=False)
    note: Mapped[str] = text("note", 500, nullable=False)
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    removed: Mapped[bool] = mapped_column(server_default=sql("false"))


class ContactMerge(Base):
    """Two persons made one: what went over, by table and id, and what the one that stayed had before."""

    __tablename__ = "contact_merge"
    __table_args__ = (
        Index("contact_merge_keep_index", "keep_id"),
        Index("contact_merge_other_index", "other_id", unique=True, postgresql_where=sql("undone_at IS NULL")),
        Index("contact_merge_event_index", "event_id"),
        CheckConstraint("keep_id <> other_id", name="other"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    keep_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("iduo.contact_event.id"))
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    at: Mapped[datetime] = moment("at", now=True)
    moved: Mapped[object] = json("moved", 4000000, nullable=False, server_default="{}")
    before: Mapped[object] = json("before", 65536, nullable=False, server_default="{}")
    undone_at: Mapped[datetime | None] = moment("undone_at")
