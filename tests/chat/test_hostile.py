"""Five hundred ways to send what no box sends: nowhere to go, nobody else hindered, and text stays text."""

import asyncio
import json
import random
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import chats
from tests.chat.conftest import Entrance
from tests.chat.intruder import BINARY, CLOSE, PING, Ended, converse, frame, handshake, hello, request, say
from tests.chat.talker import Talker, secret
from tests.chat.test_kills import until

CASES = 500
ODD = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b>negrita</b>&nbsp;&lt;",
    "'; DROP TABLE iduo.chat;--",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s%n%x",
    "\u202etxt.exe\u202c",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "Z̸̡͝a̵l̶g̷o̵" * 20,
    "שלום عليكم",
    "x" * 2000,
    "a\u0000b",
    "\ud83d",
    "\ufeff\u200b\u2060x",
    "1e999",
    "null",
    "../../etc/passwd",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
)
ORIGINS = (
    None,
    "",
    "null",
    "*",
    "http://www.example.org",
    "https://example.org",
    "https://www.example.org.evil.net",
    "https://evil.net",
    "https://www.example.org@evil.net",
    "https://www.example.org:8443",
    "https://www.example.org/",
    "https://evil.net, https://www.example.org",
    "file://",
    "https://wwwXexample.org",
    "https://WWW.EXAMPLE.ORG",
)
WRONG: tuple[Any, ...] = (
    None,
    1,
    -1,
    1.5,
    True,
    [],
    {},
    [1],
    {"a": 1},
    "",
    " ",
    "x" * 9000,
    10**400,
    float("nan"),
    float("inf"),
)
SMUGGLED = (
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 1e3\r\n",
    "Content-Length: +5\r\n",
    " Folded: x\r\n",
    "Bad Header: x\r\n",
    "X: a\x00b\r\n",
    "X\x0b: y\r\n",
    "Expect: 417\r\n",
    f"X: {'a' * 70000}\r\n",
    "X: y\r\n" * 5000,
    "Upgrade: h2c\r\n",
    "Sec-WebSocket-Key: x\r\nUpgrade: websocket\r\n",
)
BARE = (
    b"\x00" * 100,
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET\r\n\r\n",
    b"\r\n" * 100,
    b"\x16\x03\x01\x02\x00\x01",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET http://evil.net/chat.js HTTP/1.1\r\nHost: evil.net\r\nConnection: close\r\n\r\n",
    b"GET /" + b"a" * 90000 + b" HTTP/1.1\r\n\r\n",
    b"TRACE /chat/message HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"DELETE /chat/hours HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /%2e%2e/chat.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /chat/ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /chat/hours HTTP/1.1\r\nConnection: close\r\n\r\n",
)


@dataclass(frozen=True, slots=True)
class Case:
    """What is sent. `shut`: it has to be hung up on, or refused; else it is a text that has to stay what it is."""

    name: str
    opening: bytes
    frames: tuple[bytes, ...] = ()
    shut: bool = True


def generated(port: int, chance: random.Random) -> Iterator[Case]:
    """One after the other, for ever; each comes from an address of its own."""
    number = 100_000
    makers = (
        strange_origin,
        strange_hello,
        strange_frame,
        strange_say,
        odd_text,
        strange_bytes,
        strange_letter,
        smuggled,
        bare,
    )
    while True:
        for make in makers:
            number += 1
            yield make(port, number, chance)


def strange_origin(port: int, number: int, chance: random.Random) -> Case:
    """A page that may not."""
    origin = chance.choice(ORIGINS)
    return Case(f"origin {origin}", handshake(port, number, origin))


def strange_hello(port: int, number: int, chance: random.Random) -> Case:
    """A first word that is none."""
    value = chance.choice([one for one in WRONG if one is not None])
    name = chance.choice(("token", "name", "company", "page", "after", "t"))
    if name in ("name", "company", "page") and isinstance(value, str) and len(value) < 50:
        value = ["x"]
    if name == "after" and isinstance(value, int):
        value = "1"
    word = chance.choice(
        (hello(**{name: value}), b"[]", b"", b"x", b"[" * 5000, say("antes"), b'{"t":"leave"}', b'"hello"')
    )
    return Case(f"hello {word[:80]!r}", handshake(port, number), (frame(word),))


