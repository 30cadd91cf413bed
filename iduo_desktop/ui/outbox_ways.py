"""Which forms go by themselves when there is a line again, and the command that each of them is."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from iduo_desktop.services import Database, activities, attentions, cases, tickets
from iduo_desktop.services.tickets import Created
from iduo_desktop.ui.attention.answers import attention_of
from iduo_desktop.ui.attention.page import KINDS as ATTENTIONS
from iduo_desktop.ui.cases import close_dialog, contact_strip
from iduo_desktop.ui.cases.close_dialog import answers_of
from iduo_desktop.ui.cases.contact_strip import attempt_of
from iduo_desktop.ui.intake import message
from iduo_desktop.ui.intake.preset import Target
from iduo_desktop.ui.letter_words import dated
from iduo_desktop.ui.outbox import Outcome, Way

Answers = Mapping[str, Any]
TEXT, NOTE = 4000, 2000


def ways(area_code: str) -> dict[str, Way]:
    """By the kind of draft."""
    leaving = Way("Mensaje", partial(_leave_message, area_code), _message_dated, note=_add_note)
    attending = Way("Atención", partial(_attend, area_code))
    return {
        **dict.fromkeys(Target.kinds(), leaving),
        **dict.fromkeys(ATTENTIONS, attending),
        contact_strip.KIND: Way("Contacto", _log, _contact_dated, of_case=True),
        close_dialog.KIND: Way("Cierre", _close, of_case=True),
    }


def _leave_message(area_code: str, database: Database, _target: int, answers: Answers, key: UUID) -> Outcome | None:
    made = message.send(database, answers, area_code, key)
    message.end_call(database, answers, key)
    if isinstance(made, Created):
        return Outcome(made.ticket_id, made.number, made.check)
    return None


def _add_note(database: Database, answers: Answers, key: UUID) -> None:
    """What a caller said about a ticket to which nothing can be added as an insistence any more."""
    similar = message.similar_to(answers)
    if similar is not None:
        tickets.add_note(database, similar[0], str(answers["text"])[:NOTE], uuid5(key, "note"))


def _log(database: Database, target: int, answers: Answers, key: UUID) -> None:
    activities.log_attempt(database, target, attempt_of(answers), key)


def _close(database: Database, target: int, answers: Answers, key: UUID) -> None:
    version, given = answers_of(answers)
    cases.close(database, target, version, json.dumps(given), key)


def _attend(area_code: str, database: Database, _target: int, answers: Answers, key: UUID) -> None:
    attentions.attend(database, attention_of(answers, area_code), key)


def _message_dated(answers: Answers, at: datetime) -> Answers:
    return dated(answers, "text", "Tomado el", at, TEXT if message.similar_to(answers) is None else NOTE)


def _contact_dated(answers: Answers, at: datetime) -> Answers:
    return dated(answers, "note", "Hecho el", at, NOTE)
