"""Chats and a line, a window or a program that fails: each line goes once and is seen once, what is typed stays."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import keyring
import psycopg
import pytest
from cryptography.fernet import Fernet
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.services import chats
from iduo_desktop.ui import draft_files
from iduo_desktop.ui import drafts as drafts_module
from tests.database.proxy import Mishap, Proxy
from tests.people import PASSWORD, People
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World
from tests.test_credentials import MemoryKeyring
from tests.ui.chat_place import CONTROL, ChatPlace, at_work
from tests.ui.conftest import OpenProgram

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
BACK_MS = 20_000


@pytest.fixture
def line(superuser: psycopg.Connection) -> Iterator[Proxy]:
    """The line to the server."""
    with Proxy(superuser.info.port) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_keyring: None) -> Path:
    """Where this PC keeps drafts; it has a keyring."""
    keyring.set_keyring(MemoryKeyring())
    monkeypatch.setattr(drafts_module, "user_data_path", lambda *_: tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def place(
    qtbot: QtBot,
    world: World,
    people: People,
    service: ChatService,
    open_program: OpenProgram,
    line: Proxy,
    folder: Path,
) -> ChatPlace:
    """Ana at work, over a line that can be broken."""
    return at_work(qtbot, world, people, service, open_program, line.port)


class Watch:
    """How often each line stood in the talk, whenever something changed there."""

    def __init__(self, place: ChatPlace) -> None:
        self._place = place
        self.most: Counter[str] = Counter()
        self.vanished: set[str] = set()
        place.inbox.written.connect(self._look)
        place.inbox.changed.connect(self._look)

    def _look(self) -> None:
        now = Counter(self._place.texts())
        self.vanished |= {text for text in self.most if not now[text]}
        self.most |= now


def on_the_disk(place: ChatPlace) -> list[tuple[str, int]]:
    """What is typed, and how many lines wait to be sent, of each chat, as it could be read after a death now."""
    drafts = place.window.drafts
    key = drafts._find_key()
    assert key is not None
    read, _unreadable = draft_files._read_all(drafts._folder, Fernet(key))
    found = (json.loads(each.values) for each in read)
    return sorted((str(values["text"]), len(values["unsent"])) for values in found)


def killed(place: ChatPlace, open_program: OpenProgram, folder: Path, *drafts: tuple[str, int]) -> ChatPlace:
    """The program dies, with these on the disk, and is started again: there is what was there when it died."""
    place.see(lambda: on_the_disk(place) == sorted(drafts))
    left = folder.with_name("left")
    shutil.copytree(folder, left)
    place.station.close()
    shutil.rmtree(folder)
    shutil.move(left, folder)
    station = open_program("ana", "operator")
    station.log_in()
    return ChatPlace(place.qtbot, place.service, station, place.desk)


def _both(own: str, his: str, visitor: Visitor, place: ChatPlace) -> bool:
    """Whether each has what the other wrote."""
    return own in visitor.lines() and his in place.texts()


def both(place: ChatPlace) -> None:
    """Rosa and Juan, with half a sentence each."""
    place.visitor()
    place.take()
    place.write("para Rosa, ")
    place.visitor("Juan Paz", "Quiero el plan")
    place.take("Juan Paz")
    place.write("para Juan, ")


def typed(place: ChatPlace) -> dict[str, str]:
    """What stands in the box of each, as one goes through them."""
    found = {}
    for _ in place.inbox.own:
        place.press(Qt.Key.Key_Tab, CONTROL)
        place.see(place.page.talk.box.hasFocus)
        found[place.shown().name] = place.page.talk.box.toPlainText()
    return found


HALVES = {"Rosa Díaz": "para Rosa, ", "Juan Paz": "para Juan, "}


def test_a_line_that_goes_neither_blinks_nor_doubles(place: ChatPlace) -> None:
    visitor = place.visitor()
    place.take()
    watch = Watch(place)
    for number in range(5):
        visitor.say(f"visitante {number}")
        place.write(f"Ana {number}")
        place.press(Qt.Key.Key_Return)
        place.see(partial(_both, f"Ana {number}", f"visitante {number}", visitor, place))
    place.station.settle()
    place.see(lambda: place.texts()[1:] == visitor.lines()[1:])
    assert not watch.vanished
    assert set(watch.most.values()) == {1}


def test_an_answer_lost_after_the_server_kept_the_line(place: ChatPlace, line: Proxy) -> None:
    """Sent once and shown once, though nobody heard that it went; what is said twice on purpose stands there twice."""
    visitor = place.visitor()
    place.take()
    place.write("Un momento")
    place.press(Qt.Key.Key_Return)
    place.see(lambda: "Un momento" in visitor.lines())
    place.station.settle()
    watch = Watch(place)
    operations = place.station.operations
    poll, operations._poll = operations._poll, None  # the feed asks nothing meanwhile
    place.see(lambda: not operations._polling and operations.settled)
    line.mishap = Mishap.UNANSWERED
    place.write("Un momento")
    place.press(Qt.Key.Key_Return)
    place.write("y a medias")
    place.see(lambda: line.happened[Mishap.UNANSWERED] == 1)
    operations._poll = poll
    operations.poll_now()
    place.qtbot.waitUntil(lambda: not place.inbox.sayings(place.shown()).open, timeout=BACK_MS)
    place.see(lambda: place.texts().count("Un momento") == 2)
    place.station.settle()
    assert visitor.lines().count("Un momento") == 2
    assert watch.most["Un momento"] == 2
    assert place.page.talk.box.toPlainText() == "y a medias"


def test_what_an_earlier_run_sent_unheard_is_not_asked_about(
    place: ChatPlace, line: Proxy, people: People, open_program: OpenProgram, folder: Path
) -> None:
    """The program died after the server had kept the line: it stands in the talk, so nothing is left to be sent."""
    visitor = place.visitor()
    chat = place.take()
    line.refusing = True
    line.cut()
    place.see(lambda: not place.station.operations.online)
    place.write("Ya lo miro")
    place.press(Qt.Key.Key_Return)
    (saying,) = place.inbox.sayings(chat).open
    chats.say(people.become("ana"), chat.id, saying.text, saying.key)
    again = killed(place, open_program, folder, ("", 1))
    again.press(Qt.Key.Key_8, CONTROL)
    again.see(lambda: "Ya lo miro" in again.texts())
    again.see(lambda: not again.inbox.sayings(again.shown()).open)
    assert again.texts().count("Ya lo miro") == 1
    again.write("sigo")
    again.press(Qt.Key.Key_Return)
    again.see(lambda: visitor.lines()[-2:] == ["Ya lo miro", "sigo"])


def test_two_halves_survive_the_line(place: ChatPlace, line: Proxy) -> None:
    both(place)
    line.refusing = True
    line.cut()
    place.see(lambda: not place.station.operations.online)
    place.write("sin línea, ")
    assert typed(place) == {"Rosa Díaz": "para Rosa, ", "Juan Paz": "para Juan, sin línea, "}
    line.refusing = False
    place.qtbot.waitUntil(lambda: place.station.operations.online, timeout=BACK_MS)
    place.station.settle()
    assert typed(place) == {"Rosa Díaz": "para Rosa, ", "Juan Paz": "para Juan, sin línea, "}


def test_two_halves_survive_the_lock(place: ChatPlace) -> None:
    both(place)
    place.window.lock()
    place.window.lock_screen.password.setText(PASSWORD)
    place.press(Qt.Key.Key_Return)
    place.see(place.page.talk.box.hasFocus)
    place.write("y sigue")
    assert typed(place) == {"Rosa Díaz": "para Rosa, ", "Juan Paz": "para Juan, y sigue"}


def test_two_halves_survive_a_program_that_is_killed(place: ChatPlace, open_program: OpenProgram, folder: Path) -> None:
    both(place)
    again = killed(place, open_program, folder, *((half, 0) for half in HALVES.values()))
    again.see(lambda: again.window.notice.text.startswith("Recuperamos 2 borradores"))
    again.press(Qt.Key.Key_8, CONTROL)
    again.see(lambda: again.page.chat is not None)
    assert typed(again) == HALVES


def test_a_template_that_was_just_retired(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    place.station.settle()
    place.write("/salu")
    place.desk.world.superuser.execute("UPDATE iduo.template SET active = false WHERE channel = 'chat'")
    place.press(Qt.Key.Key_Return)
    place.see(lambda: "Esa plantilla ya no está" in place.window.notice.text)
    assert place.page.talk.box.toPlainText() == "/salu"
    assert place.page.talk.box.hasFocus()


def test_a_flood_does_not_push_ones_own_out(place: ChatPlace) -> None:
    """More wait, and for longer, than the list has room for."""
    visitor = place.visitor()
    chat = place.take()
    superuser = place.desk.world.superuser
    superuser.execute(
        "WITH made AS (INSERT INTO iduo.chat (token_hash, address_hash, name, queued_at)"
        " SELECT sha256(n::text::bytea), sha256('x'), 'Visitante ' || n, now() - interval '1 hour'"
        " FROM generate_series(1, 230) AS n RETURNING id)"
        " INSERT INTO iduo.chat_presence (chat_id) SELECT id FROM made"
    )
    place.inbox.look()
    place.see(lambda: len(place.inbox.all) == 200)
    visitor.say("¿Sigue ahí?")
    place.see(lambda: place.texts()[-1:] == ["¿Sigue ahí?"])
    assert place.shown().id == chat.id


def test_the_message_has_what_was_said_since(place: ChatPlace) -> None:
    """One begins it, sees that the telephone is missing, asks for it in the chat, and comes back."""
    visitor = place.visitor()
    place.take()
    place.press(Qt.Key.Key_F2)
    intake = place.window.rooms.intake
    assert intake is not None
    place.see(intake.isVisible)  # it may wait a moment for what was said
    intake.form.fields.text.input.setFocus()
    place.press(Qt.Key.Key_End, CONTROL)
    place.write(" PEDIR TELÉFONO")
    place.press(Qt.Key.Key_Escape)
    place.see(place.page.talk.box.hasFocus)
    visitor.say("4321-5678")
    place.see(lambda: place.texts()[-1:] == ["4321-5678"])
    place.press(Qt.Key.Key_F2)
    text = str(intake.form.values()["text"])
    assert "Rosa Díaz: 4321-5678" in text
    assert text.endswith("PEDIR TELÉFONO")
    assert text.count("no me anda internet") == 1


def test_a_line_is_copied_as_it_was_written(place: ChatPlace) -> None:
    visitor = place.visitor()
    place.take()
    visitor.say("ana@panificadora.example")
    place.see(lambda: place.texts()[-1:] == ["ana@panificadora.example"])
    lines = place.page.talk.lines.lines
    lines.setFocus()
    lines.setCurrentIndex(lines.model().index(lines.model().rowCount() - 1, 0))
    place.press(Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "ana@panificadora.example"
