"""iduo-admin database retain and erase: what is old loses its persons; one person is taken out of everything."""

import json
from argparse import Namespace
from dataclasses import dataclass
from datetime import datetime

import psycopg

from iduo_desktop.admin import target
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.passwords import private_file

PORTION = 5000
# By number, or by document however it is written; a word before it says which is meant.
CLIENTS = """
    SELECT o.id FROM iduo.company o
    WHERE %(kind)s <> 'documento' AND o.number::text = %(typed)s
       OR %(kind)s <> 'cliente' AND o.document <> '' AND regexp_replace(o.document, '[^0-9A-Za-z]', '', 'g') = %(typed)s
    ORDER BY o.id"""
CONTACTS = "SELECT n.id FROM iduo.contact n WHERE %(kind)s <> 'cliente' AND n.document = %(typed)s ORDER BY n.id"
BY_NUMBER = "SELECT FROM iduo.company o WHERE o.number::text = %(typed)s AND o.document IS DISTINCT FROM %(typed)s"

# How many days are kept, since when, and the entry of the log up to which it was done before.
LIMITS = """
    SELECT d.days, clock_timestamp() - make_interval(days => d.days),
           (SELECT coalesce(max(e.upto), 0) FROM iduo.erasure e)
    FROM (SELECT iduo.setting('audit_keep_days')::integer) AS d(days)"""
NOTED = "INSERT INTO iduo.erasure (kind, by, rows, entries, upto) VALUES ('retention', session_user, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Found:
    """Who is meant: clients and persons, by their ids."""

    companies: tuple[int, ...]
    contacts: tuple[int, ...]


def retain(options: Namespace, terminal: Terminal) -> Exit:
    """Take the persons out of the log and of images that are older than audit_keep_days; in portions."""
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        days, before, upto = connection.execute(LIMITS).fetchall()[0]
        begin = 0 if options.all else upto
        terminal.progress("Buscando lo que es viejo…")
        entries, last = _retain_entries(connection, before, begin, options.dry_run)
        rows = _retain_images(connection, before, options.dry_run)
        if not options.dry_run and (entries or rows or last > begin):
            connection.execute(NOTED, [rows, entries, last])
    done = "se borrarían" if options.dry_run else "se borraron"
    said = f"De lo anterior a {days} días {done} los datos personales de {entries} líneas de auditoría y {rows} filas."
    terminal.answer({"days": days, "entries": entries, "rows": rows, "dry_run": options.dry_run}, [said])
    return Exit.DONE


def erase(options: Namespace, terminal: Terminal) -> Exit:
    """Take one person out of everything; first, when asked, a file with all that is kept on him."""
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        found = _find(connection, options.person)
        if isinstance(found, str):
            return terminal.refuse(found, Exit.REFUSED)
        if options.export:
            with private_file(options.export) as file:
                json.dump(_records(connection, found), file, ensure_ascii=False, indent=2)
        rows, entries = _erase(connection, found)
        if options.dry_run:
            connection.rollback()
    done = "Se borrarían" if options.dry_run else "Se borraron"
    kept = f" Lo que había quedó en {options.export}." if options.export else ""
    said = f"{done} sus datos de {rows} filas y {entries} líneas de auditoría.{kept}"
    if not rows and not entries:
        said = f"Sus datos ya estaban borrados.{kept}"
    values = {"rows": rows, "entries": entries, "dry_run": options.dry_run}
    terminal.answer(values | {"export": str(options.export) if options.export else None}, [said])
    return Exit.DONE


def _retain_entries(connection: psycopg.Connection, before: datetime, begin: int, dry_run: bool) -> tuple[int, int]:
    """How many entries were blanked, and the last one that was looked at."""
    done, last = 0, begin
    query = "SELECT last, entries FROM audit.retain_entries(%s, %s, %s)"
    while row := connection.execute(query, [last, before, PORTION]).fetchone():
        _settle(connection, dry_run)
        if row[0] is None:
            break
        last, done = row[0], done + row[1]
    return done, last


def _retain_images(connection: psycopg.Connection, before: datetime, dry_run: bool) -> int:
    done = 0
    # what is only tried is there again for the next portion: so all at once
    limit = 2_000_000_000 if dry_run else PORTION
    while row := connection.execute("SELECT rows FROM audit.retain_images(%s, %s)", [before, limit]).fetchone():
        _settle(connection, dry_run)
        done += row[0]
        if not row[0] or dry_run:
            break
    return done


def _settle(connection: psycopg.Connection, dry_run: bool) -> None:
    """A portion is done, or was only tried."""
    if dry_run:
        connection.rollback()
    else:
        connection.commit()


def _find(connection: psycopg.Connection, person: str) -> Found | str:
    """Who is meant, or why nobody is."""
    word, _, rest = person.rpartition(":")
    typed = "".join(filter(str.isalnum, rest)).upper()
    values = {"kind": word.strip().lower(), "typed": typed}
    if values["kind"] not in ("", "cliente", "documento") or not typed:
        return "Decí a quién: su número de cliente o su documento (cliente:1234, documento:30123456)."
    companies = tuple(row[0] for row in connection.execute(CLIENTS, values))
    contacts = tuple(row[0] for row in connection.execute(CONTACTS, values))
    if not companies and not contacts:
        return "No hay nadie con ese número ni con ese documento."
    one_by_number = connection.execute(BY_NUMBER, values).fetchone() is not None
    if not values["kind"] and one_by_number and len(companies) + len(contacts) > 1:
        return f"Es el número de un cliente y el documento de otro: decí cliente:{typed} o documento:{typed}."
    return Found(companies, contacts)


def _records(connection: psycopg.Connection, found: Found) -> list[object]:
    records: list[object] = []
    for company in found.companies or (None,):
        query = "SELECT iduo.record_of(%s::bigint, %s::bigint[])"
        records += [row[0] for row in connection.execute(query, [company, [*found.contacts]])]
    return records


def _erase(connection: psycopg.Connection, found: Found) -> tuple[int, int]:
    rows = entries = 0
    for company in found.companies or (None,):
        query = "SELECT rows, entries FROM iduo.erase(%s::bigint, %s::bigint[])"
        row = connection.execute(query, [company, [*found.contacts]]).fetchone()
        rows, entries = rows + (row[0] if row else 0), entries + (row[1] if row else 0)
    return rows, entries
