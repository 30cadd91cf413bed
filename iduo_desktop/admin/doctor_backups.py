"""What is wrong with the backups: how old the last one is, and when one was last tried."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from iduo_desktop.admin.doctor_finding import Finding
from iduo_desktop.admin.proof import PROVED
from iduo_desktop.admin.target import WrongUseError

OLDEST = timedelta(hours=26)
UNPROVED = timedelta(days=100)


def read_info(file: str) -> str:
    """What pgbackrest info answered, from a file or from the input."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except OSError as error:
        raise WrongUseError(f"no se puede leer {file}: {error.strerror}") from None


def backup_findings(info: str, now: datetime) -> Iterator[Finding]:
    """The answer of pgbackrest info --output=json: the state of each set, and when its last backup ended."""
    try:
        sets: Sequence[Mapping[str, Any]] = json.loads(info)
        found = [(_state(one), _last(one)) for one in sets]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WrongUseError("lo que llegó no es lo que dice pgbackrest info --output=json") from None
    run = "En el servidor de resguardos: systemctl start iduo-backup"
    if not found or all(last is None for _, last in found):
        yield Finding("backup", "No hay ningún resguardo.", run)
    for state, last in found:
        if last and now - last > OLDEST:
            problem = f"El último resguardo es del {last:%d/%m/%Y %H:%M} UTC."
            yield Finding("backup", problem, f"{run}, y mirá por qué no corrió: systemctl status iduo-backup.timer")
        elif last and state:
            yield Finding("backup", f"El repositorio de resguardos no está bien: {state}.", "pgbackrest info")


def proof_findings(connection: psycopg.Connection, now: datetime) -> Iterator[Finding]:
    """A backup that nobody ever brought back is a hope."""
    rows = connection.execute(
        """SELECT split_part(c, '=', 2) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase,
                  unnest(s.setconfig) c
           WHERE d.datname = current_database() AND s.setrole = 0 AND c ^@ (%s::text || '=')""",
        [PROVED],
    ).fetchall()
    at = datetime.fromisoformat(rows[0][0]) if rows else None
    mend = "Volvelo en otro servidor, compará con database counts (docs/it.md, 8) y anotalo: database backup-proved"
    if at is None:
        yield Finding("backup proved", "Nunca se probó que un resguardo vuelva.", mend)
    elif now - at > UNPROVED:
        yield Finding("backup proved", f"La última prueba de un resguardo es del {at:%d/%m/%Y}.", mend)


def _state(one: Mapping[str, Any]) -> str:
    status = one["status"]
    return "" if status["code"] == 0 else str(status["message"])


def _last(one: Mapping[str, Any]) -> datetime | None:
    ends = [backup["timestamp"]["stop"] for backup in one["backup"] if not backup.get("error")]
    return datetime.fromtimestamp(max(ends), UTC) if ends else None
