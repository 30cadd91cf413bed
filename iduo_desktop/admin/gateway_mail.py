"""Mails that go out, over SMTP: step by step, so that it is known whether a letter certainly stayed here."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from functools import partial
from typing import Final

from iduo_desktop.admin import gateway_letter as letters
from iduo_desktop.admin.gateway_config import Account, MailOut
from iduo_desktop.admin.gateway_door import Waiting
from iduo_desktop.admin.gateway_duty import TroubleError
from iduo_desktop.admin.gateway_letter import LetterError
from iduo_desktop.admin.gateway_outbox import Fate
from iduo_desktop.database.deadline import WATCH

UNKNOWN: Final = "El servidor de correo no confirmó que lo recibió ({}): no sabemos si salió."
CUT: Final = "Se cortó la conexión con el servidor de correo antes de terminar ({})."
# How much longer than at other steps the answer to a whole letter is waited for.
LAST_ANSWER: Final = 3
FAILURES: Final = (OSError, smtplib.SMTPException)
REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (ssl.SSLError, "no habla TLS como se configuró"),
    (TimeoutError, "no respondió a tiempo"),
    (ConnectionRefusedError, "no recibe conexiones"),
    (socket.gaierror, "no se encuentra: ese nombre no tiene dirección"),
    (ConnectionError, "cortó la conexión"),
    (smtplib.SMTPServerDisconnected, "cortó la conexión"),
)


class _SaysNoError(Exception):
    """The server refused a step before the letter's end was sent, or the letter itself."""

    def __init__(self, code: int, said: bytes, about_us: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.said = words_of(said)
        self.about_us = about_us


class Postman:
    """One session with the mail server, kept while there are letters."""

    def __init__(self, sender: MailOut) -> None:
        self._sender = sender
        self._session: smtplib.SMTP | None = None

    def greet(self) -> None:
        """Reach the server and log in."""
        self._open()

    def carry(self, message: Waiting) -> Fate:
        """Send one message."""
        try:
            return self.post(letters.message(message, self._sender), message.message_ref)
        except LetterError as error:
            return Fate("failed", str(error))

    def post(self, letter: EmailMessage, ref: str) -> Fate:
        """Send one letter; never twice. A LetterError says that it cannot be one."""
        body = letters.wire(letter)
        try:
            session = self._open()
        except TroubleError as trouble:
            return Fate("failed", str(trouble), again=True, trouble=True)
        with self._in_time(session):
            try:
                self._hand_over(session, letter, body)
            except _SaysNoError as no:
                return self._refused(session, no)
            except FAILURES as error:
                self.close()
                return Fate("failed", CUT.format(reason(error)), again=True)
            return self._finish(session, ref)

    def close(self) -> None:
        """Hang up, politely if the server listens."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(*FAILURES), self._in_time(session):
                session.quit()
            session.close()

    def _hand_over(self, session: smtplib.SMTP, letter: EmailMessage, body: bytes) -> None:
        """All but the line that ends the letter: until then no server may take it for sent."""
        code, said = session.mail(self._sender.from_address)
        if code // 100 != 2:
            raise _SaysNoError(code, said, about_us=True)
        for one in letter["To"].addresses:
            code, said = session.rcpt(one.addr_spec)
            if code // 100 != 2:
                raise _SaysNoError(code, said)
        code, said = session.docmd("DATA")
        if code != 354:
            raise _SaysNoError(code, said)
        session.send(re.sub(rb"(?m)^\.", b"..", body))

    def _finish(self, session: smtplib.SMTP, ref: str) -> Fate:
        """From here on silence means doubt."""
        try:
            session.send(b".\r\n")
            if session.sock is not None:  # a server may look into a letter before it says yes
                session.sock.settimeout(self._sender.account.timeout * LAST_ANSWER)
            code, said = session.getreply()
        except FAILURES as error:
            self.close()
            return Fate("doubtful", UNKNOWN.format(reason(error)))
        if session.sock is not None:
            session.sock.settimeout(self._sender.account.timeout)
        if code // 100 == 2:
            return Fate("sent", provider_id=ref)
        if code // 100 in (4, 5):
            return self._refused(session, _SaysNoError(code, said))
        self.close()
        return Fate("doubtful", UNKNOWN.format(code))

    def _refused(self, session: smtplib.SMTP, no: _SaysNoError) -> Fate:
        """Its words, for whoever wrote; what is about our own address is not the message's fault."""
        try:
            leaving = no.code == 421 or session.rset()[0] // 100 != 2
        except FAILURES:
            leaving = True
        if leaving:
            self.close()
        whom = "no acepta nuestra dirección" if no.about_us else "no lo aceptó"
        words = f"El servidor de correo {whom}: «{no.said}» ({no.code})."
        about_us = no.about_us or no.code in (421, 530)
        return Fate("failed", words, again=about_us or no.code // 100 != 5, trouble=about_us)

    def _open(self) -> smtplib.SMTP:
        if self._session is not None:
            try:
                with self._in_time(self._session):
                    if self._session.noop()[0] == 250:
                        return self._session
            except FAILURES:
                pass
            self.close()
        self._session = connect(self._sender.account)
        return self._session

    @contextmanager
    def _in_time(self, session: smtplib.SMTP) -> Iterator[None]:
        """A server that says a little now and then does not keep us either."""
        with WATCH.limit(self._sender.account.timeout * (LAST_ANSWER + 2), partial(_hang_up, session)):
            yield


def connect(account: Account) -> smtplib.SMTP:
    """A session that is encrypted and logged in; a TroubleError says what is wrong."""
    session: smtplib.SMTP | None = None
    try:
        if account.tls == "tls":
            session = smtplib.SMTP_SSL(
                account.host, account.port, "localhost", timeout=account.timeout, context=account.context()
            )
        else:
            session = smtplib.SMTP(account.host, account.port, "localhost", timeout=account.timeout)
        if account.tls == "starttls":
            session.starttls(context=account.context())
        if session.sock is not None:  # a letter and its end are two writings: the second must not wait for the first
            session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session.ehlo_or_helo_if_needed()
        if account.user:
            session.login(account.user, account.password)
    except FAILURES as error:
        if session is not None:
            session.close()
        raise TroubleError(f"El correo no sale: {_why(error, account)}") from None
    return session


def try_out(account: Account) -> None:
    """Log in and go; a TroubleError says what is wrong."""
    connect(account).close()


def _why(error: OSError | smtplib.SMTPException, account: Account) -> str:
    place = f"{account.host}:{account.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{place} no acepta el usuario o la contraseña («{words_of(error.smtp_error)}»)."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{place} no ofrece lo que hace falta para entrar cifrado y con contraseña."
    return f"{place} {reason(error)}."


def reason(error: Exception) -> str:
    """Why a connection failed, in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"tiene un certificado que no se puede verificar ({error.verify_message})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"respondió {error.smtp_code} «{words_of(error.smtp_error)}»"
    if "timed out" in str(error):
        return "no respondió a tiempo"
    return next((words for kind, words in REASONS if isinstance(error, kind)), "no responde")


def words_of(said: bytes | str) -> str:
    """A server's words, short and harmless."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return letters.on_one_line(text)[:300]


def _hang_up(session: smtplib.SMTP) -> None:
    """From another thread."""
    handle = session.sock
    if handle is not None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)
