"""Contact pressure: how often somebody was reached, whether one may reach him now, and who is speaking with him."""

from dataclasses import dataclass
from datetime import datetime

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a contact is for: a client, a person, or just a number or address (at least one of the three)."""

    company_id: int | None = None
    contact_id: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Pressure:
    """How things stand with a party, over every channel, desk and operator, by person and by number.

    `allowed` is False when a contact now takes a reason; `hinder` says why in a word (level, daily, weekly, gap, quiet,
    holiday, listed) and `reason` in a sentence; `next_at` is the next moment at which nothing hinders, None for never.
    `warnings` hinder nothing. `speaking` is the name of a colleague who is speaking with that number since `since`.
    """

    level: int
    attempts: int
    calls: int
    whatsapps: int
    emails: int
    sms: int
    allowed: bool
    hinder: str
    reason: str
    next_at: datetime | None
    warnings: tuple[str, ...]
    speaking: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A colleague who is speaking with somebody now. `search_key` is the number's ten digits, or the address."""

    company_id: int | None
    contact_id: int | None
    search_key: str
    channel: str
    who: str
    since: datetime


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is contacted for a purpose: a weekday (1 is Monday), from and until in minutes of the day."""

    purpose: str
    weekday: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class NoContactList:
    """A list of numbers and addresses that are not to be contacted. `purpose` "" is for every purpose.

    `as_of` is the day of the copy; a list of others that is older than 30 days only warns.
    """

    id: int
    name: str
    purpose: str
    as_of: datetime
    entries: int
    stale: bool


@dataclass(frozen=True, slots=True)
class NoContactEntry:
    """One number or address that is not to be contacted, by hand or by what a client asked for."""

    id: int
    address: str
    channel: str
    purpose: str
    origin: str
    until: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a list that was brought in held: new ones, those that were there, those that cannot be read."""

    list_id: int
    added: int
    kept: int
    refused: int


def pressure(database: Database, party: Party, channel: str, purpose: str = "") -> Pressure:
    """How things stand with a party; purpose "" is the one of the cases."""
    return database.one(
        Pressure,
        "contact_pressure",
        company=party.company_id,
        contact=party.contact_id,
        address=party.address,
        channel=channel,
        purpose=purpose,
    )


def pressure_at(database: Database, party: Party, channel: str, purpose: str, at: datetime) -> Pressure:
    """The same at another moment, for whoever decides the policy («¿puedo llamar ahora a …?»)."""
    return database.one(
        Pressure,
        "try_contact_pressure",
        company=party.company_id,
        contact=party.contact_id,
        address=party.address,
        channel=channel,
        purpose=purpose,
        at=at,
    )


def begin_talk(database: Database, party: Party, channel: str) -> None:
    """Say to all that one is speaking with somebody; holds two minutes and is said again while it lasts."""
    database.call(
        "begin_talk", company=party.company_id, contact=party.contact_id, address=party.address, channel=channel
    )


def end_talk(database: Database) -> None:
    """It ended."""
    database.call("end_talk")


def talks(database: Database) -> tuple[Talk, ...]:
    """Who of the colleagues is speaking with whom; one's own is not among them."""
    return database.rows(Talk, "talks")


def quiet_hours(database: Database) -> tuple[QuietHours, ...]:
    """All of them, by purpose and weekday."""
    return database.rows(QuietHours, "quiet_hours")


def save_quiet_hours(database: Database, purpose: str, rows: tuple[QuietHours, ...]) -> None:
    """Those of one purpose, all or nothing."""
    database.call(
        "save_quiet_hours",
        purpose=purpose,
        weekdays=[row.weekday for row in rows],
        starts=[row.starts for row in rows],
        ends=[row.ends for row in rows],
    )


def no_contact_lists(database: Database) -> tuple[NoContactList, ...]:
    """The lists that were brought in."""
    return database.rows(NoContactList, "no_contact_lists")


def load_no_contact(
    database: Database, name: str, purpose: str, as_of: datetime, addresses: tuple[str, ...], replace: bool
) -> Loaded:
    """Bring in some of a list, at most 10,000 at once; `replace` begins it anew and is said with the first of them."""
    return database.one(
        Loaded,
        "load_no_contact",
        name=name,
        purpose=purpose,
        as_of=as_of,
        addresses=list(addresses),
        replace=replace,
    )


def remove_no_contact_list(database: Database, list_id: int) -> None:
    """It holds no more."""
    database.call("remove_no_contact_list", list=list_id)


def no_contact_entries(database: Database, text: str) -> tuple[NoContactEntry, ...]:
    """Those entered one by one whose number or address begins so, newest first, at most 200."""
    return database.rows(NoContactEntry, "no_contact_entries", text=text)


def add_no_contact(
    database: Database, address: str, channel: str, purpose: str, origin: str, until: datetime | None
) -> None:
    """Nobody contacts this number or address; channel and purpose "" are all of them."""
    database.call("add_no_contact", address=address, channel=channel, purpose=purpose, origin=origin, until=until)


def remove_no_contact(database: Database, entry_id: int, reason: str) -> None:
    """It may be contacted again."""
    database.call("remove_no_contact", entry=entry_id, reason=reason)
