"""How statements were carried out, as the server tells it, those inside functions too."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases

EXPLAIN = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "notice",
}


def explain(connection: psycopg.Connection) -> None:
    """Whoever connects to this database from now on is told every plan."""
    for name, value in EXPLAIN.items():
        setting = sql.SQL("ALTER DATABASE {} SET {} = {}")
        names = sql.Identifier(connection.info.dbname), sql.Identifier(*name.split("."))
        connection.execute(setting.format(*names, sql.Literal(value)))


@dataclass(frozen=True)
class Plan:
    """How one statement was carried out."""

    statement: str
    tree: dict[str, Any]

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Every step."""
        left = [self.tree]
        while left:
            node = left.pop()
            yield node
            left += node.get("Plans", [])

    @property
    def whole_tables(self) -> set[str]:
        """The tables that were read from the first row to the last."""
        return {node["Relation Name"] for node in self.nodes() if "Seq Scan" in node["Node Type"]}

    @property
    def pages(self) -> int:
        """Pages of 8 kB that were looked at."""
        return sum(int(self.tree.get(f"Shared {kind} Blocks", 0)) for kind in ("Hit", "Read"))


class Watched:
    """A person's workstation whose statements tell their plans, those inside functions too.

    What is wrong: that one of the `big` tables was read whole, or more than `most` pages of 8 kB.
    """

    def __init__(self, database: Database, big: Collection[str], most: int) -> None:
        self.database = database
        self._big = frozenset(big)
        self._most = most
        self.problems: list[str] = []
        self.asked = 0
        self._plans: list[Plan] = []
        cases.counts(database)
        assert database._line is not None
        database._line._connection.add_notice_handler(self._notice)

    def ask(self, what: str, call: Callable[..., Any], *values: object, most: int = 0, **named: object) -> Any:
        """Ask, and note what is wrong with how it was answered; `most` where it is not the usual one."""
        self._plans.clear()
        answer = call(self.database, *values, **named)
        self.asked += 1
        assert self._plans, "auto_explain says nothing"
        for plan in self._plans:
            whole = plan.whole_tables & self._big
            if whole:
                self.problems.append(f"{what}: reads {sorted(whole)} whole: {plan.statement}")
            if plan.pages > (most or self._most):
                self.problems.append(f"{what}: reads {plan.pages} pages: {plan.statement}")
        return answer

    def _notice(self, notice: psycopg.errors.Diagnostic) -> None:
        said = notice.message_primary or ""
        if "plan:" in said:
            told = json.loads(said[said.index("{") :])
            self._plans.append(Plan(" ".join(told["Query Text"].split())[:90], told["Plan"]))
