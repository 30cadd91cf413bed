"""From what is typed in the screen to what the database takes; it is the same again after a crash."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from iduo_desktop.services.attentions import Attended, Attention, FollowUp, SectionSaid, Supporter
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.terms import Direction, Priority, Risk
from iduo_desktop.ui.attention.fields import ANYBODY, NEW_CASE
from iduo_desktop.ui.formats import plural
from iduo_desktop.ui.widgets.names import read_name
from iduo_desktop.ui.widgets.typed_person import typed_person

Answers = Mapping[str, Any]


def attention_of(answers: Answers, area_code: str) -> Attention:
    """The attention that these answers of the screen are."""
    known, case = answers.get("#contact"), answers.get("case")
    new_case = case in {None, NEW_CASE}
    return Attention(
        contact_id=known,
        contact=None if known else person_of(answers, area_code),
        case_id=None if new_case else int(str(case)),
        subject=answers.get("subject", "") if new_case else "",
        description=answers.get("description", "") if new_case else "",
        priority=answers.get("priority", Priority.NORMAL.value),
        risk=answers.get("risk", Risk.NONE.value),
        call_id=answers.get("#call"),
        call_started=datetime.fromisoformat(answers["#since"]) if "#call" not in answers else None,
        call_note="" if new_case else answers.get("call_note", ""),
        holds_call=not answers.get("#no_call"),
        caller="" if "#call" in answers else answers.get("phone", ""),
        follow_up=_follow_up(answers),
        route_id=int(answers["route"]) if answers.get("#route_on") else None,
        route_note=answers.get("route_note", "") if answers.get("#route_on") else "",
        sections=tuple(SectionSaid(int(version), json.dumps(said)) for version, said in _sections(answers)),
        network=tuple(_supporter(each, area_code) for each in answers.get("#network", ())),
    )


def person_of(answers: Answers, area_code: str) -> NewContact:
    """A new person, with his surname and names apart."""
    return typed_person(answers.get("surname", ""), answers.get("names", ""), answers, area_code)


def created(done: Attended) -> str:
    """«Se crearon 1 contacto, 1 caso, 1 llamada, 1 seguimiento y 1 ruta»."""
    parts = [
        "1 contacto" if done.contact_new else "",
        "1 caso" if done.case_new else "",
        "1 llamada" if done.call_id is not None else "",
        "1 seguimiento" if done.follow_up_id is not None else "",
        "1 ruta" if done.activation_id is not None else "",
        plural(done.supporters, "persona de la red de apoyo", "personas de la red de apoyo") if done.supporters else "",
    ]
    made = [part for part in parts if part]
    if not made:
        return "Atención guardada"
    if len(made) == 1:
        return f"Se creó {made[0]}"
    return f"Se crearon {', '.join(made[:-1])} y {made[-1]}"


def _follow_up(answers: Answers) -> FollowUp | None:
    if not answers.get("#follow"):
        return None
    return FollowUp(
        at=datetime.fromisoformat(answers["at"]),
        direction=answers.get("direction", Direction.OUTBOUND.value),
        remind=int(answers.get("remind", "10")),
        anybody=answers.get("who") == ANYBODY,
        note=answers.get("follow_note", ""),
        safe_reason=answers.get("safe_reason", ""),
    )


def _sections(answers: Answers) -> list[tuple[str, Any]]:
    return [(version, said) for version, said in answers.get("#sections", {}).items() if said]


def _supporter(answers: Answers, area_code: str) -> Supporter:
    known, what, note = answers.get("#contact"), answers.get("what", ""), answers.get("note", "")
    if known:
        return Supporter(what, contact_id=known, note=note)
    name = read_name(answers.get("who", ""))
    return Supporter(what, new=typed_person(name.surname, name.names, answers, area_code), note=note)
