"""iduo-admin serve: a private server that stays until told to stop, and how to connect to it as anybody."""

import os
import signal
import stat
import sys
import threading
from argparse import Namespace
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import staff, target
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.passwords import kept_passwords
from iduo_desktop.admin.target import Target, WrongUseError
from iduo_desktop.terms import Role

# One person for each role that has a button in the demo: login, full name, role.
PEOPLE = (
    ("operador", "Marina Gauna", Role.OPERATOR),
    ("coordinador", "Juan Paz", Role.COORDINATOR),
    ("administrador", "Silvia Iturralde", Role.ADMIN),
)


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Serve until SIGTERM, SIGINT or the end of the input."""
    if options.embedded is None:
        raise WrongUseError("serve necesita --embedded CARPETA")
    end = listen_for_the_end()
    with target.opened(options, terminal) as database:
        passwords = people(database)
        logins = _logins(database, passwords)
        lines = [f"superusuario: {database.conninfo}", *(f"{one['role']}: {one['conninfo']}" for one in logins)]
        answer = {"superuser": database.conninfo, **_place(database), "people": logins}
        terminal.answer(answer, [*lines, "Ctrl+C para terminar."])
        # in steps, because on Windows a signal does not end an endless wait
        while not end.wait(1.0):
            pass
    return Exit.DONE


def people(database: Target) -> dict[str, str]:
    """Make the demo's people if they are missing; their passwords by login, kept beside the data."""
    passwords = kept_passwords(people_file(database), tuple(login for login, _, _ in PEOPLE))
    with psycopg.connect(database.conninfo) as connection:
        for login, full_name, role in PEOPLE:
            staff.enrol(connection, login, full_name, role.value, passwords[login])
    return passwords


def people_file(database: Target) -> Path:
    """Where the passwords of the demo's people are kept."""
    if database.folder is None:
        raise WrongUseError("solo un servidor privado tiene gente de demostración: falta --embedded CARPETA")
    return database.folder / "people.json"


def _place(database: Target) -> dict[str, object]:
    info = psycopg.conninfo.conninfo_to_dict(database.conninfo)
    return {"host": info["host"], "port": int(info["port"] or 0), "dbname": database.name}


def _logins(database: Target, passwords: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "role": role.label,
            "login": login,
            "full_name": full_name,
            "password": passwords[login],
            "conninfo": make_conninfo(database.conninfo, user=login, password=passwords[login]),
        }
        for login, full_name, role in PEOPLE
    ]


def listen_for_the_end() -> threading.Event:
    """Set by the signals, and by the end of the input when somebody holds it: a pipe or a terminal."""
    end = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: end.set())
    if _somebody_holds_the_input():
        threading.Thread(target=_read_to_the_end, args=(end,), daemon=True).start()
    return end


def _read_to_the_end(end: threading.Event) -> None:
    # past sys.stdin, whose lock a thread that still waits would hold when the program ends
    while os.read(sys.stdin.fileno(), 1024):
        pass
    end.set()


def _somebody_holds_the_input() -> bool:
    if sys.stdin is None:
        return False
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):
        return False
    return sys.stdin.isatty() or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
