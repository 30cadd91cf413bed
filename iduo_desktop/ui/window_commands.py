"""What the search offers besides what it finds: every list, and everything that the window and its desks can do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from iduo_desktop.ui import actions
from iduo_desktop.ui.call_desk import CallDesk
from iduo_desktop.ui.omnibox import Command
from iduo_desktop.ui.rooms import Rooms

NEW_MESSAGE = "Nuevo mensaje a iduo"
Do = Callable[[], object]


class Commanding(Protocol):
    """A desk with commands of its own."""

    def commands(self) -> Iterable[Command]:
        """What the search offers of it."""


@dataclass(frozen=True, slots=True)
class FrameVerbs:
    """What the window itself can do; `dress` in a colour scheme."""

    dress: Callable[[str], object]
    hide_all: Do
    lock: Do
    change_password: Do
    show_keys: Do
    change_keys: Do
    sign_out: Do


def window_commands(
    rooms: Rooms, calls: CallDesk, desks: Iterable[Commanding | None], frame: FrameVerbs
) -> tuple[Command, ...]:
    """In the order in which they are offered; a desk that somebody does not have is None."""
    lists = [Command(f"Ir a {name}", go, key) for name, (go, key) in rooms.ways().items()]
    if rooms.parts.takes:
        lists.append(Command(NEW_MESSAGE, calls.new_message, actions.shown("new_message")))
    if rooms.parts.calls:
        lists.append(Command("Cargar una llamada a mano", calls.open_by_hand))
    if rooms.cases is not None:
        lists.append(Command("Tomar el siguiente", rooms.cases.take_next, actions.shown("take_next")))
    for desk in desks:
        lists += desk.commands() if desk is not None else ()
    if rooms.settings is not None:
        lists.append(Command("Configuración", rooms.open_settings))
    return (*lists, *_of_frame(frame))


def _of_frame(frame: FrameVerbs) -> tuple[Command, ...]:
    return (
        Command("Modo oscuro", partial(frame.dress, "dark")),
        Command("Modo claro", partial(frame.dress, "light")),
        Command("Tema del sistema", partial(frame.dress, "system")),
        Command("Ocultar todo", frame.hide_all, actions.shown("hide_all")),
        Command("Bloquear la pantalla", frame.lock),
        Command("Cambiar la contraseña", frame.change_password),
        Command("Atajos de teclado, ayuda", frame.show_keys, actions.shown("help")),
        Command("Cambiar teclas", frame.change_keys),
        Command("Salir, cerrar sesión", frame.sign_out),
    )
