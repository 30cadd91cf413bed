"""Some days of work made up at random, and what a plain count of them gives: the board has to say the same."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Final
from uuid import uuid4

from iduo_desktop.services.supervision import Span
from tests.services.world import World

HERE: Final = timezone(timedelta(hours=-3))
CHANNELS: Final = ("call", "whatsapp", "email", "sms", "chat")
TICKET_CHANNELS: Final = ("phone", "chat", "outbound")
LISTS: Final = ("suspended", "delinquent", "withdrawn", "active")
# the last and the first moments of days
BORDERS: Final = (time(0, 0), time(23, 59, 59, 999_999), time(12, 0), time(20, 59, 59), time(21, 0), time(3, 0))
WEIGHTS: Final = {"call": 1.0, "whatsapp": 1.0, "email": 0.5, "sms": 0.5, "chat": 1.0}


@dataclass
class Days:
    """What happened, as rows of plain values, from `first` on for `count` days; the last one is today."""

    world: World
    people: tuple[str, ...]
    teams: dict[str, int]
    seed: int
    count: int = 6
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # nothing is kept secret by it
        self.first = self.world.today() - timedelta(days=self.count - 1)
        names = ("case", "attempt", "promise", "ticket", "call")
        made = (self._case, self._attempt, self._promise, self._ticket, self._call)
        assert [self.world.company() for _ in range(60)] == [*range(1, 61)]
        for name, make, count in zip(names, made, (60, 250, 60, 200, 60), strict=True):
            self.rows[name] = [make(number) for number in range(1, count + 1)]
        with self.world.superuser.transaction():
            # clocks, states and owners as they come: nothing is checked, told or recorded
            self.world.superuser.execute("SET LOCAL session_replication_role = replica")
            for name in names:
                for row in self.rows[name]:
                    self.world.insert(name, {key: value for key, value in row.items() if key != "id"})

    def _moment(self) -> datetime:
        """Now or before, often where one day becomes the next."""
        day = self.first + timedelta(days=self.random.randrange(self.count))
        if self.random.random() < 0.4:
            at = datetime.combine(day, self.random.choice(BORDERS), HERE)
        else:
            at = datetime.combine(day, time(0), HERE) + timedelta(seconds=self.random.randrange(86_400))
        return min(at.astimezone(UTC), self.world.now())

    def _person(self) -> str:
        return self.random.choice(self.people)

    def _case(self, number: int) -> dict[str, Any]:
        closed = self.random.random() < 0.4
        held = None if closed or self.random.random() < 0.5 else self._person()
        return {
            "id": number,
            "company_id": number,
            "subject": "Debe",
            "collection": True,
            "list": self.random.choice(LISTS),
            "state": "closed" if closed else "open",
            "assigned_to": held,
            "assigned_at": self.world.now() if held else None,
            "last_contact_at": self._moment() if self.random.random() < 0.5 else None,
            "opened_by": "nobody",
            "closed_at": self._moment() if closed else None,
            "closed_by": self._person() if closed else None,
            "client_key": str(number),
        }

    def _attempt(self, number: int) -> dict[str, Any]:
        offered, promotion = self.random.random() < 0.1, self.random.choice(("offered", "accepted", "declined"))
        return {
            "id": number,
            "event_id": number,
            "case_id": (case := self.random.randint(1, 25)),
            "company_id": case,
            "channel": self.random.choice(CHANNELS),
            "direction": "inbound" if self.random.random() < 0.2 else "outbound",
            "disposition_id": None if offered else self.random.randint(1, 4),
            "promotion_id": 1 if offered else None,
            "promotion_answer": promotion if offered else None,
            "override_reason": "Lo pidió" if self.random.random() < 0.1 else "",
            "purpose": "collection",
            "at": self._moment(),
            "by": self._person(),
            "undone_at": self.world.now() if self.random.random() < 0.1 else None,
            "counted": self.random.random() < 0.9,
        }

    def _promise(self, number: int) -> dict[str, Any]:
        attempt = self.rows["attempt"][self.random.randrange(len(self.rows["attempt"]))]
        return {
            "id": number,
            "case_id": attempt["case_id"],
            "attempt_id": attempt["id"],
            "amount": 100,
            "due_date": self.first + timedelta(days=self.random.randint(-2, self.count + 2)),
            "state": self.random.choice(("pending", "pending", "kept", "broken", "undone")),
            "at": attempt["at"],
        }

    def _ticket(self, number: int) -> dict[str, Any]:
        state = self.random.choice(("open", "awaiting_answer", "awaiting_communication", "communicated"))
        done, read = state in {"awaiting_communication", "communicated"}, state == "communicated"
        return {
            "id": number,
            "state": state,
            "kind": "question",
            "channel": self.random.choice(TICKET_CHANNELS),
            "caller_kind": "client",
            "surname": "Gómez",
            "phone": "4321-5678",
            "text": "No anda",
            "answer": "Ya está" if done else "",
            "answered_at": self._moment() - timedelta(days=self.random.choice((0, 0, 10))) if done else None,
            "answered_by": self._person() if done else None,
            "communicated_at": self._moment() if read else None,
            "communicated_by": self._person() if read else None,
            "communicated_to": "Ana" if read else "",
            "at": self._moment() - timedelta(days=self.random.choice((0, 0, 0, 2, 20, 400))),
            "created_by": self._person(),
            "key": uuid4(),
            "payload_hash": bytes(32),
        }

    def _call(self, number: int) -> dict[str, Any]:
        held = self.random.random() < 0.7
        return {
            "id": number,
            "direction": "inbound",
            "state": "held" if held else self.random.choice(("planned", "not_held")),
            "starts_at": self._moment(),
            "by": self._person(),
            "case_id": 1,
            "key": uuid4(),
            "payload_hash": bytes(32),
        }

    def counts(self, table: str, who: str, when: str, span: Span, **only: object) -> list[dict[str, Any]]:
        """Rows of a team between two days, both included, with these values."""
        return [
            row
            for row in self.rows[table]
            if row[when] is not None
            and span.first <= day(row[when]) <= span.last
            and self.in_team(row[who], span)
            and all(row[key] == value for key, value in only.items())
        ]

    def in_team(self, login: str | None, span: Span) -> bool:
        """Whether the span asks for him."""
        return span.team_id is None or (login is not None and self.teams.get(login) == span.team_id)

    def contacts(self, span: Span) -> list[dict[str, Any]]:
        """Those that count."""
        return self.counts("attempt", "by", "at", span, undone_at=None, counted=True)

    def taker(self, promise: dict[str, Any]) -> str:
        """Who took a promise."""
        return str(self.rows["attempt"][promise["attempt_id"] - 1]["by"])

    def promised(self, span: Span) -> Counter[tuple[date, str, str]]:
        """Due day, state and taker of the promises that were due; two days of grace."""
        due = Counter[tuple[date, str, str]]()
        for row in self.rows["promise"]:
            if row["state"] != "undone" and span.first <= row["due_date"] <= span.last:
                late = row["state"] == "pending" and row["due_date"] + timedelta(days=2) < self.world.today()
                due[row["due_date"], "broken" if late else row["state"], self.taker(row)] += 1
        return due

    def levels(self) -> Counter[tuple[str, int]]:
        """Open cases by list and level of their client: the last 168 hours, 1 2 3 4 5."""
        since = self.world.now() - timedelta(hours=168)
        weight = Counter[int]()
        for row in self.rows["attempt"]:
            if row["undone_at"] is None and row["counted"] and row["direction"] == "outbound" and row["at"] > since:
                weight[row["company_id"]] += WEIGHTS[row["channel"]]  # type: ignore[assignment]  # weights are halves
        opened = [row for row in self.rows["case"] if row["state"] == "open"]
        return Counter((row["list"], min(5, int(weight[row["company_id"]]))) for row in opened)


def day(at: datetime) -> date:
    """The day in Buenos Aires."""
    return at.astimezone(HERE).date()


def hour(at: datetime) -> int:
    """The hour in Buenos Aires."""
    return at.astimezone(HERE).hour
