"""Errors by who can act: what an SQLSTATE means, and what the words of a refused connection mean."""

import subprocess
import sys

import pytest

from iduo_desktop.database import errors
from iduo_desktop.database.errors import Kind


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        (None, Kind.LOST),
        ("08006", Kind.LOST),
        ("57P01", Kind.LOST),
        ("57P05", Kind.LOST),
        ("25006", Kind.LOST),
        ("57014", Kind.BUSY),
        ("55P03", Kind.BUSY),
        ("53300", Kind.BUSY),
        ("53400", Kind.BUSY),
        ("40001", Kind.AGAIN),
        ("40P01", Kind.AGAIN),
        ("28P01", Kind.REFUSED),
        ("42501", Kind.REFUSED),
        ("IU001", Kind.REFUSED),
        ("0A000", Kind.STALE),
        ("23505", Kind.OURS),
        ("42883", Kind.OURS),
        ("25001", Kind.OURS),
    ],
)
def test_kinds(sqlstate: str | None, kind: Kind) -> None:
    assert errors.kind_of(sqlstate) is kind


@pytest.mark.parametrize(
    ("words", "kind", "sentence"),
    [
        ('FATAL:  password authentication failed for user "x"', errors.LoginRefused, "contraseña no coinciden"),
        ('FATAL:  role "x" is not permitted to log in', errors.LoginRefused, "desactivado"),
        ('FATAL:  too many connections for role "x"', errors.TooManyConnections, "demasiadas"),
        ("FATAL:  sorry, too many clients already", errors.TooManyConnections, "demasiadas"),
        ("remaining connection slots are reserved for roles", errors.TooManyConnections, "demasiadas"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', errors.LoginRefused, "Informática"),
        ("SSL error: certificate verify failed", errors.ServerNotTrusted, "verdadero"),
        ("server does not support SSL, but SSL was required", errors.ServerNotTrusted, "verdadero"),
        ('authentication method requirement "scram-sha-256" failed', errors.ServerNotTrusted, "verdadero"),
        ("channel binding is required, but server did not offer it", errors.ServerNotTrusted, "verdadero"),
        ("connection refused", errors.ConnectionLost, "No hay conexión"),
        ("FATAL:  the database system is starting up", errors.ConnectionLost, "No hay conexión"),
        ("could not translate host name", errors.ConnectionLost, "No hay conexión"),
        ("session is read-only", errors.ConnectionLost, "No hay conexión"),
    ],
)
def test_words_of_a_refused_connection(words: str, kind: type[Exception], sentence: str) -> None:
    error = errors.from_connecting(f"connection failed: {words}")
    assert type(error) is kind
    assert sentence in error.message


def test_a_key_that_comes_again_with_other_contents_is_the_persons_to_look_at() -> None:
    assert errors.kind_of("23505", ours=True) is Kind.REFUSED
    assert "con otros datos" in errors.refusal("23505", "duplicate key", None, ours=True).message


def test_every_one_has_a_sentence() -> None:
    for kind in (errors.Busy, errors.TooManyConnections, errors.InDoubt, errors.ConnectionLost, errors.Cancelled):
        assert str(kind()) == kind().message
        assert kind().message.endswith(".")


def test_no_driver_is_loaded_for_them() -> None:
    code = "import sys, iduo_desktop.database.errors; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
