"""The door to schema api for commands that do what a person does: as whoever was named, or as the nightly job."""

import os
import stat
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from iduo_desktop import config
from iduo_desktop.admin import serve, target
from iduo_desktop.admin.outcome import Terminal
from iduo_desktop.admin.target import WrongUseError
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.servers import Servers

JOB: Final = "iduo_job"
PATIENCE: Final = 600.0
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@contextmanager
def opened(options: Namespace, terminal: Terminal) -> Iterator[Database]:
    """On a private server the demo's coordinator; on a central one whoever was named."""
    if options.user == JOB:
        check_secret(options.password_file)
    with target.opened(options, terminal) as place:
        database = Database(_person(place), deadline=PATIENCE)
        try:
            yield database
        finally:
            database.close()


def check_secret(path: Path | None) -> None:
    """The nightly job's password comes from a file that nobody else can read: no person is there to type it."""
    if path is None:
        raise WrongUseError(f"{JOB} necesita --password-file con el archivo que dejó database job-password")
    check_private(path)


def check_private(path: Path) -> None:
    """Refuse a file that others may read. What systemd hands over shows the service's right as if it were a group's."""
    kept = os.environ.get("CREDENTIALS_DIRECTORY")
    if kept and path.is_relative_to(kept):
        return
    if sys.platform == "win32":  # there the folder's permissions say it, which database doctor cannot see either
        return
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise WrongUseError(f"no se puede leer {path}: {error.strerror}") from None
    if mode & OTHERS:
        raise WrongUseError(f"otros pueden leer {path}: corré chmod 600 {path}, y cambiá la contraseña")


def _person(place: target.Target) -> Conninfo:
    info = psycopg.conninfo.conninfo_to_dict(place.conninfo)
    login, password = str(info.get("user") or ""), str(info.get("password") or "")
    if place.folder is not None:
        login = "coordinador"
        password = serve.people(place)[login]
    elif not password or not info.get("host"):
        raise WrongUseError("hacen falta --host, --user y --password-file")
    certificate = info.get("sslrootcert")
    hosts = tuple((host, int(info.get("port") or 5432)) for host in str(info["host"]).split(","))
    servers = _servers(place.name, str(info["host"])) if certificate else None
    return Conninfo(
        hosts, place.name, login, password, Path(str(certificate)) if certificate else None, servers=servers
    )


def _servers(database: str, host: str) -> Servers:
    """What is remembered of the servers; a service keeps it where systemd lets it write."""
    folder = os.environ.get("STATE_DIRECTORY")
    return Servers((Path(folder) if folder else config.data_folder()) / "servers.json", f"{database} {host}")
