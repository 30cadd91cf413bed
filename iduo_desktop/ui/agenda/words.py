"""How things of the agenda are called and marked, and for whom they are."""

from datetime import datetime

from iduo_desktop.services.agenda import Item
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.history_lines import short_name

TABS = {"today": "Hoy", "overdue": "Vencidos", "week": "Semana", "routes": "Rutas"}
KINDS = ("call", "task", "callback", "promise", "route")
WORDS = {
    "call": "Llamada programada",
    "task": "Tarea",
    "callback": "Llamada pendiente del caso",
    "promise": "Promesa de pago",
    "route": "Ruta activada",
}
SIGNS = {"call": "☎", "task": "✓", "callback": "☎", "promise": "$", "route": "⚑"}
CALLS = {"call", "callback", "promise"}
STATES = {"held": "realizada", "not_held": "no realizada", "done": "hecha", "cancelled": "cancelada"}


def number(item: Item) -> int:
    """One number for things of all kinds: their own are unique among their kind only."""
    return item.id * len(KINDS) + KINDS.index(item.kind)


def is_overdue(item: Item, now: datetime) -> bool:
    """Whether it should have been done by now."""
    return item.kind != "route" and item.state in {"planned", "open"} and item.due_at <= now


def when(item: Item, now: datetime) -> str:
    """«venció 09:30», «10:00», «lun 23/11 10:00»."""
    text = formats.when(item.due_at, now).removeprefix("hoy ")
    return f"venció {text}" if is_overdue(item, now) else text


def whom(item: Item) -> str:
    """For whom it is: «Vos», «Quien esté», «Quien esté (era de N. Pérez)», «N. Pérez»."""
    if item.escalated:
        return f"Quien esté (era de {short_name(item.assignee_name)})" if item.assignee_name else "Quien esté"
    if item.assignee is None:
        return "Quien esté"
    return "Vos" if item.mine else short_name(item.assignee_name)


def title(item: Item) -> str:
    """What it is, with whom."""
    named = not item.person or item.person in item.title
    return item.title if named else f"{item.title} · {item.person}"


def text(item: Item, *, discreet: bool) -> str:
    """What it is about; `discreet` for where anybody might look."""
    return (item.discreet if discreet else title(item)) or WORDS[item.kind]
