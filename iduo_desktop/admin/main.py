"""iduo-admin: what carries out each command, and how every failure ends."""

import importlib
import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial

import psycopg

from iduo_desktop.admin import (
    databases,
    doctor,
    door,
    erasure,
    guard,
    installed,
    machine_file,
    promotion,
    proof,
    seals,
    serve,
    staff,
    target,
    versions,
)
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.parser import Verbs, make_parser
from iduo_desktop.admin.target import WrongUseError
from iduo_desktop.database import errors, watchdog
from iduo_desktop.database.binaries import NoServerError

EXPECTED = (WrongUseError, NoServerError, errors.UserError, errors.OperationError, psycopg.Error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; the answer is the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["watchdog"]:
        return watchdog.main(words[1:])
    options = make_parser(VERBS).parse_args(words)
    terminal = Terminal(options.json)
    try:
        return int(options.verb(options, terminal))
    except EXPECTED as error:
        return terminal.refuse(*_why(error))
    except KeyboardInterrupt:
        return 130


def _why(error: Exception) -> tuple[str, Exit]:
    """The sentence and the exit code for a failure; a mistake of ours is raised again, to keep its trace."""
    if isinstance(error, psycopg.Error):
        return _what_the_server_said(error)
    if isinstance(error, WrongUseError):
        return str(error), Exit.WRONG_USE
    if isinstance(error, NoServerError):
        return str(error), Exit.NO_SERVER
    away = isinstance(error, errors.ConnectionLost | errors.LoginRefused | errors.ServerNotTrusted)
    return str(error), Exit.NO_CONNECTION if away else Exit.REFUSED


def _what_the_server_said(error: psycopg.Error) -> tuple[str, Exit]:
    state, said = error.sqlstate, error.diag
    if state is None and isinstance(error, psycopg.OperationalError):
        return f"{errors.from_connecting(str(error)).message} ({str(error).splitlines()[0]})", Exit.NO_CONNECTION
    ours = said.source_function == "exec_stmt_raise"
    kind = errors.kind_of(state, ours)
    if state is not None and kind is errors.Kind.REFUSED:
        return errors.refusal(state, said.message_primary or "", said.message_detail, ours).message, Exit.REFUSED
    if kind in (errors.Kind.LOST, errors.Kind.BUSY):
        return f"El servidor cortó o está ocupado ({state}). Probá de nuevo.", Exit.NO_CONNECTION
    raise error


def import_list(kind: str, options: Namespace, terminal: Terminal) -> int:
    """Bring a list in, as a coordinator, an administrator or the nightly job."""
    # loaded here: it brings the readers of workbooks
    imports = importlib.import_module("iduo_desktop.admin.imports")
    with door.opened(options, terminal) as database:
        return int(imports.run(database, imports.wanted(kind, options), terminal))


def import_no_contact(options: Namespace, terminal: Terminal) -> int:
    """Bring in a list of who is not to be contacted, as a coordinator, an administrator or the nightly job."""
    no_contact = importlib.import_module("iduo_desktop.admin.no_contact")
    with door.opened(options, terminal) as database:
        return int(no_contact.run(database, options, terminal))


def export_tickets(options: Namespace, terminal: Terminal) -> int:
    """Send the day's messages, as a coordinator, an administrator or the nightly job."""
    exports = importlib.import_module("iduo_desktop.admin.exports")
    with door.opened(options, terminal) as database:
        return int(exports.run(database, options, terminal))


def keep_gateway(options: Namespace, terminal: Terminal) -> int:
    """Send and receive what is written to clients."""
    # loaded here: it brings the libraries that speak to mail servers and providers
    gateway = importlib.import_module("iduo_desktop.admin.gateway")
    return int(gateway.run(options, terminal))


def fill_with_demo(options: Namespace, terminal: Terminal) -> int:
    """Fill a private server's database with a call centre as it looks on a working day."""
    demo = importlib.import_module("iduo_desktop.admin.demo")
    if options.embedded is None:
        raise WrongUseError("demo necesita --embedded CARPETA")
    with target.opened(options, terminal) as place:
        passwords = serve.people(place)
        terminal.progress("Inventando clientes y un mes de trabajo…")
        filled = bool(demo.fill(place.conninfo, passwords))
    said = "La base de demostración está lista." if filled else "La base ya tenía clientes: no se tocaron."
    terminal.answer({"filled": filled, "people": passwords}, [said])
    return Exit.DONE


VERBS: Verbs = {
    "audit verify": seals.verify,
    "config installed": installed.run,
    "config machine": machine_file.run,
    "database create": databases.create,
    "database upgrade": databases.bring_up_to_date,
    "database doctor": doctor.run,
    "database counts": proof.counts,
    "database backup-proved": proof.note,
    "database promoted": promotion.run,
    "database guard-password": partial(databases.give_a_password, databases.GUARD),
    "database job-password": partial(databases.give_a_password, door.JOB),
    "database require-version": versions.run,
    "database retain": erasure.retain,
    "database erase": erasure.erase,
    "database gateway-password": partial(databases.give_a_password, databases.GATEWAY),
    "database chat-password": partial(databases.give_a_password, databases.CHAT),
    "gateway": keep_gateway,
    "guard": guard.run,
    "staff add": staff.add,
    "staff disable": staff.disable,
    "staff reset": staff.reset,
    "serve": serve.run,
    "demo": fill_with_demo,
    "export tickets": export_tickets,
    "import answers": partial(import_list, "answers"),
    "import clients": partial(import_list, "clients"),
    "import companies": partial(import_list, "companies"),
    "import contacts": partial(import_list, "contacts"),
    "import no-contact": import_no_contact,
}

if __name__ == "__main__":
    sys.exit(main())
