"""How to reach a server: the settings of libpq for a private server and for a central one."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iduo_desktop import __version__
from iduo_desktop.database.servers import Servers

# Longest name that the server keeps; longer ones it would cut in the middle of the version.
_NAME_BYTES = 63


def program_name(computer: str | None = None) -> str:
    """The name that pg_stat_activity shows: program, PC, version. ASCII, because the server escapes the rest."""
    room = _NAME_BYTES - len(f"iduo Desktop -  - {__version__}")
    pc = (computer or platform.node() or "PC").encode("ascii", "replace").decode()[:room]
    return f"iduo Desktop - {pc} - {__version__}"


@dataclass(frozen=True, slots=True)
class Conninfo:
    """Where to connect, as whom. Without `sslrootcert` only a private server on the loopback is spoken to.

    `hosts` are (name, port) of the servers of a failover pair, asked in this order. The password stays in memory.
    With `servers` one that was left behind is not worked with.
    """

    hosts: tuple[tuple[str, int], ...]
    dbname: str
    login: str
    password: str = field(repr=False)
    sslrootcert: Path | None = None
    program: str = field(default_factory=program_name)
    servers: Servers | None = field(default=None, repr=False, compare=False)

    def keywords(self, deadline: float) -> dict[str, Any]:
        """What psycopg.connect takes. `deadline` in seconds also bounds statements on the server."""
        common: dict[str, Any] = {
            "host": ",".join(host for host, _ in self.hosts),
            "port": ",".join(str(port) for _, port in self.hosts),
            "dbname": self.dbname,
            "user": self.login,
            "password": self.password,
            "application_name": self.program,
            "client_encoding": "UTF8",
            "require_auth": "scram-sha-256",
            "gssencmode": "disable",
            "connect_timeout": 3,
            "target_session_attrs": "read-write",
            "options": self._options(deadline),
        }
        return common | (self._central() if self.sslrootcert else self._private())

    def _central(self) -> dict[str, Any]:
        return {
            "sslmode": "verify-full",
            "sslrootcert": str(self.sslrootcert),
            "channel_binding": "require",
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        }

    def _private(self) -> dict[str, Any]:
        strangers = [host for host, _ in self.hosts if host not in ("127.0.0.1", "::1", "localhost")]
        if strangers:
            raise ValueError(f"a server elsewhere needs a certificate: {', '.join(strangers)}")
        return {"sslmode": "disable"}

    def _options(self, deadline: float) -> str:
        """A little less than the deadline for statements, so that a slow one ends with an answer, not a cut line."""
        wanted = {"statement_timeout": f"{max(int(deadline * 1000) - 500, 500)}", "TimeZone": "UTC", "DateStyle": "ISO"}
        # A server on Windows refuses it; a private server there has no line that could break.
        if self.sslrootcert or os.name != "nt":
            wanted["client_connection_check_interval"] = "1000"
        return " ".join(f"-c {name}={value}" for name, value in wanted.items())
