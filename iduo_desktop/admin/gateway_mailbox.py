"""Answers by mail, from an IMAP folder: marked as seen only after the database has them."""

import imaplib
import socket
from contextlib import suppress
from functools import partial
from typing import Any, Final

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessage
from imap_tools.consts import MailMessageFlags
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError

from iduo_desktop.admin import gateway_reading as reading
from iduo_desktop.admin.gateway_config import MailIn
from iduo_desktop.admin.gateway_door import GatewayDoor, RefusedError
from iduo_desktop.admin.gateway_duty import TroubleError
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_mail import reason, words_of
from iduo_desktop.admin.gateway_reading import Read
from iduo_desktop.database.deadline import WATCH

# The last two: a server that answers what the library does not understand.
FAILURES: Final = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError, LookupError)
AT_ONCE: Final = 200


class Mailbox:
    """Looks into a folder again and again, over one connection."""

    name = "mailbox"

    def __init__(self, place: MailIn, own: str, door: GatewayDoor, journal: Journal) -> None:
        self.rest = float(place.seconds)
        self._place = place
        self._own = own
        self._door = door
        self._journal = journal
        self._box: BaseMailBox | None = None
        self._left: set[str] = set()

    def round(self) -> bool:
        """Hand over what is unseen, the oldest first; True when there may be more."""
        try:
            box = self._open()
            with WATCH.limit(self._place.account.timeout, partial(_hang_up, box)):
                box.client.noop()
                found = sorted(set(box.uids("UNSEEN")) - self._left, key=int)
            for uid in found[:AT_ONCE]:
                self._hand_over(box, uid)
        except FAILURES as error:
            self.close()
            raise TroubleError(why(error, self._place)) from None
        self._journal.relieve(self.name)
        return len(found) > AT_ONCE

    def close(self) -> None:
        """Hang up."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(*FAILURES), WATCH.limit(5.0, partial(_hang_up, box)):
                box.logout()

    def _hand_over(self, box: BaseMailBox, uid: str) -> None:
        with WATCH.limit(self._place.account.timeout * 10, partial(_hang_up, box)):
            found = self._read(box, uid)
            if found is None:
                return
            try:
                words = self._keep(found)
            except RefusedError as refused:
                self._left.add(uid)  # it stays unseen, for people, and does not keep the others
                self._journal.say("refused", f"La base no aceptó un correo: {refused}", uid=uid)
                return
            box.flag([uid], MailMessageFlags.SEEN, True)
        self._journal.say(found.kind, words)

    def _keep(self, found: Read) -> str:
        """Committed when it comes back; what it was, in words."""
        if found.incoming is not None:
            taken = self._door.receive(found.incoming)
            if taken.replayed:
                return "Respuesta por correo: ya estaba."
            return f"Respuesta por correo{'' if taken.matched else ', no sabemos de quién'}."
        for ref in found.refs:
            self._door.delivery(ref, found.delivered, found.error)
        return "Aviso de entrega." if found.refs else "Correo automático: no cuenta como respuesta."

    def _read(self, box: BaseMailBox, uid: str) -> Read | None:
        """None when it is gone meanwhile."""
        size = _size(box, uid)
        whole = size <= self._place.largest
        raw = _raw(box, uid, "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]")
        if raw is None:
            return None
        try:
            return reading.read(MailMessage.from_bytes(raw), raw, self._own, whole)
        except reading.UNREADABLE:
            return reading.unreadable(raw)

    def _open(self) -> BaseMailBox:
        if self._box is None:
            self._box = connect(self._place)
        return self._box


def connect(place: MailIn) -> BaseMailBox:
    """Logged in, with its folder open."""
    account = place.account
    if account.tls == "tls":
        box: BaseMailBox = MailBox(account.host, account.port, account.timeout, ssl_context=account.context())
    elif account.tls == "starttls":
        box = MailBoxStartTls(account.host, account.port, account.timeout, ssl_context=account.context())
    else:
        box = MailBoxUnencrypted(account.host, account.port, account.timeout)
    login = box.login if (account.user + account.password).isascii() else box.login_utf8
    try:
        login(account.user, account.password, initial_folder=place.folder)
    except FAILURES:
        box.client.shutdown()
        raise
    return box


def try_out(place: MailIn) -> None:
    """Log in and look; a TroubleError says what is wrong."""
    try:
        connect(place).logout()
    except FAILURES as error:
        raise TroubleError(why(error, place)) from None


def why(error: Exception, place: MailIn) -> str:
    """What is wrong, for whoever looks after it."""
    server = f"{place.account.host}:{place.account.port}"
    if isinstance(error, MailboxLoginError):
        said = "no acepta el usuario o la contraseña"
    elif isinstance(error, MailboxFolderSelectError):
        said = f"no tiene una carpeta «{place.folder}»"
    else:
        said = reason(error) if isinstance(error, OSError) else f"respondió «{words_of(str(error))}»"
    return f"No se leen las respuestas por correo: {server} {said}."


def _size(box: BaseMailBox, uid: str) -> int:
    _, data = box.client.uid("FETCH", uid, "(RFC822.SIZE)")
    text = b" ".join(part for part in data if isinstance(part, bytes)).decode("ascii", "replace")
    _, _, found = text.partition("RFC822.SIZE ")
    digits = found.split(")")[0].split(" ")[0]
    return int(digits) if digits.isdigit() else 0


def _raw(box: BaseMailBox, uid: str, what: str) -> bytes | None:
    _, data = box.client.uid("FETCH", uid, f"({what})")
    parts: list[Any] = data or []
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _hang_up(box: BaseMailBox) -> None:
    """From another thread."""
    with suppress(OSError):
        box.client.socket().shutdown(socket.SHUT_RDWR)
