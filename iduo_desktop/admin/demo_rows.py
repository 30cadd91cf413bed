"""The demo's clients and cases as rows of tables; the quick way in, and the way in somebody's name."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

import psycopg
from psycopg import sql

from iduo_desktop.admin.demo_cases import IMAGE, Contact, Desk
from iduo_desktop.admin.demo_clients import Client

Row = dict[str, object]
Tables = dict[str, list[Row]]

CLIENT_COLUMNS = (
    *(
        "id",
        "number",
        "kind",
        "surname",
        "names",
        "name",
        "document",
        "tax_id",
        "plan",
        "street",
        "locality",
        "province",
    ),
    *("status_since", "cutoff_date", "extended_until", "debt", "since", "note"),
)
CASE_COLUMNS = ("id", "subject", "collection", "opened_at", "opened_by", "version", *IMAGE)


@contextmanager
def acting_as(connection: psycopg.Connection, login: str) -> Iterator[None]:
    """In the name of this person, so that the audit says so."""
    connection.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
    yield
    connection.execute("RESET SESSION AUTHORIZATION")


def copy(connection: psycopg.Connection, table: str, rows: Sequence[Row]) -> None:
    """COPY rows into a table of schema iduo; its numbers go on after the highest of theirs."""
    names = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    into = sql.Identifier("iduo", table)
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(into, names)) as stream,
    ):
        for row in rows:
            stream.write_row([*row.values()])
    if "id" in rows[0]:
        query = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
        connection.execute(query.format(sql.Literal(f'iduo."{table}"'), into))


def of_clients(clients: Sequence[Client]) -> Tables:
    """Clients with their telephones and mails."""
    return {
        "company": [
            {name: getattr(client, name) for name in CLIENT_COLUMNS}
            | {"service_status": client.status, "imported": json.dumps(client.listed())}
            for client in clients
        ],
        "company_phone": [
            {
                "company_id": client.id,
                "typed": phone.typed,
                "e164": phone.e164,
                "search_key": phone.search_key,
                "kind": phone.kind,
                "valid": phone.valid,
                "imported_as": phone.search_key or phone.typed,
            }
            for client in clients
            for phone in client.phones
        ],
        "company_email": [
            {"company_id": client.id, "address": address, "valid": True, "imported_as": address}
            for client in clients
            for address in client.emails
        ],
    }


def of_lists(desk: Desk) -> Tables:
    """The imported lists that the cases came from, row by row, and the extensions that they brought."""
    batches: dict[datetime, Row] = {}
    tables: Tables = {"batch": [], "batch_row": [], "extension": []}
    for case in desk.cases:
        if not case.collection:
            continue
        if case.opened_at not in batches:
            batches[case.opened_at] = _batch(len(batches) + 1, case.opened_at, case.opened_by)
        batch, client = batches[case.opened_at], case.client
        payload = json.dumps(client.listed() | {"warnings": [], "opens": True, "moves": False})
        row = {"batch_id": batch["id"], "row": client.number, "payload": payload, "number": client.number}
        tables["batch_row"].append(row | {"outcome": "created", "company_id": client.id})
        if client.extended_until:
            extension = {
                "company_id": client.id,
                "until_date": client.extended_until,
                "reason": client.extension_reason,
            }
            tables["extension"].append(extension | {"by": case.opened_by, "at": case.opened_at})
    tables["batch"] = [*batches.values()]
    return tables


def _batch(id: int, at: datetime, by: str) -> Row:
    name = f"clientes_{at:%Y-%m-%d}.xlsx"
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return {
        "id": id,
        "kind": "clients",
        "state": "applied",
        "file_name": name,
        "sha256": sha256,
        "by": by,
        "at": at,
        "applied_at": at,
        "key": UUID(sha256[:32]),
    }


def of_cases(desk: Desk, results: dict[str, int], form_version: int, now: datetime) -> Tables:
    """Cases with all that happened with them; `results` are the ids of the dispositions."""
    return {
        "case": [
            {name: getattr(case, name) for name in CASE_COLUMNS} | {"company_id": case.client.id} for case in desk.cases
        ],
        "case_event": [
            {
                name: getattr(event, name)
                for name in ("id", "kind", "at", "by", "detail", "note", "before", "version_after", "undone_at")
            }
            | {"case_id": event.case.id, "company_id": event.case.client.id}
            for event in desk.events
        ],
        "attempt": [_attempt(contact, results) for contact in desk.contacts],
        "promise": [_promise(contact, now.date()) for contact in desk.contacts if contact.promise],
        "closing": [
            {
                "case_id": closing.event.case.id,
                "event_id": closing.event.id,
                "form_version_id": form_version,
                "values": json.dumps(closing.values),
                "by": closing.event.by,
                "at": closing.event.at,
            }
            for closing in desk.closings
        ],
    }


def _attempt(contact: Contact, results: dict[str, int]) -> Row:
    event = contact.event
    return {
        "id": contact.id,
        "event_id": event.id,
        "case_id": event.case.id,
        "company_id": event.case.client.id,
        "channel": contact.channel,
        "direction": contact.direction,
        "address": contact.address,
        "disposition_id": results[contact.result],
        "note": contact.note,
        "override_reason": contact.override_reason,
        "at": event.at,
        "by": event.by,
        "undone_at": event.undone_at,
    }


def _promise(contact: Contact, today: date) -> Row:
    """Kept by who paid afterwards, broken once its day is over."""
    case, (amount, due) = contact.event.case, contact.promise or (None, today)
    paid = case.closing_reason == "Regularizó el pago"
    state = "undone" if contact.event.undone_at else "kept" if paid else "broken" if due < today else "pending"
    row = {"case_id": case.id, "attempt_id": contact.id, "amount": amount, "due_date": due}
    return row | {"state": state, "at": contact.event.at}
