"""A private server in a process of its own: it starts, lets the demo's people in, and ends with us."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from iduo_desktop.database.errors import UserError
from iduo_desktop.private_server import PrivateServer


def test_it_serves_until_it_is_closed(tmp_path: Path) -> None:
    said: list[str] = []
    server = PrivateServer(tmp_path / "base", fill=False)
    served = server.start(said.append)
    assert said == ["poniendo en marcha la base…"]
    assert {role for role, _, _ in served.people} == {"operador", "coordinador", "administrador"}
    role, login, password = served.people[0]
    how = make_conninfo(host=served.host, port=served.port, dbname=served.dbname, user=login, password=password)
    with psycopg.connect(how) as connection:
        assert connection.execute("SELECT roles FROM api.session_start('0.1.0')").fetchone() == (["operator"],)
    assert role == "operador"
    assert server.start(said.append) is served
    server.close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(how)


def test_what_goes_wrong_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("una carpeta no es")
    server = PrivateServer(tmp_path / "base", fill=False)
    with pytest.raises(UserError, match="No se pudo poner en marcha la base de esta PC"):
        server.start(lambda _: None)
    server.close()
