"""iduo-admin database: made, and brought to this release."""

from argparse import Namespace

import psycopg
from psycopg import sql

from iduo_desktop.admin import target, upgrade
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.passwords import new_password, private_file, verifier
from iduo_desktop.admin.staff import forget_settings

GUARD = "iduo_guard"
GATEWAY = "iduo_gateway"
CHAT = "iduo_chat"


def create(options: Namespace, terminal: Terminal) -> Exit:
    """Make the database with roles, tables, rights and functions."""
    with target.opened(options, terminal, prepared=False) as database:
        if target.exists(database):
            message = f"Ya hay una base «{database.name}». Para ponerla al día: iduo-admin database upgrade"
            return terminal.refuse(message, Exit.REFUSED)
        terminal.progress("Creando la base…")
        upgrade.create(database.server, database.name)
        name = database.name
    terminal.answer(_values(name), [f"La base «{name}» está lista. Revisala con: iduo-admin database doctor"])
    return Exit.DONE


def bring_up_to_date(options: Namespace, terminal: Terminal) -> Exit:
    """Bring the database to this release; may be run again at any time."""
    with target.opened(options, terminal, prepared=False) as database:
        if not target.exists(database):
            message = f"No hay una base «{database.name}». Para crearla: iduo-admin database create"
            return terminal.refuse(message, Exit.REFUSED)
        terminal.progress("Poniendo la base al día…")
        upgrade.upgrade(database.conninfo)
        name = database.name
    terminal.answer(_values(name), [f"La base «{name}» está en la versión {upgrade.latest_revision()}."])
    return Exit.DONE


def give_a_password(role: str, options: Namespace, terminal: Terminal) -> Exit:
    """Make a service's password: the server gets its verifier, the file (for its owner alone) the password."""
    password = new_password()
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        made = verifier(connection, role, password)
        # the file first: a password that is in no file would lock the service out
        with private_file(options.file) as file:
            file.write(f"{password}\n")
            change = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            forget_settings(connection, role)
            connection.execute(change.format(sql.Identifier(role), sql.Literal(made)))
            connection.commit()
    answer = {"role": role, "file": str(options.file)}
    terminal.answer(answer, [f"La contraseña de {role} quedó en {options.file}; nadie más la puede leer."])
    return Exit.DONE


def _values(name: str) -> dict[str, object]:
    return {"database": name, "schema_version": upgrade.latest_revision()}
