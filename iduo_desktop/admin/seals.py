"""iduo-admin audit verify: whether what the audit log holds is what the guard sealed, link by link."""

import hashlib
import re
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.rows import class_row

from iduo_desktop.admin import target
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.target import WrongUseError

PORTION = 20  # seals a query: at most 20,000 entries in memory
SHOWN = 20
SUM = 32
BEGINNING = -(2**63)
# Only what PostgreSQL has by itself: functions of the database could have been changed with it.
SEALS = """
SELECT id, extract(epoch FROM at)::text AS at, low, upto, last, until_xid::text, ids, digests, rules, hash
FROM audit.seal WHERE id > %s ORDER BY id LIMIT %s"""
ENTRIES = """
SELECT e.id, sha256(convert_to(jsonb_build_array(e.id, extract(epoch FROM e.at), e.xid::text, e.actor, e.table_name,
                    e.row_key, e.operation, e.before::text, e.after::text)::text, 'UTF8')) AS whole,
       sha256(convert_to(jsonb_build_array(e.id, extract(epoch FROM e.at), e.xid::text, e.actor, e.table_name,
                    e.row_key, e.operation)::text, 'UTF8')) AS frame,
       e.table_name, e.row_key
FROM audit.entry e WHERE e.id = ANY (%s)"""
RULES = "SELECT sha256(convert_to(string_agg(p::text, E'\\n' ORDER BY p.name), 'UTF8')) FROM audit.personal() p"
# Entries that no seal covers: of which number, and whether nothing could come there any more.
OUTSIDE = """
SELECT e.id, e.id <= %s AS late, e.table_name, e.row_key,
       extract(epoch FROM clock_timestamp() - e.at)::integer AS seconds
FROM audit.entry e WHERE e.id > %s AND e.id NOT IN (SELECT i FROM audit.seal s, unnest(s.ids) i) ORDER BY e.id"""
NOTED = re.compile(
    r"\bsello (\d+) ([0-9a-f]{64})\b|\"seal\": ?(\d+), ?\"entries\": ?\d+, ?\"hash\": ?\"([0-9a-f]{64})\""
)


@dataclass(frozen=True, slots=True)
class Link:
    """A seal as it is stored."""

    id: int
    at: str
    low: int
    upto: int
    last: int
    until_xid: str
    ids: list[int]
    digests: bytes
    rules: bytes
    hash: bytes

    def sum_after(self, before: bytes) -> bytes:
        """What its hash has to be."""
        ids = ",".join(map(str, self.ids))
        words = (self.id, self.at, self.low, self.upto, self.last, self.until_xid, ids)
        return hashlib.sha256(before + "|".join(map(str, words)).encode() + self.rules + self.digests).digest()


@dataclass(slots=True)
class Report:
    """What was found; only the first are named, all are counted."""

    seals: int = 0
    entries: int = 0
    erased: int = 0
    erased_by_other_rules: int = 0
    unsealed: int = 0
    lag: int = 0
    wrong: int = 0
    findings: list[dict[str, object]] = field(default_factory=list)

    def find(self, kind: str, words: str, **values: object) -> None:
        """Something is not as it was."""
        self.wrong += 1
        if len(self.findings) < SHOWN:
            self.findings.append({"kind": kind, "words": words, **values})


def verify(options: Namespace, terminal: Terminal) -> Exit:
    """0 when all that was sealed is as it was; 1 with what is not."""
    noted = read_journal(options.journal) if options.journal else {}
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        report = check(connection, terminal, noted, options.after or "")
    values = {name: getattr(report, name) for name in Report.__slots__}
    terminal.answer(values, _lines(report))
    return Exit.REFUSED if report.wrong else Exit.DONE


def check(connection: psycopg.Connection, terminal: Terminal, noted: Mapping[int, bytes], after: str) -> Report:
    """All seals in their order, or those after one that was noted; then what is in none."""
    report = Report()
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute("SET LOCAL statement_timeout = 0")
    start = _start(connection, after)
    rules = _rules(connection)
    before, low, last = (start.hash, start.low, start.id) if start else (b"", 0, 0)
    seen: set[int] = set()
    for links in _portions(connection, last):
        entries = _entries(connection, links)
        for link in links:
            _check_link(report, link, last, before, noted)
            _check_entries(report, link, low, entries, rules, seen)
            before, last, low = link.hash, link.id, link.low
        report.seals += len(links)
        seen = {entry for entry in seen if entry > low}  # below it nothing comes any more
        terminal.progress(f"Sello {last}: {report.entries} entradas revisadas…")
    _check_end(report, last, noted)
    _check_outside(connection, report, low, start.low if start else BEGINNING)
    return report


def read_journal(path: Path) -> dict[int, bytes]:
    """The seals that the guard noted: lines of its journal, as text or as JSON, among any others."""
    noted: dict[int, bytes] = {}
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for found in (match for line in lines for match in NOTED.finditer(line)):
                noted[int(found[1] or found[3])] = bytes.fromhex(found[2] or found[4])
    except OSError as error:
        raise WrongUseError(f"no se puede leer {path}: {error.strerror}") from None
    if not noted:
        raise WrongUseError(f"en {path} no hay ningún sello anotado por la vigilancia")
    return noted


