"""A month of work of the demo's call centre, told shift by shift up to now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from itertools import accumulate
from random import Random

from iduo_desktop.admin.demo_cases import HERE, Case, Desk, at_hour
from iduo_desktop.admin.demo_clients import WORDS, Client

DAYS = 31
FIRST_LIST, SECOND_LIST = 32, 2  # days ago
MINUTES_A_CASE = 13.0
# How eagerly each list is worked.
EAGERNESS = {"delinquent": 1.0, "suspended": 0.75, "withdrawn": 0.3, "active": 0.22}
WEIGHTS = {"call": 1.0, "whatsapp": 1.0, "chat": 1.0, "email": 0.5, "sms": 0.5}
PAUSED = 5.0
RESULTS = {
    "debtor": {
        "No contesta": 38,
        "Ocupado": 8,
        "Promete pago": 15,
        "Pagó": 3,
        "Volver a llamar": 12,
        "Mensaje dejado": 9,
        "Habló, sin acuerdo": 9,
        "Número equivocado": 4,
        "Pide que no lo contacten": 1,
    },
    "quiet": {
        "No contesta": 40,
        "Ocupado": 6,
        "Volver a llamar": 12,
        "Mensaje dejado": 12,
        "Habló, sin acuerdo": 28,
        "Número equivocado": 2,
    },
}
WRITTEN = {
    "debtor": {"Mensaje dejado": 80, "Promete pago": 12, "Habló, sin acuerdo": 8},
    "quiet": {"Mensaje dejado": 85, "Habló, sin acuerdo": 15},
}
# What the person of the demo has in hand, by the result of the last contact.
IN_HAND = (
    *("Volver a llamar", "Promete pago", "No contesta", "Volver a llamar", "Mensaje dejado"),
    *("Promete pago", "Ocupado", "No contesta", "Habló, sin acuerdo"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here."""

    login: str
    full_name: str
    role: str


