"""A helpline in a test: a person with a case, and things in the agenda that are due when the test wants."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from iduo_desktop.database.connection import Database
from tests.people import People
from tests.services.world import World
from tests.ui.message_desk import person

SOON = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class AgendaPlace:
    """Who and what there is. Berta plans for `ana`, whose login that is."""

    world: World
    berta: Database
    ana: str
    contact: int
    case: int

    def call(self, due: timedelta = SOON, remind: int | None = 10, *, anybody: bool = False, note: str = "") -> int:
        """A planned call, due so long from now; it may be in the past."""
        with_whom = {"case_id": self.case, "contact_id": self.contact, "direction": "outbound", "state": "planned"}
        return self._put("call", "starts_at", due, remind, anybody, {**with_whom, "note": note})

    def task(self, title: str = "Pedir turno", due: timedelta = SOON, remind: int | None = 10) -> int:
        """A task of Ana's."""
        return self._put("task", "due_at", due, remind, False, {"title": title})

    def pass_time(self, kind: str, row: int, due: timedelta) -> None:
        """What was due later is due then, without a word to anybody, as time does it."""
        column = {"call": "starts_at", "task": "due_at"}[kind]
        at = self.world.now() + due
        with self.world.superuser.transaction():
            self.world.superuser.execute("SET LOCAL session_replication_role = replica")
            change = f"UPDATE iduo.{kind} SET {column} = %s, rings_at = %s WHERE id = %s"
            self.world.superuser.execute(change.encode(), [at, at, row])

    def rings(self, kind: str, row: int) -> datetime | None:
        """When it reminds."""
        found: datetime | None = self.world.value(f"SELECT rings_at FROM iduo.{kind} WHERE id = %s", row)
        return found

    def state(self, kind: str, row: int) -> str:
        """What became of it."""
        return str(self.world.value(f"SELECT state FROM iduo.{kind} WHERE id = %s", row))

    def _put(
        self, table: str, column: str, due: timedelta, remind: int | None, anybody: bool, values: dict[str, object]
    ) -> int:
        at = self.world.now() + due
        rings = at - timedelta(minutes=remind) if remind is not None else None
        given = {column: at, "rings_at": rings, "remind": remind, "assignee": None if anybody else self.ana}
        made = {"by": self.ana, "key": uuid4(), "payload_hash": bytes(32)}
        return self.world.insert(table, {**values, **given, **made})

    def route(self, label: str = "Salud") -> int:
        """A route was asked for; its activation. The superuser puts it in, so that a test needs no attention."""
        route = self.world.value(
            "SELECT id FROM iduo.route WHERE label = %s UNION SELECT 0 ORDER BY 1 DESC LIMIT 1", label
        )
        route = route or self.world.insert("route", {"label": label, "position": 1})
        by = self.world.value("SELECT opened_by FROM iduo.case WHERE id = %s", self.case)
        values = {"route_id": route, "case_id": self.case, "contact_id": self.contact, "activated_by": by}
        return self.world.insert("route_activation", values)


def set_up(world: World, people: People, *, helpline: bool = True) -> AgendaPlace:
    """The organisation has a helpline: Ana attends Bruno Sosa."""
    world.set_setting("part_helpline", helpline)
    ana = people.add("ana", "operator")
    berta = people.become("berta", "operator", "coordinator")
    contact = person(berta, "Sosa", "Bruno")
    given = {"contact_id": contact, "subject": "Seguimiento", "list": "active", "opened_by": ana}
    case = world.insert("case", {**given, "assigned_to": ana, "assigned_at": world.now()})
    return AgendaPlace(world, berta, ana, contact, case)