def strange_frame(port: int, number: int, chance: random.Random) -> Case:
    """After an honest beginning, what no box says."""
    kinds = ("hello", "HELLO", "lines", "state", "said", "__class__", "", None, 5, ["say"], {"t": "say"}, "a" * 9000)
    bodies = (
        json.dumps({"t": chance.choice(kinds)}).encode(),
        b"[" * 8000,
        b"{" * 8000,
        b'{"a":' * 3000,
        b"1" * 5000,
        b"NaN",
        b"",
        b"null",
        b'{"t":"say","t":"hello"}',
        hello(),
        b"\xef\xbb\xbf{}",
    )
    body = chance.choice(bodies)
    return Case(f"frame {body[:60]!r}", handshake(port, number), (frame(hello()), frame(body)))


def strange_say(port: int, number: int, chance: random.Random) -> Case:
    """A line with what is none."""
    wrong = chance.choice([one for one in WRONG if not isinstance(one, str) or len(one) > 8000])
    keys: tuple[Any, ...] = ("", "x", str(uuid4())[:-1], "0" * 41, 7, None, [], {})
    key = chance.choice(keys)
    body = chance.choice(
        (
            json.dumps({"t": "say", "key": str(uuid4()), "text": wrong}),
            json.dumps({"t": "say", "key": key, "text": "x"}),
        )
    )
    return Case(f"say {body[:80]}", handshake(port, number), (frame(hello()), frame(body.encode())))


def odd_text(port: int, number: int, chance: random.Random) -> Case:
    """Text of any kind: it is kept as text."""
    text = chance.choice(ODD) + chance.choice(ODD)[:20]
    return Case(f"text {text[:40]!r}", handshake(port, number), (frame(hello()), frame(say(text[:2000]))), shut=False)


def strange_bytes(port: int, number: int, chance: random.Random) -> Case:
    """Frames that the protocol does not have, or that are too much."""
    frames: tuple[bytes, ...] = chance.choice(
        (
            (frame(b"\xff\xfe\xfa"),),
            (frame(hello(), BINARY),),
            (frame(b"x" * 20000),),
            (frame(b"x", length=2**40),),
            (frame(hello(), masked=False),),
            (frame(b"", 3),),
            (frame(b"x" * 200, PING),),
            (frame(b"", fin=False), frame(hello())),
            (frame(hello()), *(frame(b'{"t":"leave"}') for _ in range(150))),
            (frame(b"\x03", CLOSE),),
            (frame(b"x" * 9000, fin=False),) * 3,
            (frame(hello()), *(frame(say("x")) for _ in range(120))),
            (bytes(chance.randbytes(200)),),
        )
    )
    return Case(f"bytes {frames[0][:20]!r} x{len(frames)}", handshake(port, number), frames)


def strange_letter(port: int, number: int, chance: random.Random) -> Case:
    """A message that is none."""
    letter = {"name": "Rosa", "company": "", "phone": "11 4321-5678", "email": "", "text": "x", "key": str(uuid4())}
    name = chance.choice([*letter])
    value = chance.choice([one for one in WRONG if not isinstance(one, str)])
    bodies = (
        json.dumps(letter | {name: value}).encode(),
        json.dumps(letter | {"token": secret()[:-3]}).encode(),
        b"",
        b"[]",
        b"[" * 9000,
        b"x" * 20000,
        json.dumps(letter | {"text": ""}).encode(),
        json.dumps(letter | {"phone": ""}).encode(),
        json.dumps(letter | {"token": secret()}).encode(),
        b"\xff\xfe",
    )
    body = chance.choice(bodies)
    return Case(f"letter {body[:80]!r}", request(body, number))


def smuggled(port: int, number: int, chance: random.Random) -> Case:
    """Two requests in one, and headers that are none."""
    more = chance.choice(SMUGGLED)
    return Case(f"smuggled {more[:40]!r}", request(b'{"text":"x"}', number, more=more))


def bare(port: int, number: int, chance: random.Random) -> Case:
    """Not this protocol at all."""
    said = chance.choice(BARE)
    return Case(f"bare {said[:40]!r}", said + (b"\r\n\r\n" if said[:1] in b"\x00\x16" else b""))


def wrong(case: Case, ended: Ended) -> bool:
    """True when it got further than it may."""
    if case.shut:
        refused = (
            ended.status < 100
            or 400 <= ended.status < 500
            or ended.status == 501
            or (ended.code or 0) in range(1002, 1014)
        )
        return not (refused or "refused" in ended.kinds or case.name.startswith("bare b'GET"))
    return ended.code is not None or "said" not in ended.kinds


