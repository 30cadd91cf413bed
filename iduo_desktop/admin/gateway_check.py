"""iduo-admin gateway --check: every connection is tried, and what is wrong is said; nothing is sent or taken."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import gateway_mail, gateway_mailbox
from iduo_desktop.admin.gateway_batch import job
from iduo_desktop.admin.gateway_config import ChatPlace, Config, DailyBatch
from iduo_desktop.admin.gateway_duty import TroubleError
from iduo_desktop.admin.gateway_serving import is_free
from iduo_desktop.admin.gateway_sms import Texter
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database import errors
from iduo_desktop.services import batches

Test = Callable[[], object]
EXPECTED = (TroubleError, psycopg.Error, errors.UserError, errors.OperationError)


def run(config: Config, conninfo: str, options: Namespace, terminal: Terminal) -> Exit:
    """Try all; 1 when something is wrong."""
    found = {part: _why_not(test) for part, test in _tests(config, conninfo, options)}
    answer = [{"part": part, "ok": not words, "message": words} for part, words in found.items()]
    lines = [f"{'mal' if words else 'bien'}  {part}{f': {words}' if words else ''}" for part, words in found.items()]
    terminal.answer({"checks": answer}, lines)
    return Exit.REFUSED if any(found.values()) else Exit.DONE


def _tests(config: Config, conninfo: str, options: Namespace) -> Iterator[tuple[str, Test]]:
    if config.has_messages:
        yield "base de datos", lambda: _database(conninfo)
    mail, mailbox, sms, webhook, batch = config.mail, config.mailbox, config.sms, config.webhook, config.batch
    chat = config.chat
    if mail:
        yield "correo que sale", lambda: gateway_mail.try_out(mail.account)
    if mailbox:
        yield "correo que entra", lambda: gateway_mailbox.try_out(mailbox)
    if sms:
        yield "mensajes de texto", Texter(sms).greet
    if webhook:
        yield "avisos del proveedor", lambda: is_free(webhook)
    if chat:
        yield "chat del sitio", lambda: is_free(chat)
        yield "chat del sitio, base de datos", lambda: _chat(chat, conninfo)
    if batch:
        yield "lote del día", lambda: _batch(batch, options)


def _why_not(test: Test) -> str:
    try:
        test()
    except EXPECTED as error:
        return str(error).splitlines()[0]
    return ""


def _database(conninfo: str) -> None:
    """Whether it lets us in, and we are who may send."""
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            # of no message: it changes nothing
            connection.execute("SELECT FROM api.gateway_delivery('', true, '')")
    except psycopg.OperationalError as error:
        raise TroubleError(errors.from_connecting(str(error)).message) from None
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName, psycopg.errors.UndefinedFunction):
        raise TroubleError("no está al día (iduo-admin database upgrade), o el usuario no es iduo_gateway.") from None


def _chat(chat: ChatPlace, conninfo: str) -> None:
    """Whether the chat's account gets in."""
    try:
        with psycopg.connect(make_conninfo(conninfo, user=chat.user, password=chat.password), autocommit=True) as line:
            line.execute("SELECT FROM api.visitor_hours()")
    except psycopg.OperationalError as error:
        raise TroubleError(errors.from_connecting(str(error)).message) from None
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName, psycopg.errors.UndefinedFunction):
        raise TroubleError("no está al día (iduo-admin database upgrade), o el usuario no es iduo_chat.") from None


def _batch(batch: DailyBatch, options: Namespace) -> None:
    """Whether the account that makes it gets in."""
    with closing(job(batch, options)) as database:
        batches.board(database, limit=1)
