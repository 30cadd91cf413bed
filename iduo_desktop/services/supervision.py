"""Supervision: the board, who is in, pauses, and work that has to find other hands."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Span:
    """What the board is asked for: days, both included, and a team (None for all)."""

    first: date
    last: date
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures at the top. Of those to communicate, the late ones wait longer than they should.

    `calls` were answered or made; `not_contacted` are open cases that nobody has contacted yet, in all four lists
    (`CaseFilter.never_contacted`); these, `to_communicate` and `doubtful_messages` are as of now, whatever the span.
    """

    calls: int
    new_tickets: int
    to_communicate: int
    to_communicate_late: int
    closed_cases: int
    not_contacted: int
    contacts: int
    doubtful_messages: int


@dataclass(frozen=True, slots=True)
class ChatFigures:
    """The site's chats. `unanswered` left before anybody wrote to them; those who left a message instead did not.

    Who waits does so now, whatever the span; the first answer is the median's, None when there was none.
    """

    waiting: int
    waiting_since: datetime | None
    answered: int
    unanswered: int
    first_answer_seconds: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, or one part of a stacked one: `group` is where it stands, `series` which part.

    `late` marks what is overdue; `key` and `series_key` are what the list behind it is asked with:
    tickets by hour: the hour and the channel, for `work("tickets", …, key, series_key)`; contacts by level: the level,
    for CaseFilter; unanswered: "first/last" days (one may be empty) and the state, for TicketFilter; promises: the day
    (a Span of one) and kept, broken or pending, which are kinds of `work`. Bars come in order; none is left out for
    being empty but those of days without promises.
    """

    group: str
    key: str
    series: str
    series_key: str
    value: int
    late: bool


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """What one operator did. `kept` and `broken` are promises that he took and that were due in the span."""

    login: str
    name: str
    team: str
    contacts: int
    reached: int
    promises: int
    kept: int
    broken: int
    closed: int
    tickets: int
    communicated: int
    overrides: int


@dataclass(frozen=True, slots=True)
class PersonIn:
    """Somebody who is logged in. `state` is free, attending, pause or idle; `doing` says on what, naming no client.

    `minutes` is how long his pause is meant to last, if he is in one that has an end.
    """

    login: str
    name: str
    team: str
    state: str
    doing: str
    since: datetime
    open_cases: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One thing behind a figure: of a case or a ticket; `what` says how it went, `who` whose work it was."""

    at: datetime
    case_id: int | None
    ticket_id: int | None
    client: str
    what: str
    who: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class PauseTaken:
    """A pause that somebody took; `until` is None while it lasts. `ended_by` and `reason` say who ended it for him."""

    login: str
    name: str
    team: str
    label: str
    minutes: int | None
    since: datetime
    until: datetime | None
    ended_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrphanCase:
    """A case that nobody will come back to: assigned to somebody who is out, or without a next action."""

    case_id: int
    client: str
    list: str
    assigned_to: str | None
    holder: str
    last_contact_at: datetime | None
    debt: Decimal | None


@dataclass(frozen=True, slots=True)
class Moved:
    """How many cases (calls and tasks too) went to somebody else, how many stayed, and why in `left`, sentences."""

    moved: int
    stayed: int
    left: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class PauseReason:
    """Why one may pause; `minutes` is how long, None for no end. Only administrators are told of inactive ones."""

    id: int
    label: str
    minutes: int | None
    active: bool


def figures(database: Database, span: Span) -> Figures:
    """The figures at the top."""
    return database.one(Figures, "board_figures", first=span.first, last=span.last, team=span.team_id)


def chat_figures(database: Database, span: Span) -> ChatFigures:
    """How the site's chats went."""
    return database.one(ChatFigures, "board_chats", first=span.first, last=span.last, team=span.team_id)


def tickets_by_hour(database: Database, span: Span) -> tuple[Bar, ...]:
    """New tickets by hour of the day and channel."""
    return database.rows(Bar, "board_tickets_by_hour", first=span.first, last=span.last, team=span.team_id)


def contacts_by_level(database: Database, list_name: str) -> tuple[Bar, ...]:
    """How many clients of a list are at each level now."""
    return database.rows(Bar, "board_contacts_by_level", list=list_name)


def unanswered_by_age(database: Database) -> tuple[Bar, ...]:
    """Tickets without an answer by how many days they wait."""
    return database.rows(Bar, "board_unanswered_by_age")


def promises_by_day(database: Database, span: Span) -> tuple[Bar, ...]:
    """Promises by the day that they were due, in kept, broken and pending."""
    return database.rows(Bar, "board_promises", first=span.first, last=span.last, team=span.team_id)


