"""What the tables are: SQLAlchemy classes with every CHECK, index and comment; no queries."""

from iduo_desktop.models import (
    activity,
    agenda,
    assistant,
    audit,
    batch,
    call,
    case,
    catalogue,
    chat,
    company,
    contact,
    form,
    message,
    policy,
    record,
    route,
    staff,
    supervision,
    ticket,
)
from iduo_desktop.models.base import Base

metadata = Base.metadata

__all__ = [
    "activity",
    "agenda",
    "assistant",
    "audit",
    "batch",
    "call",
    "case",
    "catalogue",
    "chat",
    "company",
    "contact",
    "form",
    "message",
    "metadata",
    "policy",
    "record",
    "route",
    "staff",
    "supervision",
    "ticket",
]
