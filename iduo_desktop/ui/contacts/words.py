"""What a record says in words: whether one may call, how a case stands, what a line of the history is."""

from datetime import datetime

from iduo_desktop import phones
from iduo_desktop.services.contact_records import ContactCase, ContactRecord, RecordPhone, StoryLine
from iduo_desktop.terms import CaseList, Priority, Risk
from iduo_desktop.ui import formats

SAFETY = {True: ("✔", "Seguro"), None: ("?", "Sin dato"), False: ("⛔", "No seguro")}
KINDS = {
    "call": ("☎", "Llamadas"),
    "chat": ("Chat", "Chats"),
    "case": ("▤", "Casos"),
    "ticket": ("✉", "Tickets"),
    "task": ("☑", "Tareas"),
    "route": ("⚑", "Rutas"),
    "attempt": ("↔", "Comunicaciones"),
    "change": ("✎", "Cambios de la ficha"),
}


def phone_number(phone: RecordPhone) -> str:
    """It alone, as it is dialled."""
    return phones.shown(phone.e164) if phone.e164 else phone.typed


def rules(record: ContactRecord) -> tuple[str, ...]:
    """How one reaches this person without danger, a sentence each; none where nobody said anything."""
    said = (
        ("Cuándo", record.safe_when),
        ("Dónde", record.safe_where),
        ("Si atiende otra persona", record.safe_words),
    )
    return tuple(f"{title}: {text}" for title, text in said if text)


def case_stands(case: ContactCase) -> str:
    """«Activos · prioridad alta · riesgo alto · J. Paz»."""
    parts = ["Cerrado" if case.closed else CaseList(case.list).label]
    if case.priority not in {"", Priority.NORMAL}:
        parts.append(f"prioridad {Priority(case.priority).label.lower()}")
    if case.risk not in {"", Risk.NONE}:
        parts.append(f"riesgo {Risk(case.risk).label.lower()}")
    return " · ".join(part for part in (*parts, case.holder) if part)


def spoken(line: StoryLine, at: datetime) -> str:
    """A line of the history for a screen reader, in one sentence."""
    kind = KINDS.get(line.kind, ("", ""))[1]
    parts = (formats.when(line.at, at), kind, line.title, line.detail, line.by_name)
    return ", ".join(part for part in parts if part)
