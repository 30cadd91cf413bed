"""What every table has: one metadata, names for constraints, and text that cannot be endless."""

from typing import Any

from sqlalchemy import CheckConstraint, Computed, Date, DateTime, MetaData, Numeric, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

SCHEMA = "iduo"


class Base(DeclarativeBase):
    """The tables of schema iduo."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_index",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        },
    )


class XID8(UserDefinedType[str]):
    """PostgreSQL's transaction number that never wraps round."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "xid8"


def text(name: str, limit: int, default: str | None = "", **options: Any) -> Any:
    """A text column of at most `limit` characters; NOT NULL with an empty default unless `default` is None."""
    check = CheckConstraint(f"length({name}) <= {limit}", name=f"{name}_length")
    if default is not None:
        options.setdefault("server_default", default)
    return mapped_column(name, Text, check, **options)


def word(name: str, *allowed: str, **options: Any) -> Any:
    """A text column that holds one of a closed list of words."""
    listed = ", ".join(f"'{value}'" for value in allowed)
    return mapped_column(name, Text, CheckConstraint(f"{name} IN ({listed})", name=f"{name}_word"), **options)


def json(name: str, limit: int, **options: Any) -> Any:
    """A jsonb column of at most `limit` bytes as text."""
    return mapped_column(
        name, JSONB, CheckConstraint(f"octet_length({name}::text) <= {limit}", name=f"{name}_length"), **options
    )


def texts(name: str, most: int = 100) -> Any:
    """An array of short texts, empty by default."""
    check = CheckConstraint(f"cardinality({name}) <= {most} AND length({name}::text) <= 8000", name=f"{name}_length")
    return mapped_column(name, ARRAY(Text), check, server_default="{}", nullable=False)


def moment(name: str, *, now: bool = False, **options: Any) -> Any:
    """A point in time; with `now`, NOT NULL and set by the server's clock."""
    if now:
        options |= {"server_default": func.clock_timestamp(), "nullable": False}
        return mapped_column(name, DateTime(timezone=True), **options)
    return mapped_column(name, DateTime(timezone=True), _within(name, "1900-01-01 UTC", "2999-12-31 UTC"), **options)


def day(name: str, **options: Any) -> Any:
    """A date. Infinite ones, and those after the year 9999, would break every list in which they are shown."""
    return mapped_column(name, Date, _within(name, "1900-01-01", "2999-12-31"), **options)


def amount(name: str, digits: int = 14, **options: Any) -> Any:
    """A number with two decimals; "not a number" is none."""
    most = "9" * (digits - 2) + ".99"
    check = CheckConstraint(f"{name} BETWEEN -{most} AND {most}", name=f"{name}_range")
    return mapped_column(name, Numeric(digits, 2), check, **options)


def _within(name: str, first: str, last: str) -> CheckConstraint:
    return CheckConstraint(f"{name} BETWEEN '{first}' AND '{last}'", name=f"{name}_range")


def computed(name: str, expression: str, limit: int, kind: Any = Text) -> Any:
    """A column that the database computes and stores; never NULL."""
    checks = (CheckConstraint(f"length({name}) <= {limit}", name=f"{name}_length"),) if kind is Text else ()
    return mapped_column(name, kind, Computed(expression, persisted=True), *checks, nullable=False)
