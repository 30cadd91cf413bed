"""Staff: who I am, where else I am logged in, and the people an administrator adds, disables and resets."""

from dataclasses import dataclass
from datetime import datetime

from iduo_desktop.database.connection import Database
from iduo_desktop.services.catalogues import Team, teams


@dataclass(frozen=True, slots=True)
class Me:
    """The person who logged in, and what his workstation has to know. `roles` are Role values.

    `parts` are what the organisation has switched on: cases, tickets, helpline.
    """

    login: str
    full_name: str
    roles: tuple[str, ...]
    area_code: str
    must_change_password: bool
    server_time: datetime
    schema_version: str
    minimum_client: str
    test_database: bool
    lock_after_minutes: int
    parts: tuple[str, ...]
    organisation: str


@dataclass(frozen=True, slots=True)
class Versions:
    """The oldest program that may enter, and the one that everybody should have."""

    minimum: str
    recommended: str


@dataclass(frozen=True, slots=True)
class Session:
    """A connection of mine from somewhere; `program` is the application name with the PC's name."""

    pid: int
    program: str
    address: str | None
    since: datetime
    idle_seconds: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here. `open_cases` are his to hand over before he is disabled."""

    login: str
    full_name: str
    roles: tuple[str, ...]
    active: bool
    open_cases: int
    area_code: str
    team_id: int | None
    team: str | None
    must_change_password: bool
    disabled_at: datetime | None


def me(database: Database, version: str) -> Me:
    """Begin a session: who I am; UserError when disabled or when this program is too old for the database."""
    return database.one(Me, "session_start", version=version)


def versions(database: Database) -> Versions:
    """Which versions of the program IT wants."""
    return database.one(Versions, "program_versions")


def sessions(database: Database) -> tuple[Session, ...]:
    """My other connections, without the one that asks."""
    return database.rows(Session, "sessions")


def end_session(database: Database, pid: int) -> None:
    """End one of my other connections."""
    database.call("end_session", pid=pid)


def people(database: Database) -> tuple[Person, ...]:
    """Everybody, for administrators and coordinators."""
    return database.rows(Person, "people")


def add(
    database: Database,
    login: str,
    full_name: str,
    roles: tuple[str, ...],
    verifier: str,
    must_change: bool = True,
    area_code: str = "",
    team_id: int | None = None,
) -> None:
    """Add a person. `verifier` is the SCRAM verifier; the password itself never travels."""
    database.call(
        "add_person",
        login=login,
        full_name=full_name,
        roles=[*roles],
        verifier=verifier,
        must_change=must_change,
        area_code=area_code,
        team=team_id,
    )


def disable(database: Database, login: str) -> None:
    """Nobody logs in as him from now on, and his calls are refused; his sessions are ended by `end_disabled`."""
    database.call("disable_person", login=login)
    database.call("end_disabled_sessions", login=login)


def reset(database: Database, login: str, verifier: str) -> None:
    """Give a new password, which must be changed at the next login; whoever is in with the one of before is put out."""
    database.call("reset_person", login=login, verifier=verifier)
    database.call("end_disabled_sessions", login=login)


def change_password(database: Database, verifier: str) -> None:
    """Change one's own password."""
    database.call("change_password", verifier=verifier)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many open cases went to somebody else."""

    cases: int


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has a window open now."""

    login: str
    full_name: str
    address: str | None
    program: str
    since: datetime


def save(
    database: Database, login: str, full_name: str, roles: tuple[str, ...], area_code: str, team_id: int | None
) -> None:
    """Change a person's name, roles, default area code and team."""
    database.call("save_person", login=login, full_name=full_name, roles=[*roles], area_code=area_code, team=team_id)


def enable(database: Database, login: str) -> None:
    """Let a disabled person in again."""
    database.call("enable_person", login=login)


def hand_over(database: Database, login: str, to: str | None, reason: str) -> HandedOver:
    """Give a person's open cases to somebody else, or back to their lists (to None)."""
    return database.one(HandedOver, "hand_over", login=login, to=to, reason=reason)


def who_is_in(database: Database) -> tuple[Present, ...]:
    """Who has a window open now, for administrators and coordinators."""
    return database.rows(Present, "who_is_in")


@dataclass(frozen=True, slots=True)
class GuardState:
    """Whether the guard beside the database runs, since when, and when it was last heard."""

    running: bool
    started_at: datetime | None
    beat_at: datetime | None


@dataclass(frozen=True, slots=True)
class GuardEvent:
    """What the guard did of late, and how often; `kind` as in api.guard_events, `full_name`: whose session."""

    kind: str
    login: str
    full_name: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """Everybody, who is in now, the teams that one can be in, whether the guard runs, and what it did of late."""

    people: tuple[Person, ...]
    present: tuple[Present, ...]
    teams: tuple[Team, ...]
    guard: GuardState
    guarded: tuple[GuardEvent, ...] = ()


def guard_state(database: Database) -> GuardState:
    """Whether the guard runs beside the database, for administrators."""
    return database.one(GuardState, "guard_state")


def overview(database: Database) -> Overview:
    """What the page of the people shows."""
    return Overview(
        people(database), who_is_in(database), teams(database), guard_state(database), guard_events(database)
    )


def guard_events(database: Database) -> tuple[GuardEvent, ...]:
    """What the guard did in the last hour, for administrators; the newest first."""
    return database.rows(GuardEvent, "guard_events", hours=1)


def dismiss(database: Database, login: str, to: str | None, reason: str) -> HandedOver:
    """Disable a person, then hand his open cases over (to None: back to their lists); he can take none in between."""
    disable(database, login)
    return hand_over(database, login, to, reason)
