"""Somebody at psql against chats: who holds rows, who comes twice at once, who was disabled, texts that turn around."""

import threading
import time
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from psycopg.pq import DiagnosticField

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import chats
from tests.conftest import Raw
from tests.people import People
from tests.services.refusals import refusal
from tests.services.test_chat_walls import chat_of, guard, turn_back
from tests.services.visitors import ChatService, Visitor, hashed
from tests.services.world import World

Become = Callable[..., Database]
MANY = """INSERT INTO iduo.chat (token_hash, address_hash, name, state, ended_at, ended_by)
          SELECT sha256(n::text::bytea), sha256(n::text::bytea), 'x', 'ended', now(), 'visitor'
          FROM generate_series(1, 5000) n"""
TAKE = "SELECT api.take_chat(%s, gen_random_uuid())"
# What turns a line around, what is not seen, what sounds a bell, what another encoding would make of it.
TEXTS = ("\u202eabc", "a\u200b\u200d\ufeffb", "\x07\x1b[31mrojo", "<b>x</b>'\";--\\", "e\u0301" * 40, "😀" * 500)
NOTHING = ("", " ", "\u200b", "\u202e\u2066", "\ufeff", "\u3164", "\t\r\n", None)
HUGE = 5_000_000


def test_who_holds_a_visitor_does_not_hide_the_others(service: ChatService, raw: Raw, world: World) -> None:
    held, other = Visitor(service), Visitor(service, address="2")
    chat = chat_of(held)
    chat_of(other)
    held.say("Hola")
    ana = raw("ana", "operator")
    ana.execute(TAKE, [chat])
    turn_back(world.superuser, "UPDATE iduo.chat_presence SET seen_at = seen_at - interval '1 minute'")
    with ana.transaction(force_rollback=True):
        ana.execute("SELECT api.read_chat(%s, 1)", [chat])
        began = time.monotonic()
        service.ask("visitors_here", tokens=[held.token, other.token], started_at=None)
        assert time.monotonic() - began < 1
    seen = "SELECT count(*) FROM iduo.chat_presence WHERE seen_at > clock_timestamp() - interval '10 s'"
    assert world.value(seen) == 1
    service.ask("visitors_here", tokens=[held.token, other.token], started_at=None)
    assert world.value(seen) == 2
    assert world.value("SELECT count(*) FROM iduo.heartbeat WHERE service = 'chat'") == 1


def test_who_holds_his_call_does_not_stop_the_guard(
    service: ChatService, raw: Raw, become: Become, world: World, superuser_conninfo: str
) -> None:
    ana, marta = raw("ana", "operator"), become("marta", "operator")
    ana.execute(TAKE, [chat_of(Visitor(service))])
    chats.take(marta, second := chat_of(Visitor(service, address="2")), uuid4())
    turn_back(world.superuser, "UPDATE iduo.chat SET waits_since = waits_since - interval '4 minutes'")
    call = world.value("SELECT min(call_id) FROM iduo.chat")
    with ana.transaction(force_rollback=True):
        ana.execute("SELECT api.end_call(%s, 'informed', '', gen_random_uuid())", [call])
        began = time.monotonic()
        assert guard(superuser_conninfo) == (1, 0, 0)
        assert time.monotonic() - began < 1
    assert world.value("SELECT array_agg(id) FROM iduo.chat WHERE state = 'waiting'") == [second]
    assert guard(superuser_conninfo) == (1, 0, 0)


