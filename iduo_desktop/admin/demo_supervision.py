"""The demo's teams, who was in on the last days, and the pauses that were taken; one that somebody forgot to end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import psycopg

from iduo_desktop.admin.demo_history import Person

DAYS = 14
TEAMS = ("Turno mañana", "Turno tarde")
FORGETFUL = "pcardenas"
SEED = 9

ATTENDED = "INSERT INTO iduo.attendance (login, day, since) VALUES (%s, %s, %s)"
PAUSED = """INSERT INTO iduo.pause (login, reason_id, label, minutes, started_at, ended_at, ended_by, end_reason)
            SELECT %s, r.id, r.label, r.minutes, %s, %s, %s, %s FROM iduo.pause_reason r WHERE r.label = %s"""


def fill(connection: psycopg.Connection, everybody: Sequence[Person], now: datetime) -> None:
    """Who works at the desk comes from Monday to Friday, lunches, and rests for a while."""
    chance = Random(SEED)  # noqa: S311 - the same believable data every time, nothing secret
    desk = [person.login for person in everybody if person.role in {"operator", "coordinator"}]
    _divide(connection, desk)
    for days in range(DAYS, -1, -1):
        day = (now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        if day.isoweekday() > 5:
            continue
        for login in desk:
            if chance.random() < 0.93:
                _attend(connection, chance, login, day, now)
    forgotten = now - timedelta(hours=5)
    connection.execute(PAUSED, [FORGETFUL, forgotten, None, None, "", "Almuerzo"])


def _divide(connection: psycopg.Connection, desk: Sequence[str]) -> None:
    for number, name in enumerate(TEAMS):
        ((team,),) = connection.execute("INSERT INTO iduo.team (name) VALUES (%s) RETURNING id", [name]).fetchall()
        members = list(desk[number :: len(TEAMS)])
        connection.execute("UPDATE iduo.staff SET team_id = %s WHERE login = ANY (%s)", [team, members])


def _attend(connection: psycopg.Connection, chance: Random, login: str, day: datetime, now: datetime) -> None:
    """One day of one person, as far as it has come; nobody is in a pause now but who forgot."""
    came = day + timedelta(hours=8, minutes=chance.randrange(40))
    if came >= now:
        return
    connection.execute(ATTENDED, [login, day.date(), came])
    for label, hour, minutes in (("Descanso", 10, 15), ("Almuerzo", 12, 55), ("Baño", 15, 6), ("Reunión", 16, 35)):
        began = day + timedelta(hours=hour, minutes=chance.randrange(75))
        ended = began + timedelta(minutes=minutes + chance.randrange(-4, 9))
        if ended >= now or chance.random() < 0.4 or (login == FORGETFUL and day.date() == now.date()):
            continue
        by_another = label == "Almuerzo" and chance.random() < 0.03 and login != "coordinador"
        told = ("coordinador", "Había muchas llamadas en espera") if by_another else (None, "")
        connection.execute(PAUSED, [login, began, ended, *told, label])
