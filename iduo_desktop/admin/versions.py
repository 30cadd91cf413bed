"""iduo-admin database require-version: which versions of the program may enter, and which one everybody should have."""

import re
from argparse import Namespace

import psycopg

from iduo_desktop.admin import target
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.target import WrongUseError

SETTINGS = {"minimum": "minimum_client", "recommended": "recommended_client"}
READ = "SELECT value #>> '{}' FROM iduo.setting WHERE name = %s"
WRITE = """UPDATE iduo.setting SET value = to_jsonb(%s::text), changed_at = clock_timestamp(), changed_by = NULL
           WHERE name = %s"""


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Change what was said, and tell what is now."""
    wanted = {setting: getattr(options, name) for name, setting in SETTINGS.items() if getattr(options, name)}
    for version in wanted.values():
        if not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", version, re.ASCII):
            raise WrongUseError(f"Una versión se escribe así: 1.2.3, no «{version}».")
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        for setting, version in wanted.items():
            connection.execute(WRITE, [version, setting])
        now = {name: _read(connection, setting) for name, setting in SETTINGS.items()}
        if _numbers(now["recommended"]) < _numbers(now["minimum"]):  # whoever may enter has it
            connection.execute(WRITE, [now["minimum"], SETTINGS["recommended"]])
            now["recommended"] = now["minimum"]
    lines = [f"Pueden entrar desde la versión {now['minimum']}.", f"La recomendada es la {now['recommended']}."]
    terminal.answer(now, lines)
    return Exit.DONE


def _read(connection: psycopg.Connection, setting: str) -> str:
    ((value,),) = connection.execute(READ, [setting]).fetchall()
    return str(value)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
