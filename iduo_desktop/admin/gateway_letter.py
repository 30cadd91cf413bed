"""Letters: mails as they go out, built so that no address, subject or text can add a header."""

import re
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from iduo_desktop.admin.gateway_address import plain
from iduo_desktop.admin.gateway_config import MailOut
from iduo_desktop.admin.gateway_door import Waiting

# Every server takes seven bits; long references are not folded into something that is no reference.
KINDS: Final = HeaderRegistry()
for _name in ("in-reply-to", "references"):
    KINDS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type]  # it is mixed into a BaseHeader
POLICY: Final = SMTP.clone(cte_type="7bit", header_factory=KINDS)
REFERENCE: Final = re.compile(r"[!-;=?A-~]{1,125}@[!-;=?A-~]{1,125}")
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
SHEET: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class LetterError(Exception):
    """It cannot be a mail; the sentence says why."""


def message(waiting: Waiting, sender: MailOut) -> EmailMessage:
    """What a person wrote to a client."""
    made = _letter(sender, (waiting.address,), waiting.subject, waiting.text, waiting.message_ref)
    if waiting.reply_to_ref and REFERENCE.fullmatch(waiting.reply_to_ref):
        made["In-Reply-To"] = made["References"] = f"<{waiting.reply_to_ref}>"
    return made


def batch(sender: MailOut, addresses: tuple[str, ...], title: str, text: str, file: Path, ref: str) -> EmailMessage:
    """The day's batch with its file; nobody wrote it, so no absent person need answer."""
    made = _letter(sender, addresses, title, text, ref)
    made["Auto-Submitted"] = "auto-generated"
    made.add_attachment(file.read_bytes(), maintype=SHEET[0], subtype=SHEET[1], filename=file.name)
    return made


def wire(letter: EmailMessage) -> bytes:
    """As it travels; a LetterError when it cannot."""
    try:
        body = letter.as_bytes()
    except ValueError:
        raise LetterError("El mensaje tiene algo que no puede ir en un correo.") from None
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def address(text: str) -> str:
    """An address as servers take it; a LetterError when it is none."""
    found = plain(text)
    if not found:
        raise LetterError("La dirección no es de un correo: corregila en los datos del cliente.")
    return found


def on_one_line(text: str) -> str:
    """A subject or a name: what would begin another header becomes a space."""
    return " ".join(CONTROLS.sub(" ", text).split())


def _letter(sender: MailOut, addresses: tuple[str, ...], subject: str, text: str, ref: str) -> EmailMessage:
    if not REFERENCE.fullmatch(ref):
        raise LetterError("El mensaje no tiene una referencia con la que pueda salir.")
    made = EmailMessage(policy=POLICY)
    made["From"] = Address(on_one_line(sender.from_name), addr_spec=sender.from_address)
    made["To"] = tuple(Address(addr_spec=address(one)) for one in addresses)
    made["Subject"] = on_one_line(subject)
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{ref}>"
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    made.set_content(CONTROLS.sub("", lines))
    return made
