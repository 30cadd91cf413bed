"""What the services ask for is what the functions of schema api take and answer."""

import ast
import importlib
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

import iduo_desktop
from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house

ROOT = Path(iduo_desktop.__file__).parent
# what only the guard, the gateway and the chat's visitors call, which are no workstations
GUARD = set(re.findall(r"api\.(\w+)\(", (ROOT / "admin" / "guard.py").read_text("utf-8")))
GATEWAY = set(re.findall(r'\bask\(\s*\w+,\s*"(\w+)"', (ROOT / "admin" / "gateway_door.py").read_text("utf-8")))
CHAT = set(re.findall(r'ask\(\s*\w+,\s*"(\w+)"', (ROOT / "admin" / "chat_door.py").read_text("utf-8")))
LINES = {"server_place"}  # asked at each connection, before any question
CALLERS = [*sorted((ROOT / "services").glob("*.py")), ROOT / "database" / "feed.py"]
TYPES = {
    int: {"integer", "bigint"},
    str: {"text"},
    bool: {"boolean"},
    datetime: {"timestamp with time zone"},
    date: {"date"},
    Decimal: {"numeric"},
    time: {"time without time zone"},
    tuple: {"text[]", "jsonb"},
}


@dataclass(frozen=True)
class Call:
    """One call of a function of the door, as written in a service."""

    place: str
    function: str
    kind: type[Any] | None
    values: frozenset[str]


@dataclass(frozen=True)
class Function:
    """A function of the door, as the catalogue has it."""

    parameters: tuple[str, ...]
    defaults: int
    columns: dict[str, str]


def calls() -> Iterator[Call]:
    """Every `database.one(Kind, "function", …)` of the services."""
    for path in CALLERS:
        module = importlib.import_module(f"iduo_desktop.{path.parent.name}.{path.stem}")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="one" | "maybe" | "rows"),
                    args=[ast.Name(id=kind), ast.Constant(value=name)],
                ):
                    made = vars(module)[kind]
                case ast.Call(func=ast.Attribute(attr="call"), args=[ast.Constant(value=name)]):
                    made = None
                case _:
                    continue
            place = f"{path.name}:{node.lineno}"
            yield Call(place, str(name), made, frozenset(word.arg or "**" for word in node.keywords))


CALLS = list(calls())


FUNCTIONS = """
    SELECT p.proname, array_agg(a.name ORDER BY a.place) FILTER (WHERE a.mode = 'i'), p.pronargdefaults,
           array_agg(ARRAY[a.name, a.type::regtype::text]) FILTER (WHERE a.mode = 't')
    FROM pg_proc p LEFT JOIN LATERAL unnest(
        p.proargnames, coalesce(p.proargmodes, array_fill('i'::"char", ARRAY[p.pronargs])),
        coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a(name, mode, type, place) ON true
    WHERE p.pronamespace = 'api'::regnamespace GROUP BY p.oid"""


@pytest.fixture(scope="module")
def functions(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, worker_id: str
) -> dict[str, Function]:
    """Schema api by name."""
    with (
        house(server, server_connection, template, one_at_a_time, f"contract_{worker_id}") as conninfo,
        psycopg.connect(conninfo) as connection,
    ):
        found = connection.execute(FUNCTIONS).fetchall()
    return {
        name: Function(tuple(given or ()), defaults, dict(columns or ())) for name, given, defaults, columns in found
    }


def test_every_function_is_reached_or_named(functions: dict[str, Function]) -> None:
    assert {call.function for call in CALLS} | GUARD | GATEWAY | CHAT | LINES == set(functions)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.place} {call.function}")
def test_a_service_asks_for_what_there_is(functions: dict[str, Function], call: Call) -> None:
    function = functions[call.function]
    needed = function.parameters[: len(function.parameters) - function.defaults]
    given = {f"p_{name}" for name in call.values}
    assert set(needed) <= given <= set(function.parameters)
    assert function.columns.keys() == ({field.name for field in fields(call.kind)} if call.kind else set())


@pytest.mark.parametrize(
    "call", [call for call in CALLS if call.kind], ids=lambda call: f"{call.place} {call.function}"
)
def test_values_have_the_type_that_is_said(functions: dict[str, Function], call: Call) -> None:
    assert call.kind is not None
    hints = typing.get_type_hints(call.kind)
    columns = functions[call.function].columns
    wrong = {name: (hint, columns[name]) for name, hint in hints.items() if columns[name] not in allowed(plain(hint))}
    assert not wrong


def allowed(kind: Any) -> set[str]:
    """What the column may be; an object of ours comes as jsonb."""
    return {"jsonb"} if is_dataclass(kind) else TYPES[kind]


def plain(hint: Any) -> Any:
    """The type without `| None` and without what is inside a tuple."""
    if isinstance(hint, types.UnionType):
        hint = next(member for member in typing.get_args(hint) if member is not type(None))
    return typing.get_origin(hint) or hint