def operators(database: Database, span: Span) -> tuple[OperatorLine, ...]:
    """What each operator reached."""
    return database.rows(OperatorLine, "board_operators", first=span.first, last=span.last, team=span.team_id)


def people_in(database: Database, team_id: int | None) -> tuple[PersonIn, ...]:
    """Who is in, and on what."""
    return database.rows(PersonIn, "people_in", team=team_id)


def work(
    database: Database, kind: str, login: str | None, span: Span, key: str = "", series_key: str = ""
) -> tuple[WorkLine, ...]:
    """What is behind a figure of an operator (None for all of the team) or a bar, newest first, at most 500.

    `kind` is contacts, calls, reached, promises, kept, broken, pending, closed, tickets, communicated, overrides or
    doubtful (messages, whatever the days); `key` and `series_key` narrow tickets to an hour and a channel.
    """
    return database.rows(
        WorkLine,
        "board_work",
        kind=kind,
        login=login,
        first=span.first,
        last=span.last,
        team=span.team_id,
        key=key,
        series=series_key,
    )


def pauses(database: Database, span: Span) -> tuple[PauseTaken, ...]:
    """The pauses that began in the span, newest first, at most 1000."""
    return database.rows(PauseTaken, "board_pauses", first=span.first, last=span.last, team=span.team_id)


def orphan_cases(database: Database, kind: str) -> tuple[OrphanCase, ...]:
    """Cases without a next action ("no_action") or whose holder is out ("absent"); at most 500, oldest first."""
    return database.rows(OrphanCase, "orphan_cases", kind=kind)


def reassign(database: Database, case_ids: tuple[int, ...], to: str | None, reason: str, key: UUID) -> Moved:
    """Give cases to somebody, or back to their lists (`to` None); what somebody works on right now stays."""
    return database.one(Moved, "reassign_cases", cases=list(case_ids), to=to, reason=reason, key=key)


def undo_reassign(database: Database, key: UUID) -> Moved:
    """Take back one's own `reassign` or `pass_on` with its key, within 5 minutes; what was touched since stays."""
    return database.one(Moved, "undo_reassign", key=key)


def pass_on(database: Database, login: str, to: str | None, reason: str, key: UUID) -> Moved:
    """All open work of somebody who is out: cases, planned calls and tasks."""
    return database.one(Moved, "pass_on_work", login=login, to=to, reason=reason, key=key)


def pause_reasons(database: Database) -> tuple[PauseReason, ...]:
    """The ones in use, and for administrators those that no longer are."""
    return database.rows(PauseReason, "pause_reasons")


def save_pause_reason(
    database: Database, reason_id: int | None, label: str, minutes: int | None, active: bool
) -> PauseReason:
    """Add one (None), or change it."""
    return database.one(PauseReason, "save_pause_reason", reason=reason_id, label=label, minutes=minutes, active=active)


def begin_pause(database: Database, reason_id: int) -> None:
    """Nothing rings for oneself until it ends."""
    database.call("begin_pause", reason=reason_id)


def end_pause(database: Database) -> None:
    """Back at work."""
    database.call("end_pause")


def end_pause_of(database: Database, login: str, reason: str) -> None:
    """End somebody's pause for him (coordinators)."""
    database.call("end_pause_of", login=login, reason=reason)


@dataclass(frozen=True, slots=True)
class Pause:
    """One's own pause, if any."""

    label: str
    since: datetime
    minutes: int | None


def my_pause(database: Database) -> Pause | None:
    """The pause that one is in."""
    return database.maybe(Pause, "my_pause")


@dataclass(frozen=True, slots=True)
class Handed:
    """Cases that somebody moved from oneself (`to_name` has them, nobody: "") or to oneself.

    `cases` 0 only says where to go on. `case_id` where it is one.
    """

    event: int
    by_name: str
    to_name: str
    gained: bool
    cases: int
    case_id: int | None


def handed_work(database: Database, after: int | None = None) -> tuple[Handed, ...]:
    """What others did with one's cases after an event; without one, where to begin."""
    return database.rows(Handed, "handed_work", after=after)


@dataclass(frozen=True, slots=True)
class GreatReader:
    """Who read in an hour nearly as many rows as he may, or wanted more: then `refused` is how often he was refused."""

    login: str
    name: str
    hour: datetime
    rows: int
    allowed: int
    refused: int


def great_readers(database: Database) -> tuple[GreatReader, ...]:
    """Those of this hour and, where the guard runs, of the last day; the latest first."""
    return database.rows(GreatReader, "great_readers")
