"""iduo-admin database: made, and brought to this release."""

from argparse import Namespace

from iduo_desktop.admin import target, upgrade
from iduo_desktop.admin.outcome import Exit, Terminal


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


def _values(name: str) -> dict[str, object]:
    return {"database": name, "schema_version": upgrade.latest_revision()}
