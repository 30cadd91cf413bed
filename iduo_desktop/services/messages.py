"""Messages: what is written to clients by mail and text message, what they answer, and the templates for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services import attentions, cases, companies
from iduo_desktop.terms import CaseList


@dataclass(frozen=True, slots=True)
class Way:
    """How a channel goes out: `by` the "gateway" or this PC's own program ("pc"); not `healthy` when overdue."""

    channel: str
    by: str
    healthy: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A text with variables in braces, {cliente}. `purpose` "" goes for all."""

    id: int
    name: str
    channel: str
    purpose: str
    subject: str
    text: str
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with what is known put in; `missing` are the variables that have to be asked for, in their order."""

    subject: str
    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send about a case. `override_reason` is needed where the pressure hinders it."""

    channel: str
    address: str
    subject: str
    text: str
    template_id: int | None = None
    purpose: str = ""
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was put into the outbox. `event` is what `cases.undo` takes while it is still there."""

    message_id: int
    conversation_id: int
    event: int
    level: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `state` is a MessageState; `error` says in a sentence why it failed."""

    id: int
    direction: str
    channel: str
    address: str
    subject: str
    text: str
    state: str
    error: str
    at: datetime
    by: str
    may_resend: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was written with the client or person of a case. `unread` counts what came in and nobody read."""

    id: int
    case_id: int
    unread: int
    last_at: datetime
    last_text: str
    last_direction: str
    last_state: str


def ways(database: Database) -> tuple[Way, ...]:
    """How each written channel goes out here and now."""
    return database.rows(Way, "message_ways")


def templates(database: Database, channel: str) -> tuple[Template, ...]:
    """The active ones of a channel, in their order."""
    return database.rows(Template, "message_templates", channel=channel)


def fill(database: Database, template_id: int, case_id: int) -> Filled:
    """A template for a case; what is not known of the client is named, never left in."""
    return database.one(Filled, "fill_template", template=template_id, case=case_id)


def send(database: Database, case_id: int, message: Outgoing, key: UUID) -> Sent:
    """Record the contact and put the message into the outbox: both or neither."""
    return database.one(
        Sent,
        "send_message",
        case=case_id,
        channel=message.channel,
        address=message.address,
        subject=message.subject,
        text=message.text,
        template=message.template_id,
        purpose=message.purpose,
        override_reason=message.override_reason,
        key=key,
    )


def resend(database: Database, message_id: int, key: UUID, override_reason: str = "") -> Sent:
    """Send again what failed, or of which nobody knows whether it went out. A person decides, never the program."""
    return database.one(Sent, "resend_message", message=message_id, key=key, override_reason=override_reason)


def conversations(database: Database, case_ids: tuple[int, ...]) -> tuple[Conversation, ...]:
    """The conversations of these cases that have any message."""
    return database.rows(Conversation, "conversations", cases=list(case_ids))


def messages(database: Database, case_id: int, before: int | None) -> tuple[Message, ...]:
    """What was written with the client of a case, newest first, 100 at a time; `before` is the last id one has."""
    return database.rows(Message, "case_messages", case=case_id, before=before)


def mark_read(database: Database, case_id: int) -> None:
    """Whoever has the case has read what came in."""
    database.call("mark_conversation_read", case=case_id)


def all_templates(database: Database) -> tuple[Template, ...]:
    """All, also those out of use: for administrators."""
    return database.rows(Template, "all_templates")


def save_template(database: Database, template: Template) -> int:
    """Save one, new where its id is 0; answers its id. Variables that nobody knows are refused by name."""
    return database.one(
        TemplateId,
        "save_template",
        id=template.id,
        name=template.name,
        channel=template.channel,
        purpose=template.purpose,
        subject=template.subject,
        text=template.text,
        active=template.active,
        version=template.version,
    ).id


@dataclass(frozen=True, slots=True)
class TemplateId:
    """The id of a template that was saved."""

    id: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that templates may use, and what it means."""

    name: str
    meaning: str


def variables(database: Database) -> tuple[Variable, ...]:
    """All of them."""
    return database.rows(Variable, "template_variables")


@dataclass(frozen=True, slots=True)
class GatewayState:
    """The gateway as an administrator sees it: running, since when, what waits, and what it last complained of.

    `unattended` came in and belongs to no case: of strangers, and of clients who have none open.
    """

    running: bool
    started_at: datetime | None
    beat_at: datetime | None
    channels: tuple[str, ...]
    waiting: int
    doubtful: int
    failed_today: int
    complaint: str
    unattended: int


def gateway_state(database: Database) -> GatewayState:
    """How the gateway is."""
    return database.one(GatewayState, "gateway_state")


@dataclass(frozen=True, slots=True)
class Unattended:
    """A message that belongs to no case. `party` is who wrote it, where that is known."""

    id: int
    channel: str
    address: str
    party: str
    company_id: int | None
    contact_id: int | None
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attended:
    """How many messages of one sender went into a case, or were done with."""

    messages: int


def unattended(database: Database, before: int | None = None) -> tuple[Unattended, ...]:
    """What came in and belongs to no case, newest first, 100 at a time; for coordinators."""
    return database.rows(Unattended, "unattended_messages", before=before)


def attend(database: Database, message_id: int, case_id: int | None) -> Attended:
    """All of that sender goes into an open case, unread; without a case it is done with."""
    return database.one(Attended, "attend_message", message=message_id, case=case_id)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation with its newest messages; `conversation` is None while nothing was written."""

    conversation: Conversation | None
    messages: tuple[Message, ...]


def thread(database: Database, case_id: int) -> Thread:
    """What a case's panel shows at first."""
    found = conversations(database, (case_id,))
    return Thread(found[0] if found else None, messages(database, case_id, None) if found else ())


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The conversation of one of one's own cases, and whose it is."""

    client: str
    conversation: Conversation


def of_my_cases(database: Database) -> dict[int, Correspondence]:
    """The conversations of one's own cases, by case."""
    mine = {row.id: row.client for row in cases.page(database, CaseList.MINE.value)}
    found = conversations(database, tuple(mine)) if mine else ()
    return {each.case_id: Correspondence(mine[each.case_id], each) for each in found if each.case_id in mine}


@dataclass(frozen=True, slots=True)
class Destination:
    """An open case into which a message may be put; `why` says what was found."""

    case_id: int
    text: str
    why: str


def destinations(database: Database, text: str) -> tuple[Destination, ...]:
    """Open cases of clients and persons who fit what is typed."""
    clients = (
        Destination(hit.case_id, f"{hit.client} · N.º {hit.number}", hit.why)
        for hit in companies.find(database, text)
        if hit.case_id is not None
    )
    persons = (
        Destination(each.case_id, f"{each.person} · {each.subject}", f"C-{each.case_id}")
        for each in attentions.case_choices(database, text)
    )
    return tuple({found.case_id: found for found in (*clients, *persons)}.values()) if text else ()
