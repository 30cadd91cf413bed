"""The benchmarks start and answer, at a small size; what they find is nothing for tests."""

import ast
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import bench
from bench import Result, __main__, million, million_desk, workstations
from bench.house import House
from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house

CASES = 200
NAMES = (*__main__.ALONE, *__main__.WITH_HOUSE)


class Small(House):
    """A clone with a few cases instead of a million."""

    def __init__(self, server: EmbeddedServer, conninfo: str) -> None:
        super().__init__(server)
        self._small = conninfo

    def big(self) -> str:
        """The clone."""
        return self._small


@pytest.fixture
def small(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, mark: str
) -> Iterator[Small]:
    """With people of its own, who are gone afterwards."""
    with house(server, server_connection, template, one_at_a_time, f"bench_{mark}") as conninfo:
        million.fill(conninfo, CASES)
        million_desk.fill(conninfo, CASES)
        yield Small(server, conninfo)
    logins = server_connection.execute("SELECT rolname FROM pg_roles WHERE rolname ^@ 'bench_station'").fetchall()
    for (login,) in logins:
        server_connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))


def test_workstations_work_and_are_counted(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workstations, "DESKS", (1, 2))
    monkeypatch.setattr(workstations, "EACH", 1)
    monkeypatch.setattr(workstations, "QUICKER", (1,))
    monkeypatch.setattr(workstations, "PACE", 0.1)
    monkeypatch.setattr(workstations, "SETTLE", 0.1)
    monkeypatch.setattr(workstations, "WINDOW", 0.8)
    monkeypatch.setattr(workstations, "KNEE", 1000.0)
    # the real one is of the whole server, which other tests use
    monkeypatch.setattr(workstations, "guard", lambda *_: nullcontext())
    results = list(workstations.measure(small))
    assert [result.name.split(",")[0] for result in results[:2]] == ["1 desks", "2 desks"]
    assert all(result.figure > 0 for result in results)
    assert "connections" in results[0].note


def test_the_names_are_the_modules_that_measure() -> None:
    trees = {path.stem: ast.parse(path.read_text("utf-8")) for path in Path(bench.__file__).parent.glob("*.py")}
    functions = {
        name: {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} for name, tree in trees.items()
    }
    assert sorted(NAMES) == sorted(name for name, found in functions.items() if "measure" in found)
    assert all(ast.get_docstring(trees[name]) for name in NAMES)


def test_the_table_names_what_is_missed() -> None:
    good = Result("good", 1.0, 2.0, "ms", 0.5, 1.0)
    bad = Result("bad", 4.0, 2.0, "ms", 2.0, 1.0)
    lines = list(__main__.table(sorted((good, bad), key=lambda result: -result.strain)))
    assert [line.split()[0] for line in lines[1:3]] == ["bad", "good"]
    assert lines[-1] == "2 measured, 1 missed: bad"
    assert "MISSED" in lines[1]
