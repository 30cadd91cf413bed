"""The demo's lists of who is not contacted: an old copy of a register, a letter's, and a few who asked for it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

import psycopg

from iduo_desktop.admin.demo_rows import acting_as

ADMINISTRATOR = "administrador"
REGISTER, LETTERS = "Registro Nacional No Llame", "Pedidos por carta documento"
REGISTER_AGE, LETTERS_AGE = timedelta(days=41), timedelta(days=6)
STRANGERS = 400
ASKED = (("call", "Pidió que le escriban y no lo llamen"), ("", "Lo pidió en la oficina"), ("sms", "No quiere SMS"))

PHONES = """SELECT p.e164 FROM iduo.company_phone p JOIN iduo.case c ON c.company_id = p.company_id
            WHERE c.list = %s AND c.state = 'open' AND p.e164 IS NOT NULL ORDER BY p.id LIMIT %s OFFSET %s"""


def fill(connection: psycopg.Connection, now: datetime) -> None:
    """Through the door, in the administrator's name."""
    promoted, demanded = _phones(connection, "active", 40, 3), _phones(connection, "delinquent", 6, 20)
    asked = _phones(connection, "delinquent", len(ASKED), 40)
    chance = Random(REGISTER)  # noqa: S311 - numbers of nobody
    strangers = [f"11{chance.randrange(40_000_000, 70_000_000)}" for _ in range(STRANGERS)]
    with acting_as(connection, ADMINISTRATOR):
        _load(connection, REGISTER, "promotion", now - REGISTER_AGE, [*promoted, *strangers])
        _load(connection, LETTERS, "", now - LETTERS_AGE, demanded)
        for number, (channel, origin) in zip(asked, ASKED, strict=False):
            connection.execute("SELECT api.add_no_contact(%s, %s, '', %s, NULL)", [number, channel, origin])


def _phones(connection: psycopg.Connection, which: str, count: int, skipped: int) -> list[str]:
    return [number for (number,) in connection.execute(PHONES, [which, count, skipped])]


def _load(connection: psycopg.Connection, name: str, purpose: str, day: datetime, numbers: Iterable[str]) -> None:
    connection.execute("SELECT api.load_no_contact(%s, %s, %s, %s, true)", [name, purpose, day, [*numbers]])
