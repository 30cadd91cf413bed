"""The demo's agenda: calls and tasks of today and later, and some that are late and were put off. Nothing rings yet."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
from psycopg import sql

from iduo_desktop.admin.demo_rows import acting_as

# The cases of the helpline that somebody has in his hands.
CASES = """SELECT c.id FROM iduo.case c WHERE c.contact_id IS NOT NULL AND c.state = 'open' AND c.assigned_to = %s
           ORDER BY c.id"""
PLAN = "SELECT id FROM api.plan_call(%s, NULL, %s, 'outbound', 10, NULL, %s, %s, %s, 'Lo pidió así')"
TASK = "SELECT id FROM api.add_task(%s, %s, NULL, NULL, 10, NULL, %s, %s, %s)"
POSTPONE = "SELECT api.postpone_item(%s, %s, %s, 1, %s)"


@dataclass(frozen=True, slots=True)
class Plan:
    """A task, or without a title a call to whoever's case it is; so many hours from now, late ones before it."""

    hours: float
    note: str
    title: str = ""
    anybody: bool = False

    @property
    def kind(self) -> str:
        """What the agenda calls it."""
        return "task" if self.title else "call"


PLANS = {
    "operador": (
        Plan(1.25, "Preguntar cómo pasó la noche"),
        Plan(-3, "Quedó en avisar si conseguía el certificado"),
        Plan(2.5, "Confirmar el turno del centro de salud"),
        Plan(3.75, "Mandar el listado de refugios a la línea", "Listado de refugios"),
        Plan(-26, "Lo pidió la coordinación", "Completar las encuestas de la semana"),
        Plan(50, "", "Reunión de turno"),
        Plan(1.75, "Pidieron que llame quien esté", "Llamar a la guardia del hospital", anybody=True),
    ),
    "coordinador": (
        Plan(2, "", "Repasar las rutas de la semana"),
        Plan(-5, "Faltan dos firmas", "Cerrar el informe mensual"),
    ),
}
# How long what is late was put off for, so that nothing rings while the demo is opened.
PUT_OFF = timedelta(hours=1)


def fill(connection: psycopg.Connection, now: datetime) -> None:
    """Plan everything through the door, each in his own name; then let some of it be late."""
    for login, plans in PLANS.items():
        cases = itertools.cycle([case for (case,) in connection.execute(CASES, [login]).fetchall()])
        with acting_as(connection, login):
            made = [(plan, _plan(connection, cases, plan, now)) for plan in plans]
        for plan, item in made:
            if plan.hours < 0:
                _make_late(connection, plan, item, now)


def _plan(connection: psycopg.Connection, cases: Iterator[int], plan: Plan, now: datetime) -> int:
    """One of them, in the future as long as it is made; its id."""
    at = now + timedelta(hours=plan.hours if plan.hours > 0 else 1)
    first: tuple[object, ...] = (plan.title, at) if plan.title else (next(cases), at)
    values = (*first, plan.anybody, plan.note, uuid4())
    ((item,),) = connection.execute(TASK if plan.title else PLAN, values).fetchall()
    if plan.hours < 0:
        connection.execute(POSTPONE, [plan.kind, item, now + PUT_OFF, uuid4()])
    return int(item)


def _make_late(connection: psycopg.Connection, plan: Plan, item: int, now: datetime) -> None:
    """It was due before now, and was put off."""
    table, column = ("task", "due_at") if plan.title else ("call", "starts_at")
    change = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
        sql.Identifier("iduo", table), sql.Identifier(column)
    )
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(change, [now + timedelta(hours=plan.hours), item])
