"""The lists that can come in: which columns each has, how a row of it is read, and how it is sent."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from iduo_desktop.workbooks import answers, clients, companies, contacts
from iduo_desktop.workbooks.header import Column
from iduo_desktop.workbooks.lists import Listed, Placed, Problem, Understand
from iduo_desktop.workbooks.row import Habits

P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class Kind(Generic[P]):
    """What can be imported; `word` is the batch's."""

    word: str
    columns: tuple[Column, ...]
    understanding: Callable[[Habits], Understand[P]]
    settle: Callable[[Listed[P]], Listed[P]]


ANSWERS: Final = Kind("answers", answers.COLUMNS, answers.understanding, answers.settle)
CLIENTS: Final = Kind("clients", clients.COLUMNS, clients.understanding, clients.settle)
COMPANIES: Final = Kind("companies", companies.COLUMNS, companies.understanding, companies.settle)
CONTACTS: Final = Kind("contacts", contacts.COLUMNS, contacts.understanding, contacts.settle)
# in the order in which they are tried
KINDS: Final[Mapping[str, Kind[Any]]] = {kind.word: kind for kind in (ANSWERS, CLIENTS, COMPANIES, CONTACTS)}


def staged(row: Placed | Problem) -> dict[str, object]:
    """A row as the database takes it: every key is there, also of what it does not say; one not taken says why."""
    if isinstance(row, Problem):
        return {"row": row.row, "outcome": row.outcome, "message": row.message}
    told = {name: _plain(getattr(row, name)) for name in _names(type(row))}
    # its warnings are put together into one message there
    told["warnings"] = [str(warning).removesuffix(".") for warning in getattr(row, "warnings", ())]
    return told


def as_json(rows: list[Placed | Problem]) -> str:
    """Rows as an array; made row by row, because nobody else runs while the library makes one text."""
    return f"[{','.join(json.dumps(staged(row)) for row in rows)}]"


def _plain(value: object) -> object:
    """What JSON has words for."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return {name: _plain(getattr(value, name)) for name in _names(type(value))}


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass, looked up once."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _NAMES[kind]
