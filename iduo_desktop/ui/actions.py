"""The keyboard map: every key of the window in one table, and the actions that are made from it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

WINDOW, TABLE, AGENDA = "En toda la ventana", "Con el cursor en la lista", "Con el cursor en la agenda"


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
    Key("new_attention", "Nueva atención", ("Shift+F2", "Ctrl+Shift+E")),
    Key("search", "Buscar", ("F3", "Ctrl+K", "Ctrl+F")),
    Key("call_card", "Llamada actual, o cargar una a mano", ("F4", "Ctrl+Shift+L")),
    Key("chats", "Chats del sitio", ("Ctrl+8",)),
    Key("take_chat", "Tomar el chat que espera", ("Ctrl+Shift+T",)),
    Key("refresh", "Actualizar", ("F5",)),
    Key("next_zone", "Ir a la zona siguiente", ("F6",)),
    Key("previous_zone", "Ir a la zona anterior", ("Shift+F6",)),
    Key("close_case", "Cerrar caso", ("F7", "Ctrl+Shift+K")),
    Key("take_next", "Tomar el siguiente", ("F8", "Ctrl+Shift+A")),
    Key("schedule", "Agendar una llamada o una tarea", ("F9", "Ctrl+G")),
    Key("reminders", "Ir a los avisos y recordatorios", ("F10", "Ctrl+Shift+O")),
    Key("acknowledge", "Tomar la ruta que se avisa («La tomo»)", ("Ctrl+Shift+Y",)),
    Key("hide_all", "Ocultar todo, o volver a mostrarlo", ("F11", "Ctrl+Shift+H")),
    Key("panel", "Mostrar u ocultar el panel", ("F12", "Ctrl+Shift+P")),
    Key("pause", "Hacer una pausa, o volver de ella", ("Ctrl+P",)),
    Key("home", "Inicio: mi día", ("Ctrl+0",)),
    Key("agenda", "Agenda", ("Ctrl+7",)),
    Key("list_mine", "Mis asignados", ("Ctrl+1",)),
    Key("list_suspended", "Suspendidos", ("Ctrl+2",)),
    Key("list_delinquent", "Morosos", ("Ctrl+3",)),
    Key("list_withdrawn", "Retirados", ("Ctrl+4",)),
    Key("list_active", "Activos", ("Ctrl+5",)),
    Key("list_closed", "Cerrados", ("Ctrl+6",)),
    Key("log_contact", "Registrar contacto; después, 1 a 9 = resultado", ("Ctrl+L",)),
    Key("take", "Tomar o liberar", ("Ctrl+T",)),
    Key("verify", "Datos verificados hoy", ("Ctrl+Shift+V",)),
    Key("surveys", "Encuestas", ("Ctrl+Shift+S",)),
    Key("script", "Mostrar u ocultar el guion", ("Ctrl+Shift+J",)),
    Key("templates", "Poner una plantilla en el mensaje", ("Ctrl+J",)),
    Key("conversation", "Mostrar la conversación, o los datos", ("Ctrl+Shift+M",)),
    Key("next_chat", "Chat siguiente", ("Ctrl+Tab",)),
    Key("previous_chat", "Chat anterior", ("Ctrl+Shift+Tab",)),
    Key("identify", "Decir quién escribe en el chat", ("Ctrl+Shift+Q",)),
    Key("hand_on", "Pasar el chat a otra persona", ("Ctrl+Shift+W",)),
    Key("end_chat", "Terminar el chat", ("Ctrl+Shift+X",)),
    Key("save", "Guardar o confirmar", ("Ctrl+Return", "Ctrl+Enter")),
    Key("undo", "Deshacer la última acción", ("Ctrl+Z",)),
    Key("communicate", "Marcar «Comunicado»", ("Ctrl+M",)),
    Key("insist", "Insistir: sumar reclamo", ("Ctrl+R",)),
    Key("answer", "Responder", ("Ctrl+Shift+R",)),
    Key("send_back", "Devolver una respuesta que no sirve", ("Ctrl+Shift+B",)),
    Key("note", "Agregar una nota interna", ("Ctrl+Shift+I",)),
    Key("send_day", "Exportar los mensajes del día", ("Ctrl+E",)),
    Key("import_file", "Importar un archivo", ("Ctrl+I",)),
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
    Key("verify_selected", "Datos verificados hoy", ("V",), TABLE),
    Key("surveys_selected", "Encuestas", ("E",), TABLE),
    Key("promotion_offered", "Promoción ofrecida", ("O",), TABLE),
    Key("promotion_accepted", "Promoción aceptada", ("C",), TABLE),
    Key("promotion_declined", "Promoción rechazada", ("R",), TABLE),
    Key("mark", "Marcar, para responder varios juntos", ("Space",), TABLE),
    Key("mark_all", "Marcar todos los que se ven en la lista", ("Ctrl+A",), TABLE),
    Key("open", "Abrir", ("Return", "Enter"), TABLE),
    Key("done", "Hecho", ("D",), AGENDA),
    Key("postpone", "Posponer el aviso", ("P",), AGENDA),
    Key("reschedule", "Reprogramar, con el motivo", ("R",), AGENDA),
)
_in_use = {key.name: key for key in KEYS}
_OF_TEXT = {"Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+Y", "Ctrl+Shift+Z"}
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
    return _in_use[name]


def shown(name: str) -> str:
    """How the key is written for people: «Ctrl+Re Pág», «Ctrl+⏎»; empty when it has none."""
    return in_words(_in_use[name].keys[0]) if _in_use[name].keys else ""


def adopt(chosen: Mapping[str, str], *, letters: bool = True) -> None:
    """Use the keys that a person chose, {name: keys}, for what is made from now on; without `letters`, no lone ones.

    What is not understood, or would mean two things, stays as it ships.
    """
    good = dict(chosen)
    while wrong := [name for name, keys in good.items() if problem(name, keys, good)]:
        for name in wrong:
            del good[name]
    for key in _with(good):
        kept = key.keys if letters else tuple(keys for keys in key.keys if len(keys) > 1)
        _in_use[key.name] = replace(key, keys=kept)


def problem(name: str, keys: str, chosen: Mapping[str, str]) -> str:
    """Why these keys cannot be used for it beside what was chosen, as a sentence; empty when they can."""
    shipped = next((key for key in KEYS if key.name == name), None)
    if shipped is None or QKeySequence(keys).toString() != keys or ", " in keys:
        return "Esa tecla no se puede usar."
    near = {shipped.where, WINDOW} if shipped.where != WINDOW else {WINDOW, TABLE, AGENDA}
    others = (key for key in _with(chosen) if key.name != name and key.where in near)
    other = next((key for key in others if keys in key.keys), None)
    if other is not None:
        return f"Esa tecla ya es de «{other.label}»."
    return "" if not keys or keys in shipped.keys else _unfit(keys, shipped.where)


def _unfit(keys: str, where: str) -> str:
    """Why a keyboard here, or a field that is typed in, needs these keys itself."""
    parts = keys.split("+")
    lone = parts[0] != "Ctrl" and not re.fullmatch(r"(Shift\+)?F\d+", keys)
    symbol = re.fullmatch(r"Ctrl\+Shift\+(\d|U)", keys) or (len(parts) > 1 and parts[-1] in set("/?[]\\`'"))
    reasons = {
        "Con Alt el teclado escribe letras o abre menús. Probá con Ctrl o con una tecla de función.": "Alt" in parts,
        "Con esa combinación el teclado escribe símbolos.": symbol,
        "Esa combinación es de los campos de texto.": keys in _OF_TEXT,
        "Una tecla sola escribe en los campos. Usala con Ctrl.": where == WINDOW and lone,
    }
    return next((sentence for sentence, holds in reasons.items() if holds), "")


def _with(chosen: Mapping[str, str]) -> Iterator[Key]:
    """The table with what was chosen; an empty text means no key at all."""
    for key in KEYS:
        keys = chosen.get(key.name)
        yield key if keys is None else replace(key, keys=(keys,) if keys else ())


def in_words(keys: str) -> str:
    """A key sequence as it is printed on the keyboards here."""
    return "+".join(_SPANISH.get(part, part) for part in keys.split("+"))


def make(owner: QWidget, name: str, callback: Callable[[], object], text: str = "") -> QAction:
    """An action with its keys and tooltip, that works while the owner's window has the keyboard.

    Keys of lists work only while the owner itself, or something in it, has the focus.
    """
    key = _in_use[name]
    action = QAction(text or key.label, owner)
    action.setObjectName(name)
    action.setShortcuts([QKeySequence(keys) for keys in key.keys])
    in_table = key.where != WINDOW
    action.setShortcutContext(
        Qt.ShortcutContext.WidgetWithChildrenShortcut if in_table else Qt.ShortcutContext.WindowShortcut
    )
    action.setToolTip(f"{action.text()} ({shown(name)})" if key.keys else action.text())
    action.triggered.connect(lambda _checked: callback())
    owner.addAction(action)
    return action


def keys_here(window: QWidget) -> tuple[Key, ...]:
    """The keys that do something on what a window shows now, in the table's order."""
    owners = [window, *(child for child in window.findChildren(QWidget) if child.isVisible())]
    bound = {action.objectName() for owner in owners for action in owner.actions()}
    return tuple(key for key in keys_in_use() if key.keys and key.name in bound)


def keys_in_use() -> tuple[Key, ...]:
    """All keys as they are used now, in the table's order."""
    return tuple(_in_use[key.name] for key in KEYS)
