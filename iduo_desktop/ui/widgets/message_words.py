"""A message in words: which way it went, how, with whom, and what became of it."""

import re

from iduo_desktop import phones
from iduo_desktop.services.messages import Conversation, Message
from iduo_desktop.terms import Channel, Direction, MessageState
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.history_lines import short_name
from iduo_desktop.ui.widgets.inert import inert, one_line
from iduo_desktop.ui.widgets.message_lines import Written

DOUBT = "Puede haberle llegado o no. Si lo reenviás, puede recibirlo dos veces: preguntale antes, si podés."
RESEND = "Reenviar"
_SIGNS = {Channel.EMAIL: "✉ Mail", Channel.SMS: "SMS", Channel.WHATSAPP: "WhatsApp", Channel.CHAT: "Chat"}
_LONGEST = 20_000
_REPLY = re.compile(r"^\s*(?:re|rv|fwd?)\s*:[^:\n]{0,200}:\s+(?=\S)", re.IGNORECASE)  # whose subject says nothing new


def written(message: Message, me: str, *, fresh: bool, may_write: bool) -> Written:
    """A message as it is painted for the person with this name; nothing in it is anything but letters."""
    incoming = message.direction == Direction.INBOUND
    state = MessageState(message.state)
    text = inert(message.text[:_LONGEST])
    subject = one_line(message.subject, 200)
    return Written(
        message.id,
        _head(message, me, incoming=incoming),
        f"{subject}\n{text}".strip() if subject else text,
        _state(message, state),
        message.at,
        incoming=incoming,
        fresh=fresh,
        trouble=state in {MessageState.FAILED, MessageState.DOUBTFUL},
        verb=RESEND if message.may_resend and may_write else "",
    )


def last_words(conversation: Conversation, longest: int) -> str:
    """«● 2 · Ya pagué el lunes…», «→ Le recordamos que…», «⚠ No se pudo enviar: …»."""
    text = one_line(_REPLY.sub("", conversation.last_text), longest)
    if conversation.unread:
        return f"● {conversation.unread} · {text}"
    if conversation.last_state in {MessageState.FAILED, MessageState.DOUBTFUL}:
        return f"⚠ {MessageState(conversation.last_state).label}: {text}"
    return f"{'←' if conversation.last_direction == Direction.INBOUND else '→'} {text}"


def spoken_words(conversation: Conversation) -> str:
    """The same for a screen reader."""
    unread = formats.plural(conversation.unread, "mensaje sin leer", "mensajes sin leer") if conversation.unread else ""
    who = "contestó" if conversation.last_direction == Direction.INBOUND else "le escribimos"
    trouble = conversation.last_state in {MessageState.FAILED, MessageState.DOUBTFUL}
    state = MessageState(conversation.last_state).label if trouble else ""
    text = one_line(_REPLY.sub("", conversation.last_text), 200)
    return ", ".join(filter(None, (unread, state, f"{who}: {text}")))


def _head(message: Message, me: str, *, incoming: bool) -> str:
    how = _SIGNS.get(Channel(message.channel), Channel(message.channel).label)
    number = phones.parse(message.address, "").e164 if message.channel != Channel.EMAIL else None
    address = phones.shown(number) if number else one_line(message.address, 80)
    by = "vos" if message.by == me else short_name(message.by)
    if incoming:
        return f"← {how} de {address}" if address else f"← {how}"
    return " · ".join(filter(None, (f"→ {how} a {address}" if address else f"→ {how}", by)))


def _state(message: Message, state: MessageState) -> str:
    clock = formats.clock(message.at)
    error = one_line(message.error, 300)
    if state is MessageState.FAILED:
        return f"⚠ {state.label}: {error or 'no dieron el motivo'}"
    if state is MessageState.DOUBTFUL:
        return f"⚠ {state.label} ({clock}). {DOUBT}"
    if state is MessageState.WAITING:
        return f"{state.label} · {clock}"
    return f"{state.label} {clock}"
