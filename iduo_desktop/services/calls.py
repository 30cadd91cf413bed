"""Calls: who may be calling, what is pending for him, and what became of the call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.tickets import TicketHit


@dataclass(frozen=True, slots=True)
class Incoming:
    """A call as the PBX or the operator gives it. `pbx_id` is the PBX's own name for it, empty for one by hand."""

    caller: str
    e164: str | None
    search_key: str
    ivr_option: int | None = None
    company: str = ""
    pbx_id: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may be calling. `kind` is contact or company; `why` says what matched."""

    kind: str
    contact_id: int | None
    company_id: int | None
    company_number: int | None
    name: str
    company: str
    document: str
    why: str


@dataclass(frozen=True, slots=True)
class CallCard:
    """A call and what is known of it: the company keyed in first; answers to communicate, then open tickets."""

    id: int
    at: datetime
    caller: str
    e164: str | None
    ivr_option: int | None
    company: str
    callers: tuple[Caller, ...]
    tickets: tuple[TicketHit, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that is over; `seconds` is how long it took."""

    call_id: int
    seconds: int


def receive(database: Database, call: Incoming, key: UUID) -> CallCard:
    """Leave a record of a call and say who it may be; the same `pbx_id` of the same operator is the same call."""
    return database.one(
        CallCard,
        "receive_call",
        caller=call.caller,
        e164=call.e164,
        search_key=call.search_key,
        ivr_option=call.ivr_option,
        company=call.company,
        pbx_id=call.pbx_id,
        key=key,
    )


def end(database: Database, call_id: int, outcome: str, note: str, key: UUID) -> Ended:
    """End one's own call. `outcome` is a CallOutcome; asking again with the same outcome changes nothing."""
    return database.one(Ended, "end_call", call=call_id, outcome=outcome, note=note, key=key)
