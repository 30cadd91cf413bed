"""Mails that came in, read: an answer of somebody, a bounce of what we sent, or what a program wrote by itself."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.message import Message
from typing import Final

from imap_tools import MailMessage

from iduo_desktop.admin.gateway_door import Incoming
from iduo_desktop.admin.gateway_html import to_text
from iduo_desktop.admin.gateway_letter import CONTROLS, on_one_line
from iduo_desktop.admin.gateway_quotes import MARK, shortened, without_quote

LARGEST_TEXT: Final = 1_000_000
ONE: Final = r"<([^<>\s\x00-\x1f\x7f\ud800-\udfff]{1,120}@[^<>\s\x00-\x1f\x7f\ud800-\udfff]{1,120})>"
REFERENCE: Final = re.compile(ONE)
MESSAGE_ID: Final = re.compile(rf"(?im)^[ \t>]*Message-ID:\s*{ONE}")
POSTMASTER: Final = re.compile(r"(?i)^(mailer-daemon|postmaster|mail-daemon)(@|$)")
ABSENT: Final = re.compile(
    r"(?i)^\s*(respuesta autom[áa]tica|automatic reply|auto-?reply|auto:|out of (the )?office|fuera de (la )?oficina)"
)
LATE: Final = re.compile(r"(?i)warning|delay|demora|retras")
# A reader's letters that run the other way round could make one name look like another.
DIRECTIONS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What the library raises on mails that were made to break it.
UNREADABLE: Final = (
    *(LookupError, ValueError, TypeError, AttributeError, RecursionError, AssertionError),
    MessageError,
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a mail is: "answer", "bounce" (of `refs`; `delivered` when it says that it arrived) or "automatic"."""

    kind: str
    incoming: Incoming | None = None
    refs: tuple[str, ...] = ()
    delivered: bool = False
    error: str = ""


def read(mail: MailMessage, raw: bytes, own: str, whole: bool = True) -> Read:
    """Read one mail; `own` is the address that we send from, not `whole` when only its header was fetched."""
    if _is_report(mail.obj) or POSTMASTER.match(_sender(mail)):
        return _bounce(mail.obj)
    if _by_itself(mail) or (own and _sender(mail).casefold() == own.casefold()):
        return Read("automatic")
    text = _text(mail.obj) if whole else "[Correo demasiado grande: está en la casilla.]"
    return Read(
        "answer",
        Incoming(
            channel="email",
            provider_id=identity(mail.obj, raw),
            sender=_sender(mail)[:254],
            to=_clean(", ".join(mail.to))[:300],
            subject=_clean(on_one_line(mail.subject))[:300],
            text=shortened(text, "\n".join(_attachments(mail.obj))),
            in_reply_to=_references(mail.obj),
            at=_moment(mail),
        ),
    )


def unreadable(raw: bytes) -> Read:
    """A mail that cannot be read is still somebody's."""
    sender = re.search(rb"(?im)^From:[^\r\n]*?([A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+)", raw[:100_000])
    incoming = Incoming(
        channel="email",
        provider_id=f"sha256-{hashlib.sha256(raw).hexdigest()}",
        sender=sender[1].decode("ascii") if sender else "",
        to="",
        subject="",
        text="[No se pudo leer este correo: está en la casilla.]",
        in_reply_to=tuple(dict.fromkeys(REFERENCE.findall(raw[:20_000].decode("ascii", "replace"))))[:50],
        at=None,
    )
    return Read("answer", incoming)


def identity(mail: Message, raw: bytes) -> str:
    """Its Message-ID; a mail without one is known by its contents."""
    found = REFERENCE.search(str(mail.get("Message-ID", "")))
    return found[1] if found else f"sha256-{hashlib.sha256(raw).hexdigest()}"


def _sender(mail: MailMessage) -> str:
    return _clean(on_one_line(mail.from_))[:300]


def _is_report(mail: Message) -> bool:
    return mail.get_content_type() == "multipart/report"


