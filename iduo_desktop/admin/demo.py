"""Fills a database with a call centre as it looks on a working day: people, clients, cases, organisations, messages."""

from collections.abc import Mapping, Sequence
from random import Random
from uuid import uuid4

import psycopg

from iduo_desktop import phones
from iduo_desktop.admin import (
    demo_agenda,
    demo_chats,
    demo_companies,
    demo_helpline,
    demo_messages,
    demo_offers,
    demo_pressure,
    demo_rows,
    demo_supervision,
    demo_tickets,
    serve,
    staff,
)
from iduo_desktop.admin.demo_cases import HERE
from iduo_desktop.admin.demo_clients import AREA_CODE, WORDS, Client, make_clients, street
from iduo_desktop.admin.demo_history import Month, Person
from iduo_desktop.admin.demo_rows import acting_as
from iduo_desktop.admin.passwords import new_password

CLIENTS = 3050
SEED = 2026
CORRECTIONS = 45

CLOSING_FORM = """SELECT v.id FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id
                  WHERE f.kind = 'closing' AND v.state = 'published'"""


def fill(superuser_conninfo: str, people: Mapping[str, str]) -> bool:
    """Fill an upgraded database; `people` are the passwords of serve.PEOPLE by login, valid from now on.

    False when there were clients in it already: then only the passwords are set.
    """
    with psycopg.connect(superuser_conninfo, options="-c synchronous_commit=off") as connection:
        everybody = [Person(*row) for row in (*serve.PEOPLE, *WORDS["people"])]
        empty = connection.execute("SELECT FROM iduo.company LIMIT 1").fetchone() is None
        for person in everybody:
            if empty or person.login in people:
                password = people.get(person.login) or new_password()
                staff.enrol(connection, person.login, person.full_name, person.role, password)
        if empty:
            _write(connection, everybody)
    return empty


def _write(connection: psycopg.Connection, everybody: Sequence[Person]) -> None:
    chance = Random(SEED)  # noqa: S311 - the same believable data every time, nothing secret
    (now,) = connection.execute("SELECT clock_timestamp()").fetchall()[0]
    now = now.astimezone(HERE)
    clients = make_clients(chance, now.date(), CLIENTS)
    desk = Month(chance, now, everybody, _options(connection)).tell(clients)
    (form_version,) = connection.execute(CLOSING_FORM).fetchall()[0]
    results = {label: number for number, label in connection.execute("SELECT id, label FROM iduo.disposition")}
    tables = (
        demo_rows.of_clients(clients) | demo_rows.of_lists(desk) | demo_rows.of_cases(desk, results, form_version, now)
    )
    for table, rows in tables.items():
        demo_rows.copy(connection, table, rows)
    firms = demo_companies.fill(connection, clients, everybody, now.date())
    # the message desk is there for organisations: most of its callers are theirs
    demo_tickets.fill(connection, [*clients, *firms * 40], everybody, now)
    _correct(connection, chance, [person.login for person in everybody if person.role == "operator"], clients)
    demo_offers.fill(connection, everybody, now.date())
    demo_helpline.fill(connection, now)
    demo_agenda.fill(connection, now)
    demo_pressure.fill(connection, now)
    demo_messages.fill(connection, now)
    demo_supervision.fill(connection, everybody, now)
    demo_chats.fill(connection, everybody, now)
    connection.execute("ANALYZE")


def _options(connection: psycopg.Connection) -> dict[tuple[str, str], str]:
    """The labels of the closing form's options, by field and key."""
    query = "SELECT f.key, o.key, o.label FROM iduo.form_option o JOIN iduo.form_field f ON f.id = o.field_id"
    return {(field, option): label for field, option, label in connection.execute(query)}


def _correct(
    connection: psycopg.Connection, chance: Random, operators: Sequence[str], clients: Sequence[Client]
) -> None:
    """Some clients were corrected by operators: through the door and in their names, so that the audit says so."""
    for client in chance.sample(clients, CORRECTIONS):
        who = chance.choice(operators)
        with acting_as(connection, who):
            field, value = chance.choice((("street", street(chance)), ("note", chance.choice(WORDS["client_notes"]))))
            connection.execute("SELECT api.correct_company(%s, %s, %s, 1, %s)", [client.id, field, value, uuid4()])
            if chance.random() < 0.4:
                extra = phones.parse(f"11 5{chance.randrange(10**7):07}", AREA_CODE, mobile=True)
                values = (client.id, extra.typed, extra.e164, extra.search_key, extra.kind, extra.valid, uuid4())
                connection.execute("SELECT api.save_company_phone(%s, NULL, %s, %s, %s, %s, %s, %s)", values)
