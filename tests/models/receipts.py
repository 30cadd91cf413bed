"""Receipts: who may read what, with which receipt, for how long, and how often in an hour; the model knows exactly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, contact_records, exports, records
from iduo_desktop.services.records import AuditFilter
from tests.models.base import NOT_ALLOWED, Machine
from tests.services.persons import HEALTH, attend, form_id, person

MOST, MOST_EXPORTS = 5, 3
AGAIN, EXPIRED = "Para ver esto hay que pedirlo de nuevo.", "La exportación venció: pedila de nuevo."
WHO = st.sampled_from(["eva", "eva", "noe", "marta", "ana", "juan", "rosa"])
KINDS = st.sampled_from(["person", "audit row", "log", "access", "export", "section", "section", "network"])
ADMINS, READERS, EXPORTERS = ("eva", "noe"), ("ana", "marta", "juan"), ("marta", "eva", "noe")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Receipt:
    """What somebody left before a read. `reason` matters where one reason serves many pages."""

    id: int
    who: str
    kind: str
    subject: int
    reason: str
    age: timedelta = timedelta()


class ReceiptMachine(Machine):
    """All reads that leave a trace, with all receipts there are."""

    def __init__(self) -> None:
        super().__init__()
        world, ana = self.place.world, self.place.desks["ana"]
        world.set_setting("receipts_per_hour", MOST)
        world.set_setting("exports_per_hour", MOST_EXPORTS)
        world.set_setting("open_cases_limit", 30)
        self.companies = world.company(), world.company()
        self.persons = person(ana, "Sosa"), person(ana, "Paz")
        self.mine = [attend(ana, one) for one in self.persons]
        self.health = form_id(ana, self.persons[0], HEALTH)
        self.receipts: list[Receipt] = []
        self.attending = {*self.persons}

    def _unable(self, who: str, kind: str, subject: int) -> str:
        """Why somebody can neither ask for this nor read it."""
        if kind in ("section", "network"):
            if who not in READERS:
                return NOT_ALLOWED
            own = who == "marta" or (who == "ana" and self.persons[subject] in self.attending)
            return "" if own else "Para esto tenés que tener abierto un caso tuyo"
        allowed = EXPORTERS if kind == "export" else ADMINS
        return "" if who in allowed else NOT_ALLOWED

    def _full(self, who: str, kind: str) -> str:
        """Why he can ask for no more in this hour."""
        export = kind == "export"
        mine = [r for r in self.receipts if r.who == who and (r.kind == "export") == export and r.age < HOUR]
        most, word = (MOST_EXPORTS, "exportaciones") if export else (MOST, "consultas reservadas")
        return f"Ya hiciste {len(mine)} {word} en la última hora." if len(mine) >= most else ""

    def _known(self, who: str, kind: str, reason: str) -> Receipt | None:
        """Pages of one log, read for one reason, are one look."""
        same = (r for r in reversed(self.receipts) if (r.who, r.kind, r.reason) == (who, kind, reason))
        return next((r for r in same if r.age < 14 * MINUTE), None) if kind in ("log", "access") else None

    @rule(who=WHO, kind=KINDS, subject=st.integers(0, 1), reason=st.sampled_from(["un reclamo", "un control", " "]))
    def ask(self, who: str, kind: str, subject: int, reason: str) -> None:
        """A receipt, for a reason."""
        empty = "Escribí para qué l" if reason == " " else ""
        known = self._known(who, kind, reason)
        why = self._unable(who, kind, subject) or empty or ("" if known else self._full(who, kind))
        before = self._count(who)
        done = self.do(who, self._asking(kind, subject, reason), why, "Ya hiciste" if self.place.cutter else "")
        self.past.clear()  # asked again it is another look
        left = self._count(who) - before
        if done and known:
            assert (done.receipt, left) == (known.id, 0)
        elif self.place.cutter and not why:
            # asked again over a line that broke, it is another look
            assert 1 <= left <= 4
        else:
            assert left == bool(done)
            assert not done or all(done.receipt > one.id for one in self.receipts)
        made = sorted(found for (found,) in self._newest(who, left))
        self.receipts += [Receipt(one, who, kind, subject, reason) for one in made]

    def _asking(self, kind: str, subject: int, reason: str) -> Callable[[Database], Any]:
        company, contact = self.companies[subject], self.persons[subject]
        if kind == "export":
            return partial(exports.open_cases, list=("mine", "delinquent")[subject], filter="{}", reason=reason)
        if kind in ("section", "network"):
            form = self.health if kind == "section" else 0
            return partial(contact_records.open_section, contact_id=contact, form_id=form, reason=reason)
        what = "person" if kind == "person" else "audit"
        named = {"person": str(company), "audit row": f"company:{company}", "log": "log", "access": "access"}[kind]
        return partial(records.open_access, what=what, subject=named, reason=reason)

    def _count(self, who: str) -> int:
        found: int = self.place.world.value(
            "SELECT count(*) FROM iduo.receipt WHERE actor = %s", self.place.logins[who]
        )
        return found

    def _newest(self, who: str, count: int) -> list[tuple[int]]:
        query = "SELECT id FROM iduo.receipt WHERE actor = %s ORDER BY id DESC LIMIT %s"
        return self.place.world.superuser.execute(query, [self.place.logins[who], count]).fetchall()

    @rule(who=WHO, kind=KINDS, subject=st.integers(0, 1), pick=st.integers(-1, 40), own=st.booleans())
    def read(self, who: str, kind: str, subject: int, pick: int, own: bool) -> None:
        """With a receipt of one's own for just that, or with any other, or with none that there ever was."""
        receipt = self.receipts[-1 - pick % len(self.receipts)] if self.receipts and pick >= 0 else None
        if receipt and own:
            who, kind, subject = receipt.who, receipt.kind, receipt.subject
        self.do(
            who,
            self._reading(kind, subject, receipt.id if receipt else 10**9),
            self._unread(who, kind, subject, receipt),
        )
        self.past.clear()

    def _unread(self, who: str, kind: str, subject: int, receipt: Receipt | None) -> str:
        """Why it is not shown."""
        if why := self._unable(who, kind, subject):
            return why
        long = 15 * MINUTE if kind in ("log", "access", "export") else MINUTE
        fits = receipt and (receipt.who, receipt.kind) == (who, kind) and receipt.age < long
        # one look at a log is one at all of it; what an export holds is in its receipt
        fits = fits and (kind in ("log", "access", "export") or (receipt and receipt.subject == subject))
        return "" if fits else EXPIRED if kind == "export" else AGAIN

    def _reading(self, kind: str, subject: int, receipt: int) -> Callable[[Database], Any]:
        company, contact = self.companies[subject], self.persons[subject]
        ways: dict[str, Callable[[Database], Any]] = {
            "person": partial(records.of_person, receipt=receipt, company_id=company),
            "audit row": partial(records.of_row, receipt=receipt, table="company", row_key=str(company)),
            "log": partial(records.log, receipt=receipt, filter=AuditFilter()),
            "access": partial(records.accesses, receipt=receipt),
            "export": partial(exports.cases, receipt=receipt),
            "section": partial(contact_records.section, contact_id=contact, form_id=self.health, receipt=receipt),
            "network": partial(contact_records.network, contact_id=contact, receipt=receipt),
        }
        return ways[kind]

    @precondition(lambda self: self.receipts)
    @rule(pick=st.integers(0, 40), minutes=st.sampled_from([2, 14, 16, 61]))
    def wait(self, pick: int, minutes: int) -> None:
        """One of them grows old."""
        receipt = self.receipts[-1 - pick % len(self.receipts)]
        if receipt.age < timedelta(minutes=minutes):
            receipt.age = timedelta(minutes=minutes)
            self.place.world.age("receipt", receipt.id, "at", minutes=minutes)

    @rule(pick=st.integers(0, 1), on=st.booleans())
    def attend(self, pick: int, on: bool) -> None:
        """Ana works on the case of that person, or does not any more: what she may read follows."""
        contact = self.persons[pick]
        if on != (contact in self.attending):
            command = cases.take if on else cases.release
            self.do("ana", partial(command, case_id=self.mine[pick], key=uuid4()))
            self.attending ^= {contact}

    @invariant()
    def nobody_looked_more_than_he_may(self) -> None:
        """In the table of receipts, which is the log of who looked; each stands there once."""
        self.step()
        query = "SELECT count(*), count(DISTINCT id) FROM iduo.receipt"
        ((count, ids),) = self.place.world.superuser.execute(query).fetchall()
        assert count == ids == len(self.receipts)
        for who in ("eva", "noe", "marta", "ana"):
            recent = [r for r in self.receipts if r.who == who and r.age < HOUR]
            assert sum(r.kind == "export" for r in recent) <= MOST_EXPORTS
            assert sum(r.kind != "export" for r in recent) <= MOST
