"""Passwords that are made here: shown once to whoever hands them over; only their verifier travels."""

import secrets

from iduo_desktop.database.connection import Database
from iduo_desktop.services import staff

# Without the signs that are taken for one another when read aloud or copied by hand.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Four groups of four, some 79 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


def add_person(
    database: Database,
    login: str,
    full_name: str,
    roles: tuple[str, ...],
    area_code: str,
    team_id: int | None,
    password: str,
) -> None:
    """Add a person with this password, which must be changed at the first login."""
    verifier = database.verifier(login, password)
    staff.add(database, login, full_name, roles, verifier, area_code=area_code, team_id=team_id)


def reset(database: Database, login: str, password: str) -> None:
    """Give a person this password, which must be changed at the next login."""
    staff.reset(database, login, database.verifier(login, password))
