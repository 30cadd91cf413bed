"""Quotas: how often a client is reached, in which hours, whom not at all; how many rows somebody reads in an hour."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from iduo_desktop.services import activities, cases, policies, pressure
from iduo_desktop.services import settings as decided
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.pressure import QuietHours
from tests.database.pressure_model import CHANNELS, HERE, Event, House, Listed, Party, Policy, Quiet
from tests.models.base import Machine

NUMBERS = ("3416000001", "3416000002", "3416000003")
WHO = st.sampled_from(["ana", "juan", "marta"])
HINDERED = "Para seguir igual, escribí por qué."
NONE = Policy("collection", 10, (Decimal(1),) * 5, (1, 2, 3, 4, 6), None, None, 0, False)


@dataclass
class Contact:
    """One that was recorded."""

    id: int
    step: int
    who: str
    event: Event
    case: int


class QuotaMachine(Machine):
    """Two clients who share a number, and three people who contact them."""

    def __init__(self) -> None:
        super().__init__()
        world = self.place.world
        world.set_setting("open_cases_limit", 30)
        self.companies = world.company(), world.company()
        for company, number in zip((*self.companies, self.companies[1]), NUMBERS[:2] + NUMBERS[:1], strict=True):
            phone = {"typed": number, "e164": f"+54{number}", "search_key": number, "valid": True}
            world.insert("company_phone", phone | {"company_id": company})
        self.phones = frozenset(NUMBERS[:1]), frozenset(NUMBERS[:2])
        made = [(n, who) for n in (0, 1) for who in ("ana", "juan")]
        logins = self.place.logins
        self.cases = {(n, who): world.case(company=self.companies[n], assigned_to=logins[who]) for n, who in made}
        self.results = {one.label: one.id for one in policies.dispositions(self.place.desks["ana"])}
        self.contacts: list[Contact] = []
        self.moved: dict[int, int] = {}
        self.house = House(NONE, False)
        self.decide(None, None, 0, 6)
        self.rest(None, on=False)

    def _party(self, company: int | None, number: str) -> Party:
        phones = self.phones[company] if company is not None else frozenset()
        return Party(None if company is None else self.companies[company], frozenset(), number, phones, frozenset())

    @property
    def _now(self) -> House:
        """All that decides."""
        return replace(self.house, events=tuple(contact.event for contact in self.contacts))

    @rule(
        daily=st.sampled_from([None, None, 1, 2]),
        weekly=st.sampled_from([None, None, 3]),
        gap=st.sampled_from([0, 0, 2]),
        most=st.sampled_from([5, 6, 9]),
    )
    def decide(self, daily: int | None, weekly: int | None, gap: int, most: int) -> None:
        """The administrator decides how much is too much."""
        scale = next(one for one in decided.contact_scales(self.place.desks["eva"]) if one.purpose == "collection")
        weights = dict(zip(("call", "whatsapp", "email", "sms", "chat"), NONE.weights, strict=True))
        values: dict[str, Any] = {f"weight_{name}": weight for name, weight in weights.items()} | {
            "window_days": 10,
            "gap_hours": gap,
        }
        values |= {f"limit_{n}": n for n in range(1, 5)} | {"limit_5": most, "holidays_quiet": False}
        scale = replace(scale, **values, daily_limit=daily, weekly_limit=weekly)
        self.do("eva", partial(decided.save_contact_scale, scale=scale))
        policy = replace(NONE, limits=(1, 2, 3, 4, most), daily=daily, weekly=weekly, gap=gap)
        self.house = replace(self.house, policy=policy)

    @rule(day=st.sampled_from([None, 0, 1]), on=st.booleans())
    def rest(self, day: int | None, on: bool) -> None:
        """Nobody is contacted today, or tomorrow; or that is switched off."""
        weekday = (datetime.now(HERE) + timedelta(days=day or 0)).isoweekday()
        hours = () if day is None else ((weekday, 0, 1440),)
        self.do(
            "eva",
            partial(
                pressure.save_quiet_hours,
                purpose="collection",
                rows=tuple(QuietHours("collection", *one) for one in hours),
            ),
        )
        self.do("eva", partial(decided.save, name="quiet_hours_on", value="true" if on else "false"))
        quiet = tuple(Quiet("collection", *one) for one in hours)
        self.house = replace(self.house, quiet=quiet, quiet_on=on)

    @rule(number=st.sampled_from(NUMBERS), channel=st.sampled_from(["", "call", "sms"]))
    def forbid(self, number: str, channel: str) -> None:
        """He asked not to be contacted."""
        until = datetime.now(UTC) + timedelta(days=3)
        command = partial(
            pressure.add_no_contact, address=number, channel=channel, purpose="", origin="lo pidió", until=until
        )
        self.do("ana", command)
        self.house = replace(self.house, listed=(*self.house.listed, Listed(number, channel, "", until)))

    @precondition(lambda self: self.house.listed)
    @rule()
    def allow(self) -> None:
        """They may be contacted again."""
        for entry in self.see("marta", partial(pressure.no_contact_entries, text="")):
            self.do("marta", partial(pressure.remove_no_contact, entry_id=entry.id, reason="volvió a llamar"))
        self.house = replace(self.house, listed=())
        self.past.clear()

    @rule(
        who=WHO,
        company=st.integers(0, 1),
        number=st.sampled_from(NUMBERS),
        channel=st.sampled_from(CHANNELS),
        spoken=st.booleans(),
        inbound=st.sampled_from([False, False, False, True]),
        reason=st.sampled_from(["", "", "me lo pidió"]),
    )
    def contact(
        self, who: str, company: int, number: str, channel: str, spoken: bool, inbound: bool, reason: str
    ) -> None:
        """Somebody contacts a client, or is contacted."""
        case = self.cases[company, "ana" if who == "marta" else who]
        result = self.results["Habló, sin acuerdo" if spoken else "No contesta"]
        direction = "inbound" if inbound else "outbound"
        attempt = Attempt(channel, result, "", direction, f"+54{number}", override_reason=reason)
        standing = self._now.standing(self._party(company, number), channel, datetime.now(UTC))
        why = HINDERED if standing.hinder and not inbound and not reason else ""
        done = self.do(who, partial(activities.log_attempt, case_id=case, attempt=attempt, key=uuid4()), why)
        self.past.clear()
        if done:
            at = self.place.world.value("SELECT at FROM iduo.attempt WHERE id = %s", done.attempt_id)
            whom = frozenset({self.companies[company]}), frozenset[int]()
            event = Event(at, channel, *whom, number, not inbound, spoken, spoken and not inbound)
            self.contacts.append(Contact(done.attempt_id, done.event, who, event, case))
            self.moved[case] = done.event
            level = self._now.standing(self._party(company, ""), channel, datetime.now(UTC)).level
            assert done.level == level

    @precondition(lambda self: self.contacts)
    @rule(pick=st.integers(0, 40), hours=st.sampled_from([1, 3, 26, 24 * 8, 24 * 11]))
    def wait(self, pick: int, hours: int) -> None:
        """It was so many hours ago."""
        contact = self.contacts[-1 - pick % len(self.contacts)]
        self.place.world.age("attempt", contact.id, "at", hours=hours)
        at = self.place.world.value("SELECT at FROM iduo.attempt WHERE id = %s", contact.id)
        contact.event = replace(contact.event, at=at)

    @precondition(lambda self: self.contacts)
    @rule(pick=st.integers(0, 3))
    def undo(self, pick: int) -> None:
        """It was not so; only the case's last one is taken back."""
        contact = self.contacts[-1 - pick % len(self.contacts)]
        last = self.moved[contact.case] == contact.step
        if self.do(contact.who, partial(cases.undo, event=contact.step), "" if last else "El caso cambió después"):
            self.contacts.remove(contact)
            self.moved[contact.case] = 0
        self.past.clear()

    @rule(who=WHO, room=st.integers(0, 14), limit=st.integers(1, 4))
    def read(self, who: str, room: int, limit: int) -> None:
        """A list, when there is room for so many more rows in this hour: all that is asked for, or nothing."""
        world = self.place.world
        hour, used = self._rows(who)
        world.set_setting("rows_per_hour", used + room)
        allowed = (used + room) * (2 if who == "marta" else 1)
        why = "En esta hora ya leíste" if used + limit > allowed else ""
        perhaps = "En esta hora ya leíste" if self.place.cutter else ""
        page = partial(cases.page, list="delinquent", limit=limit)
        rows = self.do(who, page, why, perhaps)
        world.set_setting("rows_per_hour", 500_000)
        self.past.clear()
        later, count = self._rows(who)
        if later == hour:
            assert count <= max(allowed, used)
            assert rows is None or limit <= count - used <= (limit if not self.place.cutter else 4 * limit)

    def _rows(self, who: str) -> tuple[int, int]:
        """The hour, and how many rows he read in it."""
        query = "SELECT iduo.this_hour(), coalesce(pg_sequence_last_value(iduo.counter_of(%s)), 0)"
        ((hour, value),) = self.place.world.superuser.execute(query, [self.place.logins[who]]).fetchall()
        return hour, value % 10**9 if value // 10**12 == hour else 0

    @invariant()
    def everybody_stands_as_in_the_model(self) -> None:
        """One party at one channel each time: level, counts, what hinders, and from when on no more."""
        step = self.step()
        company, number = (0, 1, None)[step % 3], (*NUMBERS, "")[step % 4]
        if company is None and not number:
            return
        channel, at = CHANNELS[step % 5], datetime.now(UTC)
        party = self._party(company, number)
        asked = pressure.Party(party.company, None, f"+54{number}" if number else "")
        told = self.see("eva", partial(pressure.pressure_at, party=asked, channel=channel, purpose="", at=at))
        model = self._now.standing(party, channel, at)
        said, meant = (told.level, told.hinder, told.next_at), (model.level, model.hinder, model.next_at)
        assert said == meant
        assert (told.attempts, told.calls, told.whatsapps, told.emails, told.sms) == model.counts