def _by_itself(mail: MailMessage) -> bool:
    head = {name: str(mail.obj.get(name, "")).strip().lower() for name in ("Auto-Submitted", "Precedence")}
    return bool(
        head["Auto-Submitted"] not in ("", "no")
        or head["Precedence"] in ("bulk", "junk", "list", "auto_reply")
        or any(mail.obj.get(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or ABSENT.match(mail.subject)
    )


def _bounce(mail: Message) -> Read:
    """A report says itself what happened; of another mail of a postmaster it is taken to say that nothing arrived."""
    refs = _bounced(mail)
    status = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        late = _is_report(mail) or LATE.search(str(mail.get("Subject", "")))
        words = "El servidor de correo avisó que no llegó."
        return Read("automatic") if late or not refs else Read("bounce", refs=refs, error=words)
    fields: dict[str, str] = {}
    for block in status.walk():
        fields |= {name.lower(): str(value)[:2000] for name, value in block.items()}
    action = fields.get("action", "").strip().lower()
    if action not in ("failed", "delivered") or not refs:
        return Read("automatic")
    said = _clean(on_one_line(fields.get("diagnostic-code", "").partition(";")[2] or fields.get("status", "")))[:300]
    arrived = action == "delivered"
    words = f"No llegó; el servidor de destino dijo: «{said}»." if said else "El servidor avisó que no llegó."
    return Read("bounce", refs=refs, delivered=arrived, error="" if arrived else words)


def _bounced(mail: Message) -> tuple[str, ...]:
    """Our letters that it speaks of: those that it carries along, or names."""
    found: list[str] = []
    for part in mail.walk():
        if part is not mail:
            found += REFERENCE.findall(str(part.get("Message-ID", ""))[:1000])
        if part.get_content_maintype() == "text":
            found += MESSAGE_ID.findall(_decoded(part)[:100_000])
    return tuple(dict.fromkeys([*found, *_references(mail)]))[:20]


def _references(mail: Message) -> tuple[str, ...]:
    text = " ".join(str(value) for name in ("In-Reply-To", "References") for value in mail.get_all(name, []))
    return tuple(dict.fromkeys(REFERENCE.findall(text[:20_000])))[:50]


def _parts(mail: Message, kind: str) -> Iterator[Message]:
    return (part for part in _own(mail) if part.get_content_type() == kind and not part.get_filename())


def _own(mail: Message) -> Iterator[Message]:
    """Its parts, without those of mails that it carries along."""
    left = [mail]
    while left:
        part = left.pop()
        yield part
        payload = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() != "message" and isinstance(payload, list):
            left += [one for one in reversed(payload) if isinstance(one, Message)]


def _text(mail: Message) -> str:
    plain = "\n".join(map(_decoded, _parts(mail, "text/plain")))
    if not plain.strip():
        plain = "\n".join(to_text(_decoded(part), MARK) for part in _parts(mail, "text/html"))
    return without_quote(_clean(plain.replace("\r\n", "\n").replace("\r", "\n")))


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    payload = payload[:LARGEST_TEXT]
    try:
        return payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return payload.decode("utf-8" if _is_utf8(payload) else "cp1252", "replace")


def _is_utf8(payload: bytes) -> bool:
    # the last character may be cut
    return "\ufffd" not in payload[:-4].decode("utf-8", "replace")[:-4]


def _attachments(mail: Message) -> Iterator[str]:
    """Named, never opened."""
    names = [part.get_filename() for part in _own(mail) if part.get_filename()]
    for name in names[:20]:
        yield f"[Adjunto: {_clean(on_one_line(str(name)))[:100]}]"
    if len(names) > 20:
        yield f"[Y otros {len(names) - 20} adjuntos.]"


def _moment(mail: MailMessage) -> datetime:
    """When it was written, if that is believable."""
    now = datetime.now(UTC)
    said = mail.date if mail.date.tzinfo else mail.date.replace(tzinfo=UTC)
    return said if now - timedelta(days=30) < said < now else now


def _clean(text: str) -> str:
    return DIRECTIONS.sub("", CONTROLS.sub("", text))
