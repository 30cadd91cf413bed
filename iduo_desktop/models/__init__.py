"""What the tables are: SQLAlchemy classes with every CHECK, index and comment; no queries."""

from iduo_desktop.models import activity, audit, batch, case, catalogue, company, form, policy, staff
from iduo_desktop.models.base import Base

metadata = Base.metadata

__all__ = ["activity", "audit", "batch", "case", "catalogue", "company", "form", "metadata", "policy", "staff"]
