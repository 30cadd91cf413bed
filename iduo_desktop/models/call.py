"""Calls: every one that was answered, who called as far as the line said it, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from iduo_desktop.models.base import Base, moment, text, word

OUTCOMES = (
    *("message", "answer", "insisted", "assistant", "informed"),
    *("hung_up", "silent", "wrong_number", "test"),
)


class Call(Base):
    """A call. `caller`, `ivr_option` and `company_keyed` are what came with it; `pbx_id` is the PBX's name for it."""

    __tablename__ = "call"
    __table_args__ = (
        Index("call_by_index", "by", "starts_at"),
        Index("call_pbx_index", "by", "pbx_id", "starts_at", postgresql_where=sql("pbx_id <> ''")),
        CheckConstraint("ivr_option BETWEEN 0 AND 99", name="ivr_option_range"),
        CheckConstraint("ended_at >= starts_at", name="order"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="outcome"),
        CheckConstraint("octet_length(payload_hash) = 32", name="payload_hash_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    direction: Mapped[str] = word("direction", "inbound", "outbound", nullable=False)
    state: Mapped[str] = word("state", "planned", "held", "not_held", nullable=False)
    starts_at: Mapped[datetime] = moment("starts_at", nullable=False)
    ended_at: Mapped[datetime | None] = moment("ended_at")
    by: Mapped[str] = mapped_column(ForeignKey("iduo.staff.login"))
    caller: Mapped[str] = text("caller", 60, nullable=False)
    e164: Mapped[str | None] = text("e164", 20, None)
    search_key: Mapped[str] = text("search_key", 20, nullable=False)
    ivr_option: Mapped[int | None] = mapped_column(SmallInteger)
    company_keyed: Mapped[str] = text("company_keyed", 40, nullable=False)
    pbx_id: Mapped[str] = text("pbx_id", 120, nullable=False)
    outcome: Mapped[str | None] = word("outcome", *OUTCOMES)
    note: Mapped[str] = text("note", 2000, nullable=False)
    key: Mapped[UUID] = mapped_column(unique=True)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
