"""The day's batch by mail: once a day, as from the window, wherever the gateway is cut."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import openpyxl
import psycopg
import pytest
from psycopg import sql

from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database.connection import Database
from iduo_desktop.services import batches, messages
from tests.admin.gateway_fixtures import Once, Post
from tests.admin.gateway_servers import Authority, Handler, smtp_server
from tests.conftest import Become
from tests.services.messages import taken

PASSWORD = "la clave del proceso nocturno"
LATER = "UPDATE iduo.batch_mail SET taken_at = taken_at - interval '16 min'"


@pytest.fixture
def letters(
    post: Post,
    authority: Authority,
    server_connection: psycopg.Connection,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
    tmp_path: Path,
) -> Iterator[Handler]:
    """A mail server; the batch is due at any hour of any day."""
    with one_at_a_time():
        server_connection.execute(sql.SQL("ALTER ROLE iduo_job PASSWORD {}").format(sql.Literal(PASSWORD)))
    post.world.superuser.execute("DELETE FROM iduo.working_hours")
    every_day = "INSERT INTO iduo.working_hours (weekday, opens, closes) SELECT d, '09:00', '18:00'"
    post.world.superuser.execute(f"{every_day} FROM generate_series(1, 7) d")
    post.world.set_setting("batch_mail_on", True)
    post.world.set_setting("batch_mail_at", "00:00")
    post.world.set_setting("batch_mail_to", "oficina@example.org, otra@example.org")
    (tmp_path / "lotes").mkdir()
    folder = (tmp_path / "lotes").as_posix()
    post.part("batch", 'password_file = "<job>"\nfolder = "<folder>"', job=post.secret("job", PASSWORD), folder=folder)
    with smtp_server(authority, handler := Handler()) as port:
        post.mail(port)
        yield handler


def files(post: Post) -> list[Path]:
    """What is in the folder."""
    return sorted((post.folder / "lotes").iterdir())


def state(post: Post) -> str:
    """Where the day's batch stands."""
    return str(post.world.value("SELECT state FROM iduo.batch_mail"))


def test_it_goes_out_once(post: Post, letters: Handler, once: Once, become: Become) -> None:
    for text in ("Uno", "Dos"):
        taken(post.ana, text=text)
    once(times=3)
    made = letters.parsed()
    assert len(letters.letters) == 1
    assert made["To"] == "oficina@example.org, otra@example.org"
    assert made["Auto-Submitted"] == "auto-generated"
    (sheet,) = made.iter_attachments()
    (file,) = files(post)
    assert (sheet.get_filename(), sheet.get_content()) == (file.name, file.read_bytes())
    page = openpyxl.load_workbook(io.BytesIO(sheet.get_content()))["Mensajes"]
    assert page.max_row == 4
    (batch,) = batches.board(become("marta", "coordinator"))
    assert (batch.kind, batch.by, batch.rows, batch.file_name) == ("sent", "iduo_job", 2, file.name)
    assert f"lote {batch.id:04}" in made["Subject"]
    assert "2 mensajes" in str(made.get_body())
    assert state(post) == "mailed"
    assert post.world.value("SELECT batch_id FROM iduo.batch_mail") == batch.id


def test_nothing_to_send(post: Post, letters: Handler, once: Once) -> None:
    once(times=2)
    assert (letters.letters, state(post), files(post)) == ([], "mailed", [])


def test_what_certainly_failed_comes_back_with_the_same_batch(
    post: Post, letters: Handler, once: Once, become: Become, admin: Database
) -> None:
    taken(post.ana)
    mail = post.parts["mail"]
    post.parts["mail"] = mail.replace("/correo", "/proveedor")
    once(times=2, code=None)
    assert state(post) == "failed"
    assert "usuario o la contraseña" in messages.gateway_state(admin).complaint
    post.parts["mail"] = mail
    once()
    assert letters.letters == []  # not yet
    post.world.superuser.execute(LATER)
    once(times=2)
    assert (len(letters.letters), state(post)) == (1, "mailed")
    (batch,) = batches.board(become("marta", "coordinator"))
    assert f"lote {batch.id:04}" in letters.parsed()["Subject"]


def test_what_is_in_doubt_is_said_and_not_repeated(post: Post, letters: Handler, once: Once, admin: Database) -> None:
    taken(post.ana)
    post.world.set_setting("batch_mail_to", "cut@example.org")
    lines = once()
    assert "No sabemos si el lote" in str([line for line in lines if line["event"] == "trouble"])
    assert "No sabemos si el lote" in messages.gateway_state(admin).complaint
    post.world.superuser.execute(LATER)
    once(times=2)
    assert (len(letters.letters), state(post)) == (1, "begun")
    # also when whoever was in doubt is gone
    assert messages.gateway_state(admin).complaint == "No sabemos si el lote del día salió por mail."


def test_killed_while_it_goes_out(post: Post, letters: Handler, once: Once, admin: Database) -> None:
    taken(post.ana)
    post.world.set_setting("batch_mail_to", "hang@example.org")
    running = post.start()
    while not letters.letters:
        assert running.process.poll() is None
    running.kill()
    post.world.superuser.execute(LATER)
    once(times=2)
    assert (len(letters.letters), state(post)) == (1, "begun")
    assert messages.gateway_state(admin).complaint == "No sabemos si el lote del día salió por mail."


def test_two_gateways_mail_one(post: Post, letters: Handler) -> None:
    taken(post.ana)
    running = [post.start(), post.start()]
    for one in running:
        one.until("connected", seconds=60)
    running[0].process.poll()
    for _ in range(3000):
        if state_if_any(post) == "mailed":
            break
    assert [one.end() for one in running] == [0, 0]
    assert (len(letters.letters), state(post)) == (1, "mailed")


def state_if_any(post: Post) -> str:
    """Where it stands, if it has begun."""
    row = post.world.superuser.execute("SELECT state, pg_sleep(0.02) FROM iduo.batch_mail").fetchone()
    return str(row[0]) if row else ""


def test_the_account_that_makes_it_is_checked(post: Post, letters: Handler, once: Once) -> None:
    taken(post.ana)
    post.secret("job", "otra clave")
    assert "no coinciden" in str(once(code=None, times=1))
    assert state(post) == "failed"
    lines = once("--check", code=Exit.REFUSED)
    assert [one["ok"] for one in lines[-1]["checks"]] == [True, True, False]
