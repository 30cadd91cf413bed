"""Mails that go out through the gateway, each taken, sent and told to the database, beside the mail library alone."""

import smtplib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench import Result
from bench.house import House
from iduo_desktop.admin import gateway_letter as letters
from iduo_desktop.admin.gateway_config import Account, MailOut
from iduo_desktop.admin.gateway_door import GatewayDoor, Waiting
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_mail import Postman
from iduo_desktop.admin.gateway_outbox import Outbox
from iduo_desktop.admin.outcome import Terminal
from iduo_desktop.services.passwords import new_password

COUNT = 500
TURNS = 2
HOST = "127.0.0.1"
PORT = 18025
MESSAGES = """
WITH party AS (
    INSERT INTO iduo.company (number, kind, surname, service_status)
    SELECT coalesce(max(c.number), 20000) + 1, 'person', 'Gómez', 'delinquent' FROM iduo.company c RETURNING id
), made AS (
    INSERT INTO iduo.case (company_id, list, opened_by) SELECT p.id, 'delinquent', 'iduo_gateway' FROM party p
    RETURNING id, company_id
), spoken AS (
    INSERT INTO iduo.conversation (company_id, case_id) SELECT m.company_id, m.id FROM made m RETURNING id, case_id
), written AS (
    INSERT INTO iduo.message (conversation_id, case_id, direction, channel, address, subject, state, message_ref, text,
                              at, by, key, payload_hash)
    SELECT s.id, s.case_id, 'outbound', 'email', 'cliente@example.net', 'Su cuenta', 'waiting',
           gen_random_uuid() || '@iduo.local', repeat('Estimada señora: ', 20), clock_timestamp() + interval '1 day',
           'iduo_gateway', gen_random_uuid(), sha256('x') FROM spoken s, generate_series(1, %s) RETURNING id)
INSERT INTO iduo.outbox (message_id, channel, next_try_at) SELECT w.id, 'email', clock_timestamp() FROM written w"""


class Silent(Terminal):
    """Nobody reads the lines."""

    def answer(self, values: Mapping[str, object], lines: Iterable[str]) -> None:
        """Not said."""


def measure(house: House) -> Iterator[Result]:
    """With the disk waited for, as it is to be, and without."""
    account = Account(HOST, PORT, "none", None, "", "", 30)
    sender = MailOut(account, "avisos@example.org", "Atención", 10_000_000)
    server = Controller(Sink(), HOST, PORT, server_hostname="localhost")
    server.start()
    try:
        yield _sending(house, sender, "fsync on")
        with house.without_fsync():
            yield _sending(house, sender, "fsync off")
    finally:
        server.stop()


def _sending(house: House, sender: MailOut, disk: str) -> Result:
    """The best of a few turns of each."""
    conninfo = house.empty()
    ours = min(_through_the_gateway(house, conninfo, sender) for _ in range(TURNS))
    alone = min(_alone(sender) for _ in range(TURNS))
    note = f"beside: smtplib alone; {1000 / ours:,.0f} a second"
    return Result(f"a mail through the gateway, {disk}", ours, alone, "ms", ours / alone, None, note=note)


def _through_the_gateway(house: House, conninfo: str, sender: MailOut) -> float:
    password = new_password()
    with house.superuser(conninfo) as superuser:
        superuser.execute(sql.SQL("ALTER ROLE iduo_gateway PASSWORD {}").format(sql.Literal(password)))
        _write(superuser)
    journal = Journal(Silent(as_json=True))
    door = GatewayDoor(make_conninfo(conninfo, user="iduo_gateway", password=password), journal)
    outbox = Outbox("email", Postman(sender), sender.per_minute, door, journal, threading.Event())
    outbox.round()  # connects
    began = time.perf_counter()
    sent = 1
    while outbox.round():
        sent += 1
    taken = time.perf_counter() - began
    outbox.close()
    door.close()
    if sent != COUNT:
        raise AssertionError(f"{sent} of {COUNT} were sent")
    return taken * 1000 / (COUNT - 1)


def _write(superuser: psycopg.Connection) -> None:
    """Messages that wait, as no function would write so many."""
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(MESSAGES, [COUNT])


def _alone(sender: MailOut) -> float:
    """The same letters over one session."""
    numbers = range(COUNT)
    made = [letters.message(_waiting(number), sender) for number in numbers]
    with smtplib.SMTP(HOST, PORT, "localhost") as session:
        began = time.perf_counter()
        for letter in made:
            session.send_message(letter)
        return (time.perf_counter() - began) * 1000 / COUNT


def _waiting(number: int) -> Waiting:
    text = "Estimada señora: " * 20
    key = UUID(int=number)
    return Waiting(number, key, "email", "cliente@example.net", "Su cuenta", text, f"{key}@iduo.local", "", 1)
