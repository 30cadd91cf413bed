"""Desks that take messages, persons and closings without a pause, and what must be there of all that they were told."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg

from iduo_desktop.admin import staff
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.errors import OperationError
from iduo_desktop.services import cases, contacts, tickets
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.tickets import NewTicket

PASSWORD = "una contraseña de prueba"
NEW = NewTicket(
    channel="phone",
    caller_kind="client",
    text="Sin internet desde ayer.",
    topic_id=1,
    surname="Pérez",
    email="ana@correo.example",
)
FILLED = {"reason": "other", "status": "solved", "contact_reason": "collection", "description": "Se resolvió."}
KEPT = """
    SELECT 'ticket', key, number FROM iduo.ticket WHERE key IS NOT NULL
    UNION ALL SELECT 'person', key, id FROM iduo.contact WHERE key IS NOT NULL
    UNION ALL SELECT 'closing', key, id FROM iduo.case_event WHERE kind = 'closed' AND key IS NOT NULL"""
CASES = """
    WITH made AS (INSERT INTO iduo.company (number, kind, surname, service_status)
        SELECT 20000 + %s + n, 'person', 'Cliente ' || n, 'delinquent' FROM generate_series(1, %s) n RETURNING id)
    INSERT INTO iduo."case" (company_id, list, opened_by, assigned_to, assigned_at)
    SELECT id, 'delinquent', %s, %s, clock_timestamp() FROM made RETURNING id"""


@dataclass
class Desk:
    """A person who does one thing after the other, and asks again with the same key when the program says so."""

    conninfo: Conninfo
    end: threading.Event
    mine: list[int] = field(default_factory=list)
    said: dict[tuple[str, UUID], int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    troubles: list[tuple[float, str]] = field(default_factory=list)

    def work(self) -> None:
        """Until told to end; what is not saved goes again until it is."""
        database = Database(self.conninfo, deadline=5.0)
        for what in itertools.cycle(("ticket", "person", "ticket", "closing")):
            if what == "closing" and not self.mine:
                continue
            key, ask = uuid4(), self._asks(what)
            while not self.end.is_set():
                try:
                    number = ask(database, key)
                except OperationError as error:
                    self.troubles.append((time.monotonic(), type(error).__name__))
                    self.end.wait(0.05)
                    continue
                self.said[what, key] = number
                self.times.append(time.monotonic())
                break
            if self.end.is_set():
                break
        database.close()

    def _asks(self, what: str) -> Callable[[Database, UUID], int]:
        if what == "ticket":
            return lambda database, key: tickets.create(database, NEW, key).number
        if what == "person":
            who = NewContact("Pérez", f"Ana {uuid4()}")
            return lambda database, key: contacts.create(database, who, key).contact_id
        case = self.mine.pop()
        return lambda database, key: cases.close(database, case, 1, json.dumps(FILLED), key).event


def hire(connection: psycopg.Connection, login: str, case_count: int, before: int) -> list[int]:
    """An operator with so many cases of his own, after so many of others; their ids."""
    staff.enrol(connection, login, "Ana Prueba", "operator", PASSWORD)
    connection.execute("UPDATE iduo.staff SET must_change_password = false WHERE login = %s", [login])
    return [row[0] for row in connection.execute(CASES, [before, case_count, login, login])]


def kept_already(connection: psycopg.Connection) -> int:
    """How much there is of what desks do."""
    return len(connection.execute(KEPT).fetchall())


def judge(desks: Sequence[Desk], connection: psycopg.Connection, before: int = 0) -> dict[str, int]:
    """Nothing that was told is lost, nothing is there twice; how much of each. `before`: see `kept_already`."""
    said = {what: number for desk in desks for what, number in desk.said.items()}
    rows = connection.execute(KEPT).fetchall()
    kept = {(row[0], row[1]): int(row[2]) for row in rows}
    assert {what: number for what, number in said.items() if kept.get(what) != number} == {}
    assert len(kept) == len(rows)
    numbers = [number for (what, _), number in kept.items() if what == "ticket"]
    assert len(set(numbers)) == len(numbers)
    told = [number for (what, _), number in said.items() if what == "ticket"]
    assert len(set(told)) == len(told)
    twice = "SELECT case_id FROM iduo.case_event WHERE kind = 'closed' GROUP BY 1 HAVING count(*) > 1"
    assert connection.execute(twice).fetchall() == []
    # what was under way when it happened is there once at most, and asked for again with its key
    assert len(kept) - before - len(said) <= len(desks)
    return {what: sum(1 for kind, _ in said if kind == what) for what in ("ticket", "person", "closing")}