@dataclass(slots=True)
class Month:
    """What is going on while the month is told."""

    chance: Random
    now: datetime
    people: Sequence[Person]
    options: dict[tuple[str, str], str]
    desk: Desk = field(default_factory=Desk)
    pressure: dict[int, list[tuple[datetime, float]]] = field(default_factory=dict)
    due: list[tuple[datetime, int, datetime, Case]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    fresh: list[Case] = field(default_factory=list)
    promised: set[int] = field(default_factory=set)

    def tell(self, clients: Sequence[Client]) -> Desk:
        """Bring the clients in, work through all shifts, and leave everybody with something in his hands."""
        self._bring_in(clients)
        for at, person in sorted(self._moments(), key=lambda moment: moment[0]):
            if person.role == "coordinator" and self.chance.random() < 0.8:
                self._supervise(at, person)
            else:
                self._work(at, person)
        self._leave_in_hand()
        self.desk.number()
        return self.desk

    def _bring_in(self, clients: Sequence[Client]) -> None:
        by = next(
            person.login for person in self.people if person.role == "coordinator" and person.login != "coordinador"
        )
        for client in clients:
            late = self.chance.random() < 0.04
            case = self.desk.open(
                client, client.status, _workday(self.now, SECOND_LIST if late else FIRST_LIST, 8, 40), by
            )
            heat = self.chance.choices((0.3, 1.0, 4.0, 14.0), (20, 43, 25, 12))[0]
            self.weights.append(heat * EAGERNESS[client.status] * (0.1 if late else 1.0))
            if client.debt and not late and client.status != "active":
                self.fresh.append(case)
        self.weights = [*accumulate(self.weights)]
        self.chance.shuffle(self.fresh)

    def _moments(self) -> Iterator[tuple[datetime, Person]]:
        """When each of them finishes with one case and turns to the next."""
        workers = [person for person in self.people if person.role in ("operator", "coordinator")]
        for ago in range(DAYS, -1, -1):
            day = (self.now - timedelta(days=ago)).date()
            for turn, person in enumerate(workers):
                for begins, ends in _shifts(day, turn, self.chance):
                    yield from (
                        (at, person)
                        for at in self._cases_from(begins, min(ends, self.now - timedelta(minutes=8)), person)
                    )

    def _cases_from(self, begins: datetime, ends: datetime, person: Person) -> Iterator[datetime]:
        pace = MINUTES_A_CASE * (5 if person.role == "coordinator" else 1)
        at = begins + timedelta(minutes=self.chance.expovariate(1 / pace))
        while at < ends:
            yield at.replace(microsecond=0)
            at += timedelta(minutes=4 + self.chance.expovariate(1 / (pace - 4)))

    def _work(self, at: datetime, person: Person) -> None:
        due = self._due_case(at, person)
        case = due or self._free_case(at)
        if case is None:
            return
        if case.assigned_to is None:
            self.desk.take(case, at, person.login)
        paid = due and case.id in self.promised and self.chance.random() < 0.45
        self._talk(case, at + timedelta(minutes=self.chance.uniform(1, 3)), person.login, "Pagó" if paid else "")
        self._decide(case, at + timedelta(minutes=3.5), person.login)

    def _due_case(self, at: datetime, person: Person) -> Case | None:
        """A callback or promise whose time has come; those of others wait for them."""
        if not self.due or self.due[0][0] > at or self.chance.random() < 0.3:
            return None
        _, _, again, case = heappop(self.due)
        if case.state == "closed" or case.next_action_at != again:
            return None
        if case.assigned_to not in (None, person.login) or case.busy_until > at:
            heappush(self.due, (at + timedelta(hours=1), case.id, again, case))
            return None
        return case

    def _free_case(self, at: datetime) -> Case | None:
        """Some free case that is not on pause; one that lay untouched goes back to its list on the way."""
        while self.fresh and self.chance.random() < 0.6:
            case = self.fresh.pop()
            if not case.attempts and case.free_at(at):
                return case
        for case in self.chance.choices(self.desk.cases[: len(self.weights)], cum_weights=self.weights, k=10):
            if case.lapsed_at(at):
                self.desk.give_back(case, at, self._somebody("operator").login, self._name(case.assigned_to))
            elif case.free_at(at) and self._level(case, at) < PAUSED:
                return case
        return None

    def _talk(self, case: Case, at: datetime, by: str, result: str = "", again: datetime | None = None) -> None:
        """One contact; sometimes the client came himself, sometimes it was taken back."""
        chance = self.chance
        channel, address = self._way(case)
        inbound = channel == "call" and not result and chance.random() < 0.07
        kind = "quiet" if case.client.debt == 0 else "debtor"
        table = RESULTS[kind] if channel == "call" else WRITTEN[kind]
        if not result:
            result = chance.choices([*table], [*table.values()])[0] if not inbound else "Habló, sin acuerdo"
        override = chance.choice(WORDS["overrides"]) if self._level(case, at) >= PAUSED and not inbound else ""
        note = chance.choice(WORDS["notes"]["quiet" if kind == "quiet" and result == "Habló, sin acuerdo" else result])
        promise = self._promise(case, at) if result == "Promete pago" else None
        again = again or (self._callback(at) if result == "Volver a llamar" else None)
        (self.promised.add if promise else self.promised.discard)(case.id)
        undone = not inbound and chance.random() < 0.004
        contact = (channel, "inbound" if inbound else "outbound", address, result, note)
        self.desk.contact(
            case, at.replace(microsecond=0), by, contact, again=again, promise=promise, override=override, undone=undone
        )
        if not inbound and not undone:
            self.pressure.setdefault(case.client.id, []).append((at, WEIGHTS[channel]))
        self._remember(case)

    def _remember(self, case: Case) -> None:
        """When its time comes somebody turns to it, but of the last days some are still to do."""
        again = case.next_action_at
        if again and (self.now - again > timedelta(days=4) or self.chance.random() < 0.7):
            heappush(self.due, (again, case.id, again, case))

    def _way(self, case: Case) -> tuple[str, str]:
        """Channel and number or address."""
        client = case.client
        numbers = [phone.e164 for phone in client.phones if phone.e164]
        mobiles = [phone.e164 for phone in client.phones if phone.e164 and phone.kind == "mobile"]
        channel = self.chance.choices(("call", "whatsapp", "email", "sms"), (68, 16, 11, 5))[0]
        if channel == "email" and client.emails:
            return channel, client.emails[0]
        if channel in ("whatsapp", "sms") and mobiles:
            return channel, mobiles[0]
        return "call", self.chance.choice(numbers) if numbers else ""

    def _promise(self, case: Case, at: datetime) -> tuple[Decimal, date]:
        debt = case.client.debt or Decimal(15000)
        part = self.chance.choice((Decimal(1), Decimal(1), Decimal("0.5")))
        return (debt * part).quantize(Decimal("0.01")), at.date() + timedelta(days=self.chance.randint(1, 9))

    def _callback(self, at: datetime) -> datetime:
        """Later today, or one of the next working days, at a round time."""
        if at.hour < 15 and self.chance.random() < 0.35:
            return at_hour(at.date(), self.chance.randint(at.hour + 1, 17), self.chance.choice((0, 15, 30, 45)))
        day = at.date() + timedelta(days=self.chance.choice((1, 1, 1, 2, 3, 4)))
        day += timedelta(days=1 if day.weekday() == 6 else 0)
        return at_hour(
            day, self.chance.randint(9, 12 if day.weekday() == 5 else 17), self.chance.choice((0, 15, 30, 45))
        )

    def _decide(self, case: Case, at: datetime, by: str) -> None:
        """What becomes of the case after the contact."""
        at = at.replace(microsecond=0)
        result = self.desk.contacts[-1].result
        luck = self.chance.random()
        if result == "Pagó" and luck < 0.9:
            self._close(case, at, by, "paid")
        elif result in ("Habló, sin acuerdo", "Número equivocado", "Pide que no lo contacten") and luck < 0.2:
            self._close(case, at, by, self._reason(case, result))
        elif luck > 0.985:
            self._move(case, at, by)
        elif result in ("Volver a llamar", "Promete pago") and luck < 0.5 and self._in_hand(by) < 14:
            case.busy_until = at  # he keeps it, to call back himself
        else:
            self.desk.release(case, at, by)

    def _reason(self, case: Case, result: str) -> str:
        if result == "Número equivocado":
            return "unreachable"
        if case.list == "withdrawn":
            return self.chance.choice(("returned", "declined", "declined"))
        if case.client.debt == 0:
            return self.chance.choice(("kept", "kept", "moved_away", "other"))
        return self.chance.choice(("payment_plan", "payment_plan", "payment_plan", "declined", "other"))

    def _close(self, case: Case, at: datetime, by: str, reason: str) -> None:
        contact_reason, status, texts = WORDS["closings"][reason]
        values = {
            "reason": reason,
            "contact_reason": contact_reason,
            "status": status,
            "description": self.chance.choice(texts),
        }
        if self.chance.random() < 0.2:
            values["best_time"] = self.chance.choice(WORDS["best_times"])
            values["preferred_channel"] = self.chance.choice(("call", "whatsapp", "email"))
        if self.chance.random() < 0.12:
            values["next_date"] = str(at.date() + timedelta(days=self.chance.randint(20, 90)))
        self.desk.close(case, at, by, values, (self.options["reason", reason], self.options["status", status]))

    def _move(self, case: Case, at: datetime, by: str) -> None:
        """Mostly to the suspended, waiting for something until a day; then nobody holds it."""
        chosen = [
            move
            for move in WORDS["moves"]
            if move[0] != case.list and (move[0] == "suspended" or self.chance.random() < 0.12)
        ]
        if case.client.debt == 0 or not chosen:
            self.desk.release(case, at, by)
            return
        to, reason = self.chance.choice(chosen)
        until = at.date() + timedelta(days=self.chance.randint(3, 16)) if to == "suspended" else None
        self.desk.move(case, at, by, to, reason, until)
        self._remember(case)
        self.desk.release(case, at + timedelta(seconds=20), by)

    def _supervise(self, at: datetime, person: Person) -> None:
        """Coordinators reopen, take over, and make cases by hand."""
        luck = self.chance.random()
        if luck < 0.09:
            closed = [
                case
                for case in self.desk.cases
                if case.closed_at and timedelta(hours=3) < at - case.closed_at < timedelta(days=6)
            ]
            if closed:
                self.desk.reopen(self.chance.choice(closed), at, person.login, self.chance.choice(WORDS["reopenings"]))
        elif luck < 0.14:
            held = [case for case in self._held() if case.assigned_to != person.login and case.busy_until < at]
            if held:
                case = self.chance.choice(held)
                reason = f"lo tenía {self._name(case.assigned_to)}: {self.chance.choice(WORDS['take_overs'])}"
                self.desk.take(case, at, person.login, reason)
                self._talk(case, at + timedelta(minutes=2), person.login)
                self._decide(case, at + timedelta(minutes=4), person.login)
        elif luck < 0.24:
            client = self.chance.choice(self.desk.cases).client
            self.desk.open(client, client.status, at, person.login, self.chance.choice(WORDS["subjects"]))

    def _leave_in_hand(self) -> None:
        """At the end nobody holds what would lapse at once, and `operador` has work in every state."""
        last = max(event.at for event in self.desk.events)
        for case in self._held():
            if self.now - case.touched_at > timedelta(hours=46):
                self.desk.release(case, last, case.assigned_to or "")
        held = [case for case in self._held() if case.assigned_to == "operador"]
        for case in held[len(IN_HAND) :]:
            self.desk.release(case, last, "operador")
        missing = list(IN_HAND[len(held) :])
        while missing:
            at = last - timedelta(minutes=9 * len(missing))
            free = self._free_case(at)
            if free is not None and free.client.debt and free.client.phones:
                self.desk.take(free, at, "operador")
                # the first to be called back is due already
                due = last - timedelta(minutes=last.minute % 5, seconds=last.second) if len(missing) == 1 else None
                self._talk(free, at + timedelta(minutes=2), "operador", missing.pop(), due)

    def _held(self) -> list[Case]:
        return [case for case in self.desk.cases if case.assigned_to and case.state == "open"]

    def _level(self, case: Case, at: datetime) -> float:
        """The weighed contacts of the last seven days."""
        since = at - timedelta(days=7)
        return sum(weight for then, weight in self.pressure.get(case.client.id, ()) if then > since)

    def _in_hand(self, login: str) -> int:
        return sum(case.assigned_to == login for case in self._held())

    def _somebody(self, role: str) -> Person:
        return self.chance.choice([person for person in self.people if person.role == role])

    def _name(self, login: str | None) -> str:
        return next(person.full_name for person in self.people if person.login == login)


def _workday(now: datetime, days: int, hour: int, minute: int) -> datetime:
    """That many days ago, or on the Friday before if that was a weekend."""
    day = now.astimezone(HERE).date() - timedelta(days=days)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return at_hour(day, hour, minute)


def _shifts(day: date, turn: int, chance: Random) -> Iterator[tuple[datetime, datetime]]:
    """Mornings or afternoons on working days, some on Saturday morning; now and then somebody is away."""
    if day.weekday() == 6 or chance.random() < 0.05 or (day.weekday() == 5 and turn % 3):
        return
    if day.weekday() == 5:
        yield at_hour(day, 9), at_hour(day, 13)
    elif turn % 2:
        yield at_hour(day, 9), at_hour(day, 15)
    else:
        yield at_hour(day, 12), at_hour(day, 18)
