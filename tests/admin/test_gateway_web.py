"""The webhook of a provider: who knows the secret is heard, and hears "yes" only when the database has it."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.admin.gateway_fixtures import SECRET, Post
from tests.admin.gateway_servers import Authority
from tests.admin.watching import Sending

WEB = (
    'listen = "127.0.0.1:0"\npath = "/sms"\ndelivery_path = "/sms/entrega"\nproof = "<proof>"\nproof_name = "X-Proof"\n'
    'secret_file = "<secret>"\nmax_kilobytes = 4\n'
    'fields = {id = "data.id", from = "data.from", to = "data.to", text = "data.text", at = "data.at", '
    'status = "data.status", error = "data.error"}\n'
)
ANSWER = {"data": {"id": "m-1", "from": "+5493416124410", "to": "5555", "text": "Ya pagué 👍"}}

Running = tuple[Sending, str]
Begin = Callable[..., Running]


@pytest.fixture
def begin(post: Post) -> Iterator[Begin]:
    """Start a gateway with a webhook; its address."""
    started: list[Sending] = []

    def start(proof: str = "signature", more: str = "", scheme: str = "http") -> Running:
        post.part("webhook", WEB + more, proof=proof)
        started.append(post.start())
        port = started[-1].until("listening", seconds=60)["port"]
        started[-1].until("connected", seconds=60)
        return started[-1], f"{scheme}://127.0.0.1:{port}"

    yield start
    for one in started:
        one.end()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers of who knows the secret."""
    found = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Proof": f"sha256={found}", "Content-Type": "application/json"}


def say(address: str, values: object, secret: str = SECRET) -> int:
    """The provider tells; the status that it hears."""
    body = json.dumps(values).encode()
    return httpx.post(address, content=body, headers=signed(body, secret), timeout=20).status_code


def test_an_answer_is_kept_once(post: Post, begin: Begin) -> None:
    running, address = begin()
    assert [say(f"{address}/sms", ANSWER) for _ in range(3)] == [200, 200, 200]
    (row,) = post.received()
    assert (row["channel"], row["address"], row["text"]) == ("sms", "+5493416124410", "Ya pagué 👍")
    assert row["provider_id"] == "m-1"
    assert running.end() == 0
    assert [line["event"] for line in running.lines].count("answer") == 3
    assert not any("341612" in str(line) or "pagué" in str(line) for line in running.lines)


def test_only_who_knows_the_secret_is_heard(post: Post, begin: Begin) -> None:
    _, address = begin()
    body = json.dumps(ANSWER).encode()
    assert say(f"{address}/sms", ANSWER, "otra clave") == 403
    for headers in ({}, {"X-Proof": ""}, {"X-Proof": "ñ"}, {"X-Proof": SECRET}, signed(body + b" ")):
        sent = {name.encode(): value.encode() for name, value in headers.items()}
        assert httpx.post(f"{address}/sms", content=body, headers=sent).status_code == 403
    assert httpx.get(f"{address}/sms").status_code == 405
    assert httpx.get(f"{address}/").status_code == 404
    assert post.received() == []


@pytest.mark.parametrize("proof", ["token", "query"])
def test_a_secret_that_is_said(post: Post, begin: Begin, proof: str) -> None:
    _, address = begin(proof)
    form = {"data.id": "m-2", "data.from": "3416124410", "data.text": "Sí & no", "otro": "x"}
    headers = {b"X-Proof": SECRET.encode()} if proof == "token" else {}
    query = {"X-Proof": SECRET} if proof == "query" else {}
    assert httpx.post(f"{address}/sms", data=form, headers=headers, params=query).status_code == 200
    wrong = httpx.post(f"{address}/sms", data=form, headers={"X-Proof": "x"}, params={"X-Proof": "x"})
    assert wrong.status_code == 403
    assert [row["text"] for row in post.received()] == ["Sí & no"]


