"""What is opened after the login is on the screen: the log, the configuration, and the gate of the profile."""

import tempfile
from dataclasses import replace
from pathlib import Path

from iduo_desktop import config, trust
from iduo_desktop.config import Profile
from iduo_desktop.database.servers import Servers
from iduo_desktop.gate import Gate
from iduo_desktop.logs import LogFiles, Report
from iduo_desktop.ui.door import Rules, rules_of

NOT_WRITABLE = (
    "No se puede escribir en {}. El programa anda igual, pero en esta PC no quedan borradores, gustos ni registro."
)


class Rest:
    """Opened once, in a worker; closed at the end."""

    def __init__(self, profile: str | None, *, demo: bool, report: Report):
        self._profile = profile
        self._demo = demo
        self._report = report
        self._logs: LogFiles | None = None

    def open(self) -> Gate:
        """Reads files: not for the UI thread."""
        problem = self._open_log(config.log_folder()) or _no_rights(config.data_folder())
        if self._demo:
            return Gate(config.demo_profile(), demo=True)
        known = config.load().choose(self._profile)
        rules = rules_of(known)
        profile, untrusted = trust.secured(known.profile, config.data_folder())
        servers = _servers(profile) if profile.hosts else None
        return Gate(profile, demo=False, rules=_worse(rules, untrusted, problem), servers=servers)

    def close(self) -> None:
        """Close the log."""
        if self._logs is not None:
            self._logs.close()

    def _open_log(self, folder: Path) -> str:
        """The problem with the folder for it; then the log goes among the temporary files."""
        try:
            self._logs = LogFiles(folder, self._report)
        except OSError:
            self._logs = LogFiles(Path(tempfile.mkdtemp(prefix="iduo-desktop-")), self._report)
            return NOT_WRITABLE.format(folder)
        return ""


def _servers(profile: Profile) -> Servers:
    """What is remembered of where this profile leads; led elsewhere by IT, it begins anew."""
    where = ",".join(f"{host}:{port}" for host, port in profile.hosts)
    return Servers(config.data_folder() / "servers.json", f"{profile.name} {profile.dbname} {where}")


def _no_rights(folder: Path) -> str:
    """The problem with a folder where this person's files should be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b".")
    except OSError:
        return NOT_WRITABLE.format(folder)
    return ""


def _worse(rules: Rules, untrusted: str, unwritable: str) -> Rules:
    problems = (*filter(None, (unwritable,)), *rules.problems)
    return replace(rules, blocked=rules.blocked or untrusted, problems=problems)
