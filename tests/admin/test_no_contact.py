"""A list of who is not to be contacted, brought in from a file on a real server."""

import json
import random
from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest

from iduo_desktop.admin import no_contact
from iduo_desktop.admin.main import main
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database.connection import Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.services import pressure
from iduo_desktop.services.pressure import Party
from tests.admin.conftest import Admin
from tests.conftest import Become
from tests.people import PASSWORD, People
from tests.workbooks.books import saved, table, xlsx


@pytest.fixture
def coordinator(become: Become) -> Database:
    """Somebody who may bring lists in."""
    return become("caro", "coordinator")


def options(path: Path, **changes: object) -> Namespace:
    """What is said on the console."""
    given = {"file": path, "name": "No llame", "purpose": "promotion", "as_of": date(2026, 11, 20), "replace": False}
    return Namespace(**given | changes)


def test_a_csv_with_titles(coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lista.csv"
    path.write_text("Fecha;Línea\n20/11/26;3416124410\n20/11/26;011 15 4321-5678\n19/11/26;nada\n", "utf-8")
    assert no_contact.run(coordinator, options(path), Terminal(False)) == Exit.DONE
    said = capsys.readouterr().out
    assert "Lista «No llame» del 20/11/2026, columna «Línea» de lista.csv: 3 números o mails." in said
    assert "2 nuevos, 0 que ya estaban, 1 que no se entienden." in said
    told = pressure.pressure(coordinator, Party(address="0341 15-612-4410"), "call", "promotion")
    assert told.hinder == "listed"
    assert pressure.pressure(coordinator, Party(address="0341 15-612-4410"), "call", "collection").allowed


def test_a_long_text_begun_anew(coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = [str(3410000000 + n) for n in random.Random(3).sample(range(1, 9_999_999), 25_000)]
    path = tmp_path / "registro.txt"
    path.write_text("\n".join(numbers), "utf-8")
    assert no_contact.run(coordinator, options(path), Terminal(True)) == Exit.DONE
    report = json.loads(capsys.readouterr().out)
    assert (report["numbers"], report["added"], report["kept"], report["refused"]) == (25_000, 25_000, 0, 0)
    path.write_text("3410000000\n", "utf-8")
    assert no_contact.run(coordinator, options(path, replace=True), Terminal(True)) == Exit.DONE
    assert json.loads(capsys.readouterr().out)["list_id"] == report["list_id"]
    assert [one.entries for one in pressure.no_contact_lists(coordinator)] == [1]
    assert pressure.pressure(coordinator, Party(address=numbers[0]), "call", "promotion").allowed


def test_a_workbook(coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = table(("Documento", "Celular"), *((f"{n}x", float(3416000000 + n)) for n in range(50)))
    assert no_contact.run(coordinator, options(saved(tmp_path, xlsx(rows))), Terminal(True)) == Exit.DONE
    assert json.loads(capsys.readouterr().out)["added"] == 50


def test_no_column_of_numbers(coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "otra.csv"
    path.write_text("Nombre;Edad\nAna;31\n", "utf-8")
    assert no_contact.run(coordinator, options(path), Terminal(False)) == Exit.REFUSED
    assert "No encontramos ninguna columna con teléfonos o mails." in capsys.readouterr().err
    assert no_contact.run(coordinator, options(tmp_path / "nada.csv"), Terminal(False)) == Exit.REFUSED


def test_what_has_to_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--as-of", "2026-11-21"], ["--name", "x"], ["--name", "x", "--as-of", "mañana"]):
        with pytest.raises(SystemExit) as ended:
            main(["import", "no-contact", "lista.csv", *words])
        assert ended.value.code == Exit.WRONG_USE
    assert "no es un día como 2026-11-21" in capsys.readouterr().err


def test_as_a_command(
    people: People, server: EmbeddedServer, database_name: str, tmp_path: Path, iduo_admin: Admin
) -> None:
    secret, path = tmp_path / "clave", tmp_path / "lista.txt"
    secret.write_text(f"{PASSWORD}\n", "utf-8")
    path.write_text("341 612-4410\nventas@correo.example\n", "utf-8")
    where = "--host", server.host, "--port", str(server.port), "--dbname", database_name
    who = "--user", people.add("caro", "coordinator"), "--password-file", secret
    said = "--name", "Cartas", "--as-of", "2026-11-20", "--replace"
    ended = iduo_admin(*where, *who, "import", "no-contact", path, *said)
    assert (ended.code, ended.answer["added"], ended.answer["purpose"]) == (0, 2, "")
    told = pressure.pressure(people.become("caro"), Party(address="VENTAS@correo.example"), "email")
    assert told.reason == "No hay que contactarlo: está en «Cartas» del 20/11/2026."
    who = "--user", people.add("ana", "operator"), "--password-file", secret
    ended = iduo_admin(*where, *who, "import", "no-contact", path, *said)
    assert (ended.code, ended.answer["error"]) == (1, "No tenés permiso para hacer esto.")