def test_what_cannot_be_taken_is_refused(post: Post, begin: Begin) -> None:
    running, address = begin()
    for values, status in (
        ([], 400),
        ({"data": "x"}, 400),
        ({"data": {"from": ["+54"], "text": "x"}}, 400),
        ({"data": {"id": "nul", "from": "+5493416124410", "text": "a\0b\ud800"}}, 200),
        ({"data": {"id": "viejo", "from": "+5493416124410", "text": "x", "at": "1e400"}}, 200),
        ({"data": {"id": "n", "from": "+5493416124410", "text": "x" * 3500, "at": 99999999999999}}, 200),
    ):
        assert say(f"{address}/sms", values) == status, values
    body = b"[" * 3000
    assert httpx.post(f"{address}/sms", content=body, headers=signed(body)).status_code == 400
    body = b"x" * 5000
    assert httpx.post(f"{address}/sms", content=body, headers=signed(body)).status_code == 413
    # larger than it says, and never at its end
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 20) as line:
        line.sendall(b"POST /sms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"800\r\n" + b"x" * 2048)
        for _ in range(3):
            line.sendall(b"\r\n800\r\n" + b"x" * 2048)
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    assert [row["text"] for row in post.received()][:2] == ["ab", "x"]
    assert running.process.poll() is None


def test_deliveries(post: Post, begin: Begin) -> None:
    messages = [post.write("+5493416124410", "sms") for _ in range(3)]
    for number, message in enumerate(messages):
        post.change(message, "state", "sent")
        post.change(message, "provider_id", f"p-{number}")
    _, address = begin()
    for number, status in enumerate(("Delivered", "REJECTED", "enroute")):
        told = {"data": {"id": f"p-{number}", "status": status, "error": "Blocked\nnumber"}}
        assert say(f"{address}/sms/entrega", told) == 200
    assert [post.state(message) for message in messages] == [
        ("sent", ""),
        ("failed", "El proveedor avisó que no llegó: «Blocked number»."),
        ("sent", ""),
    ]
    assert say(f"{address}/sms/entrega", {"data": {"status": "failed"}}) == 400
    assert say(f"{address}/sms/entrega", {"data": {"id": "nobody's", "status": "failed"}}) == 200


def test_nobody_hears_yes_while_the_database_is_away(
    post: Post, begin: Begin, server_connection: psycopg.Connection, database_name: str
) -> None:
    running, address = begin()
    name = sql.Identifier(database_name)
    server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'iduo_gateway' AND datname = %s"
    server_connection.execute(cut, [database_name])
    assert say(f"{address}/sms", ANSWER) == 503
    server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    running.until("connected", 2, seconds=30)
    assert say(f"{address}/sms", ANSWER) == 200
    assert len(post.received()) == 1


def test_many_at_once_and_the_slow(post: Post, begin: Begin) -> None:
    running, address = begin()
    port = int(address.rpartition(":")[2])
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for line in slow:
        line.sendall(b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
    assert [say(f"{address}/sms", ANSWER | {"data": ANSWER["data"] | {"id": f"m-{n}"}}) for n in range(20)] == [
        200
    ] * 20
    assert len(post.received()) == 20
    began = time.monotonic()
    assert slow[0].recv(100).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 15
    for line in slow:
        line.close()
    assert running.end() == 0


def test_with_a_certificate(post: Post, begin: Begin, authority: Authority) -> None:
    files = f'cert_file = "{authority.cert_file.as_posix()}"\nkey_file = "{authority.key_file.as_posix()}"\n'
    _, address = begin(more=files, scheme="https")
    body = json.dumps(ANSWER).encode()
    with httpx.Client(verify=authority.trusting()) as client:
        assert client.post(f"{address}/sms", content=body, headers=signed(body)).status_code == 200
    assert len(post.received()) == 1


def test_where_it_may_not_listen(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        post.part("webhook", WEB.replace("127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}"), proof="token")
        running = post.start()
        assert "no se puede escuchar" in running.until("trouble", seconds=60)["words"]
        # the rest goes on, and says so
        running.until("connected", seconds=60)
        assert running.end() == 0
