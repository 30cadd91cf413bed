"""The keyboard map: every key of the window in one table, and the actions that are made from it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

WINDOW, TABLE = "En toda la ventana", "Con el cursor en la lista"


@dataclass(frozen=True, slots=True)
class Key:
    """What a key does. The first of `keys` is the one that is shown; the others are its twins."""

    name: str
    label: str
    keys: tuple[str, ...]
    where: str = WINDOW


KEYS: tuple[Key, ...] = (
    Key("help", "Ayuda y atajos de esta pantalla", ("F1",)),
    Key("new_message", "Nuevo mensaje a iduo", ("F2", "Ctrl+N")),
    Key("search", "Buscar", ("F3", "Ctrl+K", "Ctrl+F")),
    Key("call_card", "Llamada actual, o cargar una a mano", ("F4", "Ctrl+Shift+L")),
    Key("refresh", "Actualizar", ("F5",)),
    Key("next_zone", "Ir a la zona siguiente", ("F6",)),
    Key("previous_zone", "Ir a la zona anterior", ("Shift+F6",)),
    Key("close_case", "Cerrar caso", ("F7", "Ctrl+Shift+K")),
    Key("take_next", "Tomar el siguiente", ("F8", "Ctrl+Shift+A")),
    Key("hide_all", "Ocultar todo, o volver a mostrarlo", ("F11", "Ctrl+Shift+H")),
    Key("panel", "Mostrar u ocultar el panel", ("F12", "Ctrl+Shift+P")),
    Key("list_mine", "Mis asignados", ("Ctrl+1",)),
    Key("list_suspended", "Suspendidos", ("Ctrl+2",)),
    Key("list_delinquent", "Morosos", ("Ctrl+3",)),
    Key("list_withdrawn", "Retirados", ("Ctrl+4",)),
    Key("list_active", "Activos", ("Ctrl+5",)),
    Key("list_closed", "Cerrados", ("Ctrl+6",)),
    Key("log_contact", "Registrar contacto; después, 1 a 9 = resultado", ("Ctrl+L",)),
    Key("take", "Tomar o liberar", ("Ctrl+T",)),
    Key("save", "Guardar o confirmar", ("Ctrl+Return", "Ctrl+Enter")),
    Key("undo", "Deshacer la última acción", ("Ctrl+Z",)),
    Key("communicate", "Marcar «Comunicado»", ("Ctrl+M",)),
    Key("insist", "Insistir: sumar reclamo", ("Ctrl+R",)),
    Key("answer", "Responder", ("Ctrl+Shift+R",)),
    Key("send_back", "Devolver una respuesta que no sirve", ("Ctrl+Shift+B",)),
    Key("note", "Agregar una nota interna", ("Ctrl+Shift+I",)),
    Key("filter", "Filtrar por cualquier dato", ("Ctrl+Shift+F",)),
    Key("copy_number", "Copiar el número de ticket", ("Ctrl+Shift+C",)),
    Key("assistants", "Mostrar los datos de los asistentes", ("Ctrl+Shift+D",)),
    Key("add_number", "Agregar este número a un contacto", ("Ctrl+Shift+G",)),
    Key("new_contact", "Contacto nuevo", ("Ctrl+Shift+N",)),
    Key("next_record", "Cliente siguiente", ("Ctrl+PgDown",)),
    Key("previous_record", "Cliente anterior", ("Ctrl+PgUp",)),
    Key("call", "Llamar", ("L",), TABLE),
    Key("whatsapp", "WhatsApp", ("W",), TABLE),
    Key("email", "Mail", ("M",), TABLE),
    Key("sms", "SMS", ("S",), TABLE),
    Key("take_selected", "Tomar", ("A",), TABLE),
    Key("mark", "Marcar, para responder varios juntos", ("Space",), TABLE),
    Key("open", "Abrir", ("Return", "Enter"), TABLE),
)
_BY_NAME = {key.name: key for key in KEYS}
_SPANISH = {
    "Return": "⏎",
    "Enter": "⏎",
    "PgDown": "Av Pág",
    "PgUp": "Re Pág",
    "Shift": "Mayús",
    "Space": "Espacio",
}


def key_of(name: str) -> Key:
    """The line of the table with this name."""
    return _BY_NAME[name]


def shown(name: str) -> str:
    """How the key is written for people: «Ctrl+Re Pág», «Ctrl+⏎»."""
    return in_words(_BY_NAME[name].keys[0])


def in_words(keys: str) -> str:
    """A key sequence as it is printed on the keyboards here."""
    return "+".join(_SPANISH.get(part, part) for part in keys.split("+"))


def make(owner: QWidget, name: str, callback: Callable[[], object], text: str = "") -> QAction:
    """An action with its keys and tooltip, that works while the owner's window has the keyboard.

    Keys of lists work only while the owner itself, or something in it, has the focus.
    """
    key = _BY_NAME[name]
    action = QAction(text or key.label, owner)
    action.setObjectName(name)
    action.setShortcuts([QKeySequence(keys) for keys in key.keys])
    in_table = key.where == TABLE
    action.setShortcutContext(
        Qt.ShortcutContext.WidgetWithChildrenShortcut if in_table else Qt.ShortcutContext.WindowShortcut
    )
    action.setToolTip(f"{action.text()} ({shown(name)})")
    action.triggered.connect(lambda: callback())  # noqa: PLW0108  # triggered brings a bool that nobody wants
    owner.addAction(action)
    return action


def keys_here(window: QWidget) -> tuple[Key, ...]:
    """The keys that do something on what a window shows now, in the table's order."""
    owners = [window, *(child for child in window.findChildren(QWidget) if child.isVisible())]
    bound = {action.objectName() for owner in owners for action in owner.actions()}
    return tuple(key for key in KEYS if key.name in bound)
