"""Contact pressure as a plain program has it: no sums over windows, only "is this moment hindered?" asked again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

HERE = ZoneInfo("America/Argentina/Buenos_Aires")
CHANNELS = ("call", "whatsapp", "email", "sms", "chat")
YEAR = timedelta(days=366)
EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Policy:
    """How often is too often, for one purpose."""

    purpose: str
    days: int
    weights: tuple[Decimal, ...]
    limits: tuple[int, ...]
    daily: int | None
    weekly: int | None
    gap: int
    holidays: bool


@dataclass(frozen=True)
class Quiet:
    """Minutes of a weekday in which nobody is contacted."""

    purpose: str
    weekday: int
    starts: int
    ends: int


@dataclass(frozen=True)
class Listed:
    """A number that is not to be contacted."""

    key: str
    channel: str
    purpose: str
    until: datetime | None


@dataclass(frozen=True)
class Bulk:
    """A list that was brought in whole."""

    purpose: str
    as_of: datetime
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """Something that happened: whom it was for, which number, and whether it counts and was a conversation."""

    at: datetime
    channel: str
    companies: frozenset[int]
    people: frozenset[int]
    key: str
    counts: bool
    spoken: bool
    spoken_by_number: bool


@dataclass(frozen=True)
class Party:
    """Whom is asked for, with all by which he is reached."""

    company: int | None
    people: frozenset[int]
    key: str
    phones: frozenset[str]
    mails: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """What is asked of both."""

    level: int
    counts: tuple[int, ...]
    hinder: str
    next_at: datetime | None


@dataclass(frozen=True)
class House:
    """All that decides."""

    policy: Policy
    quiet_on: bool
    quiet: tuple[Quiet, ...] = ()
    holidays: frozenset[date] = frozenset()
    listed: tuple[Listed, ...] = ()
    bulk: tuple[Bulk, ...] = ()
    events: tuple[Event, ...] = field(default=())

    def standing(self, party: Party, channel: str, at: datetime) -> Answer:
        """How a party stands at a moment."""
        past = [event for event in self.events if event.at <= at and event.counts and _reaches(event, party)]
        talked = [event.at for event in self.events if event.at <= at and _spoke(event, party)]
        counted = [event for event in past if event.at > at - timedelta(days=self.policy.days)]
        counts = (len(counted), *(sum(event.channel == one for event in counted) for one in CHANNELS[:4]))
        hinder = self._hinder(party, channel, past, talked, at, at)
        paused = self._paused(past, at)
        level = 5 if paused else sum(self._total(past, at) >= limit for limit in self.policy.limits)
        free = (t for t in self._moments(past, talked, at) if not self._hinder(party, channel, past, talked, t, at))
        return Answer(level, counts, hinder, next(free, None))

    def _hinder(
        self, party: Party, channel: str, past: list[Event], talked: list[datetime], at: datetime, asked: datetime
    ) -> str:
        if self._is_listed(party, channel, at, asked):
            return "listed"
        if paused := self._paused(past, at):
            return paused
        if any(moment + timedelta(hours=self.policy.gap) > at for moment in talked):
            return "gap"
        local = at.astimezone(HERE)
        if self.policy.holidays and local.date() in self.holidays:
            return "holiday"
        minute = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        quiet = (
            one.purpose == self.policy.purpose
            and one.weekday == local.isoweekday()
            and timedelta(minutes=one.starts) <= minute < timedelta(minutes=one.ends)
            for one in self.quiet
        )
        return "quiet" if self.quiet_on and any(quiet) else ""

    def _paused(self, past: list[Event], at: datetime) -> str:
        today = at.astimezone(HERE).date()
        monday = today - timedelta(days=today.weekday())
        days = [event.at.astimezone(HERE).date() for event in past]
        if self._total(past, at) >= self.policy.limits[4]:
            return "level"
        if self.policy.daily is not None and days.count(today) >= self.policy.daily:
            return "daily"
        week = sum(monday <= day for day in days)
        return "weekly" if self.policy.weekly is not None and week >= self.policy.weekly else ""

    def _total(self, past: list[Event], at: datetime) -> Decimal:
        window = timedelta(days=self.policy.days)
        weights = dict(zip(CHANNELS, self.policy.weights, strict=True))
        return sum((weights[event.channel] for event in past if event.at > at - window), Decimal())

    def _is_listed(self, party: Party, channel: str, at: datetime, asked: datetime) -> bool:
        keys = {party.key} if party.key else party.mails if channel == "email" else party.phones
        return bool(keys) and all(self._key_listed(key, channel, at, asked) for key in keys)

    def _key_listed(self, key: str, channel: str, at: datetime, asked: datetime) -> bool:
        purpose = self.policy.purpose
        by_hand = (
            one.key == key
            and one.channel in ("", channel)
            and one.purpose in ("", purpose)
            and (one.until or EVER) > at
            for one in self.listed
        )
        whole = (
            key in one.keys
            and one.purpose in ("", purpose)
            and not (one.purpose == "promotion" and one.as_of < asked - timedelta(days=30))
            for one in self.bulk
        )
        return any(by_hand) or any(whole)

    def _moments(self, past: list[Event], talked: list[datetime], at: datetime) -> Iterator[datetime]:
        """Every moment at which anything may end, in order, within a year."""
        sudden = chain(
            (event.at + timedelta(days=self.policy.days) for event in past),
            (moment + timedelta(hours=self.policy.gap) for moment in talked),
            (one.until for one in self.listed if one.until),
        )
        left = sorted({at, *(moment for moment in sudden if at < moment <= at + YEAR)})
        ends = sorted({1440, *(one.ends for one in self.quiet)})
        first = at.astimezone(HERE).date()
        for turn in range(368):
            midnight = datetime.combine(first + timedelta(days=turn), time())
            for end in ends:
                moment = (midnight + timedelta(minutes=end)).replace(tzinfo=HERE).astimezone(UTC)
                while left and left[0] <= moment:
                    yield left.pop(0)
                if at < moment <= at + YEAR:
                    yield moment


def _reaches(event: Event, party: Party) -> bool:
    numbers = party.phones | party.mails | ({party.key} - {""})
    return party.company in event.companies or bool(party.people & event.people) or event.key in numbers


def _spoke(event: Event, party: Party) -> bool:
    numbers = party.phones | party.mails | ({party.key} - {""})
    himself = party.company in event.companies or bool(party.people & event.people)
    return (event.spoken and himself) or (event.spoken_by_number and event.key in numbers)
