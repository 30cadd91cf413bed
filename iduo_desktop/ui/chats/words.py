"""Chats in words: who writes, since when, and what was said, harmless to look at."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from iduo_desktop.services.chats import Chat, Line, Queue
from iduo_desktop.services.messages import Template
from iduo_desktop.terms import ChatState
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.inert import inert, one_line
from iduo_desktop.ui.widgets.talk_lines import said_by

NAME, SAID = 40, 120
TICKET = 3500  # of the 4000 that a message may have: somebody adds something to it
NOBODY, ENTRANCE = "Visitante", "la página principal"
_CUT = "[…]"


def name_of(chat: Chat, *, discreet: bool = False) -> str:
    """Who it turned out to be, else the name that he gave, else the company; `discreet`: the first letters alone."""
    name = one_line(chat.person or chat.name or chat.company or "", NAME) or NOBODY
    if not discreet or name == NOBODY:
        return name
    letters = [word[0].upper() for word in name.replace(",", " ").split() if word[0].isalpha()]
    return " ".join(f"{letter}." for letter in letters[:2]) or NOBODY


def lost(chats: Sequence[Chat], *, wait_again: bool, typed: bool, discreet: bool = False) -> str:
    """Chats that one does not attend any more, though one did not let them go."""
    names = [name_of(chat, discreet=discreet) for chat in chats]
    if len(names) == 1:
        which = f"el chat de {names[0]}"
        why = "tardó la respuesta y se ofreció a los demás" if wait_again else "ya lo atiende otra persona o terminó"
    else:
        which = f"los chats de {', '.join(names[:-1])} y {names[-1]}"
        why = (
            "tardó la respuesta y se ofrecieron a los demás" if wait_again else "los atiende otra persona o terminaron"
        )
    kept = " Lo que escribías queda guardado, por si vuelve." if typed else ""
    return f"Ya no atendés {which}: {why}.{kept}"


def is_own(chat: Chat, login: str) -> bool:
    """Whether one attends it, or has still to say how it ended."""
    return chat.attended_by == login and chat.state != ChatState.WAITING


def rings_for(chat: Chat, login: str) -> bool:
    """Whether it waits for whoever is in, or for this person."""
    return chat.state == ChatState.WAITING and chat.asked_for in {None, login}


def unread(chat: Chat) -> int:
    """How many lines nobody read."""
    return max(0, chat.lines - chat.read)


def waits(chat: Chat, now: datetime) -> str:
    """«04:12»: since he stands in the queue."""
    return formats.clocked(now - chat.queued_at)


def about(chat: Chat) -> str:
    """«empresa 1204 · desde /precios»: what he said of himself, and where he was."""
    keyed, page = one_line(chat.company_keyed, NAME), one_line(chat.page, 60)
    where = ENTRANCE if page == "/" else page
    said = keyed and chat.company_id is None
    parts = (f"dice ser de la empresa {keyed}" if said else "", f"desde {where}" if where else "")
    return " · ".join(filter(None, parts))


def handed(chat: Chat) -> str:
    """«Te lo pasa Ana Ríos: pidió el plan»."""
    if not chat.handed_by:
        return ""
    note = one_line(chat.handed_note, 500)
    return f"Lo pasó {chat.handed_by}: {note}" if note else f"Lo pasó {chat.handed_by}."


def stands(chat: Chat) -> str:
    """What one has to know before writing; empty when all is well."""
    if chat.state == ChatState.ENDED:
        who = {"visitor": "El visitante terminó el chat.", "silence": "El visitante se fue: no supimos más de él."}
        return f"{who.get(chat.ended_by or '', 'El chat terminó.')} Decí cómo terminó."
    return "" if chat.here else "El visitante perdió la conexión. Si vuelve, lee lo que le escribas."


def pausing(own: Iterable[Chat]) -> str:
    """What becomes of one's open chats in a pause; empty without any."""
    number = sum(chat.state == ChatState.ATTENDED for chat in own)
    if not number:
        return ""
    stay = "sigue siendo tuyo y te puede" if number == 1 else "siguen siendo tuyos y te pueden"
    open_ones = formats.plural(number, "chat", "chats")
    return f"En pausa con {open_ones}: {stay} escribir. Lo que no contestes se ofrece a los demás."


def queue(found: Queue, now: datetime, *, whole: bool) -> str:
    """«Esperan 3 (2 para vos), el que más hace 04:12»; for coordinators also what goes on and went by today."""
    if found.waiting and found.longest_wait_since is not None:
        mine = f" ({formats.count(found.for_me)} para vos)" if found.for_me != found.waiting else ""
        longest = formats.clocked(now - found.longest_wait_since)
        said = f"{formats.plural(found.waiting, 'espera', 'esperan')}{mine}, el que más hace {longest}"
    else:
        said = "No espera nadie"
    if not whole:
        return said
    more = (
        f"{formats.count(found.attended)} en curso",
        f"{formats.count(found.unanswered)} sin respuesta hace rato" if found.unanswered else "",
        f"hoy {formats.plural(found.ended_today, 'atendido', 'atendidos')}",
        f"{formats.count(found.left_today)} se fueron sin respuesta" if found.left_today else "",
    )
    return " · ".join(filter(None, (said, *more)))


def transcript(lines: Iterable[Line], visitor: str) -> str:
    """All that was said, for a ticket; where it is too long, the end of it."""
    name = one_line(visitor, NAME) or NOBODY
    told = (line for line in lines if line.side != "system")
    written = [f"{formats.clock(line.at)} {said_by(line, name)}: {inert(line.text)}" for line in told]
    whole = "\n".join(written)
    return whole if len(whole) <= TICKET else f"{_CUT}{whole[-(TICKET - len(_CUT)) :]}"


def still_open(text: str, missing: Iterable[str]) -> tuple[str, ...]:
    """Variables of a canned answer that still stand in braces."""
    return tuple(name for name in missing if f"{{{name}}}" in text)


def shortened(template: Template) -> str:
    """The beginning of a canned answer, on one line."""
    return one_line(template.text, SAID)
