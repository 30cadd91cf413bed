"""Messages for the tests: a caller with a telephone, whatever is not said being harmless."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from iduo_desktop.database.connection import Database
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import Created, NewTicket, TicketRow

USUAL = NewTicket(
    channel="phone",
    caller_kind="client",
    text="No anda internet desde ayer",
    surname="Gómez",
    names="Ana",
    phone="4321-5678",
    phone_key="1143215678",
)


def new(**values: Any) -> NewTicket:
    """A message as it is taken."""
    return replace(USUAL, **values)


def taken(database: Database, **values: Any) -> Created:
    """A message that was registered."""
    return tickets.create(database, new(**values), uuid4())


def answered(database: Database, answerer: Database, answer: str = "Ya está resuelto.", **values: Any) -> int:
    """The id of a message that waits to be communicated."""
    ticket = taken(database, **values).ticket_id
    tickets.answer(answerer, (ticket,), answer, uuid4())
    return ticket


def only(database: Database, state: str) -> TicketRow:
    """The one ticket of a list."""
    (row,) = tickets.page(database, state)
    return row
