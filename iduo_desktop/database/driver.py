"""Which driver the program speaks through, for whoever has to know what is installed on a PC."""

from dataclasses import dataclass

import psycopg
from psycopg import pq

# nobody listens there; what libpq thinks of the rest it says before it connects
_NOWHERE = b"host=127.0.0.1 port=9 sslmode=verify-full connect_timeout=1"


@dataclass(frozen=True, slots=True)
class Driver:
    """psycopg and its libpq; `implementation` is "binary" where it brought its own, `tls` whether that can TLS."""

    psycopg: str
    implementation: str
    libpq: str
    tls: bool


def driver() -> Driver:
    """What is loaded."""
    major, minor = divmod(pq.version(), 10_000)
    return Driver(psycopg.__version__, pq.__impl__, f"{major}.{minor}", _can_tls())


def _can_tls() -> bool:
    connection = pq.PGconn.connect_start(_NOWHERE)
    said = connection.get_error_message()
    connection.finish()
    return "not compiled in" not in said
