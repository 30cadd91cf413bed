"""Chats of the site: the visitor's side through the service's role, the operators' through theirs."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import chats, tickets
from tests.services.messages import new
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World

Become = Callable[..., Database]


def test_from_the_first_line_to_the_end(service: ChatService, ana: Database, world: World) -> None:
    visitor = Visitor(service)
    opened = visitor.open()
    assert (opened["state"], opened["place"], opened["attended_by"]) == ("waiting", 1, "")
    visitor.say("Buenas, no me anda internet")
    (row,) = chats.page(ana)
    assert (row.state, row.name, row.lines, row.read, row.last_text) == (
        "waiting",
        "Rosa Díaz",
        1,
        0,
        "Buenas, no me anda internet",
    )
    taken = chats.take(ana, row.id, uuid4())
    assert visitor.state()["attended_by"] == "Ana"
    said = chats.say(ana, row.id, "Buenos días, ¿me dice su nombre?", uuid4())
    assert said.seq == 3
    assert visitor.lines() == ["Buenas, no me anda internet", "Le atiende Ana.", "Buenos días, ¿me dice su nombre?"]
    visitor.say("Rosa")
    assert visitor.lines(3) == ["Rosa"]
    (mine,) = chats.page(ana)
    assert (mine.call_id, mine.lines, mine.read) == (taken.call_id, 4, 2)
    chats.read(ana, row.id, 4)
    assert chats.page(ana)[0].read == 4
    ticket = tickets.create(ana, replace(new(), channel="chat", call_id=taken.call_id), uuid4())
    assert ticket.number
    chats.end(ana, row.id, "message", "", uuid4())
    assert chats.page(ana) == ()
    assert visitor.state()["state"] == "ended"
    assert world.value("SELECT outcome FROM iduo.call") == "message"
    with pytest.raises(psycopg.DatabaseError, match="ya terminó"):
        visitor.say("¿Hola?")


def test_coming_back_is_the_same_chat(service: ChatService) -> None:
    visitor = Visitor(service)
    first = visitor.open()
    again = visitor.open()
    assert (again["chat_id"], again["replayed"]) == (first["chat_id"], True)
    key = uuid4()
    assert visitor.say("Una vez", key)["seq"] == visitor.say("Una vez", key)["seq"] == 1
    assert visitor.lines() == ["Una vez"]


def test_the_place_in_the_queue_is_honest(service: ChatService, ana: Database) -> None:
    visitors = [Visitor(service, address=str(n)) for n in range(4)]
    assert [visitor.open()["place"] for visitor in visitors] == [1, 2, 3, 4]
    (cursor, *_) = service.news()
    chats.take(ana, visitors[1].open()["chat_id"], uuid4())
    assert [visitor.state()["place"] for visitor in visitors] == [1, 0, 2, 3]
    head, *rows = service.news(cursor["cursor"])
    assert head["token"] is None
    assert not head["everything"]
    assert {row["token"]: (row["state"], row["place"]) for row in rows} == {
        visitors[0].named: ("waiting", 1),
        visitors[1].named: ("attended", 0),
        visitors[2].named: ("waiting", 2),
        visitors[3].named: ("waiting", 3),
    }
    assert service.news(head["cursor"])[1:] == []


def test_of_many_who_take_one_has_it(service: ChatService, become: Become) -> None:
    chat = Visitor(service).open()["chat_id"]
    people = [become(f"p{n}", "operator") for n in range(6)]
    gate, got, refused = threading.Barrier(6), [], []

    def take(database: Database) -> None:
        gate.wait()
        try:
            got.append(chats.take(database, chat, uuid4()))
        except UserError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=take, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    assert len(refused) == 5
    assert all("lo tomó" in sentence for sentence in refused)


def test_no_more_at_once_than_the_setting(service: ChatService, ana: Database, world: World) -> None:
    world.set_setting("chats_at_once", 2)
    opened = [Visitor(service, address=str(n)).open()["chat_id"] for n in range(3)]
    key = uuid4()
    first = chats.take(ana, opened[0], key)
    assert chats.take(ana, opened[0], key) == replace(first, replayed=True)
    chats.take(ana, opened[1], uuid4())
    with pytest.raises(UserError, match="Ya atendés 2 chats"):
        chats.take(ana, opened[2], uuid4())


def test_others_neither_write_nor_read(service: ChatService, ana: Database, juan: Database) -> None:
    visitor = Visitor(service)
    chat = visitor.open()["chat_id"]
    visitor.say("secreto")
    assert [line.text for line in chats.lines(juan, chat, 0)] == ["secreto"]  # it waits: anybody may look
    chats.take(ana, chat, uuid4())
    for attempt in (
        lambda: chats.lines(juan, chat, 0),
        lambda: chats.say(juan, chat, "hola", uuid4()),
        lambda: chats.end(juan, chat, "message", "", uuid4()),
        lambda: chats.hand_on(juan, chat, None, "porque sí", uuid4()),
        lambda: chats.identify(juan, chat, None, None),
    ):
        with pytest.raises(UserError, match="lo atiende"):
            attempt()
    chats.read(juan, chat, 99)
    assert [row.id for row in chats.page(juan)] == []


def test_handing_on(service: ChatService, ana: Database, juan: Database, become: Become) -> None:
    visitor = Visitor(service)
    chat = visitor.open()["chat_id"]
    chats.take(ana, chat, uuid4())
    key = uuid4()
    chats.page(juan)
    other = next(one.login for one in chats.colleagues(ana) if one.full_name == "Juan")
    assert not chats.hand_on(ana, chat, other, "Pregunta por la factura", key).replayed
    assert chats.hand_on(ana, chat, other, "Pregunta por la factura", key).replayed
    pedro = become("pedro", "operator")
    assert chats.page(pedro) == ()
    with pytest.raises(UserError, match="es para Juan"):
        chats.take(pedro, chat, uuid4())
    (row,) = chats.page(juan)
    assert (row.handed_by, row.handed_note) == ("Ana", "Pregunta por la factura")
    chats.take(juan, chat, uuid4())
    with pytest.raises(UserError, match="lo atiende Juan"):
        chats.say(ana, chat, "sigo yo", uuid4())


def test_who_is_not_answered_is_offered_to_others(
    service: ChatService, ana: Database, juan: Database, world: World, superuser_conninfo: str
) -> None:
    visitor = Visitor(service)
    chat = visitor.open()["chat_id"]
    chats.take(ana, chat, uuid4())
    visitor.say("¿Hay alguien?")
    with psycopg.connect(superuser_conninfo, autocommit=True) as guard:
        guard.execute("SET SESSION AUTHORIZATION iduo_guard")
        assert guard.execute("SELECT * FROM api.guard_chats()").fetchone() == (0, 0, 0)
        world.age("chat", chat, "waits_since", minutes=4)
        assert guard.execute("SELECT * FROM api.guard_chats()").fetchone() == (1, 0, 0)
        (row,) = chats.page(juan)
        assert (row.state, row.handed_note) == ("waiting", "Nadie le contestó.")
        world.age("chat", chat, "waits_since", minutes=7)
        assert guard.execute("SELECT * FROM api.guard_chats()").fetchone() == (0, 1, 0)
        assert visitor.state()["offered"]
        service.ask("visitors_here", tokens=[], started_at=datetime.now(UTC) - timedelta(minutes=9))
        world.superuser.execute("UPDATE iduo.chat_presence SET seen_at = seen_at - interval '10 minutes'")
        assert guard.execute("SELECT * FROM api.guard_chats()").fetchone() == (0, 0, 1)
    assert visitor.state()["state"] == "ended"


def test_a_message_instead(service: ChatService, ana: Database, superuser: psycopg.Connection) -> None:
    superuser.execute("UPDATE iduo.setting SET value = 'false' WHERE name = 'chat_on'")
    with pytest.raises(psycopg.DatabaseError, match="cerrado"):
        Visitor(service).open()
    key = uuid4()
    left = service.leave_message("Quiero el servicio", key)
    assert service.leave_message("Quiero el servicio", key) == {**left, "replayed": True}
    (row,) = tickets.page(ana, "open")
    assert (row.number, row.person) == (left["number"], "ROSA DÍAZ")


def test_after_a_wait_the_talk_becomes_a_message(service: ChatService, ana: Database) -> None:
    visitor = Visitor(service)
    visitor.open()
    visitor.say("Buenas")
    left = service.leave_message("Llámenme", token=visitor.token)
    assert visitor.state()["state"] == "ended"
    assert str(left["number"]) in visitor.lines()[-1].replace(" ", "")


@pytest.mark.parametrize("text", ["", "  \u200b ", "\x01"])
def test_nothing_is_no_line(service: ChatService, text: str) -> None:
    visitor = Visitor(service)
    visitor.open()
    with pytest.raises(psycopg.DatabaseError, match="Escriba"):
        visitor.say(text)


def test_limits_of_visitors(service: ChatService, world: World) -> None:
    world.set_setting("chats_per_address", 2)
    world.set_setting("chat_lines_per_minute", 5)
    visitor = Visitor(service)
    visitor.open()
    for n in range(5):
        visitor.say(str(n))
    with pytest.raises(psycopg.DatabaseError, match="muy rápido"):
        visitor.say("6")
    Visitor(service).open()
    with pytest.raises(psycopg.DatabaseError, match="varias conversaciones"):
        Visitor(service).open()
    Visitor(service, address="10.0.0.2").open()
    visitor.open()


def test_a_foreign_secret_opens_nothing(service: ChatService) -> None:
    visitor = Visitor(service)
    visitor.open()
    stranger = Visitor(service)
    assert stranger.lines() == []
    assert service.ask("visitor_state", token=stranger.token) == []
    for act in (lambda: stranger.say("hola"), stranger.leave):
        with pytest.raises(psycopg.DatabaseError, match="no existe"):
            act()


def test_the_queue_for_coordinators(service: ChatService, ana: Database, become: Become) -> None:
    first, second = Visitor(service), Visitor(service, address="2")
    first.open(), second.open()
    chats.take(ana, first.open()["chat_id"], uuid4())
    queue = chats.queue(become("carla", "coordinator"))
    assert (queue.waiting, queue.attended, queue.unanswered, queue.running) == (1, 1, 0, False)
    service.ask("visitors_here", tokens=[first.token, second.token], started_at=None)
    assert chats.queue(ana).running


def test_no_arrow_back(service: ChatService, superuser: psycopg.Connection) -> None:
    visitor = Visitor(service)
    visitor.open()
    visitor.say("uno")
    visitor.leave()
    for statement in (
        "UPDATE iduo.chat SET state = 'waiting', ended_at = NULL, ended_by = NULL",
        "UPDATE iduo.chat SET name = 'otro'",
        "UPDATE iduo.chat_line SET text = 'dos'",
        "DELETE FROM iduo.chat_line",
    ):
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)):
            superuser.execute(statement)


def test_operators_are_refused_in_words(service: ChatService, ana: Database) -> None:
    for attempt in (
        lambda: chats.take(ana, 99, uuid4()),
        lambda: chats.say(ana, 99, "x", uuid4()),
        lambda: chats.end(ana, 99, "message", "", uuid4()),
    ):
        with pytest.raises(UserError, match="no existe"):
            attempt()
