"""What database doctor finds: something wrong, and how to mend it."""

from dataclasses import dataclass

import psycopg


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and how to mend it: SQL for a superuser, a command, or a line of a configuration file."""

    check: str
    problem: str
    mend: str


def value(connection: psycopg.Connection, query: str) -> object:
    """The first column of the first row; an empty text when there is none."""
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else ""


def configured(connection: psycopg.Connection, name: str) -> str:
    """What holds for everybody; what the superuser has for himself (ALTER ROLE … SET) is not what is asked."""
    found = connection.execute(
        """SELECT coalesce(CASE WHEN s.source = 'command line' THEN s.setting END,
                  (SELECT f.setting FROM pg_file_settings f
                   WHERE f.name = s.name AND f.applied ORDER BY f.seqno DESC LIMIT 1),
                  s.boot_val) FROM pg_settings s WHERE s.name = %s""",
        [name],
    ).fetchone()
    return str(found[0]) if found else ""
