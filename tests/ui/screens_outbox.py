"""Through an outage: what waits to be sent, what was refused, the numbers that came, and the question at the end."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from iduo_desktop.terms import Level
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.intake.form import MessageForm
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.outbox import Outcome, State
from iduo_desktop.ui.outbox_desk import leaving_dialog
from tests.ui.screens_cases import choose
from tests.ui.stage import Stage

REFUSED = "La tiene Juan Paz desde las 10:12. Pedísela, o dejale una nota."


def outbox_waiting(stage: Stage) -> QWidget:
    """The line is gone: three wait, at the bottom."""
    return _outage(stage)


def outbox_list(stage: Stage) -> QWidget:
    """What waits, what was refused, what has a number."""
    shown = _outage(stage)
    outbox = shown.outbox.outbox
    first, second, _third = outbox.letters
    outbox._keep(replace(first, state=State.DONE, outcome=Outcome(1, 104237, "5")))
    outbox._keep(replace(second, state=State.REFUSED, said=REFUSED))
    shown.outbox.open()
    return stage.dialog()


def outbox_review(stage: Stage) -> QWidget:
    """One after the other."""
    shown = _outage(stage)
    outbox = shown.outbox.outbox
    for letter in outbox.letters[1:]:
        outbox._keep(replace(letter, state=State.REFUSED, said=REFUSED))
    shown.outbox.review()
    return stage.dialog()


def outbox_message(stage: Stage) -> QWidget:
    """A message that is left to go by itself."""
    shown = _outage(stage)
    _message(shown).submit()
    return stage.shown(shown)


def outbox_slow(stage: Stage) -> QWidget:
    """The server lets wait: there may be a number, and nobody knows which."""
    shown = stage.window()
    form = _message(shown)
    form.sending._take_long()
    return stage.shown(shown)


def outbox_contact(stage: Stage) -> QWidget:
    """A contact that is left to go by itself."""
    shown = stage.window()
    choose(stage, shown.cases, lambda row: row.level < Level.HIGH)
    _lose(stage, shown)
    shown.cases.contact()
    stage.wait(shown.cases.strip.isVisible)
    shown.cases.strip._press(1)
    shown.cases.strip.save()
    return stage.shown(shown)


def outbox_leaving(stage: Stage) -> QWidget:
    """Somebody leaves, and it is safe."""
    dialog = leaving_dialog(3, stage.window(), safe=True)
    dialog.open()
    return stage.dialog()


def outbox_losing(stage: Stage) -> QWidget:
    """Somebody leaves, and it would be lost."""
    dialog = leaving_dialog(1, stage.window(), safe=False)
    dialog.open()
    return stage.dialog()


def _outage(stage: Stage) -> MainWindow:
    shown = stage.window()
    _lose(stage, shown)
    message = {"contact": "GÓMEZ, Ana", "#company": "43393", "phone": "0341 15-612-4410", "channel": "phone"}
    message |= {"text": "No le llega la factura de noviembre", "#provisional": "P-4K7Q-2MXD"}
    contact = {"channel": "call", "#result": "Promete pago", "promise_date": "2026-11-27", "note": "Cobra el viernes"}
    _put(shown, "message", "Mensaje a iduo", message)
    _put(shown, "contact", "Registrar contacto — ZAPATA, Antonella", contact)
    _put(shown, "close", "Cerrar caso — ZAPATA, Antonella (Suspendido)", {"#told": '[["Motivo del cierre", "Pagó"]]'})
    return stage.shown(shown)


def _lose(stage: Stage, shown: MainWindow) -> None:
    """As if nobody had answered, and for as long as the drawing takes: what was asked before is waited for."""
    operations = shown._operations
    stage.wait(lambda: operations.settled and not operations._polling)
    operations._poll = None
    operations._online = False
    operations.connection_changed.emit(False)


def _put(shown: MainWindow, kind: str, title: str, values: dict[str, str]) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    shown.outbox.outbox.put(Draft(kind, 7, title, uuid4(), json.dumps(values), at))


def _message(shown: MainWindow) -> MessageForm:
    shown.rooms.new_message()
    intake = shown.rooms.intake
    assert intake is not None
    given = {"caller_kind": "other", "phone": "0341 15-612-4410", "text": "Pregunta por el corte"}
    intake.form.fields.set_values({"channel": "phone", **given})
    return intake.form


SCREENS = (
    outbox_waiting,
    outbox_list,
    outbox_review,
    outbox_message,
    outbox_slow,
    outbox_contact,
    outbox_leaving,
    outbox_losing,
)
