"""The demo's chats of the site: those of the last weeks, and some that wait now."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import psycopg

from iduo_desktop.admin.demo_history import Person

SEED = 11
DAYS = 14
A_DAY = 6
VISITORS = ("Rosa Díaz", "Hernán Villalba", "Carla Otero", "Marcelo Quinteros", "Julia Benítez", "Néstor Paz")
TALKS = (
    (
        ("visitor", "Buenas, no me anda internet desde anoche"),
        ("operator", "Buenos días. ¿Me dice el número de cliente, por favor?"),
        ("visitor", "No lo tengo a mano, está a mi nombre"),
        ("operator", "Lo encontré. Ya ingresé su mensaje: se van a comunicar con usted a la brevedad."),
        ("visitor", "Muchas gracias"),
    ),
    (
        ("visitor", "Hola, quería saber cuándo vence la factura"),
        ("operator", "Buenos días. La de este mes vence el día 15."),
        ("visitor", "Perfecto, gracias"),
    ),
    (
        ("visitor", "¿Hacen instalaciones los sábados?"),
        ("operator", "Sí, de 9 a 13. ¿Quiere que le pida un turno?"),
        ("visitor", "Después les escribo"),
    ),
)
# how each of those that wait now came, and what he wrote
WAITING = (
    ("Estela Funes", 6, ("Hola", "¿Hay alguien? Me llegó un aviso de corte y ya pagué")),
    ("Diego Arce", 3, ("Buenas tardes, quiero cambiar el plan",)),
    ("Lucía Bravo", 1, ("Hola, no puedo entrar a la página",)),
)

NUMBER = "SELECT nextval(pg_get_serial_sequence('iduo.chat', 'id'))"
CHAT = """
INSERT INTO iduo.chat (id, token_hash, address_hash, name, page, company_id, at, queued_at, lines, waits_since, state,
                       ended_at, ended_by, attended_by, attended_at, answered_at, call_id)
OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
CALL = """
INSERT INTO iduo.call (direction, state, starts_at, ended_at, outcome, by, caller, pbx_id, key, payload_hash)
VALUES ('inbound', 'held', %s, %s, 'informed', %s, %s, %s, %s, %s) RETURNING id"""
LINE = "INSERT INTO iduo.chat_line (chat_id, seq, side, by, text, at, key) VALUES (%s, %s, %s, %s, %s, %s, %s)"
SEEN = "INSERT INTO iduo.chat_presence (chat_id, seen_at) VALUES (%s, %s)"


@dataclass
class Site:
    """What makes the same chats every time."""

    connection: psycopg.Connection
    chance: Random

    def number(self) -> int:
        """Of the next chat."""
        ((made,),) = self.connection.execute(NUMBER.encode()).fetchall()
        return int(made)

    def keep(self, chat: int, name: str, company: int | None, at: datetime, lines: int, *how: object) -> None:
        """A chat that began then; `how` it stands, from when it waits on."""
        secret, address = self.chance.randbytes(32), hashlib.sha256(name.encode()).digest()
        page = self.chance.choice(("/", "/contacto", "/facturas", "/ayuda"))
        self.connection.execute(CHAT, [chat, secret, address, name, page, company, at, at, lines, *how])
        self.connection.execute(SEEN, [chat, at])

    def call(self, chat: int, name: str, by: str, began: datetime, ended: datetime) -> int:
        """The call that belongs to it."""
        pbx = f"chat:{chat}"
        values = [began, ended, by, name, pbx, self.key(), hashlib.sha256(pbx.encode()).digest()]
        ((made,),) = self.connection.execute(CALL, values).fetchall()
        return int(made)

    def say(self, chat: int, seq: int, side: str, by: str | None, text: str, at: datetime) -> None:
        """A line."""
        self.connection.execute(LINE, [chat, seq, side, by, text, at, self.key()])

    def key(self) -> UUID:
        """Of a line or a call."""
        return UUID(int=self.chance.getrandbits(128), version=4)


def fill(connection: psycopg.Connection, everybody: Sequence[Person], now: datetime) -> None:
    """A few on each working day, some that nobody answered; and three who wait."""
    site = Site(connection, Random(SEED))  # noqa: S311 - the same believable data every time, nothing secret
    operators = [person.login for person in everybody if person.role == "operator"]
    companies = [one for (one,) in connection.execute("SELECT id FROM iduo.company ORDER BY id LIMIT 60")]
    for days in range(DAYS, 0, -1):
        day = (now - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
        for number in range(A_DAY if day.isoweekday() <= 5 else 0):
            at = day + timedelta(minutes=70 * number + site.chance.randrange(60))
            _talk(site, operators, site.chance.choice([None, *companies]), at)
    for name, minutes, said in WAITING:
        at, chat = now - timedelta(minutes=minutes), site.number()
        site.keep(chat, name, None, at, len(said), at, "waiting", *[None] * 6)
        for seq, text in enumerate(said, 1):
            site.say(chat, seq, "visitor", None, text, at + timedelta(seconds=20 * seq))


def _talk(site: Site, operators: Sequence[str], company: int | None, at: datetime) -> None:
    """One that is over; one in eight left before anybody answered."""
    chance, name, chat = site.chance, site.chance.choice(VISITORS), site.number()
    lines = chance.choice(TALKS)[: 1 if chance.random() < 0.125 else None]
    moments = [at + timedelta(seconds=30 * seq + chance.randrange(25)) for seq in range(len(lines))]
    by, taken, ended = chance.choice(operators), at + timedelta(seconds=10), moments[-1] + timedelta(seconds=40)
    how: tuple[object, ...] = ("silence", None, None, None, None)
    if len(lines) > 1:
        call = site.call(chat, name, by, taken, ended)
        how = (chance.choice(("visitor", "operator")), by, taken, moments[1], call)
    site.keep(chat, name, company, at, len(lines), None, "ended", ended, *how)
    for seq, (side, text) in enumerate(lines, 1):
        site.say(chat, seq, side, by if side == "operator" else None, text, moments[seq - 1])
