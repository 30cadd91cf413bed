"""Nothing of an attention is lost or made twice: encrypted on disk, back in the next run, asked again with its key."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.ui.outbox import Outbox
from iduo_desktop.ui.outbox_ways import ways
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.ui.attention_place import AttentionPlace, helpline, ring
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL, Desk
from tests.ui.post import hurry

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
COUNTS = """
    SELECT (SELECT count(*) FROM iduo.contact), (SELECT count(*) FROM iduo."case"), (SELECT count(*) FROM iduo.call),
           (SELECT count(*) FROM iduo.route_activation), (SELECT count(*) FROM iduo.attention)
"""


@pytest.fixture
def proxy(superuser: psycopg.Connection) -> Iterator[Proxy]:
    """The line to the server."""
    with Proxy(superuser.info.port) as line:
        yield line


@pytest.fixture
def place(qtbot: QtBot, people: People, proxy: Proxy, world: World, tmp_path: Path) -> Iterator[AttentionPlace]:
    """Ana; nothing but what she asks goes over the line that can be cut."""
    helpline(world)
    login = people.add("ana", "operator")
    conninfo = people.conninfo("ana")
    line = replace(conninfo, hosts=(("127.0.0.1", proxy.port),))
    desk = Desk(login, Database(line), Database(conninfo), tmp_path)
    yield AttentionPlace(qtbot, desk)
    desk.close()


def typed(place: AttentionPlace) -> None:
    """All four steps in a call, not saved yet."""
    place.page.begin(call=ring(place.desk.database))
    place.rest()
    form = place.form
    form.contact.form.set_values({"surname": "Roldán", "names": "Nora", "document": "30.112.233"})
    form.case.new.row("subject").editor.set_value("Violencia en el hogar")
    form.follow_up.set_values({"#follow": True})
    form.follow_up.at.box.edit.setText("lunes 10")
    form.route.set_values({"#route_on": True, "route": "1"})
    place.qtbot.wait(350)
    place.rest()


def counts(world: World) -> tuple[int, ...]:
    """How many contacts, cases, calls, routes and attentions there are."""
    return tuple(world.superuser.execute(COUNTS).fetchone() or ())


def test_an_answer_that_never_came_is_asked_for_again_and_makes_everything_once(
    place: AttentionPlace, proxy: Proxy, world: World
) -> None:
    typed(place)
    key = place.form.draft.key
    proxy.cut_after_question = proxy.refusing = True
    place.command(Qt.Key.Key_Return, CONTROL)
    place.wait(lambda: not place.form.sending.running)
    assert not place.form.content.isEnabled()  # it may be saved as it is
    assert place.form.draft.key == key
    proxy.refusing = proxy.cut_after_question = False
    with place.qtbot.waitSignal(place.page.attended, timeout=8000) as done:
        place.form.submit()
    assert counts(world) == (1, 1, 2, 1, 1)
    assert done.args[0].case_new


def test_without_a_server_everything_stays_as_it_was_typed(place: AttentionPlace, proxy: Proxy, world: World) -> None:
    typed(place)
    before = place.form.values()
    proxy.refusing = True
    proxy.cut()
    place.command(Qt.Key.Key_Return, CONTROL)
    place.wait(lambda: not place.form.sending.running)
    assert "Tu texto está a salvo" in place.text("message")
    assert place.form.values() == before
    assert counts(world) == (0, 0, 1, 0, 0)
    proxy.refusing = False
    with place.qtbot.waitSignal(place.page.attended, timeout=12000):
        place.form.submit()
        place.qtbot.wait(200)
        if not place.form.sending.running and place.form.draft.values():
            place.form.submit()
    assert counts(world) == (1, 1, 2, 1, 1)


def test_it_comes_back_encrypted_in_the_next_run_with_its_key(
    qtbot: QtBot, open_desk: OpenDesk, world: World, tmp_path: Path
) -> None:
    helpline(world)
    first = AttentionPlace(qtbot, open_desk())
    with qtbot.waitSignal(first.desk.drafts.saved, timeout=3000):
        typed(first)
    key = first.form.draft.key
    first.desk.drafts.flush()
    first.page.hide()
    kept = [path.read_bytes() for path in tmp_path.rglob("*.draft")]
    assert kept
    assert not any("Roldán".encode() in each or b"Violencia" in each for each in kept)
    second = AttentionPlace(qtbot, open_desk())
    qtbot.waitUntil(lambda: not second.desk.drafts.memory_only)
    second.page.begin()
    second.rest()
    assert second.form.draft.key == key
    assert second.form.contact.form.text("surname") == "Roldán"
    with second.qtbot.waitSignal(second.page.attended, timeout=8000):
        second.command(Qt.Key.Key_Return, CONTROL)
    assert world.value("SELECT key FROM iduo.attention") == key
    assert counts(world) == (1, 1, 2, 1, 1)


def test_left_to_go_by_itself_it_is_saved_whole_when_the_line_is_back(
    place: AttentionPlace, proxy: Proxy, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    desk = place.desk
    waiting = Outbox(desk.operations, desk.drafts, ways("341"), place.clock, desk.operations)
    typed(place)
    proxy.refusing = True
    proxy.cut()
    place.command(Qt.Key.Key_Return, CONTROL)
    place.wait(place.form.sending.later.isVisible)
    with place.qtbot.waitSignal(place.page.closed):
        place.form.sending.later.click()
    assert len(waiting.letters) == 1
    assert place.form.draft.values() == {}
    proxy.refusing = False
    waiting.send_now()
    place.wait(lambda: not waiting.letters)
    assert counts(world) == (1, 1, 2, 1, 1)
