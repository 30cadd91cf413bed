"""The day's batch on every path: no state without its file, no file that counts without its states."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import batches, sending, tickets
from iduo_desktop.services.importing import Cancelled
from iduo_desktop.services.sending import SentDay, Unsent
from iduo_desktop.workbooks import places, reading, sent
from iduo_desktop.workbooks.values import WorkbookError
from tests.services.messages import taken
from tests.services.world import World

TITLES = tuple(column.title for column in sent.COLUMNS.values())


def send(database: Database, folder: Path, move: bool = True, **others: Any) -> SentDay:
    """All that was not sent."""
    given = {"first": None, "last": None, "profile": (), "key": uuid4(), "progress": None} | others
    return sending.send_day(database, folder, move=move, **given)


def rows(path: Path) -> list[dict[str, object]]:
    """What the sheet says, by title."""
    sheet = reading.read(path).sheets[0]
    return [dict(zip(map(str, sheet.rows[1]), row, strict=True)) for row in sheet.rows[2:]]


def states(world: World) -> set[str]:
    """The states that tickets are in."""
    return set(world.value("SELECT array_agg(DISTINCT state) FROM iduo.ticket"))


def test_open_messages_go_out_and_wait(ana: Database, marta: Database, world: World, tmp_path: Path) -> None:
    first = taken(ana, text="=No anda", document="07001234")
    taken(ana, text="Línea 1\nlínea 2")
    steps: list[str] = []
    day = send(marta, tmp_path / "iduo", progress=lambda step, *_: steps.append(step))
    assert (day.tickets, day.again, day.moved, day.left) == (2, 0, 2, 0)
    assert day.path.parent == tmp_path / "iduo"
    assert [*(tmp_path / "iduo").iterdir()] == [day.path]
    assert steps == ["Preparando", "Leyendo", "Escribiendo", "Enviando"]
    assert states(world) == {"awaiting_answer"}
    found = rows(day.path)
    number = f"{first.number}-{first.check}" if first.check else str(first.number)
    assert [found[0][title] for title in ("Nro de ticket", "Consulta", "Documento")] == [number, "=No anda", "07001234"]
    assert found[1]["Consulta"] == "Línea 1\nlínea 2"
    assert all(len(str(row["Control"])) == 6 for row in found)
    (batch,) = batches.board(marta)
    assert (batch.id, batch.file_name, batch.rows) == (day.batch_id, day.path.name, 2)
    assert batch.sha256 == hashlib.sha256(day.path.read_bytes()).hexdigest()


def test_nothing_to_send_is_no_file(marta: Database, tmp_path: Path) -> None:
    day = send(marta, tmp_path)
    assert (day.tickets, [*tmp_path.iterdir()], batches.board(marta)) == (0, [], ())


def test_a_second_batch_takes_what_is_new_and_who_insisted(
    ana: Database, marta: Database, world: World, tmp_path: Path
) -> None:
    ticket = taken(ana)
    send(marta, tmp_path)
    assert send(marta, tmp_path).tickets == 0
    tickets.insist(ana, ticket.ticket_id, "Sigue sin luz", uuid4())
    taken(ana, text="Otra cosa")
    day = send(marta, tmp_path)
    assert (day.tickets, day.again, day.moved) == (2, 1, 1)
    again, other = rows(day.path)
    assert (again["Reiteración"], again["Qué agregó"]) == ("Sí", "Sigue sin luz")
    assert (other["Reiteración"], other["Qué agregó"]) == ("", "")


def test_states_stay_if_asked(ana: Database, marta: Database, world: World, tmp_path: Path) -> None:
    taken(ana)
    assert send(marta, tmp_path, move=False).moved == 0
    assert states(world) == {"open"}


def test_days_include_both(ana: Database, marta: Database, world: World, tmp_path: Path) -> None:
    taken(ana)
    today = world.today()
    assert send(marta, tmp_path, first=date(2020, 1, 1), last=date(2020, 1, 2)).tickets == 0
    assert send(marta, tmp_path, first=today, last=today).tickets == 1


def test_a_profile_orders_the_columns(ana: Database, marta: Database, tmp_path: Path) -> None:
    taken(ana)
    day = send(marta, tmp_path, profile=("text", "answer", "number", "code", "no longer known"))
    assert reading.read(day.path).sheets[0].rows[1] == ("Consulta", "Respuesta", "Nro de ticket", "Control")


def test_the_same_request_is_the_same_batch(ana: Database, marta: Database, tmp_path: Path) -> None:
    """Whoever is in doubt asks again: the same file to the byte, nothing twice."""
    taken(ana)
    key = uuid4()
    first = send(marta, tmp_path, key=key)
    content = first.path.read_bytes()
    assert send(marta, tmp_path, key=key) == first
    assert first.path.read_bytes() == content
    assert len(batches.board(marta)) == 1


def test_written_again_it_is_equal(ana: Database, marta: Database, tmp_path: Path) -> None:
    taken(ana)
    day = send(marta, tmp_path)
    again = sending.write_again(marta, day.batch_id, tmp_path / "otra" / "copia.xlsx")
    assert again.read_bytes() == day.path.read_bytes()


@pytest.mark.parametrize("step", ["Preparando", "Leyendo", "Escribiendo", "Enviando"])
def test_given_up_nothing_is_changed(step: str, ana: Database, marta: Database, world: World, tmp_path: Path) -> None:
    taken(ana)

    def stop(name: str, _done: int, _of: int) -> None:
        if name == step:
            raise Cancelled

    with pytest.raises(Cancelled):
        send(marta, tmp_path, progress=stop)
    assert (states(world), [*tmp_path.iterdir()], batches.board(marta)) == ({"open"}, [], ())
    assert send(marta, tmp_path).moved == 1


def test_a_folder_that_cannot_be_written_changes_nothing(
    ana: Database, marta: Database, world: World, tmp_path: Path
) -> None:
    taken(ana)
    (tmp_path / "archivo").write_text("no es una carpeta")
    with pytest.raises((WorkbookError, OSError)):
        send(marta, tmp_path / "archivo" / "iduo")
    assert states(world) == {"open"}


def test_a_file_that_does_not_come_back_equal_changes_nothing(
    ana: Database, marta: Database, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that loses what it is given."""
    taken(ana)
    monkeypatch.setattr(sent, "writable", lambda text: f"{text}!")
    with pytest.raises(WorkbookError, match="no quedó como se escribió"):
        send(marta, tmp_path)
    assert (states(world), [*tmp_path.iterdir()]) == ({"open"}, [])


