"""From rows to the dataclasses of the services: by field name, nested ones from jsonb; converters made once a class."""

import types
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import EnumType
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
Convert = Callable[[Any], Any]

# How a value that jsonb can only hold as text comes back.
_FROM_TEXT: dict[Any, Convert] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    UUID: UUID,
    Decimal: lambda value: Decimal(str(value)),
    float: float,
}


def once(function: F) -> F:
    """functools.cache, with the signature kept for the type checker."""
    return cast(F, cache(function))


@once
def names_of(kind: type[Any]) -> tuple[str, ...]:
    """The columns that a dataclass asks for, in the order of its fields."""
    return tuple(field.name for field in fields(kind))


@once
def row_maker(kind: type[T]) -> Callable[[Sequence[Any]], T]:
    """What builds the dataclass from a row that has its columns in the order of `names_of`."""
    hints = get_type_hints(kind)
    converters = [_converter(hints[name], in_json=False) for name in names_of(kind)]
    if not any(converters):
        return _filler(kind)

    def make(row: Sequence[Any]) -> T:
        return kind(
            *(value if convert is None else convert(value) for value, convert in zip(row, converters, strict=True))
        )

    return make


def _filler(kind: type[T]) -> Callable[[Sequence[Any]], T]:
    """Puts a row straight into the slots: a frozen dataclass, asked to make itself, takes twice as long over a page."""
    setters = tuple(getattr(kind, name).__set__ for name in names_of(kind))

    def fill(row: Sequence[Any]) -> T:
        made = object.__new__(kind)
        for put, value in zip(setters, row, strict=True):
            put(made, value)
        return made

    return fill


@once
def _object_maker(kind: type[T]) -> Callable[[dict[str, Any]], T]:
    hints = get_type_hints(kind)
    converters = [(name, _converter(hints[name], in_json=True)) for name in names_of(kind)]

    def make(value: dict[str, Any]) -> T:
        return kind(*(value[name] if convert is None else convert(value[name]) for name, convert in converters))

    return make


def _converter(hint: Any, in_json: bool) -> Convert | None:
    """What a value needs before it fits the annotation; None when the driver gives it right."""
    if get_origin(hint) in (Union, types.UnionType):
        return _optional(hint, in_json)
    if get_origin(hint) is tuple:
        return _tuple(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _object_maker(hint)
    if isinstance(hint, EnumType):
        return hint
    return _parsed(hint) if in_json and hint in _FROM_TEXT else None


def _parsed(hint: type[Any]) -> Convert:
    """Elements of SQL arrays come as values, those of jsonb arrays as text."""
    parse = _FROM_TEXT[hint]
    return lambda value: value if isinstance(value, hint) else parse(value)


def _optional(hint: Any, in_json: bool) -> Convert | None:
    chosen = [member for member in get_args(hint) if member is not type(None)]
    inner = _converter(chosen[0], in_json) if len(chosen) == 1 else None
    return inner and (lambda value: None if value is None else inner(value))


def _tuple(hint: Any) -> Convert:
    """Arrays and jsonb arrays; an aggregate over nothing is NULL and becomes the empty tuple."""
    inner = _converter(get_args(hint)[0], in_json=True)
    if inner is None:
        return lambda values: tuple(values or ())
    return lambda values: tuple(map(inner, values or ()))
