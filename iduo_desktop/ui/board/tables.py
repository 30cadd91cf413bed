"""Who did what, and who is in: two tables of the board."""

from datetime import datetime, timedelta

from iduo_desktop.services.supervision import OperatorLine, PersonIn
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

STATES = {"free": "libre", "attending": "atendiendo", "pause": "en pausa", "idle": "sin actividad"}
HIGH = 220


def operators_table() -> RowsTable[OperatorLine]:
    """One line for each operator; on a small screen the name tells what the last columns would."""
    columns: tuple[Column[OperatorLine], ...] = (
        Column("Operador", lambda line: line.name, least=150),
        _count("contacts", "Contactos", 92),
        _count("reached", "Contactados", 110),
        _count("promises", "Promesas", 88),
        _count("kept", "Cumplidas", 96, spare=1),
        _count("broken", "Incumplidas", 108),
        _count("overrides", "Contactó igual", 122),
        _count("closed", "Cerrados", 88, spare=2),
        _count("tickets", "Tickets", 76, spare=2),
        _count("communicated", "Comunicados", 118, spare=2),
        Column("Equipo", lambda line: line.team, 126, spare=2),
    )
    table: RowsTable[OperatorLine] = RowsTable("board_operators", "Operadores", columns)
    table.setMinimumHeight(HIGH)
    return table


def people_table(clock: Clock) -> RowsTable[PersonIn]:
    """One line for each person who is in."""
    columns: tuple[Column[PersonIn], ...] = (
        Column("Persona", lambda person: person.name, least=150),
        Column("Equipo", lambda person: person.team, 126, spare=True),
        Column("Estado", lambda person: state_words(person, clock()), 240),
        Column("En qué", lambda person: person.doing, least=150),
        Column("Casos", lambda person: formats.count(person.open_cases), 70, right=True),
    )
    table: RowsTable[PersonIn] = RowsTable("board_people", "Quién está", columns)
    table.setMinimumHeight(HIGH)
    return table


def state_words(person: PersonIn, now: datetime) -> str:
    """«en pausa 06:02», marked where it lasts longer than it is meant to."""
    lasted = max(timedelta(), now - person.since)
    over = person.state == "pause" and person.minutes is not None and lasted > timedelta(minutes=person.minutes)
    return f"{'⚠ ' if over else ''}{STATES.get(person.state, person.state)} {formats.clocked(lasted)}"


def _count(name: str, title: str, width: int, *, spare: int = 0) -> Column[OperatorLine]:
    return Column(title, lambda line: formats.count(getattr(line, name)), width, right=True, spare=spare)
