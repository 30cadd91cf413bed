"""The outbox on the real server: in its order, each once, what is refused stays; encrypted, one login's, for ever."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pytestqt.qtbot import QtBot

from iduo_desktop.services import tickets
from iduo_desktop.ui import draft_files, formats
from iduo_desktop.ui.drafts import Drafts, FormDraft, folder_of
from iduo_desktop.ui.letter_words import titled, typed
from iduo_desktop.ui.outbox import Letter, Outbox, State
from iduo_desktop.ui.outbox_ways import ways
from tests.database.proxy import Mishap
from tests.people import People
from tests.services.world import World
from tests.ui.attention_place import ring
from tests.ui.desk import KEY
from tests.ui.post import TEXT, Post, kept_in


def test_every_kind_goes_in_its_order_and_once(post: Post, world: World) -> None:
    case = world.case(assigned_to=post.desk.login)
    ended: list[tuple[int, tuple[Letter, ...]]] = []
    post.outbox.ended.connect(lambda count, found: ended.append((count, found)))
    post.lose()
    post.contact(case)
    post.message()
    post.close(case)
    post.attention({"surname": "Roldán", "names": "Nora", "subject": "Pide ayuda"})
    assert [post.outbox.noun(each) for each in post.outbox.unsent] == ["Contacto", "Mensaje", "Cierre", "Atención"]
    assert post.standing(post.outbox.letters[0]) == "Sale solo cuando vuelva la conexión."
    assert [post.count(each) for each in ("attempt", "ticket", "closing", "attention")] == [0, 0, 0, 0]
    post.come_back()
    assert [post.count(each) for each in ("attempt", "ticket", "closing", "attention")] == [1, 1, 1, 1]
    ((count, numbered),) = ended
    assert (count, len(numbered)) == (4, 1)
    done = post.only()
    assert done.state is State.DONE
    assert done.outcome is not None
    assert done.outcome.number == world.value("SELECT number FROM iduo.ticket")
    assert world.value("SELECT provisional FROM iduo.ticket") == "P-4K7Q-2MXD"
    (found,) = tickets.find(post.desk.database, "P-4K7Q-2MXD")
    assert found.ticket_id == done.outcome.ticket_id
    post.outbox.discard(done)  # the number was seen
    assert post.outbox.letters == ()


def test_when_it_was_written_is_said_in_its_text(post: Post, world: World) -> None:
    post.message()
    post.settle()
    local = formats.here(post.only().written_at)
    expected = f"{TEXT} (Tomado el {local:%d/%m} a las {local:%H:%M}, sin conexión.)"
    assert world.value("SELECT text FROM iduo.ticket") == expected


def test_what_may_have_been_done_goes_again_as_it_was(post: Post, world: World) -> None:
    before = post.message(sent=True)
    post.settle()
    assert world.value("SELECT text FROM iduo.ticket") == TEXT
    post.outbox.put(before)  # the answer never came, as far as the form knew
    post.settle()
    assert post.count("ticket") == 1


@pytest.mark.parametrize("mishap", [each for each in Mishap if each.done and each is not Mishap.DEAF])
def test_an_answer_that_never_comes_makes_it_once(post: Post, mishap: Mishap) -> None:
    post.lose()
    post.message()
    post.line.mishap = None
    post.line.refusing = False
    post.desk.operations.poll_now()
    post.line.mishap = mishap
    post.settle()
    assert post.count("ticket") == 1
    assert post.only().state is State.DONE


def test_a_call_ends_with_its_message(post: Post, world: World) -> None:
    call = ring(post.desk.database).id
    post.message(more={"#call": call})
    post.settle()
    assert world.value("SELECT outcome FROM iduo.call WHERE id = %s", call) == "message"
    assert world.value("SELECT ended_at IS NOT NULL FROM iduo.call WHERE id = %s", call)


# On the disk


def test_nothing_of_it_can_be_read_on_the_disk(post: Post, tmp_path: Path) -> None:
    post.lose()
    post.message()
    post.wait(lambda: kept_in(tmp_path))
    (file,) = kept_in(tmp_path)
    raw = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert not any(word in raw for word in (b"factura", b"GOMEZ", b"4410", b"P-4K7Q"))
    assert post.desk.login.encode() not in str(file.relative_to(tmp_path)).encode()


def test_the_next_login_of_that_person_sends_it_and_nobody_elses_sees_it(
    post: Post, tmp_path: Path, qtbot: QtBot
) -> None:
    post.lose()
    draft = post.message()
    post.desk.drafts.keep(draft)  # the program died while it passed from one to the other
    post.desk.drafts.flush()
    post.wait(lambda: len([*tmp_path.rglob("*.draft")]) == 2)
    operations = post.desk.operations
    for login, find_key in (("juan", lambda _p, _l: KEY), (post.desk.login, lambda _p, _l: None)):
        made = Drafts(operations, "prueba", login, find_key, tmp_path, operations)
        other = Outbox(operations, made, ways("341"), formats.now, made)
        qtbot.wait(100)
        assert other.letters == ()
    post.line.refusing = False
    again = Drafts(post.desk.operations, "prueba", post.desk.login, lambda _p, _l: KEY, tmp_path, post.desk.operations)
    post.outbox.deleteLater()
    post.outbox = Outbox(post.desk.operations, again, ways("341"), formats.now, again)
    again.load()
    post.wait(lambda: post.outbox.letters)
    assert again.held(draft.key) is None
    post.settle()
    assert post.count("ticket") == 1
    assert post.only().state is State.DONE


def test_it_is_kept_however_old_it_is_and_damaged_ones_are_counted(post: Post, tmp_path: Path) -> None:
    post.lose()
    post.message()
    post.wait(lambda: kept_in(tmp_path))
    folder = kept_in(tmp_path)[0].parent
    letter = post.only()
    post.outbox._keep(replace(letter, written_at=datetime.now(UTC) - timedelta(days=400)))
    (folder / f"{uuid4()}.draft").write_bytes(b"nothing that can be read")
    post.outbox.box.close()  # written to the end
    told: list[int] = []
    again = Drafts(post.desk.operations, "prueba", post.desk.login, lambda _p, _l: KEY, tmp_path, post.desk.operations)
    other = Outbox(post.desk.operations, again, ways("341"), formats.now, again)
    other.box.unreadable.connect(told.append)
    post.wait(lambda: other.letters)
    assert other.letters[0].written_at < datetime.now(UTC) - timedelta(days=399)
    assert told == [1]
    old = datetime.now(UTC).timestamp() - 30 * 86400
    (damaged,) = folder.glob("*.damaged")
    os.utime(damaged, (old, old))
    third = Drafts(post.desk.operations, "prueba", post.desk.login, lambda _p, _l: KEY, tmp_path, post.desk.operations)
    last = Outbox(post.desk.operations, third, ways("341"), formats.now, third)
    post.wait(lambda: last.letters)
    assert damaged.exists()


def test_a_draft_goes_when_its_letter_is_on_the_disk_and_not_before(post: Post, tmp_path: Path) -> None:
    post.lose()
    kept = FormDraft(post.desk.drafts, "message", 0, "Mensaje a iduo")
    kept.keep({"text": TEXT})
    post.desk.drafts.flush()
    own = folder_of("prueba", post.desk.login, tmp_path)
    post.wait(lambda: draft_files.is_there(own, kept.key))
    (own / "unsent").write_text("a file where the folder should be")
    key = kept.key
    kept.put_off()
    post.wait(lambda: post.outbox.box.memory_only)
    assert post.desk.drafts.find("message", 0) is None
    post.qtbot.wait(150)
    assert draft_files.is_there(own, key)
    (own / "unsent").unlink()
    post.outbox._keep(post.only())
    post.wait(lambda: not draft_files.is_there(own, key))
    assert post.outbox.box.is_written(key)


def test_titles_say_what_and_to_whom(post: Post) -> None:
    post.lose()
    post.message()
    post.put("close", 7, "Cerrar caso — PÉREZ, Juan (Morosos)", {"#told": '[["Motivo", "Pagó"]]', "reason": "paid"})
    first, second = post.outbox.letters
    assert titled(post.outbox, first) == "Mensaje — GÓMEZ, Ana"
    assert titled(post.outbox, second) == "Cierre — PÉREZ, Juan (Morosos)"
    assert typed(second) == "Motivo: Pagó"
    assert "Consulta: " + TEXT in typed(first)


SENDS_AND_DIES = """
import json, os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.feed import Feed
from iduo_desktop.ui import formats, outbox
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.outbox_ways import ways
given = json.loads(sys.argv[1])
outbox.FIRST = outbox.NEXT = (0, 1)
application = QApplication([])
operations = Operations(sort_error)
conninfo = Conninfo(((given["host"], given["port"]),), given["dbname"], given["login"], given["password"])
feed = Feed(Database(conninfo))
operations.open(Database(conninfo), feed, feed.poll)
key = lambda profile, login: given["key"].encode()
drafts = Drafts(operations, "prueba", given["login"], key, Path(given["folder"]))
box = outbox.Outbox(operations, drafts, ways("341"), formats.now, operations)
box._done = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
application.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a thing of POSIX")
def test_killed_between_the_answer_and_the_disk_it_goes_again_and_is_there_once(
    post: Post, people: People, tmp_path: Path
) -> None:
    post.lose()
    post.message()
    post.wait(lambda: kept_in(tmp_path))
    conninfo = people.conninfo("ana")
    ((host, port),) = conninfo.hosts
    given = {"host": host, "port": port, "dbname": conninfo.dbname, "login": conninfo.login}
    given |= {"password": conninfo.password, "key": KEY.decode(), "folder": str(tmp_path)}
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", SENDS_AND_DIES, json.dumps(given)]
    ended = subprocess.run(command, env=environment, timeout=60, check=False)
    assert ended.returncode != 0
    assert post.count("ticket") == 1
    assert len(kept_in(tmp_path)) == 1
    number = post.world.value("SELECT number FROM iduo.ticket")
    post.come_back()
    assert post.count("ticket") == 1
    done = post.only().outcome
    assert done is not None
    assert done.number == number
