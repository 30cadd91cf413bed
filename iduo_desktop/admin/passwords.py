"""Passwords that are made here: shown once or kept in a private file, never sent; the server gets a verifier."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import psycopg

from iduo_desktop.services.passwords import new_password

__all__ = ["kept_passwords", "new_password", "private_file", "verifier"]


def verifier(connection: psycopg.Connection, login: str, password: str) -> str:
    """What the server keeps instead of the password."""
    made = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    return made.decode("ascii")


def kept_passwords(path: Path, logins: tuple[str, ...]) -> dict[str, str]:
    """The passwords of these logins from a file that only we may read; what is missing is made."""
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    wanted = {login: kept.get(login) or new_password() for login in logins}
    if wanted != kept:
        with private_file(path) as file:
            json.dump(wanted, file)
    return wanted


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A file that only we may read; it takes its place when all went well."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        yield file
    fresh.replace(path)
