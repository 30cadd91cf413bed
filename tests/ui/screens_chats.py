"""Chats of the site: one rings, several are attended, answers are offered, one is handed on, one ended."""

from functools import partial
from uuid import uuid4

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from iduo_desktop.services import chats
from iduo_desktop.ui.chats.sayings import Saying
from iduo_desktop.ui.widgets.transcript_dialog import TranscriptDialog
from tests.services.visitors import Visitor
from tests.ui.chat_scene import TALK, attended, handed, has, setting, visitors
from tests.ui.stage import Stage

LONG_NAMES = (
    "María de los Ángeles Fernández Oribe",
    "Juan Paz",
    "Distribuidora Hermanos Etcheverry SRL",
    "Guadalupe Constanza Iñíguez",
    "Rosa Díaz",
    "Marcela Gutiérrez Lezama de Anchorena",
    "Óscar Ñandubay",
    "Cooperativa Eléctrica de Villa Gobernador Gálvez",
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
        window = attended(stage, come)
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
        window = attended(stage, come)
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
        window = attended(stage, come)
        come("Marcela Gutiérrez Lezama de Anchorena", "Hola")
        stage.wait(lambda: window.chats.inbox is not None and window.chats.inbox.waiting)
        return stage.shown(window)


def chat_answers(stage: Stage) -> QWidget:
    """A slash offers answers."""
    with visitors(stage) as come:
        window = attended(stage, come)
        window.chats.page.talk.box.clear()
        QTest.keyClicks(window.chats.page.talk.box, "/")
        return stage.shown(window)


def chat_left(stage: Stage) -> QWidget:
    """The visitor was not seen for a while; one line did not go."""
    with visitors(stage) as come:
        window = attended(stage, come)
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
        window = attended(stage, come)
        window.chats.page.hand_on()
        return stage.dialog()


def chat_end(stage: Stage) -> QWidget:
    """How it ended."""
    with visitors(stage) as come:
        window = attended(stage, come)
        window.chats.page.end()
        return stage.dialog()


def chat_identify(stage: Stage) -> QWidget:
    """Who writes."""
    with visitors(stage) as come:
        window = attended(stage, come)
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


def chat_transcript(stage: Stage) -> QWidget:
    """What was said in a chat that is over, with a stranger's tricks in it."""
    with visitors(stage) as come:
        window = attended(stage, come)
        page = window.chats.page
        chat = page.chat
        assert chat is not None
        for text in ("Ya lo miro.", "Hay un corte en la zona hasta las 18. ¿Quiere que le avisemos cuando vuelva?"):
            page.inbox.sayings(chat).say(text)
            stage.wait(lambda: not page.inbox.sayings(chat).open)
        dialog = TranscriptDialog(window._operations, window.clock, chat.id, window)
        dialog.open()
        stage.wait(lambda: len(dialog.lines.lines.written()) > 5)
        return stage.shown(dialog)


def chat_many(stage: Stage) -> QWidget:
    """Eight at once, most with long names and lines that nobody read."""
    with visitors(stage) as come, setting(stage, "chats_at_once", 12):
        window = stage.window()
        inbox = window.chats.inbox
        assert inbox is not None
        writing: list[Visitor] = []
        for name in LONG_NAMES:
            writing.append(come(name, TALK[0]))
            stage.wait(partial(has, lambda: inbox.waiting, name))
            window.chats.take_next()
            stage.wait(partial(has, lambda: inbox.own, name))
        window.chats.page.choose(inbox.own[1].id)
        for number, visitor in enumerate(writing):
            for _ in range(number * 2):
                visitor.say(TALK[1])
        stage.wait(lambda: sum(chat.lines for chat in inbox.own) >= 8 * 2 + 56)
        return stage.shown(window)


def chat_handed(stage: Stage) -> QWidget:
    """A colleague passes a chat: it rings with his note, as long as a note may be."""
    with visitors(stage) as come:
        window = attended(stage, come)
        handed(stage, come)
        stage.wait(lambda: window.chats.inbox is not None and window.chats.inbox.waiting)
        return stage.shown(window)


def chat_handed_taken(stage: Stage) -> QWidget:
    """The same, taken: note and talk are there."""
    with visitors(stage) as come:
        window = stage.window()
        inbox = window.chats.inbox
        assert inbox is not None
        handed(stage, come)
        stage.wait(lambda: inbox.waiting)
        window.chats.take_next()
        stage.wait(lambda: inbox.own and len(inbox.lines(inbox.own[0].id)) >= 3)
        return stage.shown(window)


def chat_offline(stage: Stage) -> QWidget:
    """The line is lost in the middle of a talk: what was sent waits, and one goes on typing."""
    with visitors(stage) as come:
        window = attended(stage, come)
        page, operations = window.chats.page, window._operations
        chat = page.chat
        assert chat is not None
        stage.wait(lambda: operations.settled and not operations._polling)
        operations._poll = None
        operations._online = False
        operations.connection_changed.emit(False)
        lost = "Se perdió la conexión con el servidor. Lo que escribiste queda guardado."
        page.inbox.sayings(chat).open = [Saying(uuid4(), "Hay un corte", lost), Saying(uuid4(), "Vuelve a las 18")]
        page.inbox.written.emit(chat.id)
        return stage.shown(window)


def chat_taken_back(stage: Stage) -> QWidget:
    """The answer took too long: it is others' now, and waits again."""
    with visitors(stage) as come:
        window = attended(stage, come)
        with stage.superuser() as connection:
            connection.execute("UPDATE iduo.chat SET waits_since = now() - interval '2 hours' WHERE state = 'attended'")
            connection.execute("SET SESSION AUTHORIZATION iduo_guard")
            connection.execute("SELECT FROM api.guard_chats()")
        stage.wait(lambda: "Ya no atendés" in window.notice.text)
        return stage.shown(window)


def chat_pause(stage: Stage) -> QWidget:
    """In a pause with open chats."""
    with visitors(stage) as come:
        window = attended(stage, come)
        pauses = window.pauses.pauses
        stage.wait(lambda: pauses.reasons)
        pauses.begin(pauses.reasons[0])
        stage.wait(lambda: window.notice.text.startswith("En pausa con"))
        try:
            return stage.shown(window)
        finally:
            with stage.superuser() as connection:
                connection.execute("UPDATE iduo.pause SET ended_at = now() WHERE ended_at IS NULL")


def chat_queue(stage: Stage) -> QWidget:
    """Thirty wait; some of them so long that they may leave a message, one for somebody else."""
    with visitors(stage) as come:
        for number in range(30):
            come(f"{LONG_NAMES[number % 8]} {number}", TALK[number % 3])
        with stage.superuser() as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                "UPDATE iduo.chat SET queued_at = queued_at - id % 11 * interval '1 min' WHERE state = 'waiting'"
            )
            connection.execute(
                "UPDATE iduo.chat SET offered_at = now()"
                " WHERE state = 'waiting' AND queued_at < now() - interval '8 min'"
            )
            connection.execute("UPDATE iduo.chat SET asked_for = 'operador' WHERE state = 'waiting' AND id % 10 = 0")
        window = stage.window("coordinador")
        window.rooms.open_part("chats")
        stage.wait(lambda: window.chats.inbox is not None and len(window.chats.inbox.all) == 30)
        return stage.shown(window)


def chat_queue_busy(stage: Stage) -> QWidget:
    """A coordinator with a talk of his own, while others wait and are attended."""
    with visitors(stage) as come:
        for name in ("Juan Paz", "Ema Sosa", "Rosa Díaz"):
            come(name, TALK[0])
        away = stage.from_another_pc("operador")
        chats.take(away, next(each.id for each in chats.page(away) if each.name == "Juan Paz"), uuid4())
        window = stage.window("coordinador")
        inbox = window.chats.inbox
        assert inbox is not None
        stage.wait(lambda: inbox.waiting)
        window.chats.take_next()
        stage.wait(lambda: inbox.own)
        stage.settle()
        away.close()
        return stage.shown(window)


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
    chat_transcript,
    chat_many,
    chat_handed,
    chat_handed_taken,
    chat_offline,
    chat_taken_back,
    chat_pause,
    chat_queue,
    chat_queue_busy,
)