def test_of_two_who_take_at_once_one_has_it(
    service: ChatService, raw: Raw, world: World, request: pytest.FixtureRequest
) -> None:
    rounds = 200
    world.set_setting("chats_at_once", 12)
    sessions = [raw("ana", "operator"), raw("marta", "operator")]
    world.set_setting("chats_per_address", 1000)
    world.set_setting("chat_lines_per_minute", 200)
    gate = threading.Barrier(2)
    taken: list[list[int]] = [[], []]
    strange: list[str] = []

    def run(who: int, ids: list[int]) -> None:
        for one in ids:
            gate.wait(60)
            try:
                sessions[who].execute(TAKE, [one])
            except psycopg.Error as error:
                if "lo tomó" not in str(error):
                    strange.append(str(error))
            else:
                taken[who].append(one)
                closed = "SELECT api.end_chat(%s, 'informed', '', gen_random_uuid())"
                gate.wait(60)
                sessions[who].execute(closed, [one])
                continue
            gate.wait(60)

    ids = [chat_of(Visitor(service, address=str(n))) for n in range(rounds)]
    threads = [threading.Thread(target=run, args=(who, ids)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    assert sorted(taken[0] + taken[1]) == ids
    assert all(taken), "they never met"
    assert world.value("SELECT count(*) FROM iduo.call WHERE pbx_id ^@ 'chat:'") == rounds


def test_the_limit_of_chats_holds_for_many_sessions_of_one(service: ChatService, people: People, world: World) -> None:
    world.set_setting("chats_at_once", 1)
    ids = [chat_of(Visitor(service, address=str(n))) for n in range(3)]
    people.add("ana", "operator")
    gate, told = threading.Barrier(len(ids)), list[str]()

    def run(chat: int) -> None:
        with psycopg.connect(autocommit=True, **people.conninfo("ana").keywords(30.0)) as connection:
            gate.wait(20)
            try:
                connection.execute(TAKE, [chat])
            except psycopg.DatabaseError as error:
                told.append(str(error))

    threads = [threading.Thread(target=run, args=(chat,)) for chat in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == 2
    assert all("Ya atendés 1 chats" in one for one in told)
    assert world.value("SELECT count(*) FROM iduo.chat WHERE state = 'attended'") == 1


def test_who_has_the_service_fills_no_disk(service: ChatService, world: World) -> None:
    world.superuser.execute(MANY)
    with pytest.raises(psycopg.DatabaseError, match="demasiadas conversaciones"):
        Visitor(service).open()
    turn_back(world.superuser, "UPDATE iduo.chat SET at = at - interval '2 hours'")
    assert Visitor(service).open()["state"] == "waiting"


def test_nobody_hands_on_to_who_is_not_there(
    service: ChatService, become: Become, people: People, world: World
) -> None:
    ana = become("ana", "operator")
    chats.take(ana, chat := chat_of(Visitor(service)), uuid4())
    gone, answers = people.add("luis", "operator"), people.add("rita", "answerer")
    world.superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [gone])
    for to in (gone, answers, people.add("ana"), "iduo_chat", "nadie", "", "ANA"):
        with pytest.raises(UserError, match="Elegí a quién"):
            chats.hand_on(ana, chat, to, "sigue", uuid4())
    assert chats.page(ana)[0].state == "attended"


def test_who_is_disabled_keeps_nothing(
    service: ChatService, become: Become, people: People, world: World, superuser_conninfo: str
) -> None:
    ana, marta = become("ana", "operator"), become("marta", "operator")
    visitor = Visitor(service)
    chats.take(ana, chat := chat_of(visitor), uuid4())
    chats.say(ana, chat, "Buenas", uuid4())
    world.superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [people.add("ana")])
    for act in (
        lambda: chats.page(ana),
        lambda: chats.lines(ana, chat, 0),
        lambda: chats.say(ana, chat, "x", uuid4()),
        lambda: chats.end(ana, chat, "informed", "", uuid4()),
    ):
        with pytest.raises(UserError, match="No tenés permiso"):
            act()
    visitor.say("¿Hola?")
    turn_back(world.superuser, "UPDATE iduo.chat SET waits_since = waits_since - interval '4 minutes'")
    assert guard(superuser_conninfo) == (1, 0, 0)
    chats.take(marta, chat, uuid4())


def test_what_is_rolled_back_never_was(service: ChatService, raw: Raw, world: World) -> None:
    ana, chat = raw("ana", "operator"), chat_of(Visitor(service))
    with ana.transaction(force_rollback=True):
        ana.execute(TAKE, [chat])
        ana.execute("SELECT api.say_in_chat(%s, 'x', gen_random_uuid())", [chat])
    assert world.value("SELECT state || lines FROM iduo.chat") == "waiting0"
    assert world.value("SELECT count(*) FROM iduo.call") == 0
    ana.execute("SET default_transaction_isolation = 'repeatable read'")
    for asked in ("SELECT api.chats()", "SELECT api.chat_lines(1, 0)", "SELECT api.take_chat(1, gen_random_uuid())"):
        with pytest.raises(psycopg.Error, match="ajustes normales"):
            ana.execute(asked.encode())
    service.connection.execute("SET default_transaction_isolation = 'serializable'")
    with pytest.raises(psycopg.Error, match="ajustes normales"):
        Visitor(service).open()


def test_strange_texts_arrive_as_they_are_or_not_at_all(service: ChatService, become: Become) -> None:
    ana, visitor = become("ana", "operator"), Visitor(service)
    chat = chat_of(visitor)
    for text in TEXTS:
        visitor.say(text)
    kept = [line.text for line in chats.lines(ana, chat, 0)]
    assert [len(text) for text in kept] == [len(text) for text in (TEXTS[0], TEXTS[1], "[31mrojo", *TEXTS[3:])]
    for nothing in NOTHING:
        with pytest.raises(psycopg.DatabaseError, match="Escriba un mensaje"):
            service.ask("visitor_say", token=visitor.token, text=nothing, key=uuid4())
        with pytest.raises(psycopg.DatabaseError, match="Escriba su nombre"):
            Visitor(service, name=nothing or "", address="9").open()
    for text in ("a\x00b", "\ud800"):
        with pytest.raises((psycopg.DataError, UnicodeEncodeError)):
            visitor.say(text)
    visitor.say("x" * HUGE)
    assert len(visitor.lines()[-1]) == 2000
    chats.take(ana, chat, uuid4())
    with pytest.raises(UserError, match="demasiado largo"):
        chats.say(ana, chat, "x" * 2001, uuid4())


def test_other_encodings_say_the_same(service: ChatService) -> None:
    visitor = Visitor(service)
    visitor.open()
    service.connection.execute("SET client_encoding = 'LATIN1'")
    visitor.say("Ñandú")
    service.connection.execute("SET client_encoding = 'SQL_ASCII'")
    asked = b"SELECT api.visitor_say($1::bytea, $2::text, gen_random_uuid())"
    token = b"\\x" + visitor.token.hex().encode()
    for text in (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", "Ñandú".encode("latin-1")):
        result = service.connection.pgconn.exec_params(asked, [token, text])
        assert result.error_field(DiagnosticField.SQLSTATE) == b"22021"
    service.connection.execute("SET client_encoding = 'UTF8'")
    assert visitor.lines() == ["Ñandú"]


def test_a_secret_that_nobody_has_opens_nothing(service: ChatService) -> None:
    chat_of(Visitor(service))
    for token in (hashed("adivinado"), b"", b"\0" * 32, b"x" * 1_000_000, None):
        assert service.ask("visitor_state", token=token) == []
        assert service.ask("visitor_lines", token=token, after=0) == []
        with pytest.raises(psycopg.DatabaseError, match="no existe"):
            service.ask("visitor_say", token=token, text="x", key=uuid4())
        with pytest.raises(psycopg.DatabaseError, match="no existe"):
            service.ask("visitor_leave", token=token)


def test_the_news_of_all_open_none(service: ChatService) -> None:
    cursor = service.news()[0]["cursor"]
    visitor = Visitor(service)
    visitor.open()
    visitor.say("secreto")
    (row,) = service.news(cursor)[1:]
    assert row["token"] == visitor.named
    assert service.ask("visitor_state", token=row["token"]) == []
    assert service.ask("visitor_lines", token=row["token"], after=0) == []


def test_a_colleagues_chat_is_nobody_elses(service: ChatService, become: Become) -> None:
    ana, pedro, carla = become("ana", "operator"), become("pedro", "operator"), become("carla", "coordinator")
    visitor = Visitor(service)
    chats.take(ana, chat := chat_of(visitor), uuid4())
    for other in (pedro, carla):
        for act in (
            lambda who: chats.take(who, chat, uuid4()),
            lambda who: chats.say(who, chat, "x", uuid4()),
            lambda who: chats.hand_on(who, chat, None, "x", uuid4()),
            lambda who: chats.end(who, chat, "informed", "", uuid4()),
            lambda who: chats.identify(who, chat, None, None),
            lambda who: chats.fill(who, 1, chat),
        ):
            assert "Ana" in (said := refusal(act, other)) or "plantilla" in said
        chats.read(other, chat, 1)
    assert chats.page(pedro) == ()
    assert [one.read for one in chats.page(ana)] == [0]
    assert visitor.lines() == ["Le atiende Ana."]
