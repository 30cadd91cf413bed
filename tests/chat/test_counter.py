"""The chat's counter as a process: what it tells, when it ends, without the database, and two at once."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from iduo_desktop.admin.main import main
from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database.connection import Database
from iduo_desktop.services import chats, tickets
from tests.chat.conftest import Entrance
from tests.chat.intruder import converse, frame, handshake, hello, say
from tests.chat.talker import ORIGIN, Talker, secret
from tests.chat.test_kills import until

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'iduo_chat' AND datname = %s"
BOX = Path(__file__).resolve().parents[2] / "iduo_desktop" / "admin" / "chat_box" / "chat.js"
LETTER = {"name": "Rosa Díaz", "company": "", "phone": "11 4321-5678", "email": "", "text": "Llámenme"}


def ask(port: int, path: str, **values: str) -> httpx.Response:
    """A page of the site asks."""
    return httpx.get(f"http://127.0.0.1:{port}{path}", headers={"Origin": ORIGIN, **values}, timeout=20)


def test_the_box_and_the_hours(entrance: Entrance) -> None:
    port = entrance.start()
    box = ask(port, "/chat.js")
    assert (box.status_code, box.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert len(box.content) < 30_000
    assert ask(port, "/chat.js", **{"If-None-Match": box.headers["etag"]}).status_code == 304
    hours = ask(port, "/chat/hours")
    assert hours.json() == {"open": True, "opens_at": None, "waiting": 0}
    assert hours.headers["access-control-allow-origin"] == ORIGIN
    assert httpx.get(f"http://127.0.0.1:{port}/chat/hours").status_code == 403
    assert ask(port, "/chat/hours", Origin="https://evil.net").status_code == 403
    entrance.world.set_setting("chat_on", False)
    assert ask(port, "/otra").status_code == 404


def test_the_box_has_no_way_to_make_markup() -> None:
    text = BOX.read_text("utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setHTML"):
        assert word not in text


def test_a_message_is_left_once(entrance: Entrance, ana: Database) -> None:
    port = entrance.start()
    letter = LETTER | {"key": str(uuid4())}
    answers = [
        httpx.post(f"http://127.0.0.1:{port}/chat/message", json=letter, headers={"Origin": ORIGIN}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    (row,) = tickets.page(ana, "open")
    said = answers[0].json()["number"].partition("-")[0]
    assert "".join(filter(str.isdigit, said)) == str(row.number)


def test_two_gateways_and_two_tabs(entrance: Entrance, ana: Database) -> None:
    doors = [entrance.start(), entrance.start()]
    here, there = (Talker(1, [door]) for door in doors)
    there.token = here.token

    async def talk() -> None:
        living = [asyncio.create_task(one.live()) for one in (here, there)]
        await until(lambda: bool(here.state and there.state), 20)
        await here.say("desde una")
        (row,) = chats.page(ana)
        await asyncio.to_thread(chats.take, ana, row.id, uuid4())
        await there.say("desde la otra")
        await until(lambda: len(here.lines) == 3 and len(there.lines) == 3, 20)
        assert here.lines == there.lines
        await asyncio.to_thread(chats.end, ana, row.id, "informed", "", uuid4())
        await until(lambda: here.state["state"] == there.state["state"] == "ended", 20)
        await asyncio.gather(here.close(), there.close(), *living)

    asyncio.run(talk())


def test_while_the_database_is_away(
    entrance: Entrance, server_connection: psycopg.Connection, database_name: str, ana: Database
) -> None:
    port = entrance.start()
    talker = Talker(1, [port])
    name = sql.Identifier(database_name)

    async def talk() -> None:
        living = asyncio.create_task(talker.live())
        await until(lambda: bool(talker.state), 20)
        server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        server_connection.execute(CUT, [database_name])
        for number in range(3):
            await talker.say(f"v{number}")
        assert (await asyncio.to_thread(ask, port, "/chat/hours")).status_code == 503
        await asyncio.sleep(2)
        server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
        await until(lambda: not talker.unsent, 60)
        (row,) = chats.page(ana)
        await asyncio.to_thread(chats.take, ana, row.id, uuid4())
        await until(lambda: [line["text"] for line in talker.lines[:3]] == ["v0", "v1", "v2"], 20)
        await until(lambda: talker.state["state"] == "attended", 20)
        await talker.close()
        await living

    asyncio.run(talk())


@pytest.mark.skipif(sys.platform == "win32", reason="a service of Windows is ended in another way")
def test_a_graceful_end_says_come_again(entrance: Entrance) -> None:
    port = entrance.start()
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        line.sendall(handshake(port, 3))
        assert line.recv(4096).startswith(b"HTTP/1.1 101")
        line.sendall(frame(hello()))
        while b'"state"' not in (said := line.recv(4096)):
            assert said
        os.kill(entrance.running[port].process.pid, signal.SIGTERM)
        said = line.recv(4096)
        assert said[:1] == b"\x88"
        assert int.from_bytes(said[2:4], "big") == 1012
    assert entrance.running[port].end() == 0


def test_limits_are_told_in_words(entrance: Entrance) -> None:
    entrance.world.set_setting("chats_per_address", 1)
    entrance.world.set_setting("chat_lines_per_minute", 5)
    port = entrance.start()
    first = converse(port, handshake(port, 9), [frame(hello()), *(frame(say(str(n))) for n in range(6))])
    refused = next(one for one in first.told if one["t"] == "refused")
    assert (refused["field"], "muy rápido" in refused["sentence"]) == ("limit", True)
    second = converse(port, handshake(port, 9), [frame(hello())])
    assert (second.code, second.told[-1]["field"]) == (4003, "limit")


def test_a_secret_opens_its_own_chat_alone(entrance: Entrance) -> None:
    port = entrance.start()
    mine = secret()
    converse(port, handshake(port, 9), [frame(hello(mine)), frame(say("lo mío"))])
    again = converse(port, handshake(port, 10), [frame(hello(mine))])
    assert "lo mío" in str(again.told)
    for other in (("A" if mine[0] != "A" else "B") + mine[1:], mine[::-1], secret()):
        assert "lo mío" not in str(converse(port, handshake(port, 11), [frame(hello(other))]).told)


def test_it_is_tried_out(entrance: Entrance, capsys: pytest.CaptureFixture[str]) -> None:
    port = entrance.start()
    entrance.running[port].end()
    options = ["gateway", "--config", str(entrance.folder / f"chat-{port}.toml"), *entrance.place, "--check"]
    assert main(options) == Exit.DONE
    said = capsys.readouterr().out
    assert "bien  chat del sitio, base de datos" in said
    assert "bien  base de datos" not in said
    (entrance.folder / "clave").write_text("otra")
    assert main(options) == Exit.REFUSED
    assert "mal  chat del sitio, base de datos" in capsys.readouterr().out


def test_a_wrong_password_is_said_and_waited_for(entrance: Entrance) -> None:
    (entrance.folder / "clave").write_text("otra")
    port = entrance.start()
    assert "Chat del sitio" in entrance.running[port].until("trouble", seconds=30)["words"]
    assert ask(port, "/chat/hours").status_code == 503
    assert entrance.running[port].process.poll() is None
