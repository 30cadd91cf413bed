"""Cases: five people take, work on, pass on and close them in turns; lists and histories are the model's."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from iduo_desktop.services import activities, cases, policies, supervision
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.cases import CaseFilter
from tests.models.base import ANY, NOT_ALLOWED, Machine
from tests.models.case_model import LABELS, LIMIT, LISTS, RISKS, WORKERS, Case, Cases, Step, morning, today

CLOSING = {"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó."}
WHO = st.sampled_from(["ana", "ana", "juan", "juan", "marta", "eva", "rosa"])


class CaseMachine(Machine):
    """All that can be done with cases."""

    SAME = ("event", "case_id", "moved", "stayed")

    def __init__(self) -> None:
        super().__init__()
        self.model = Cases()
        self.given: list[tuple[UUID, str, list[int]]] = []
        self.given_back: set[UUID] = set()
        self.results = {one.label: one.id for one in policies.dispositions(self.place.desks["ana"])}
        self.touched: int | None = None
        self.most = LIMIT
        world = self.place.world
        world.set_setting("open_cases_limit", LIMIT)
        client = world.company()
        for number in range(5):
            name, company = LISTS[number % 2 + 1], client if number < 2 else world.company()
            state = {"state": "closed"} if number == 1 else {}
            made = world.case(name, company, collection=number < 2, **state)
            case = Case(made, company, name, number < 2)
            case.state = "closed" if number == 1 else "open"
            self.model.cases[made] = case

    def _pick(self, number: int) -> tuple[Case, Case]:
        """One of the cases, and how it is now."""
        found = list(self.model.cases.values())[number % len(self.model.cases)]
        self.touched = found.id
        return found, copy.copy(found)

    def _move(self, who: str, kind: str, pick: int, why: str, command: Callable[..., Any], **change: object) -> None:
        """A command on a case, and what it changes."""
        case, before = self._pick(pick)
        outside = who not in WORKERS
        done = self.do(who, partial(command, case_id=case.id, key=uuid4()), NOT_ALLOWED if outside else why)
        if done:
            assert (done.case_id, done.replayed) == (case.id, False) or self.place.cutter
            for name, value in change.items():
                setattr(case, name, value)
            self.model.step(done.event, kind, who, case, before)

    @rule(who=WHO, pick=ANY)
    def take(self, who: str, pick: int) -> None:
        """A free one."""
        case, _ = self._pick(pick)
        self._move(who, "taken", pick, self.model.not_taken(who, case), cases.take, holder=who, lapsed=False)

    @rule(who=WHO, pick=ANY, reason=st.sampled_from(["me lo pidió", "me lo pidió", " "]))
    def take_over(self, who: str, pick: int, reason: str) -> None:
        """Somebody else's, for a reason."""
        case, _ = self._pick(pick)
        why = NOT_ALLOWED if who != "marta" else "Escribí por qué" if reason == " " else self.model.full(who)
        if not why:
            why = self.model.not_taken(who, self._without_holder(case, who))
        command = partial(cases.take_over, reason=reason)
        self._move(who, "taken_over", pick, why, command, holder=who, lapsed=False)

    @staticmethod
    def _without_holder(case: Case, who: str) -> Case:
        """As if nobody else had it."""
        seen = copy.copy(case)
        seen.holder = case.holder if case.holder == who else None
        return seen

    @rule(who=WHO, pick=ANY)
    def release(self, who: str, pick: int) -> None:
        """Back to its list."""
        case, _ = self._pick(pick)
        self._move(who, "released", pick, self.model.not_own(who, case, False), cases.release, holder=None)

    @rule(who=st.sampled_from(["ana", "juan", "marta"]), list=st.sampled_from(LISTS[1:3]))
    def next(self, who: str, list: str) -> None:
        """F8."""
        expected, callback, why = self.model.next(who, list)
        before = {case.id: copy.copy(case) for case in self.model.cases.values()}
        command = partial(cases.take_next, list=list, filter=CaseFilter(), key=uuid4())
        found = self.do(who, command, why)
        if callback or not expected:
            self.past = [past for past in self.past if past.command is not command]
        assert (found and found.case_id) == expected
        if why or callback:
            assert not found or (found.callback and found.event is None)
            return
        for case in self.model.of(list, who):
            if case.holder and case.lapsed:
                self._returned(case, before[case.id])
        if found:
            case = self.model.cases[found.case_id]
            now = copy.copy(case)
            case.holder, case.lapsed = who, False
            self.model.step(found.event, "taken", who, case, now)

    def _returned(self, case: Case, before: Case) -> None:
        """It went back by itself; its event is the newest of the case that is not known."""
        case.holder = None
        seen = self.see("marta", partial(cases.timeline, company_id=case.company))
        known = self.model.steps
        event = next(e for e in reversed(seen) if (e.kind, e.case_id) == ("returned", case.id) and e.id not in known)
        self.model.step(event.id, "returned", self.place.name_of(event.by) or "", case, before)

    @rule(who=WHO, pick=ANY, to=st.sampled_from(LISTS), days=st.sampled_from([None, 0, 1, 30, -1, 400]))
    def move(self, who: str, pick: int, to: str, days: int | None) -> None:
        """To another list, for a while or for good."""
        case, _ = self._pick(pick)
        until = None if days is None else today() + timedelta(days=days)
        why = self.model.not_own(who, case, True)
        if not why and case.list == to:
            why = f"Ya está en «{LABELS[to]}»."
        elif not why and days in (-1, 400):
            why = "Esa fecha ya pasó." if days == -1 else "Como mucho dentro de un año."
        command = partial(cases.move, to=to, reason="lo pidió", until=until)
        self._move(who, "moved", pick, why, command, list=to, due=morning(until) if until else case.due, lapsed=False)

    @rule(
        who=WHO,
        pick=ANY,
        result=st.sampled_from(["Ocupado", "Habló, sin acuerdo", "Promete pago", "Volver a llamar", "Volver a llamar"]),
        channel=st.sampled_from(["call", "whatsapp", "email", "sms", "chat"]),
        wait=st.sampled_from([-30, -30, 7200, -600]),
    )
    def contact(self, who: str, pick: int, result: str, channel: str, wait: int) -> None:
        """Somebody was spoken to, or not."""
        case, _ = self._pick(pick)
        now = datetime.now(UTC)
        back = now + timedelta(seconds=wait) if result == "Volver a llamar" else None
        day = today() + timedelta(days=3) if result == "Promete pago" else None
        why = "Esa hora ya pasó." if back and wait == -600 else self.model.not_own(who, case, True)
        attempt = Attempt(
            *(channel, self.results[result], "nota", "outbound", ""),
            *(Decimal(100) if day else None, day, back, "lo pidió"),
        )
        due = back or (morning(day + timedelta(days=1)) if day else case.due if case.due and case.due > now else None)
        self.model.turns += 1
        counts = case.channels | {channel: case.channels.get(channel, 0) + 1}
        command = partial(activities.log_attempt, attempt=attempt)
        change = {
            "due": due,
            "turn": self.model.turns,
            "attempts": case.attempts + 1,
            "channels": counts,
            "lapsed": False,
        }
        self._move(who, "attempt", pick, why, command, **change)

    @rule(
        who=WHO, pick=ANY, missing=st.sampled_from([None, None, None, "status"]), days=st.sampled_from([None, None, 5])
    )
    def close(self, who: str, pick: int, missing: str | None, days: int | None) -> None:
        """With its form, which may ask for a next contact."""
        case, _ = self._pick(pick)
        later = {"next_date": str(today() + timedelta(days=days))} if days else {}
        values = {name: value for name, value in (CLOSING | later).items() if name != missing}
        why = self.model.not_own(who, case, False) or ("Estatus" if missing else "")
        due = morning(today() + timedelta(days=days)) if days else None
        self.model.turns += 1
        command = partial(cases.close, form_version=1, values=json.dumps(values))
        self._move(who, "closed", pick, why, command, state="closed", due=due, closed=self.model.turns)

    @rule(who=WHO, pick=ANY)
    def reopen(self, who: str, pick: int) -> None:
        """Back to its list, by a coordinator."""
        case, _ = self._pick(pick)
        why = "" if who == "marta" else NOT_ALLOWED
        if not why and case.state == "open":
            why = "El caso ya está abierto."
        elif not why and self.model.conflict(case):
            why = "El cliente ya tiene otro caso abierto"
        command = partial(cases.reopen, reason="volvió")
        self._move(who, "reopened", pick, why, command, state="open", holder=None, closed=0)

    @rule(who=WHO, pick=ANY, risk=st.sampled_from(RISKS), reason=st.sampled_from(["se calmó", ""]))
    def rate(self, who: str, pick: int, risk: str, reason: str) -> None:
        """How dangerous it is; only a coordinator says that it is less so."""
        case, _ = self._pick(pick)
        lower = RISKS.index(risk) < RISKS.index(case.risk)
        why = self.model.not_own(who, case, True) or ("Ya está así." if risk == case.risk else "")
        if not why and lower and who != "marta":
            why = "Solo un coordinador baja un riesgo."
        elif not why and lower and not reason:
            why = "Escribí por qué baja el riesgo."
        command = partial(cases.rate, priority="normal", risk=risk, reason=reason)
        self._move(who, "rated", pick, why, command, risk=risk, lapsed=False)

    @precondition(lambda self: len(self.model.cases) < 9)
    @rule(who=WHO, pick=ANY, list=st.sampled_from([*LISTS[1:3], "nowhere"]), own=st.booleans())
    def open(self, who: str, pick: int, list: str, own: bool) -> None:
        """A new one, of a client that is known."""
        client = self._pick(pick)[0].company
        why = NOT_ALLOWED if who not in WORKERS else (own and self.model.full(who)) or ""
        if not why and list == "nowhere":
            why = "Elegí en qué lista va."
        command = partial(cases.create, company_id=client, subject="otro", list=list, take=own, key=uuid4())
        if done := self.do(who, command, why):
            case = Case(done.case_id, client, list, holder=who if own else None, version=0)
            self.model.cases[case.id] = case
            self.model.step(done.event, "created", who, case, copy.copy(case))

    @rule(
        who=st.sampled_from(["marta", "marta", "ana"]),
        picks=st.lists(ANY, min_size=1, max_size=4),
        to=st.sampled_from(["ana", "juan", "marta", None, "eva"]),
    )
    def reassign(self, who: str, picks: list[int], to: str | None) -> None:
        """Several to somebody with room, or back to their lists."""
        ids = [*dict.fromkeys(self._pick(pick)[0].id for pick in picks)]
        key, login = uuid4(), self.place.logins[to] if to else None
        why = NOT_ALLOWED if who != "marta" else "Elegí a una persona activa" if to == "eva" else ""
        done = self.do(who, partial(supervision.reassign, case_ids=tuple(ids), to=login, reason="falta", key=key), why)
        if not done:
            return
        room = LIMIT - len(self.model.held(to)) if to else len(ids)
        going = [c for c in map(self.model.cases.__getitem__, ids) if c.state == "open" and c.holder != to][:room]
        assert (done.moved, done.stayed) == (len(going), len(ids) - len(going)), done.left
        for case in going:
            before = copy.copy(case)
            case.holder, case.lapsed = to, False
            self.model.step(self._newest(case, "handed_over"), "handed_over", who, case, before)
        self.given.append((key, who, [max(s.id for s in self.model.steps.values() if s.case == c.id) for c in going]))

    def _newest(self, case: Case, kind: str) -> int:
        """The event that a command left which does not say so."""
        seen = self.see("marta", partial(cases.timeline, company_id=case.company))
        return next(e.id for e in seen if e.kind == kind and e.case_id == case.id)

    @precondition(lambda self: self.given)
    @rule(who=st.sampled_from(["marta", "marta", "ana"]), pick=ANY)
    def undo_reassign(self, who: str, pick: int) -> None:
        """Those that nobody touched since go back to whoever had them: he is as full as he was."""
        key, by, events = self.given[pick % len(self.given)]
        why = NOT_ALLOWED if who != "marta" else ""
        done = self.do(who, partial(supervision.undo_reassign, key=key), why)
        if done and key not in self.given_back:
            self.given_back.add(key)
            back = 0
            for step in sorted(map(self.model.steps.__getitem__, events), key=lambda s: s.id):
                case = self.model.cases[step.case]
                if not step.undone and case.version == step.version:
                    case.holder, case.lapsed, case.version = step.before.holder, step.before.lapsed, case.version + 1
                    step.undone, back = True, back + 1
            assert (done.moved, done.stayed) == (back, len(events) - back), by
            self.most = max(LIMIT, *(len(self.model.held(who)) for who in WORKERS))

    @precondition(lambda self: self.model.steps)
    @rule(who=st.sampled_from(["its own", "its own", "its own", "ana", "marta"]), pick=ANY)
    def undo(self, who: str, pick: int) -> None:
        """One's own last move: most often the newest."""
        step = self._step(pick)
        self.touched = step.case
        who = step.by if who == "its own" else who
        if self.do(who, partial(cases.undo, event=step.id), self.model.not_undone(who, step)) and not step.undone:
            self.model.undo(step)

    def _step(self, pick: int) -> Step:
        """One of the last steps, the newest twice as often."""
        steps = [*self.model.steps.values()][-8:]
        return steps[-1 - (pick // 2) % len(steps)]

    @precondition(lambda self: self.model.steps)
    @rule(pick=ANY)
    def wait(self, pick: int) -> None:
        """Five minutes pass, for one step."""
        step = self._step(pick)
        self.place.world.age("case_event", step.id, "at", minutes=6)
        step.old = True

    @rule(pick=ANY)
    def lapse(self, pick: int) -> None:
        """Nobody touches it for two days."""
        case, _ = self._pick(pick)
        self.place.world.age("case", case.id, "touched_at", hours=49)
        case.lapsed = True

    @invariant()
    def lists_are_the_models(self) -> None:
        """As one person sees them, another one each time: page by page, in work order, and their counts."""
        step = self.step()
        viewer = ("ana", "juan", "marta", "eva")[step % 4]
        counted = {one.list: one.count for one in self.see(viewer, cases.counts)}
        for name in ("mine", *LISTS[1:3], "closed") if step % 3 == 0 else ("mine", LISTS[1]):
            expected = self.model.of(name, viewer)
            rows = self._paged(viewer, name)
            assert counted[name] == len(rows) == len(expected)
            assert [row.id for row in rows] == [case.id for case in expected] or name == "closed"
            for row in rows:
                self._alike(viewer, row, self.model.cases[row.id])

    def _paged(self, viewer: str, name: str) -> list[cases.CaseRow]:
        """The whole list, three at a time."""
        rows: list[cases.CaseRow] = []
        last = None
        while page := self.see(viewer, partial(cases.page, list=name, after=last, limit=3)):
            rows += page
            last = rows[-1].position
        return rows

    def _alike(self, viewer: str, row: cases.CaseRow, case: Case) -> None:
        holder = case.holder if not case.lapsed or case.holder == viewer else None
        assert (row.version, self.place.name_of(row.assigned_to)) == (case.version, holder)
        assert (row.list, row.closed, row.risk) == (case.list, case.state == "closed", case.risk)
        assert row.next_action_at == case.due

    @invariant()
    def the_touched_one_is_the_models(self) -> None:
        """Its card, and its history: each step once, the ones that were taken back marked."""
        if self.touched is None:
            return
        case = self.model.cases[self.touched]
        card = self.see("marta", partial(cases.card, case_id=case.id))
        assert (card.version, card.list, card.closed) == (case.version, case.list, case.state == "closed")
        history = self.see("marta", partial(cases.timeline, company_id=case.company, limit=200))
        told = [(e.id, e.kind, self.place.name_of(e.by), e.undone) for e in history if e.case_id == case.id]
        mine = sorted((s for s in self.model.steps.values() if s.case == case.id), key=lambda s: -s.id)
        assert told == [(s.id, s.kind, s.by, s.undone) for s in mine]
        assert all(len(self.model.held(who)) <= self.most for who in WORKERS)
