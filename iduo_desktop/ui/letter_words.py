"""How a form that waits to be sent is told in words: what, to whom, what was typed, and how it stands."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from iduo_desktop.terms import Channel
from iduo_desktop.ui import formats
from iduo_desktop.ui.outbox import Letter, Outbox, State
from iduo_desktop.ui.widgets.ticket_words import numbered

Answers = Mapping[str, Any]
TOLD = "#told"  # label and text of each answer, where the form is the organisation's
_LABELS = {
    "contact": "Contacto",
    "#person": "Persona",
    "surname": "Apellido",
    "names": "Nombres",
    "#number": "Empresa N.º",
    "#company": "Empresa",
    "#name": "Empresa",
    "document": "Documento",
    "phone": "Teléfono",
    "email": "Mail",
    "text": "Consulta",
    "channel": "Medio",
    "#result": "Resultado",
    "promise_amount": "Importe",
    "promise_date": "Paga el",
    "callback_at": "Volver a llamar",
    "override_reason": "Motivo para contactar igual",
    "note": "Nota",
    "subject": "Motivo",
    "description": "Qué pasa",
    "call_note": "Nota de la llamada",
    "at": "Seguimiento",
    "follow_note": "Nota del seguimiento",
    "route_note": "Nota de la ruta",
}
_CHANNELS = {each.value: each.label for each in Channel} | {"phone": "0800", "chat": "Chat", "outbound": "Saliente"}
_MOMENTS = ("callback_at", "at")
_OF_COMPANY = ("#number", "#name")  # as far as it is known
DATED = "{} {:%d/%m} a las {:%H:%M}, sin conexión."


def whom(letter: Letter) -> str:
    """Whom it is about, as far as one knows."""
    answers = letter.answers
    _, dash, titled = letter.draft.title.partition(" — ")
    name = ", ".join(str(answers[key]) for key in ("surname", "names") if answers.get(key))
    unasked = f"empresa {answers['#company']}" if answers.get("#company") else ""  # it could not be looked up
    found = answers.get("#person") or name or answers.get("contact") or unasked or answers.get("#name")
    return titled if dash else str(found or "")


def titled(outbox: Outbox, letter: Letter) -> str:
    """«Mensaje — GÓMEZ, Ana»."""
    return " — ".join(filter(None, (outbox.noun(letter), whom(letter))))


def typed(letter: Letter) -> str:
    """All that was typed, a line for each answer."""
    answers = letter.answers
    lines = [(str(label), str(text)) for label, text in json.loads(answers.get(TOLD, "[]"))]
    if not lines:
        known = {key: each for key, each in answers.items() if key not in _OF_COMPANY or not answers.get("#company")}
        lines = [(label, _said(key, known[key])) for key, label in _LABELS.items() if known.get(key)]
    return "\n".join(f"{label}: {text}" for label, text in lines)


def standing(outbox: Outbox, letter: Letter, *, online: bool) -> tuple[str, str]:
    """How it stands, and the role of the sentence that says so."""
    if letter.state is State.DONE and letter.outcome is not None:
        number = numbered(letter.outcome.number, letter.outcome.check)
        return f"Ya tiene número: {number}. Avisale a quien llamó.", "ok"
    if letter.state is State.REFUSED:
        return f"El servidor no lo aceptó: {letter.said}", "error"
    if letter.state is State.CORRECTED:
        return "Lo abriste para corregirlo: se guarda desde su formulario.", "secondary"
    return _waiting(outbox, letter, online=online)


def _waiting(outbox: Outbox, letter: Letter, *, online: bool) -> tuple[str, str]:
    first = outbox.before(letter)
    if outbox.is_going(letter):
        return "Enviando…", "secondary"
    if first is not None:
        return f"Va después de «{titled(outbox, first)}», que hay que revisar.", "warning"
    if letter.draft.sent:
        return "Puede que ya se haya guardado. Se vuelve a enviar igual; si ya estaba, no se repite.", "warning"
    return ("En unos segundos sale solo." if online else "Sale solo cuando vuelva la conexión."), "secondary"


def dated(answers: Answers, key: str, said: str, at: datetime, most: int) -> Answers:
    """The same, with the hour at which it was typed at the end of a text; a text that is full stays as it is."""
    local = formats.here(at)
    text = str(answers.get(key, ""))
    more = f"{text} ({DATED.format(said, local, local)})".strip()
    return {**answers, key: more} if len(more) <= most else answers


def _said(key: str, value: object) -> str:
    if key == "promise_date":
        return formats.day(date.fromisoformat(str(value)))
    if key in _MOMENTS:
        return formats.exact(datetime.fromisoformat(str(value)))
    return _CHANNELS.get(str(value), str(value)) if key == "channel" else str(value)