def _start(connection: psycopg.Connection, after: str) -> Link | None:
    """The seal of that hash; a hash that is not there is said at once."""
    if not after:
        return None
    if not re.fullmatch("[0-9a-f]{64}", after):
        raise WrongUseError("--after lleva un sello entero: 64 letras y números")
    row = connection.execute("SELECT id FROM audit.seal WHERE hash = %s", [bytes.fromhex(after)]).fetchone()
    if row is None:
        raise WrongUseError(f"ningún sello es {after}: se cambió el registro, o es de otra base")
    return _links(connection, row[0] - 1, 1)[0]


def _rules(connection: psycopg.Connection) -> bytes:
    row = connection.execute(RULES).fetchone()
    return bytes(row[0]) if row else b""


def _portions(connection: psycopg.Connection, after: int) -> Iterator[list[Link]]:
    while links := _links(connection, after, PORTION):
        yield links
        after = links[-1].id


def _links(connection: psycopg.Connection, after: int, count: int) -> list[Link]:
    with connection.cursor(row_factory=class_row(Link)) as cursor:
        return cursor.execute(SEALS, [after, count]).fetchall()


def _entries(connection: psycopg.Connection, links: list[Link]) -> dict[int, tuple[bytes, bytes, str]]:
    rows = connection.execute(ENTRIES, [[entry for link in links for entry in link.ids]])
    return {entry: (bytes(whole), bytes(frame), f"{table} {key}") for entry, whole, frame, table, key in rows}


def _check_link(report: Report, link: Link, last: int, before: bytes, noted: Mapping[int, bytes]) -> None:
    if link.id != last + 1:
        one = link.id == last + 2
        words = f"Falta el sello {last + 1}." if one else f"Faltan los sellos {last + 1} a {link.id - 1}."
        report.find("seal", words, seal=last + 1)
    elif link.sum_after(before) != link.hash:
        report.find("seal", f"El sello {link.id} no encaja con lo que dice y con el anterior.", seal=link.id)
    if noted.get(link.id, link.hash) != link.hash:
        report.find("journal", f"El sello {link.id} no es el que anotó la vigilancia.", seal=link.id)


def _check_entries(
    report: Report,
    link: Link,
    low: int,
    entries: Mapping[int, tuple[bytes, bytes, str]],
    rules: bytes,
    seen: set[int],
) -> None:
    """Each entry is as it was sealed, or as it is when the person is taken out of it."""
    for place, entry in enumerate(link.ids):
        if entry in seen or entry <= low:
            report.find("seal", f"El sello {link.id} tiene la entrada {entry}, que no le toca.", seal=link.id)
        seen.add(entry)
        report.entries += 1
        if entry not in entries:
            words = f"Falta la entrada {entry}: la borraron después del sello {link.id}."
            report.find("deleted", words, entry=entry, seal=link.id)
            continue
        whole, blanked, frame = (link.digests[SUM * n : SUM * (n + 1)] for n in range(3 * place, 3 * place + 3))
        is_whole, is_frame, where = entries[entry]
        if is_whole == whole:
            continue
        if is_whole == blanked:
            report.erased += 1
        elif is_frame == frame and link.rules != rules:
            report.erased_by_other_rules += 1
        else:
            words = f"La entrada {entry} ({where}) no es la que se selló: la cambiaron después del sello {link.id}."
            report.find("changed", words, entry=entry, seal=link.id)


def _check_end(report: Report, last: int, noted: Mapping[int, bytes]) -> None:
    """Who cuts off the end of log and chain is found out by what was noted elsewhere."""
    if noted and max(noted) > last:
        words = f"La vigilancia anotó hasta el sello {max(noted)}, y acá el último es el {last}: falta el final."
        report.find("journal", words, seal=last + 1)


def _check_outside(connection: psycopg.Connection, report: Report, low: int, after: int) -> None:
    with connection.cursor(name="outside") as cursor:
        cursor.itersize = 2000
        for entry, late, table, key, seconds in cursor.execute(OUTSIDE, [low, after]):
            if late:
                words = f"La entrada {entry} ({table} {key}) la pusieron después: ese lugar ya estaba sellado."
                report.find("added", words, entry=entry)
            else:
                report.unsealed += 1
                report.lag = max(report.lag, seconds)


def _lines(report: Report) -> Iterator[str]:
    yield from (f"✗ {found['words']}" for found in report.findings)
    if report.wrong > len(report.findings):
        yield f"  … y {report.wrong - len(report.findings)} más."
    yield f"{report.seals} sellos, {report.entries} entradas revisadas."
    if report.erased:
        yield f"De {report.erased} se borró a la persona; lo demás que dicen es lo que se selló."
    if report.erased_by_other_rules:
        yield (
            f"De {report.erased_by_other_rules} se borró a la persona con la lista de otra versión: de ellas se "
            "comprueba quién, cuándo y qué fila."
        )
    if report.unsealed:
        yield f"Sin sellar todavía: {report.unsealed}, la más vieja de hace {report.lag} s."
    yield "Todo en orden." if not report.wrong else f"No está en orden: {report.wrong} observaciones."
