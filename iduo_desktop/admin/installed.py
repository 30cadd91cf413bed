"""iduo-admin config installed: what the installer calls with its properties, which anybody may have written."""

import subprocess
from argparse import Namespace

from iduo_desktop import config
from iduo_desktop.admin import machine_file, machine_rights
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.target import WrongUseError

WORDS = ("hosts", "port", "dbname", "sslrootcert")
COUNT = "Van cuatro valores entre comillas, en este orden: DBHOST, DBPORT, DBNAME y SSLROOTCERT."
QUOTES = "Un valor no puede tener comillas: «{}»."


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Make the folder the administrators', and write the machine's file if there is none of theirs.

    Four words and nothing else. A quote inside a property ends its word early on the command line: then there are more
    or fewer than four, or one with a quote, and nothing is written.
    """
    said = list(options.words)
    if len(said) != len(WORDS):
        raise WrongUseError(COUNT)
    for value in said:
        if '"' in value:
            raise WrongUseError(QUOTES.format(value))
    path = options.file or config.machine_file()
    values = Namespace(**dict(zip(WORDS, said, strict=True)))
    values.file, values.profile_name = path, machine_file.PROFILE
    values.if_absent, values.replace = True, False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if options.file is None:
            machine_rights.take(path)
    except (OSError, subprocess.CalledProcessError) as error:
        return terminal.refuse(f"No se pudo proteger {path.parent}: {error}", Exit.REFUSED)
    return machine_file.run(values, terminal)