@pytest.mark.timeout(600)
def test_hostile_visitors(entrance: Entrance, ana: Database, request: pytest.FixtureRequest) -> None:
    port = entrance.start()
    chance = random.Random(10)
    source = generated(port, chance)
    cases = [next(source) for _ in range(CASES)]
    delays, ended = asyncio.run(beside(port, cases, ana))
    assert [(case.name, end) for case, end in zip(cases, ended, strict=True) if wrong(case, end)] == []
    assert entrance.running[port].process.poll() is None
    assert not [line for line in entrance.running[port].lines if line["event"] == "trouble"]
    texts = [row.last_text or "" for row in chats.page(ana)]
    assert any("<script>" in text for text in texts)
    tickets = entrance.world.value("SELECT count(*) FROM iduo.ticket")
    assert tickets == 0
    figures = f"{CASES} cases; meanwhile p50 {statistics.median(delays):.0f} ms, worst {max(delays):.0f} ms"
    request.config.get_terminal_writer().line(figures)
    assert statistics.median(delays) < 2000


async def beside(port: int, cases: list[Case], ana: Database) -> tuple[list[float], list[Ended]]:
    """Somebody talks with an operator all the while."""
    friend = Talker(1, [port])
    living = asyncio.create_task(friend.live())
    await until(lambda: bool(friend.state))
    (row,) = chats.page(ana)
    await asyncio.to_thread(chats.take, ana, row.id, uuid4())
    loop = asyncio.get_running_loop()
    delays: list[float] = []
    with ThreadPoolExecutor(8) as pool:
        working = [loop.run_in_executor(pool, converse, port, case.opening, case.frames) for case in cases]
        while any(not one.done() for one in working) or len(delays) < 3:
            began, text = time.monotonic(), f"línea {len(delays)}"
            await asyncio.to_thread(chats.say, ana, row.id, text, uuid4())
            await until(partial(friend.was_told, text), 30)
            delays.append((time.monotonic() - began) * 1000)
            await asyncio.sleep(0.1)
        ended = await asyncio.gather(*working)
    await friend.say("sigo acá")
    await until(lambda: not friend.unsent, 30)
    await friend.close()
    await living
    return delays, list(ended)


@pytest.mark.timeout(120)
def test_the_slow_and_the_silent(entrance: Entrance) -> None:
    port = entrance.start()
    silent = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(100)]
    for place, line in enumerate(silent):
        if place % 2:
            line.sendall(b"GET /chat/hours HTTP/1.1\r\nHost: x\r\nX-")
    began = time.monotonic()
    assert converse(port, handshake(port, 5), (frame(hello()),)).told
    assert time.monotonic() - began < 5
    assert [line.recv(10) for line in silent] == [b""] * 100 or time.monotonic() - began < 30
    for line in silent:
        line.close()


@pytest.mark.parametrize("piece", [frame(b"x" * 125, PING), frame(b"", 0, fin=False)], ids=["pings", "empty pieces"])
def test_who_only_sends_is_hung_up_on(entrance: Entrance, piece: bytes) -> None:
    port = entrance.start()
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        line.sendall(handshake(port, 5))
        assert line.recv(12) == b"HTTP/1.1 101"
        line.sendall(frame(hello(), fin=False))
        began = memory_of(entrance, port)
        flood = piece * (16 * 1024 * 1024 // len(piece))
        with pytest.raises(ConnectionError):
            line.sendall(flood)
    assert memory_of(entrance, port) - began < 20 * 1024


def memory_of(entrance: Entrance, port: int) -> int:
    """Of the gateway there, in kB."""
    status = Path(f"/proc/{entrance.running[port].process.pid}/status").read_text("utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def test_one_address_does_not_take_all_places(entrance: Entrance) -> None:
    port = entrance.start(behind_proxy=False)
    idle = [socket.create_connection(("127.0.0.1", port), 20, ("127.0.0.2", 0)) for _ in range(200)]
    for line in idle:
        line.settimeout(0.3)
    assert sum(is_shut(line) for line in idle[60:]) == 140
    assert not any(is_shut(line) for line in idle[:5])
    assert converse(port, handshake(port, 5), (frame(hello()),)).told
    for line in idle:
        line.close()
    with socket.create_connection(("127.0.0.1", port), 20, ("127.0.0.2", 0)) as line:
        line.sendall(b"GET /chat.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert line.recv(12) == b"HTTP/1.1 200"


def is_shut(line: socket.socket) -> bool:
    """Whether the other side hung up."""
    try:
        return line.recv(10) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_many_of_one_address(entrance: Entrance) -> None:
    port = entrance.start()
    held = []
    for _ in range(20):
        line = socket.create_connection(("127.0.0.1", port), 20)
        line.sendall(handshake(port, 7))
        assert line.recv(12) == b"HTTP/1.1 101"
        held.append(line)
    assert converse(port, handshake(port, 7)).status == 403
    assert converse(port, handshake(port, 8), (frame(hello()),)).told
    for line in held:
        line.close()
