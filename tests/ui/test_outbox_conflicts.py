"""What the server refuses of the outbox, kind by kind: said in its words, corrected, kept as a note, thrown away."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pytestqt.qtbot import QtBot

from iduo_desktop.database.errors import UnexpectedError
from iduo_desktop.services import activities, cases, tickets
from iduo_desktop.services.activities import Attempt
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.letter_words import typed
from iduo_desktop.ui.outbox import Letter, State, Way
from tests.people import People
from tests.services.messages import answered
from tests.services.world import World
from tests.ui.post import Post, kept_in


def test_what_is_refused_stays_and_the_others_go_on(post: Post, people: People, world: World) -> None:
    mine, taken = world.case(assigned_to=post.desk.login), world.case(assigned_to=post.desk.login)
    refused: list[Letter] = []
    post.outbox.refused.connect(refused.append)
    cases.take_over(people.become("juan", "coordinator"), taken, "Está de licencia", uuid4())
    post.contact(taken, note="Promete pagar")
    post.close(taken)
    post.contact(mine)
    post.message()
    post.settle()
    assert (post.count("attempt"), post.count("ticket"), post.count("closing")) == (1, 1, 0)
    (letter,) = refused
    assert "Juan" in letter.said
    held = post.outbox.those(State.WAITING)[0]
    assert post.standing(held).startswith("Va después de «Contacto — Cliente 20001»")
    assert "Nota: Promete pagar" in typed(letter)
    post.outbox.discard(letter)  # then the closing is asked, and refused for itself
    post.wait(lambda: post.outbox.those(State.REFUSED))
    assert [post.outbox.noun(each) for each in refused] == ["Contacto", "Cierre"]


def test_conflicts_say_why_in_the_servers_words(post: Post, world: World) -> None:
    closed = world.case(state="closed")
    mine = world.case(assigned_to=post.desk.login)
    yesterday = (world.today() - timedelta(days=1)).isoformat()
    company = world.company()
    post.contact(closed)
    post.contact(mine, 3, more={"promise_date": yesterday})
    other = world.case(assigned_to=post.desk.login)
    post.close(other, {"#version": "999999"})
    post.message(more={"company": "999999"})
    post.attention({"#contact": 999999})
    post.settle()
    said = [letter.said for letter in post.outbox.those(State.REFUSED)]
    assert len(said) == 5
    assert said[1:4] == ["Esa fecha ya pasó.", "El formulario cambió: abrilo de nuevo.", "Esa empresa no existe."]
    assert "cerrado" in said[0]
    assert company


def test_a_pressed_client_asks_for_a_reason(post: Post, world: World) -> None:
    case = world.case(assigned_to=post.desk.login)
    for _ in range(12):
        post.contact(case, digit=2)
    post.settle()
    refused = post.outbox.those(State.REFUSED)
    assert refused
    assert post.count("attempt") == 12 - len(post.outbox.unsent)
    assert "contact" in refused[0].said.lower() or "pausa" in refused[0].said.lower()


def test_a_permission_that_was_taken_away_is_told(post: Post, people: People, superuser: psycopg.Connection) -> None:
    superuser.execute(f'GRANT iduo_answerer TO "{post.desk.login}" WITH INHERIT TRUE, SET FALSE')
    superuser.execute(f'REVOKE iduo_operator, iduo_coordinator FROM "{post.desk.login}"')
    post.message()
    post.settle()
    assert post.only().state is State.REFUSED
    assert "permiso" in post.only().said


def test_who_may_not_come_in_any_more_keeps_what_he_wrote(
    post: Post, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    post.lose()
    post.message()
    superuser.execute(f"ALTER ROLE \"{post.desk.login}\" PASSWORD 'otra'")
    post.line.refusing = False
    post.outbox.send_now()
    post.qtbot.wait(300)
    assert post.only().state is State.WAITING
    assert len(kept_in(tmp_path)) == 1


def test_corrected_it_goes_with_its_key(post: Post, world: World) -> None:
    draft = post.message(more={"company": "999999"})
    post.settle()
    resumed: list[Draft] = []
    post.desk.drafts.resumed.connect(resumed.append)
    post.outbox.correct(post.only())
    assert resumed[0].key == draft.key
    assert post.only().state is State.CORRECTED
    assert post.desk.drafts.newest("message") == resumed[0]
    values = {key: value for key, value in json.loads(resumed[0].values).items() if key != "company"}
    post.outbox.put(replace(resumed[0], values=json.dumps(values)))  # the line went again meanwhile
    assert post.only().turn == 1
    post.settle()
    assert world.value("SELECT key FROM iduo.ticket") == draft.key


def test_saved_or_thrown_away_in_its_form_it_is_gone_from_here(post: Post) -> None:
    draft = post.message(more={"company": "999999"})
    post.settle()
    post.outbox.correct(post.only())
    post.desk.drafts.finished.emit(draft.key)
    assert post.outbox.letters == ()


def test_a_new_person_who_was_kept_before_the_refusal_can_be_corrected(post: Post, world: World) -> None:
    draft = post.message(more={"#new": True, "#form": 999999})
    post.settle()
    assert "Los datos adicionales cambiaron" in post.only().said
    assert post.count("contact") == 1
    values = {**json.loads(draft.values), "#form": None, "phone": "0341 15-612-9999"}
    post.outbox.put(replace(draft, values=json.dumps(values)))
    post.settle()
    assert post.only().state is State.DONE
    assert world.value("SELECT phone FROM iduo.ticket") == "0341 15-612-9999"


def test_done_after_all_with_other_answers_it_is_not_done_twice(post: Post, world: World) -> None:
    draft = post.message(sent=True)
    post.settle()
    post.outbox.discard(post.only())
    changed = json.loads(draft.values) | {"text": "Otra cosa"}
    post.outbox.put(replace(draft, values=json.dumps(changed)))
    post.settle()
    assert post.count("ticket") == 1
    assert "ya se había guardado, con otros datos" in post.only().said


def test_a_contact_that_was_done_is_not_judged_again(post: Post, world: World) -> None:
    given = (post.desk.database, world.case(assigned_to=post.desk.login), Attempt("call", 1), uuid4())
    done = activities.log_attempt(*given)
    world.superuser.execute("UPDATE iduo.disposition SET active = false")
    again = activities.log_attempt(*given)
    assert (again.event, again.replayed) == (done.event, True)


def test_an_insistence_that_comes_too_late_can_be_a_note(post: Post, people: People, world: World) -> None:
    ticket = answered(post.desk.database, people.become("rosa", "answerer"))
    card = tickets.card(post.desk.database, ticket)
    tickets.communicate(post.desk.database, ticket, "Ella misma", card.version, uuid4())
    post.message("Sigue sin llegar", {"#similar": [ticket, card.number, ""]})
    post.settle()
    letter = post.only()
    assert "Ya se le comunicó" in letter.said
    assert post.outbox.may_note(letter)
    asked = post.outbox.save_note(letter)
    assert asked is not None
    post.wait(lambda: not post.outbox.letters)
    assert str(world.value("SELECT text FROM iduo.ticket_event WHERE kind = 'note'")).startswith("Sigue sin llegar")


def test_a_mistake_of_ours_holds_nobody_up(post: Post, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    def breaks(*_given: object) -> None:
        raise UnexpectedError("XX000", "close_case")

    monkeypatch.setitem(post.outbox._ways, "close", Way("Cierre", breaks))
    with qtbot.captureExceptions() as told:
        post.close(1)
        post.message()
        post.settle()
    assert [kind for kind, _, _ in told] == [UnexpectedError]
    assert [letter.state for letter in post.outbox.letters] == [State.REFUSED, State.DONE]
