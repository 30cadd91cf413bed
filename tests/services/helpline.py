"""Attentions as tests make them: somebody calls, and something is planned."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from iduo_desktop.database.connection import Database
from iduo_desktop.services import agenda, attentions, contacts
from iduo_desktop.services.agenda import Scheduled
from iduo_desktop.services.attentions import Attended, Attention, FollowUp
from iduo_desktop.services.contacts import NewContact

PHONE = "11 4321-5678"


def soon(**ahead: float) -> datetime:
    """A moment from now on."""
    return datetime.now(UTC) + timedelta(**ahead)


def somebody(surname: str = "Gómez") -> NewContact:
    """A person with a telephone."""
    return NewContact(surname, "Ana", phone=PHONE, phone_e164="+541143215678", phone_key="1143215678")


def attention(surname: str = "Gómez", **values: Any) -> Attention:
    """One of a new person, with a case and its call."""
    given: dict[str, Any] = {"contact": somebody(surname), "subject": "Pide ayuda"}
    return Attention(**(given | values))


def attend(database: Database, surname: str = "Gómez", **values: Any) -> Attended:
    """Save it."""
    return attentions.attend(database, attention(surname, **values), uuid4())


def followed(database: Database, at: datetime | None = None, **values: Any) -> Attended:
    """Save one with a follow-up, in an hour unless said otherwise."""
    return attend(database, follow_up=FollowUp(at or soon(hours=1), **values))


def activated(database: Database, note: str = "Ya") -> Attended:
    """Save one that asks for the first route."""
    return attend(database, route_id=attentions.routes(database)[0].id, route_note=note)


def task(database: Database, title: str = "Ver papeles", at: datetime | None = None, **values: Any) -> Scheduled:
    """A task, in an hour unless said otherwise."""
    given = {"case_id": None, "contact_id": None, "remind": 10, "assignee": None, "anybody": False, "note": ""} | values
    return agenda.add_task(database, title, at or soon(hours=1), key=uuid4(), **given)


def call(database: Database, at: datetime | None = None, **values: Any) -> Scheduled:
    """A planned call to somebody new."""
    given: dict[str, Any] = {"case_id": None, "direction": "outbound", "remind": 10, "assignee": None, "anybody": False}
    given |= {"note": "", "contact_id": values.pop("contact_id", None)} | values
    given["contact_id"] = given["contact_id"] or contacts.create(database, somebody(), uuid4()).contact_id
    return agenda.plan_call(database, at=at or soon(hours=1), key=uuid4(), **given)
