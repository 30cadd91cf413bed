"""The nightly job: its password from a protected file; messages out and answers in from the console."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

import openpyxl
import psycopg
import pytest
from psycopg import sql

from iduo_desktop.admin.main import main
from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database.connection import Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.services import batches, exports, sending
from iduo_desktop.workbooks import places
from tests.admin.conftest import Admin
from tests.conftest import Become
from tests.services.messages import taken
from tests.workbooks.client_lists import values, write

PASSWORD = "la clave del proceso nocturno"


@pytest.fixture(scope="session")
def job_password(
    server_connection: psycopg.Connection,
    template: str,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> str:
    """One for the whole server: the role belongs to it."""
    with one_at_a_time():
        server_connection.execute(sql.SQL("ALTER ROLE iduo_job PASSWORD {}").format(sql.Literal(PASSWORD)))
    return PASSWORD


@pytest.fixture
def job(server: EmbeddedServer, database_name: str, job_password: str, tmp_path: Path) -> tuple[str, ...]:
    """The options that lead the nightly job to this test's database."""
    secret = tmp_path / "job"
    secret.write_text(job_password)
    secret.chmod(0o600)
    options = ("--host", server.host, "--port", str(server.port), "--password-file", str(secret))
    return (*options, "--user", "iduo_job", "--dbname", database_name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files go."""
    made = tmp_path / "lotes"
    made.mkdir()
    return made


@pytest.fixture
def ana(become: Become) -> Database:
    """An operator."""
    return become("ana", "operator")


def answer(batch: Path, saved: Path) -> Path:
    """The batch with an answer to its first message."""
    book = openpyxl.load_workbook(batch)
    page = book["Mensajes"]
    place = next(cell.column for cell in page[2] if cell.value == "Respuesta")
    page.cell(3, place).value = "Ya está"
    book.save(saved)
    return saved


def test_out_and_in_by_night(iduo_admin: Admin, job: tuple[str, ...], ana: Database, folder: Path) -> None:
    taken(ana)
    taken(ana, text="Otro")
    ended = iduo_admin("export", "tickets", folder, *job)
    assert ended.code == Exit.DONE
    out = Path(ended.answer["path"])
    assert (ended.answer["tickets"], ended.answer["moved"], ended.answer["finished"]) == (2, 2, False)
    assert [*folder.iterdir()] == [out]
    empty = iduo_admin("export", "tickets", folder / "otro.xlsx", *job)
    assert (empty.code, empty.answer["tickets"], empty.answer["path"]) == (Exit.DONE, 0, "")

    back = answer(out, folder / "vuelta.xlsx")
    errors = folder / "errores.xlsx"
    tried = iduo_admin("import", "answers", back, "--dry-run", "--errors", errors, *job)
    assert (tried.answer["updated"], tried.answer["refused"], tried.answer["dry_run"]) == (1, 1, True)
    assert (tried.answer["of_batch"], tried.answer["errors_file"]) == (ended.answer["batch_id"], str(errors))
    assert errors.exists()
    done = iduo_admin("import", "answers", back, *job)
    assert (done.code, done.answer["updated"], done.answer["unchanged"]) == (Exit.DONE, 1, 0)
    again = iduo_admin("import", "answers", back, *job)
    assert (again.answer["updated"], again.answer["unchanged"]) == (0, 1)
    assert again.answer["already"]


def test_between_two_days_and_into_a_file(iduo_admin: Admin, job: tuple[str, ...], ana: Database, folder: Path) -> None:
    taken(ana)
    old = iduo_admin("export", "tickets", folder / "a.xlsx", "--from", "2020-01-01", "--to", "2020-01-02", *job)
    assert old.answer["tickets"] == 0
    ended = iduo_admin("export", "tickets", folder / "a.xlsx", *job)
    assert (ended.answer["path"], [*folder.iterdir()]) == (str(folder / "a.xlsx"), [folder / "a.xlsx"])
    refused = iduo_admin("export", "tickets", folder / "a.xlsx", *job)
    assert (refused.code, "Ya existe" in refused.answer["error"]) == (Exit.REFUSED, True)


def test_what_was_cut_is_finished(
    iduo_admin: Admin, job: tuple[str, ...], ana: Database, become: Become, folder: Path
) -> None:
    """The states moved and the file had no name yet: the next run names it and sends nothing."""
    taken(ana)
    path = folder / "a.xlsx"
    marta = become("marta", "coordinator")
    sending.send_into(marta, sending.prepare(marta, None, None, uuid4()), path, True, (), uuid4())
    path.rename(places.part_of(path))
    ended = iduo_admin("export", "tickets", path, *job)
    assert (ended.answer["finished"], ended.answer["tickets"]) == (True, 1)
    assert [*folder.iterdir()] == [path]


def test_lists_come_in_by_night(iduo_admin: Admin, job: tuple[str, ...], tmp_path: Path, become: Become) -> None:
    path = write(tmp_path / "clientes.xlsx", [values(20000)])
    ended = iduo_admin("import", "clients", path, "--area-code", "341", *job)
    assert (ended.code, ended.answer["created"]) == (Exit.DONE, 1)
    assert batches.board(become("marta", "coordinator"))[0].by == "iduo_job"


def test_persons_come_in(iduo_admin: Admin, job: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "personas.csv"
    path.write_text("Apellido;Nombre;DNI;Tel\nPaz;Ana;24.118.903;341 421-8890\n", "utf-8")
    ended = iduo_admin("import", "contacts", path, *job)
    assert (ended.code, ended.answer["created"], ended.answer["rows"]) == (Exit.DONE, 1, 1)
    assert iduo_admin("import", "contacts", path, *job).answer["unchanged"] == 1


def test_a_profile_that_nobody_kept_is_said(iduo_admin: Admin, job: tuple[str, ...], folder: Path) -> None:
    ended = iduo_admin("export", "tickets", folder, "--profile", "INDEC", *job)
    assert (ended.code, ended.answer["error"]) == (Exit.REFUSED, "No hay una plantilla «INDEC» para el envío.")


def test_a_profile_orders_the_columns(
    iduo_admin: Admin, job: tuple[str, ...], ana: Database, become: Become, folder: Path
) -> None:
    taken(ana)
    exports.keep_profile(become("marta", "coordinator"), "sending", "INDEC", '["text", "answer"]', default=False)
    ended = iduo_admin("export", "tickets", folder, "--profile", "INDEC", *job)
    titles = [cell.value for cell in openpyxl.load_workbook(ended.answer["path"])["Mensajes"][2]]
    assert titles == ["Nro de ticket", "Control", "Consulta", "Respuesta"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells who may read a file in another way")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_secret_that_others_can_read_is_refused(
    mode: int, iduo_admin: Admin, job: tuple[str, ...], folder: Path
) -> None:
    secret = Path(job[job.index("--password-file") + 1])
    secret.chmod(mode)
    ended = iduo_admin("export", "tickets", folder, *job)
    assert (ended.code, "otros pueden leer" in ended.answer["error"]) == (Exit.WRONG_USE, True)


def test_the_job_types_no_password(iduo_admin: Admin, job: tuple[str, ...], folder: Path) -> None:
    place = job.index("--password-file")
    ended = iduo_admin("export", "tickets", folder, *job[:place], *job[place + 2 :])
    assert (ended.code, "job-password" in ended.answer["error"]) == (Exit.WRONG_USE, True)


def test_the_jobs_password_is_made_and_kept(
    iduo_admin: Admin,
    central: tuple[str, ...],
    job: tuple[str, ...],
    server_connection: psycopg.Connection,
    database_name: str,
    folder: Path,
    tmp_path: Path,
) -> None:
    secret = tmp_path / "nueva"
    made = iduo_admin("database", "job-password", "--file", secret, *central, "--dbname", database_name)
    try:
        assert (made.code, made.answer["role"]) == (Exit.DONE, "iduo_job")
        assert os.name != "posix" or secret.stat().st_mode & 0o777 == 0o600
        place = job.index("--password-file")
        others = (*job[:place], *job[place + 2 :])
        assert iduo_admin("export", "tickets", folder, *others, "--password-file", secret).code == Exit.DONE
        assert iduo_admin("export", "tickets", folder, *job).code == Exit.NO_CONNECTION
    finally:
        server_connection.execute(sql.SQL("ALTER ROLE iduo_job PASSWORD {}").format(sql.Literal(PASSWORD)))


def test_a_day_is_written_so(job: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "tickets", "x.xlsx", "--from", "ayer", *job])
    assert "«ayer» no es un día como 2026-11-21" in capsys.readouterr().err


def test_it_is_told_to_people(
    job: tuple[str, ...], ana: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(ana)
    assert main(["export", "tickets", str(folder), *job]) == Exit.DONE
    said = capsys.readouterr().out
    assert "1 mensaje en" in said
    assert "«Pendiente de respuesta»" in said
    assert main(["export", "tickets", str(folder), "--json", *job]) == Exit.DONE
    assert json.loads(capsys.readouterr().out)["tickets"] == 0
