"""Chats of the site: one rings, several are attended, answers are offered, one is handed on, one ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from iduo_desktop.services import chats
from iduo_desktop.services.chats import Chat
from iduo_desktop.ui.chats.sayings import Saying
from iduo_desktop.ui.main_window import MainWindow
from tests.services.visitors import ChatService, Visitor, open_always, send_away
from tests.ui.stage import Stage

TALK = (
    "Buenas tardes, desde ayer no me anda internet y ya reinicié dos veces el equipo que me dejaron.",
    "Somos de Panificadora Sur, la empresa 1204.",
    "¿Hay algún corte en la zona?",
)
HOSTILE = (
    "<b>gratis</b> <script>alert(1)</script> " + "a" * 600 + " \u202egnirts \u05e9\u05dc\u05d5\u05dd 😀 " + "w" * 900
)


def chat_rings(stage: Stage) -> QWidget:
    """Somebody waits; the list has the keyboard."""
    with visitors(stage) as come:
        come("Rosa Díaz", TALK[0])
        come("Juan Paz", "Quiero saber precios")
        window = stage.window()
        stage.wait(lambda: window.chats.card is not None and window.chats.card.isVisible())
        return stage.shown(window)


def chat_nobody(stage: Stage) -> QWidget:
    """Nobody waits."""
    with visitors(stage):
        window = stage.window()
        window.rooms.open_part("chats")
        return stage.shown(window)


def chat_still(stage: Stage) -> QWidget:
    """The service of the site stands still."""
    with visitors(stage), stage.superuser() as connection:
        connection.execute("UPDATE iduo.heartbeat SET beat_at = beat_at - interval '1 hour' WHERE service = 'chat'")
        window = stage.window()
        window.rooms.open_part("chats")
        return stage.shown(window)


def chat_gone(stage: Stage) -> QWidget:
    """The visitor ended it: how it ended is still to be said."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        with stage.superuser() as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("UPDATE iduo.chat SET state = 'ended', ended_at = now(), ended_by = 'visitor'")
        window.chats.page.inbox.look()
        stage.wait(window.chats.page.talk.stands.isVisible)
        return stage.shown(window)


def chat_hostile(stage: Stage) -> QWidget:
    """A stranger who wants to break the screen."""
    with visitors(stage) as come:
        window = stage.window()
        inbox = window.chats.inbox
        assert inbox is not None
        come("<b>" + "W" * 100, HOSTILE)
        stage.wait(lambda: inbox.waiting)
        window.chats.take_next()
        stage.wait(lambda: inbox.own and len(inbox.lines(inbox.own[0].id)) >= 2)
        come("\u202e<img src=x>" + "m" * 100, "x" * 2000)
        stage.wait(lambda: inbox.waiting)
        return stage.shown(window)


def chat_company(stage: Stage) -> QWidget:
    """It is known who writes: his company stands beside it."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        page = window.chats.page
        with stage.superuser() as connection:
            row = connection.execute("SELECT id FROM iduo.company WHERE kind = 'organisation' ORDER BY id").fetchone()
        chat = page.chat
        assert chat is not None
        assert row is not None
        page._operations.run(page, chats.identify, chat.id, row[0], None).then(lambda _: page.inbox.look())
        stage.wait(lambda: page.chat is not None and page.chat.company_id)
        stage.settle()
        return stage.shown(window)


def chat_talk(stage: Stage) -> QWidget:
    """Two at once, one of them with a line that nobody read, and one who waits."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        come("Marcela Gutiérrez Lezama de Anchorena", "Hola")
        stage.wait(lambda: window.chats.inbox is not None and window.chats.inbox.waiting)
        return stage.shown(window)


def chat_answers(stage: Stage) -> QWidget:
    """A slash offers answers."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        window.chats.page.talk.box.clear()
        QTest.keyClicks(window.chats.page.talk.box, "/")
        return stage.shown(window)


def chat_left(stage: Stage) -> QWidget:
    """The visitor was not seen for a while; one line did not go."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        page = window.chats.page
        chat = page.chat
        assert chat is not None
        page.inbox.sayings(chat).open = [Saying(uuid4(), "Ya lo vi: hay un corte", "No hay conexión con el servidor.")]
        with stage.superuser() as connection:
            connection.execute("UPDATE iduo.chat_presence SET seen_at = seen_at - interval '2 min'")
        page.inbox.look()
        stage.settle()
        return stage.shown(window)


def chat_hand_on(stage: Stage) -> QWidget:
    """To whom, and what is left to do."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        window.chats.page.hand_on()
        return stage.dialog()


def chat_end(stage: Stage) -> QWidget:
    """How it ended."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        window.chats.page.end()
        return stage.dialog()


def chat_identify(stage: Stage) -> QWidget:
    """Who writes."""
    with visitors(stage) as come:
        window = _attended(stage, come)
        window.chats.page.identify()
        dialog = stage.dialog()
        QTest.keyClicks(dialog.focusWidget(), "gom")
        stage.settle()
        return stage.shown(dialog)


def chat_coordinator(stage: Stage) -> QWidget:
    """Who coordinates sees the queue and the longest wait."""
    with visitors(stage) as come:
        come("Rosa Díaz", TALK[0])
        come("Juan Paz", "Quiero saber precios")
        window = stage.window("coordinador")
        window.rooms.open_part("chats")
        stage.wait(lambda: window.chats.inbox is not None and window.chats.inbox.waiting)
        return stage.shown(window)


def _attended(stage: Stage, come: Callable[[str, str], Visitor]) -> MainWindow:
    window = stage.window()
    inbox = window.chats.inbox
    assert inbox is not None
    rosa = come("Rosa Díaz", TALK[0])
    for name in ("Rosa Díaz", "Juan Paz"):
        if name != "Rosa Díaz":
            come(name, "Quiero saber precios")
        stage.wait(partial(_has, lambda: inbox.waiting, name))
        window.chats.take_next()
        stage.wait(partial(_has, lambda: inbox.own, name))
    for text in TALK[1:]:
        rosa.say(text)
    window.chats.page.choose(inbox.own[0].id)
    stage.wait(lambda: len(inbox.lines(inbox.own[0].id)) >= 4)
    QTest.keyClicks(window.chats.page.talk.box, "Ya lo miro")
    return window


def _has(found: Callable[[], tuple[Chat, ...]], name: str) -> bool:
    return any(chat.name == name for chat in found())


@contextmanager
def visitors(stage: Stage) -> Iterator[Callable[[str, str], Visitor]]:
    """People who write; there is nobody else, and on the next screen nobody."""
    with stage.superuser() as connection:
        open_always(connection)
        send_away(connection)
    service = ChatService(stage.place.superuser)
    service.ask("visitors_here", tokens=[], started_at=datetime.now(UTC))  # it runs

    def come(name: str, text: str) -> Visitor:
        made = Visitor(service, name, address=name)
        made.open()
        made.say(text)
        return made

    try:
        yield come
    finally:
        service.connection.close()
        with stage.superuser() as connection:
            send_away(connection)


SCREENS = (
    chat_rings,
    chat_nobody,
    chat_still,
    chat_talk,
    chat_answers,
    chat_left,
    chat_gone,
    chat_hostile,
    chat_company,
    chat_hand_on,
    chat_end,
    chat_identify,
    chat_coordinator,
)
