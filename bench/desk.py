"""One workstation without its window: what an operator asks for, and what the window asks by itself when word comes."""

import heapq
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import uuid4

from iduo_desktop import __version__
from iduo_desktop.admin.demo_clients import WORDS
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.database.feed import Change, Feed
from iduo_desktop.services import (
    activities,
    agenda,
    calls,
    cases,
    policies,
    pressure,
    promises,
    promotions,
    search,
    staff,
    surveys,
    tickets,
)
from iduo_desktop.services.calls import Incoming
from iduo_desktop.services.tickets import NewTicket

# What the window does by itself, in seconds: ui/operations.py, ui/pace.py, ui/widgets/table_model.py, ui/cases,
# ui/tickets, ui/agenda/reminders.py, ui/talks.py, ui/one_place.py. They cannot be loaded here without Qt.
POLL, POLL_GAP, REST_SHARE = 2.0, 0.1, 20
TALKS, TALKS_GAP, AGAIN = 0.05, 2.0, 0.06
PLACES, TOP, WATCH, MANY = 20.0, 60.0, 30.0, 200
REMINDING: Final = {"call", "task", "case", "promise", "callback_rest", "contact", "pause", "route_activation"}
OF_THE_CASE: Final = {"case", "attempt", "promise", "survey_answer"}
OF_THE_CLIENT: Final = {"company", "company_phone", "company_email", "extension", "case_event"}
# What an operator does, again and again: a client is called, and somebody leaves a message.
ROUND: Final = ("page", "scroll", "next", "contact", "release", "search", "card", "call", "message", "tickets")
BY_ITSELF: Final = {"lines", "counts", "ticket counts", "reminders", "talks", "again", "places"}
LISTS: Final = ("delinquent", "suspended", "active")


@dataclass(slots=True)
class Slate:
    """What one process saw: milliseconds by kind, how many were refused, and when which case was taken."""

    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    trouble: Counter[str] = field(default_factory=Counter)
    taken: dict[int, float] = field(default_factory=dict)
    pace: float = 20.0


class Pace:
    """When to ask after word came: soon if it was quiet or one did something oneself, else after a rest."""

    def __init__(self, soon: float, rest: float) -> None:
        self._soon, self._rest, self._since = soon, rest, 0.0
        self.own = True

    def wait(self, *, unseen: bool = False) -> float:
        """So many seconds from now."""
        gone = 0.0 if unseen else time.monotonic() - self._since
        return self._soon if self.own else max(self._soon, self._rest - gone)

    def begin(self) -> None:
        """A question goes."""
        self.own, self._since = False, time.monotonic()


