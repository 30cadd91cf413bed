"""The demo's helpline: persons attended to in the last two weeks, their records, routes and what comes next."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from iduo_desktop import phones
from iduo_desktop.admin.demo_cases import at_hour
from iduo_desktop.admin.demo_clients import AREA_CODE
from iduo_desktop.admin.demo_rows import acting_as

PERSONS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("demo_helpline.json").read_text("utf-8"))["persons"]
# How many of their cases the first operator has in his hands.
IN_HAND = sum(person["by"] == "operador" for person in PERSONS)
PUBLISHED = """SELECT v.id, f.title FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id
               WHERE f.kind = 'contact_section' AND v.state = 'published'"""
CHANGED = ("birth_date", "safe_when", "safe_where", "safe_words")
SECTIONS = {"demography": "Demografía", "health": "Antecedentes de salud"}
# What was done at that moment goes back with it; when the case was touched last stays, so that nobody loses it.
DONE_AT = {
    "contact": ("id", "at"),
    "contact_event": ("contact_id", "at"),
    "contact_flag": ("contact_id", "at"),
    "contact_section": ("contact_id", "at"),
    "contact_relation": ("contact_id", "at"),
    "attention": ("contact_id", "at"),
    "route_activation": ("contact_id", "activated_at acknowledged_at"),
    "case": ("contact_id", "opened_at last_contact_at"),
}

AGED_CASE = """UPDATE iduo.case_event SET at = at - %s
               WHERE case_id IN (SELECT id FROM iduo.case WHERE contact_id = %s)"""
AGED_CALL = """UPDATE iduo.call SET starts_at = starts_at - %s, ended_at = ended_at - %s
               WHERE contact_id = %s AND state = 'held'"""


def fill(connection: psycopg.Connection, now: datetime) -> None:
    """Attend to everybody through the door, each by an operator; then let it have been some days ago."""
    connection.execute("UPDATE iduo.setting SET value = 'true' WHERE name = 'part_helpline'")
    versions = {title: number for number, title in connection.execute(PUBLISHED)}
    routes = {label: number for number, label in connection.execute("SELECT id, label FROM iduo.route")}
    for person in PERSONS:
        with acting_as(connection, person["by"]):
            contact = _attend(connection, person, versions, routes, now)
            _complete(connection, contact, person, now)
        if "safe_where" in person:
            _mark_safe(connection, contact, person["by"])
        _acknowledge(connection, contact)
        _age(connection, contact, timedelta(days=person["days"]))


def _attend(
    connection: psycopg.Connection,
    person: Mapping[str, Any],
    versions: Mapping[str, int],
    routes: Mapping[str, int],
    now: datetime,
) -> int:
    """The whole attention in one call; the contact's id."""
    said = {name: person[name] for name in ("subject", "description", "priority", "risk")}
    attention: dict[str, Any] = said | {
        "contact": _new(person),
        "holds_call": True,
        "call_started": (now - timedelta(minutes=20)).isoformat(),
        "caller": person["phone"],
        "route_id": routes.get(person.get("route", "")),
        "sections": [
            {"version_id": versions[title], "values": json.dumps(person[name])}
            for name, title in SECTIONS.items()
            if name in person
        ],
        "network": [
            {"what": what, "new": _new({"surname": surname, "names": names, "phone": phone}), "note": ""}
            for what, surname, names, phone in person.get("network", ())
        ],
    }
    if days := person.get("follow_up"):
        at = at_hour(now.date() + timedelta(days=days), 18, 30)
        planned = {"at": at.isoformat(), "direction": "outbound", "remind": 10, "anybody": False, "note": ""}
        attention["follow_up"] = planned | {"safe_reason": "Lo pidió así" if "safe_when" in person else ""}
    query = "SELECT contact_id FROM api.attend(%s, %s)"
    ((contact,),) = connection.execute(query, [json.dumps(attention), uuid4()]).fetchall()
    return int(contact)


def _new(person: Mapping[str, Any]) -> dict[str, object]:
    number = phones.parse(person["phone"], AREA_CODE)
    return {
        "surname": person["surname"],
        "names": person["names"],
        "document": person.get("document", ""),
        "phone": number.typed,
        "phone_e164": number.e164,
        "phone_key": number.search_key,
        "phone_kind": number.kind,
        "phone_valid": number.valid,
        "email": "",
    }


def _complete(connection: psycopg.Connection, contact: int, person: Mapping[str, Any], now: datetime) -> None:
    """What was asked when there was time for it: how he may be called, when he was born, what everybody must see."""
    told = dict(person)
    if "age" in person:
        told["birth_date"] = f"{now.year - person['age']}-{1 + contact % 12:02}-{1 + contact % 28:02}"
    for version, field in enumerate((name for name in CHANGED if told.get(name)), 1):
        values = [contact, field, told[field], version, uuid4()]
        connection.execute("SELECT api.change_contact(%s, %s, %s, %s, %s)", values)
    if "flag" in person:
        connection.execute("SELECT api.raise_flag(%s, %s, NULL, %s)", [contact, person["flag"], uuid4()])


def _mark_safe(connection: psycopg.Connection, contact: int, by: str) -> None:
    """Who said where he may be called without danger said that of his telephones."""
    found = connection.execute("SELECT id FROM iduo.contact_phone WHERE contact_id = %s", [contact]).fetchall()
    with acting_as(connection, by):
        for (phone,) in found:
            values = [contact, phone, True, False, uuid4()]
            connection.execute("SELECT api.mark_contact_phone(%s, %s, %s, %s, %s)", values)


def _acknowledge(connection: psycopg.Connection, contact: int) -> None:
    """Routes of former days were seen by a coordinator."""
    query = "SELECT id FROM iduo.route_activation WHERE contact_id = %s"
    found = connection.execute(query, [contact]).fetchall()
    with acting_as(connection, "coordinador"):
        for (route,) in found:
            connection.execute("SELECT api.acknowledge_route(%s, 'Me ocupo', %s)", [route, uuid4()])


def _age(connection: psycopg.Connection, contact: int, ago: timedelta) -> None:
    """Let what was just done be some days old; planned things stay where they are."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, (whose, columns) in DONE_AT.items():
            moved = sql.SQL(", ").join(
                sql.SQL("{0} = {0} - %(ago)s").format(sql.Identifier(column)) for column in columns.split()
            )
            change = sql.SQL("UPDATE {} SET {} WHERE {} = %(contact)s").format(
                sql.Identifier("iduo", table), moved, sql.Identifier(whose)
            )
            connection.execute(change, {"ago": ago, "contact": contact})
        connection.execute(AGED_CASE, [ago, contact])
        connection.execute(AGED_CALL, [ago, ago, contact])
