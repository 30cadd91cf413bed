"""What the buttons offer: by role, by whose the case is, open or closed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from iduo_desktop.services.cases import CaseRow
from iduo_desktop.services.staff import Me
from iduo_desktop.ui.cases.rights import CLOSED, FREE, ONLY_COORDINATORS_REOPEN, Verb, right
from iduo_desktop.ui.rights import works


def me(*roles: str) -> Me:
    """Ana, with these roles."""
    now = datetime.now(UTC)
    given: dict[str, Any] = dict.fromkeys(Me.__slots__)
    given |= {"login": "ana", "full_name": "Ana", "roles": roles, "area_code": "11", "must_change_password": False}
    given |= {"server_time": now, "schema_version": "1", "minimum_client": "0"}
    given |= {"test_database": True, "lock_after_minutes": 10}
    return Me(**given)


def case(assigned_to: str | None = None, *, closed: bool = False) -> CaseRow:
    """A line of the list."""
    values: dict[str, Any] = dict.fromkeys(CaseRow.__slots__)
    holder = assigned_to and assigned_to.title()
    values |= {"id": 1, "company_id": 1, "assigned_to": assigned_to, "holder": holder, "closed": closed}
    return CaseRow(**values)


OPERATOR, COORDINATOR, BOTH = me("operator"), me("coordinator"), me("operator", "coordinator")
MINE, FREE_CASE, JUANS = case("ana"), case(), case("juan")
DONE = case(closed=True)


@pytest.mark.parametrize(
    ("who", "what", "granted"),
    [
        (OPERATOR, MINE, {Verb.CONTACT, Verb.CLOSE, Verb.RELEASE, Verb.MOVE, Verb.EXTEND}),
        (OPERATOR, FREE_CASE, {Verb.TAKE}),
        (OPERATOR, JUANS, set()),
        (OPERATOR, DONE, set()),
        (COORDINATOR, FREE_CASE, {Verb.TAKE, Verb.CONTACT, Verb.MOVE, Verb.EXTEND}),
        (COORDINATOR, JUANS, {Verb.TAKE_OVER, Verb.CONTACT, Verb.MOVE, Verb.EXTEND}),
        (COORDINATOR, DONE, {Verb.REOPEN}),
        (BOTH, MINE, {Verb.CONTACT, Verb.CLOSE, Verb.RELEASE, Verb.MOVE, Verb.EXTEND}),
        (me("admin"), MINE, set()),
        (me("answerer"), FREE_CASE, set()),
    ],
)
def test_what_is_granted(who: Me, what: CaseRow, granted: set[Verb]) -> None:
    """By role and by whose the case is."""
    assert {verb for verb in Verb if right(verb, what, who).granted} == granted


def test_what_cannot_be_done_says_why() -> None:
    """Greyed with a reason, or not there at all."""
    assert right(Verb.CONTACT, FREE_CASE, OPERATOR).reason == FREE
    assert right(Verb.TAKE, JUANS, OPERATOR).reason == "Juan lo está atendiendo."
    assert right(Verb.REOPEN, DONE, OPERATOR).reason == ONLY_COORDINATORS_REOPEN
    assert right(Verb.CONTACT, DONE, OPERATOR).reason == CLOSED
    assert not right(Verb.TAKE_OVER, JUANS, OPERATOR).offered
    assert not any(right(verb, MINE, me("admin")).offered for verb in Verb)


def test_who_works_on_cases() -> None:
    """Operators and coordinators."""
    assert [works(me(role)) for role in ("operator", "coordinator", "admin", "answerer")] == [True, True, False, False]