class Desk:
    """An open window: one thread asks, one after the other as the program does; another one has the feed."""

    def __init__(self, number: int, worker: Database, feed: Database, slate: Slate) -> None:
        self._chance = random.Random(number)
        self._worker, self._line, self._feed, self._slate = worker, feed, Feed(feed), slate
        self._list = LISTS[number % len(LISTS)]
        self._rows: tuple[cases.CaseRow, ...] = ()
        self._shown: cases.CaseCard | None = None
        self._mine: int | None = None
        self._call: int | None = None
        self._talking: pressure.Party | None = None
        self._talks_at = -TALKS_GAP
        self._lines, self._counts = Pace(0.1, 2.0), Pace(0.3, 10.0)
        self._ticket_counts, self._reminders = Pace(0.3, 10.0), Pace(0.3, 3.0)
        self._step = self._chance.randrange(len(ROUND))
        self._turn = 0
        self._changed: set[int | None] = set()
        self._due: list[tuple[float, int, str, Callable[[], object]]] = []
        self._planned: set[str] = set()
        self._alarm = threading.Condition()
        self._closed = False
        self._own = threading.Event()
        self._tells, self._told = number % 10 == 0, set[int]()

    def open(self) -> None:
        """Log in, and ask what a window asks when it opens."""
        begun = time.perf_counter()
        self._feed.poll()
        staff.me(self._worker, __version__)
        self._policy = next(
            each
            for each in policies.dispositions(self._worker)
            if not (each.promise or each.callback or each.do_not_contact)
        )
        cases.page(self._worker, "mine")
        cases.filter_choices(self._worker)
        tickets.desk(self._worker)
        self._count()
        self._count_tickets()
        self._remind()
        self._ask_talks()
        self._slate.spent["login"].append((time.perf_counter() - begun) * 1000)

    def work(self) -> None:
        """Ask what is due, until closed."""
        self._plan("action", self._chance.random() * self._slate.pace, self._act)
        self._repeat("places", PLACES, self._look_for_places)
        self._repeat("top", TOP, self._reload)
        self._repeat("watch", WATCH, self._watch)
        self._repeat("talk", TOP, self._talk)
        while (found := self._next()) is not None:
            due, name, ask = found
            try:
                ask()
            except UserError as error:
                self._slate.trouble[f"{name}: {error}"] += 1
            except OperationError as error:
                self._slate.trouble[type(error).__name__] += 1
            if name == "action":
                self._plan("action", self._think(), self._act)
            if name in BY_ITSELF:
                self._slate.spent["by itself"].append((time.monotonic() - due) * 1000)
            else:  # one's own changes are looked for at once
                for pace in (self._lines, self._counts, self._ticket_counts, self._reminders):
                    pace.own = True
                self._own.set()
                self._feed.wake()

    def listen(self) -> None:
        """Ask the feed every two seconds, when woken, and after each of one's own questions."""
        while not self._closed:
            asked = time.monotonic()
            try:
                changes = self._feed.poll()
            except OperationError:
                self._slate.trouble["feed"] += 1
                time.sleep(1.0)
                continue
            took = time.monotonic() - asked
            self._slate.spent["feed"].append(took * 1000)
            self._own.clear()
            self._hear(changes)
            if self._feed.wait(POLL):
                self._own.wait(max(0.0, asked + min(REST_SHARE * took, POLL) - time.monotonic()))
            time.sleep(max(0.0, asked + POLL_GAP - time.monotonic()))

    def close(self) -> None:
        """Go home."""
        with self._alarm:
            self._closed = True
            self._alarm.notify()
        self._feed.close()
        self._worker.close()

    def _think(self) -> float:
        pace = self._slate.pace
        return min(max(self._chance.expovariate(1 / pace), pace / 10), 4 * pace)

    def _plan(self, name: str, seconds: float, ask: Callable[[], object]) -> None:
        """Once, however often it is asked for until then."""
        with self._alarm:
            if name not in self._planned:
                self._planned.add(name)
                self._turn += 1
                heapq.heappush(self._due, (time.monotonic() + seconds, self._turn, name, ask))
                self._alarm.notify()

    def _repeat(self, name: str, every: float, ask: Callable[[], object]) -> None:
        def again() -> None:
            self._plan(name, every, again)
            ask()

        self._plan(name, self._chance.random() * every, again)

    def _next(self) -> tuple[float, str, Callable[[], object]] | None:
        with self._alarm:
            while not self._closed:
                wait = self._due[0][0] - time.monotonic() if self._due else POLL
                if wait <= 0:
                    due, _, name, ask = heapq.heappop(self._due)
                    self._planned.discard(name)
                    return due, name, ask
                self._alarm.wait(wait)
        return None

    def _hear(self, changes: Iterable[Change]) -> None:
        now = time.monotonic()
        for table, row in changes:
            if self._tells and table == "case" and row in self._slate.taken and row not in self._told:
                self._told.add(row)
                self._slate.spent["told"].append((now - self._slate.taken[row]) * 1000)
            if table == "case":
                self._changed.add(row)
                unseen = all(known.id != row for known in self._rows)
                self._plan("lines", self._lines.wait(unseen=unseen), self._ask_lines)
                self._plan("counts", self._counts.wait(), self._count)
            if table in REMINDING:
                self._plan("reminders", self._reminders.wait(), self._remind)
            if table == "ticket":
                self._plan("ticket counts", self._ticket_counts.wait(), self._count_tickets)
            elif table == "talk":
                self._plan("talks", max(TALKS, self._talks_at + TALKS_GAP - now), self._ask_talks)
            shown = self._shown
            if shown is not None and (
                (table in OF_THE_CASE and row in {shown.id, None})
                or (table in OF_THE_CLIENT and row in {shown.company_id, None})
            ):
                self._plan("again", AGAIN, partial(self._read, shown.id))

    # By itself

    def _ask_lines(self) -> None:
        changed, self._changed = self._changed, set()
        ids = tuple(sorted(row for row in changed if row is not None))
        if None in changed or len(ids) > MANY:
            self._reload()
        else:
            self._lines.begin()
            cases.page(self._worker, self._list, only=ids)

    def _reload(self) -> None:
        cases.page(self._worker, self._list)

    def _count(self) -> None:
        self._counts.begin()
        cases.counts(self._worker)

    def _count_tickets(self) -> None:
        self._ticket_counts.begin()
        tickets.counts(self._worker)

    def _remind(self) -> None:
        self._reminders.begin()
        counts = agenda.counts(self._worker)
        if counts.ringing:
            agenda.ringing(self._worker)
        if counts.routes:
            agenda.activations(self._worker)

    def _ask_talks(self) -> None:
        self._talks_at = time.monotonic()
        pressure.talks(self._worker)

    def _look_for_places(self) -> None:
        staff.sessions(self._worker)

    def _watch(self) -> None:
        if self._shown is not None:
            cases.watch(self._worker, self._shown.id, True)

    def _talk(self) -> None:
        if self._talking is not None:
            pressure.begin_talk(self._worker, self._talking, "call")

    def _read(self, case: int) -> None:
        """What the panel of a case asks."""
        shown = cases.card(self._worker, case)
        self._shown = shown
        cases.timeline(self._worker, shown.company_id, None, 50, shown.contact_id)
        if not shown.closed:
            surveys.surveys(self._worker, case)
            promotions.of_case(self._worker, case)
            promises.promises(self._worker, case)
            promises.extensions(self._worker, case)
            for channel in ("call", "whatsapp", "email", "sms"):
                pressure.pressure(self._worker, self._party(shown), channel)

    @staticmethod
    def _party(shown: cases.CaseCard) -> pressure.Party:
        phones = [phone for phone in shown.phones if phone.valid]
        return pressure.Party(shown.company_id, shown.contact_id, (phones[0].e164 or "") if phones else "")

    # What the operator does

    def _act(self) -> None:
        self._step = (self._step + 1) % len(ROUND)
        name = ROUND[self._step]
        begun = time.monotonic()
        getattr(self, f"_do_{name}")()
        self._slate.spent[name].append((time.monotonic() - begun) * 1000)
        self._slate.spent["question"].append((time.monotonic() - begun) * 1000)

    def _do_page(self) -> None:
        self._list = self._chance.choice(LISTS)
        self._rows = cases.page(self._worker, self._list)

    def _do_scroll(self) -> None:
        after = self._rows[-1].position if self._rows else None
        self._rows = cases.page(self._worker, self._list, after=after) or self._rows

    def _do_card(self) -> None:
        if self._rows:
            chosen = self._chance.choice(self._rows).id
            cases.watch(self._worker, chosen, True)
            self._read(chosen)

    def _do_next(self) -> None:
        found = cases.take_next(self._worker, self._list, cases.CaseFilter(), uuid4())
        if found is not None:
            self._slate.taken[found.case_id] = time.monotonic()
            self._mine = found.case_id
            self._read(found.case_id)
            cases.watch(self._worker, found.case_id, True)

    def _do_contact(self) -> None:
        if self._mine is None or self._shown is None or self._shown.id != self._mine:
            return
        self._talking = self._party(self._shown)
        pressure.begin_talk(self._worker, self._talking, "call")
        attempt = activities.Attempt(
            "call", self._policy.id, "No atiende nadie.", override_reason="Lo pidió el cliente"
        )
        activities.log_attempt(self._worker, self._mine, attempt, uuid4())

    def _do_release(self) -> None:
        if self._talking is not None:
            self._talking = None
            pressure.end_talk(self._worker)
        if self._mine is not None:
            case, self._mine = self._mine, None
            cases.release(self._worker, case, uuid4())

    def _do_search(self) -> None:
        """As it is typed: asked again at each rest of the fingers."""
        typed = self._typed()
        for length in sorted({min(3, len(typed)), min(5, len(typed)), len(typed)}):
            search.everything(self._worker, typed[:length])

    def _typed(self) -> str:
        kind = self._chance.randrange(4)
        number = self._chance.randrange(1, 1_000_000)
        if kind == 0:
            return str(100_000 + number)
        if kind == 1:
            return str(5_200_000 + number * 7919 % 41_700_000)
        surname = self._chance.choice(WORDS["surnames"])
        return surname if kind == 2 else f"{surname} {self._chance.choice(WORDS['women'])[:4]}"

    def _do_call(self) -> None:
        key = f"341{self._chance.randrange(10**7):07}"
        self._call = calls.receive(self._worker, Incoming(key, f"+549{key}", key), uuid4()).id

    def _do_message(self) -> None:
        key = f"341{self._chance.randrange(10**7):07}"
        text = f"Sin internet desde ayer, reclamo {self._chance.randrange(10**6)}."
        tickets.similar(self._worker, None, None, "", key, text)
        new = NewTicket("phone", "client", text, 1, surname="Pérez", phone=key, phone_key=key, call_id=self._call)
        tickets.create(self._worker, new, uuid4())
        if self._call is not None:
            call, self._call = self._call, None
            calls.end(self._worker, call, "message", "", uuid4())

    def _do_tickets(self) -> None:
        rows = tickets.page(self._worker, "awaiting_communication") or tickets.page(self._worker, "open")
        if rows:
            tickets.card(self._worker, self._chance.choice(rows).id)
