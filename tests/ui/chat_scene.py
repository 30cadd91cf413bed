"""What goes on in the web chat where it is drawn: who comes, who is attended, who is handed on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from PySide6.QtTest import QTest

from iduo_desktop.services import chats
from iduo_desktop.services.chats import Chat
from iduo_desktop.ui.main_window import MainWindow
from tests.services.visitors import ChatService, Visitor, open_always, send_away
from tests.ui.stage import Stage

TALK = (
    "Buenas tardes, desde ayer no me anda internet y ya reinicié dos veces el equipo que me dejaron.",
    "Somos de Panificadora Sur, la empresa 1204.",
    "¿Hay algún corte en la zona?",
)
NOTE = (
    "Pregunta por el plan de pagos de la deuda de marzo. Ya le expliqué que la cuota de abril se cobra aparte y que el "
    "recargo no se puede quitar; dice que otra persona le prometió por teléfono que sí, el 3 de abril, y quiere hablar "
    "con quien se lo dijo. Falta mandarle el detalle de la deuda por mail y confirmar si el domicilio cambió. "
) + "Está muy molesta. " * 9


def handed(stage: Stage, come: Callable[[str, str], Visitor]) -> None:
    """Marcela, whom a colleague hands on with a long note."""
    come("Marcela Gutiérrez Lezama de Anchorena", TALK[0])
    away = stage.from_another_pc("coordinador")
    chat = next(each.id for each in chats.page(away) if each.name.startswith("Marcela"))
    chats.take(away, chat, uuid4())
    chats.hand_on(away, chat, "operador", NOTE, uuid4())
    away.close()


@contextmanager
def setting(stage: Stage, name: str, value: int) -> Iterator[None]:
    """Another value of it for a while."""
    change = "UPDATE iduo.setting SET value = to_jsonb(%s::integer) WHERE name = %s RETURNING value"
    with stage.superuser() as connection:
        row = connection.execute("SELECT value FROM iduo.setting WHERE name = %s", [name]).fetchone()
        assert row is not None
        connection.execute(change, [value, name])
    try:
        yield
    finally:
        with stage.superuser() as connection:
            connection.execute(change, [row[0], name])


def attended(stage: Stage, come: Callable[[str, str], Visitor]) -> MainWindow:
    """The window of who attends Rosa and Juan, a sentence half typed."""
    window = stage.window()
    inbox = window.chats.inbox
    assert inbox is not None
    rosa = come("Rosa Díaz", TALK[0])
    for name in ("Rosa Díaz", "Juan Paz"):
        if name != "Rosa Díaz":
            come(name, "Quiero saber precios")
        stage.wait(partial(has, lambda: inbox.waiting, name))
        window.chats.take_next()
        stage.wait(partial(has, lambda: inbox.own, name))
    for text in TALK[1:]:
        rosa.say(text)
    window.chats.page.choose(inbox.own[0].id)
    stage.wait(lambda: len(inbox.lines(inbox.own[0].id)) >= 4)
    QTest.keyClicks(window.chats.page.talk.box, "Ya lo miro")
    return window


def has(found: Callable[[], tuple[Chat, ...]], name: str) -> bool:
    """Whether somebody of this name is among them."""
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
