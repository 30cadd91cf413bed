"""Catalogues: the tables that an administrator edits. Saving with id None adds."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, time
from typing import TypeVar
from uuid import UUID

from iduo_desktop.database.connection import Database

Placed = TypeVar("Placed", "Result", "Topic")


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a contact with everything that an administrator decides; empty `lists` means all."""

    id: int | None
    label: str
    digit: int | None
    position: int | None
    reached: bool
    final: bool
    promise: bool
    callback: bool
    wrong_number: bool
    do_not_contact: bool
    lists: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Promotion:
    """Something to offer; empty `plans` or `lists` mean all."""

    id: int | None
    title: str
    text: str
    valid_from: date | None
    valid_until: date | None
    plans: tuple[str, ...]
    lists: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message is about; `kind` is question, request or claim."""

    id: int | None
    label: str
    kind: str
    position: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class Script:
    """The sentence for a situation."""

    situation: str
    part: str
    meaning: str
    text: str
    shipped: str


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a weekday is worked (Monday is 1); None: not at all."""

    weekday: int
    opens: time | None
    closes: time | None


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which nobody works."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    """People who are looked at together."""

    id: int | None
    name: str
    active: bool
    people: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The id of what was saved."""

    id: int


def results(database: Database) -> tuple[Result, ...]:
    """Every result of a contact, switched off ones last."""
    return database.rows(Result, "all_dispositions")


def save_result(database: Database, result: Result) -> Kept:
    """Add or change a result of a contact."""
    return database.one(
        Kept,
        "save_disposition",
        id=result.id,
        label=result.label,
        digit=result.digit,
        position=result.position,
        reached=result.reached,
        final=result.final,
        promise=result.promise,
        callback=result.callback,
        wrong_number=result.wrong_number,
        do_not_contact=result.do_not_contact,
        lists=[*result.lists],
        active=result.active,
    )


def move_result(database: Database, result_id: int, step: int) -> None:
    """Put a result `step` places further down among those in use."""
    _renumber(results(database), result_id, step, lambda result: save_result(database, result))


def promotions(database: Database) -> tuple[Promotion, ...]:
    """Promotions; administrators see those that are switched off too."""
    return database.rows(Promotion, "promotions")


def save_promotion(database: Database, promotion: Promotion, key: UUID | None = None) -> Kept:
    """Add or change a promotion; with the same key it is added once."""
    return database.one(
        Kept,
        "save_promotion",
        id=promotion.id,
        title=promotion.title,
        text=promotion.text,
        valid_from=promotion.valid_from,
        valid_until=promotion.valid_until,
        plans=[*promotion.plans],
        lists=[*promotion.lists],
        active=promotion.active,
        key=key,
    )


def topics(database: Database) -> tuple[Topic, ...]:
    """Topics of messages, in their order."""
    return database.rows(Topic, "topics")


def save_topic(database: Database, topic: Topic) -> Kept:
    """Add or change a topic."""
    return database.one(
        Kept,
        "save_topic",
        id=topic.id,
        label=topic.label,
        kind=topic.kind,
        position=topic.position,
        active=topic.active,
    )


def move_topic(database: Database, topic_id: int, step: int) -> None:
    """Put a topic `step` places further down among those in use."""
    _renumber(topics(database), topic_id, step, lambda topic: save_topic(database, topic))


def scripts(database: Database) -> tuple[Script, ...]:
    """The sentence for each situation."""
    return database.rows(Script, "scripts")


def save_script(database: Database, situation: str, text: str) -> None:
    """Change what is said in a situation."""
    database.call("save_script", situation=situation, text=text)


def save_scripts(database: Database, texts: tuple[tuple[str, str], ...]) -> None:
    """Change what is said in several situations, (situation, text) each, all or none; a FieldError names one."""
    named = [{"situation": situation, "text": text} for situation, text in texts]
    database.call("save_scripts", texts=json.dumps(named))


def working_hours(database: Database) -> tuple[WorkingHours, ...]:
    """The seven days of the week."""
    return database.rows(WorkingHours, "working_hours")


def save_working_hours(database: Database, hours: WorkingHours) -> None:
    """Change one day of the week."""
    database.call("save_working_hours", weekday=hours.weekday, opens=hours.opens, closes=hours.closes)


def save_week(database: Database, days: tuple[WorkingHours, ...]) -> None:
    """Change several days of the week, all or none; a FieldError names the day too, as in `closes_3`."""
    database.call("save_week", days=json.dumps([asdict(hours) for hours in days], default=str))


def holidays(database: Database) -> tuple[Holiday, ...]:
    """Holidays from a year ago on."""
    return database.rows(Holiday, "holidays")


def save_holiday(database: Database, holiday: Holiday) -> None:
    """Add or rename a holiday; an empty name takes it away."""
    database.call("save_holiday", day=holiday.day, name=holiday.name)


def teams(database: Database) -> tuple[Team, ...]:
    """Teams with how many people are in each."""
    return database.rows(Team, "teams")


def save_team(database: Database, team: Team) -> Kept:
    """Add, rename or switch off a team."""
    return database.one(Kept, "save_team", id=team.id, name=team.name, active=team.active)


def _renumber(rows: Sequence[Placed], moved: int, step: int, save: Callable[[Placed], object]) -> None:
    """Save those whose place changes, each with the number of its place."""
    order = [row for row in rows if row.active]
    at = next((index for index, row in enumerate(order) if row.id == moved), None)
    if at is None or not 0 <= at + step < len(order):
        return
    order.insert(at + step, order.pop(at))
    for place, row in enumerate(order, 1):
        if row.position != place:
            save(replace(row, position=place))