def test_a_batch_that_expired_leaves_no_file(ana: Database, marta: Database, world: World, tmp_path: Path) -> None:
    """The same person prepared another one meanwhile."""
    taken(ana)
    old = sending.prepare(marta, None, None, uuid4())
    sending.prepare(marta, None, None, uuid4())
    with pytest.raises(UserError, match="venció"):
        sending.send_into(marta, old, tmp_path / "x.xlsx", True, (), uuid4())
    assert ([*tmp_path.iterdir()], states(world)) == ([], {"open"})


def test_operators_send_nothing(ana: Database, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="permiso"):
        send(ana, tmp_path)


# killed


def killed(conninfo: Conninfo, folder: Path, step: str, key: UUID) -> int:
    """Run the workstation until it dies; its exit code."""
    ((host, port),) = conninfo.hosts
    said = {"host": host, "port": port, "dbname": conninfo.dbname, "login": conninfo.login}
    child = subprocess.run(
        [sys.executable, "-m", "tests.services.sending_child", str(folder), step],
        input=json.dumps(said | {"password": conninfo.password, "key": str(key)}),
        text=True,
        cwd=Path(sending.__file__).parents[2],
        timeout=60,
        check=False,
    )
    return child.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's; the same steps are cut by Cancelled above")
@pytest.mark.parametrize("step", ["Preparando", "Leyendo", "Escribiendo", "Enviando"])
def test_killed_before_the_states_move(
    step: str,
    ana: Database,
    marta: Database,
    world: World,
    tmp_path: Path,
    conninfo_of: Callable[[str], Conninfo],
) -> None:
    """No state moved, no file that counts; the next one takes everything."""
    taken(ana)
    assert killed(conninfo_of("marta"), tmp_path, step, uuid4()) == -9
    assert (states(world), batches.board(marta)) == ({"open"}, ())
    assert [path for path in tmp_path.iterdir() if path.suffix != places.PART] == []
    assert sending.recover(marta, tmp_path) == ()
    assert send(marta, tmp_path).moved == 1


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_killed_before_the_file_has_its_name(
    ana: Database, marta: Database, world: World, tmp_path: Path, conninfo_of: Callable[[str], Conninfo]
) -> None:
    """The states moved: the file that was checked gets its name, and if it is gone, it is written again."""
    taken(ana)
    assert killed(conninfo_of("marta"), tmp_path, "put", uuid4()) == -9
    assert states(world) == {"awaiting_answer"}
    (batch,) = batches.board(marta)
    part = places.part_of(tmp_path / batch.file_name)
    assert [*tmp_path.iterdir()] == [part]
    content = part.read_bytes()
    assert sending.recover(marta, tmp_path) == (tmp_path / batch.file_name,)
    assert [*tmp_path.iterdir()] == [tmp_path / batch.file_name]
    (tmp_path / batch.file_name).unlink()
    assert sending.recover(marta, tmp_path) == (tmp_path / batch.file_name,)
    assert (tmp_path / batch.file_name).read_bytes() == content
    assert sending.recover(marta, tmp_path) == ()


def test_what_is_not_ones_own_or_old_is_left(
    ana: Database, marta: Database, become: Callable[..., Database], tmp_path: Path
) -> None:
    taken(ana)
    send(marta, tmp_path).path.unlink()
    assert sending.recover(become("sol", "coordinator"), tmp_path) == ()
    assert sending.recover(marta, tmp_path / "no") == ()


def test_the_name_says_day_and_batch() -> None:
    assert sent.file_name(7, datetime(2026, 11, 21)) == "iduo_mensajes_2026-11-21_lote-0007.xlsx"  # noqa: DTZ001  # a name of a file knows no zones


def test_only_what_was_never_sent_is_counted(ana: Database, marta: Database, tmp_path: Path) -> None:
    """What went out without its state being moved is open and sent."""
    taken(ana)
    assert sending.unsent(marta) == Unsent(1, capped=False)
    send(marta, tmp_path, move=False)
    assert sending.unsent(marta) == Unsent(0, capped=False)
    taken(ana)
    taken(ana)
    assert sending.unsent(marta) == Unsent(2, capped=False)
