"""What nobody gets out of chats: limits that hold for many at once, replays with other data, other people's talks."""

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import chats, contact_records
from tests.people import People
from tests.services.persons import person
from tests.services.refusals import refusal
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World

Become = Callable[..., Database]
OTHER = "Esto ya se había guardado, con otros datos. Cerrá el formulario y fijate cómo quedó."
ROWS = "SELECT coalesce(pg_sequence_last_value(iduo.counter_of(%s)), 0) %% 1000000000"


def chat_of(visitor: Visitor) -> int:
    """His chat, begun."""
    return int(visitor.open()["chat_id"])


def turn_back(superuser: psycopg.Connection, change: str) -> None:
    """As if it had been longer ago."""
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(change.encode())


def guard(conninfo: str) -> tuple[Any, ...]:
    """What the guard does now."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET SESSION AUTHORIZATION iduo_guard")
        return connection.execute("SELECT given_back, offered, ended FROM api.guard_chats()").fetchall()[0]


def at_once(conninfo: str, count: int, act: Callable[[ChatService, int], object]) -> list[str]:
    """So many at a time; what each was told, "" where it went well."""
    gate, told = threading.Barrier(count), [""] * count

    def run(number: int) -> None:
        service = ChatService(conninfo)
        with closing(service.connection):
            gate.wait()
            try:
                act(service, number)
            except psycopg.Error as error:
                told[number] = error.diag.message_primary or "?"

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_the_limit_of_a_connection_holds_for_many_at_once(
    service: ChatService, superuser_conninfo: str, world: World
) -> None:
    world.set_setting("chats_per_address", 3)
    told = at_once(superuser_conninfo, 8, lambda own, _number: Visitor(own).open())
    assert told.count("") == 3
    assert world.value("SELECT count(*) FROM iduo.chat") == 3


def test_of_one_secret_there_is_one_chat(service: ChatService, superuser_conninfo: str, world: World) -> None:
    tokens = [Visitor(service).token] * 6

    def come(own: ChatService, number: int) -> None:
        visitor = Visitor(own, address=str(number))
        visitor.token = tokens[number]
        visitor.open()

    assert at_once(superuser_conninfo, 6, come) == [""] * 6
    assert world.value("SELECT count(*) FROM iduo.chat") == 1


def test_a_message_is_left_once_from_wherever(service: ChatService, superuser_conninfo: str, world: World) -> None:
    key = uuid4()
    told = at_once(superuser_conninfo, 6, lambda own, _number: own.leave_message("Llámenme", key))
    assert told == [""] * 6
    assert world.value("SELECT count(*) FROM iduo.ticket") == 1


def test_messages_after_a_talk_that_is_over_are_counted_too(service: ChatService, world: World) -> None:
    world.set_setting("chats_per_address", 3)
    visitor = Visitor(service)
    visitor.open()
    visitor.leave()
    for _ in range(3):
        service.leave_message("Llámenme", token=visitor.token)
    with pytest.raises(psycopg.DatabaseError, match="varios mensajes"):
        service.leave_message("Llámenme", token=visitor.token)


def test_a_key_is_for_one_thing(service: ChatService, ana: Database, juan: Database, people: People) -> None:
    visitor, other = Visitor(service), Visitor(service, address="2")
    chat, second = chat_of(visitor), chat_of(other)
    key = uuid4()
    visitor.say("uno", key)
    with pytest.raises(psycopg.errors.UniqueViolation):
        visitor.say("dos", key)
    chats.take(ana, chat, key := uuid4())
    assert refusal(chats.take, ana, second, key) == OTHER
    assert refusal(chats.say, ana, chat, "hola", key) == OTHER
    said = chats.say(ana, chat, "hola", key := uuid4())
    assert refusal(chats.say, ana, chat, "chau", key) == OTHER
    chats.hand_on(ana, chat, None, "sigue", passed := uuid4())
    for to, note in ((None, "otra cosa"), (people.add("juan"), "sigue")):
        assert refusal(chats.hand_on, ana, chat, to, note, passed) == OTHER
    chats.take(juan, chat, uuid4())
    # what was written before it went on is told again to whoever did not hear that it was
    again = chats.say(ana, chat, "hola", key)
    assert (again.seq, again.at, again.replayed) == (said.seq, said.at, True)
    assert chats.hand_on(ana, chat, None, "sigue", passed).replayed
    assert refusal(chats.hand_on, juan, chat, None, "sigue", passed) == OTHER
    assert visitor.lines()[-1] == "Le atiende Juan."


def test_an_end_is_an_end(service: ChatService, ana: Database, world: World) -> None:
    visitor = Visitor(service)
    chats.take(ana, chat := chat_of(visitor), uuid4())
    assert refusal(chats.end, ana, chat, "handed_on", "", uuid4()) == "Para que siga otra persona, pasale el chat."
    assert not chats.end(ana, chat, "informed", "", key := uuid4()).replayed
    assert chats.end(ana, chat, "informed", "", key).replayed
    assert "ya terminó" in refusal(chats.end, ana, chat, "message", "", uuid4())
    assert len(visitor.lines()) == 2
    assert world.value("SELECT outcome FROM iduo.call") == "informed"


def test_nobody_has_what_nobody_attended(service: ChatService, ana: Database, world: World) -> None:
    visitor = Visitor(service)
    chat = chat_of(visitor)
    visitor.say("nadie lo leyó")
    visitor.leave()
    company = world.company()
    alone = "Ese chat terminó sin que nadie lo atendiera."
    assert refusal(chats.identify, ana, chat, company, None) == alone
    assert refusal(chats.end, ana, chat, "informed", "", uuid4()) == alone
    assert refusal(chats.lines, ana, chat, 0) == "Ese chat no es para vos."
    assert chats.page(ana) == ()


def test_who_reads_what(
    service: ChatService, ana: Database, juan: Database, become: Become, people: People, world: World
) -> None:
    carla, ada = become("carla", "coordinator"), become("ada", "admin")
    visitor = Visitor(service)
    chat = chat_of(visitor)
    visitor.say("secreto")
    chats.take(ana, chat, uuid4())
    pedro = become("pedro", "operator")
    chats.hand_on(ana, chat, people.add("juan"), "para vos", uuid4())
    assert len(chats.lines(juan, chat, 0)) == len(chats.lines(carla, chat, 0)) == 3
    for other in (ana, pedro, ada):
        assert refusal(chats.lines, other, chat, 0) == "Ese chat no es para vos."
    chats.take(juan, chat, uuid4())
    chats.identify(juan, chat, world.company(), None)
    assert "lo atiende Juan" in refusal(chats.lines, pedro, chat, 0)
    chats.end(juan, chat, "informed", "", uuid4())
    assert len(chats.lines(pedro, chat, 0)) == len(chats.lines(ada, chat, 0)) == 5


def test_reading_is_counted_but_of_ones_own(
    service: ChatService,
    ana: Database,
    raw: Callable[..., psycopg.Connection],
    people: People,
    superuser: psycopg.Connection,
) -> None:
    visitor = Visitor(service)
    chat = chat_of(visitor)
    for text in ("uno", "dos", "tres"):
        visitor.say(text)

    def counted() -> int:
        return int(superuser.execute(ROWS, [people.add("ana")]).fetchall()[0][0])

    chats.lines(ana, chat, 0)
    assert counted() == 3
    session = raw("ana", "operator")
    with session.transaction(force_rollback=True):  # as if it had never been taken
        session.execute("SELECT api.take_chat(%s, gen_random_uuid())", [chat])
        assert session.execute("SELECT count(*) FROM api.chat_lines(%s, 0)", [chat]).fetchall() == [(4,)]
    assert counted() == 7
    chats.take(ana, chat, uuid4())
    chats.lines(ana, chat, 0)
    chats.page(ana)
    assert counted() == 7


def test_a_wait_begins_with_the_line_that_waits(
    service: ChatService, ana: Database, world: World, superuser: psycopg.Connection, superuser_conninfo: str
) -> None:
    visitor = Visitor(service)
    chat = chat_of(visitor)
    turn_back(superuser, "UPDATE iduo.chat SET at = at - interval '1 hour', queued_at = queued_at - interval '1 hour'")
    chats.take(ana, chat, uuid4())
    chats.say(ana, chat, "Buenas", uuid4())
    visitor.say("Hola")
    assert world.value("SELECT waits_since > clock_timestamp() - interval '1 minute' FROM iduo.chat")
    assert world.value("SELECT answered_at > at + interval '59 minutes' FROM iduo.chat")
    assert guard(superuser_conninfo) == (0, 0, 0)
    chats.hand_on(ana, chat, None, "sigue otra persona", uuid4())
    assert guard(superuser_conninfo) == (0, 0, 0)  # nobody was given time to answer yet


def test_a_call_that_nobody_answered_is_over(
    service: ChatService, ana: Database, world: World, superuser: psycopg.Connection, superuser_conninfo: str
) -> None:
    visitor = Visitor(service)
    chats.take(ana, chat := chat_of(visitor), uuid4())
    turn_back(superuser, "UPDATE iduo.chat SET waits_since = waits_since - interval '4 minutes'")
    assert guard(superuser_conninfo) == (1, 0, 0)
    assert world.value("SELECT outcome FROM iduo.call WHERE ended_at IS NOT NULL") == "handed_on"
    assert "tomalo primero" in refusal(chats.say, ana, chat, "Buenas", uuid4())
    chats.take(ana, chat, uuid4())


def test_nobody_left_while_the_service_was_away(
    service: ChatService, superuser: psycopg.Connection, superuser_conninfo: str
) -> None:
    visitor = Visitor(service)
    visitor.open()
    turn_back(superuser, "UPDATE iduo.chat_presence SET seen_at = seen_at - interval '10 minutes'")
    assert guard(superuser_conninfo) == (0, 0, 0)  # it never was there
    service.ask("visitors_here", tokens=[], started_at=None)
    assert guard(superuser_conninfo) == (0, 0, 0)  # it came a moment ago
    turn_back(superuser, "UPDATE iduo.heartbeat SET started_at = started_at - interval '5 minutes'")
    service.ask("visitors_here", tokens=[visitor.token], started_at=None)
    assert guard(superuser_conninfo) == (0, 0, 0)  # and saw him
    turn_back(superuser, "UPDATE iduo.chat_presence SET seen_at = seen_at - interval '2 hours'")
    assert guard(superuser_conninfo) == (0, 0, 1)


def test_a_day_later_the_computer_tells_nothing(service: ChatService, superuser: psycopg.Connection) -> None:
    visitor = Visitor(service)
    visitor.open()
    visitor.say("secreto")
    visitor.leave()
    assert len(visitor.lines()) == 2
    turn_back(superuser, "UPDATE iduo.chat SET ended_at = ended_at - interval '25 hours'")
    assert visitor.lines() == []


def test_two_persons_made_one(service: ChatService, ana: Database, world: World) -> None:
    keep, other = person(ana, "Gómez", "Ana"), person(ana, "Gomes", "A.")
    chats.take(ana, chat := chat_of(Visitor(service)), uuid4())
    chats.identify(ana, chat, None, other)
    merged = contact_records.merge(ana, keep, other, (), uuid4())
    assert world.value("SELECT contact_id FROM iduo.chat") == keep
    assert [line.kind for line in contact_records.story(ana, keep, kinds=("chat",))] == ["chat"]
    contact_records.unmerge(ana, merged.merge, uuid4())
    assert world.value("SELECT contact_id FROM iduo.chat") == other
    contact_records.merge(ana, keep, other, (), uuid4())
    chats.identify(ana, chat, None, other)  # whoever still has him on the screen
    assert world.value("SELECT contact_id FROM iduo.chat") == keep


def test_identifying_and_merging_at_once(service: ChatService, become: Become, ana: Database, world: World) -> None:
    """Neither waits for the other for ever, and nothing stays with whoever went."""
    keep = person(ana, "Gómez", "Ana")
    carla = become("carla", "coordinator")
    chats.take(ana, chat := chat_of(Visitor(service)), uuid4())
    failed: list[BaseException] = []

    def identify(who: int) -> None:
        try:
            chats.identify(ana, chat, None, who)
        except UserError as error:
            failed.append(error)

    for _ in range(8):
        other = person(ana, "Gomes", "A.")
        chats.identify(ana, chat, None, other)
        thread = threading.Thread(target=identify, args=(other,))
        thread.start()
        contact_records.merge(carla, keep, other, (), uuid4())
        thread.join()
        assert failed == []
        assert world.value("SELECT contact_id FROM iduo.chat") == keep


def test_a_line_cannot_say_that_it_is_a_chat(raw: Callable[..., psycopg.Connection]) -> None:
    ask = "SELECT api.receive_call('x', NULL, '', NULL, '', 'chat:1', gen_random_uuid())"
    with pytest.raises(psycopg.DatabaseError, match="es de un chat"):
        raw("ana", "operator").execute(ask)
