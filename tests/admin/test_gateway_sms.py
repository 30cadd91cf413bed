"""Text messages over a provider that refuses, fails, hangs, answers twice, or cannot be trusted."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.responses import Response

from iduo_desktop.admin.gateway_config import load
from iduo_desktop.admin.gateway_door import Waiting
from iduo_desktop.admin.gateway_sms import Texter
from iduo_desktop.admin.outcome import Exit
from tests.admin.gateway_fixtures import SECRET, Once, Post
from tests.admin.gateway_servers import Authority, Texts, drip, half, late, provider, saying, speaking

Behaviour = Callable[[Request], Awaitable[Response]]
NUMBER = "+5493416124410"
SMS = (
    'url = "<url>"\nca_file = "<ca>"\npassword_file = "<secret>"\nidempotency_header = "Idempotency-Key"\n'
    'answer_id = "messages.0.id"\ntimeout = 1\nper_minute = 100000\n'
    'headers = {Authorization = "Bearer {secret}"}\njson = {to = "{to}", text = "{text}", tags = ["{key}", 1]}\n'
)


@pytest.fixture
def texts(post: Post, authority: Authority) -> Iterator[Texts]:
    """A provider, and what came to it."""
    made = Texts()
    with provider(made, authority) as port:
        post.part("sms", SMS, url=f"https://127.0.0.1:{port}/v1/messages")
        yield made


def test_a_text_message_goes_out_once(post: Post, texts: Texts, once: Once) -> None:
    message = post.write(NUMBER, "sms")
    post.change(message, "text", "Hola {secret} ñandú «{to}»\n{text}")
    lines = once(times=2)
    assert [line["event"] for line in lines if line["event"] != "connected"] == ["sent"]
    assert post.state(message) == ("sent", "")
    key = str(post.world.value("SELECT key FROM iduo.message WHERE id = %s", message))
    assert texts.got == [{"to": NUMBER, "text": "Hola {secret} ñandú «{to}»\n{text}", "tags": [key, 1]}]
    assert texts.headers[0]["authorization"] == "Bearer la clave del proveedor"
    assert texts.headers[0]["idempotency-key"] == key
    assert post.world.value("SELECT provider_id FROM iduo.message WHERE id = %s", message) == "p-1"
    assert SECRET not in str(lines)


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (saying(400), "failed", 'no lo aceptó: «{"error":"invalid number"}» (400)'),
        (saying(429), "waiting", "no atiende"),
        (saying(401), "waiting", "no atiende"),
        (saying(500), "doubtful", "(500): no sabemos si salió"),
        (saying(302), "doubtful", "(302): no sabemos si salió"),
        (late, "doubtful", "no respondió a tiempo: no sabemos si salió"),
        (half, "doubtful", "no respondió a tiempo: no sabemos si salió"),
        (drip, "doubtful", "no respondió a tiempo: no sabemos si salió"),
    ],
)
def test_what_became_of_it(post: Post, texts: Texts, once: Once, answer: Behaviour, state: str, words: str) -> None:
    texts.behave["0"] = answer
    message = post.write(NUMBER, "sms")
    once(code=None, times=3)
    found, error = post.state(message)
    assert (found, words in error) == (state, True), error
    assert len(texts.got) == 1


def test_an_answer_that_says_no_although_it_is_200(post: Post, texts: Texts, once: Once) -> None:
    post.parts["sms"] += 'answer_ok = "messages.0.status"\nok_values = ["queued", "sent"]\n'
    good, bad = post.write(NUMBER, "sms"), post.write("+5493416124411", "sms")
    texts.behave["1"] = saying(200, {"messages": [{"status": "blocked"}]})
    once(times=2)
    assert post.state(good) == ("sent", "")
    assert post.state(bad)[0] == "failed"
    assert "blocked" in post.state(bad)[1]


ANSWER = b'HTTP/1.1 201 Created\r\nContent-Length: 33\r\n\r\n{"messages": [{"id": "primera"}]}'


@pytest.mark.parametrize(
    ("said", "state", "number"),
    [
        (ANSWER * 2, "sent", "primera"),
        (b"", "doubtful", ""),
        (ANSWER[:40], "doubtful", ""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER, "sent", "primera"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "doubtful", ""),
        (b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "doubtful", ""),
        (b"HTTP/1.1 201 Created\r\n\r\n" + b"x" * 400_000, "doubtful", ""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "sent", ""),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n\xff{[[", "sent", ""),
    ],
)
def test_odd_answers(post: Post, once: Once, said: bytes, state: str, number: str) -> None:
    with speaking(said) as (port, heard):
        post.part("sms", SMS, url=f"http://127.0.0.1:{port}/v1/messages")
        message = post.write(NUMBER, "sms")
        once(times=2, code=None)
        assert post.state(message)[0] == state, post.state(message)
    assert len(heard) == 1
    assert post.world.value("SELECT provider_id FROM iduo.message WHERE id = %s", message) == number


def test_a_provider_that_is_away_or_is_another(post: Post, once: Once, tmp_path: Path) -> None:
    texts = Texts()
    message = post.write(NUMBER, "sms")
    with provider(texts, Authority(tmp_path, "otra")) as port:
        post.part("sms", SMS, url=f"https://127.0.0.1:{port}/v1/messages")
        lines = once(code=Exit.REFUSED)
    assert "certificado de 127.0.0.1 no se puede verificar" in str(lines)
    assert post.state(message)[0] == "waiting"
    post.world.superuser.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp()")
    once(code=Exit.REFUSED)
    assert post.state(message)[0] == "waiting"
    assert "no se llega a 127.0.0.1" in post.state(message)[1]
    assert texts.got == []


@pytest.mark.parametrize(
    ("more", "got"),
    [
        ('method = "GET"\nquery = {to = "{to}", msg = "{text}", u = "{user}"}\nuser = "yo"',
         {"to": "+54 9", "msg": "a&b=ñ", "u": "yo", "v": "1", "body": ""}),
        ('form = {to = "{to}", msg = "{text}"}', {"v": "1", "body": "to=%2B54+9&msg=a%26b%3D%C3%B1"}),
    ],
)  # fmt: skip
def test_other_ways_to_say_it(tmp_path: Path, more: str, got: dict[str, str]) -> None:
    texts = Texts()
    waiting = Waiting(1, UUID(int=1), "sms", "+54 9", "", "a&b=ñ", "", "", 1)
    with provider(texts) as port:
        path = tmp_path / "g.toml"
        path.write_text(f'[sms]\nurl = "http://127.0.0.1:{port}/v1/messages?v=1"\n{more}\n')
        path.chmod(0o600)
        sms = load(path).sms
        assert sms is not None
        texter = Texter(sms)
        assert texter.carry(waiting).kind == "sent"
        texter.close()
    assert texts.got == [got]


def test_what_does_not_fit_into_an_address_fails(tmp_path: Path) -> None:
    path = tmp_path / "g.toml"
    path.write_text('[sms]\nurl = "http://127.0.0.1:1/{text}"\n')
    path.chmod(0o600)
    sms = load(path).sms
    assert sms is not None
    fate = Texter(sms).carry(Waiting(1, UUID(int=1), "sms", "+54 9", "", "ñ" * 20_000, "", "", 1))
    assert (fate.kind, fate.again, fate.trouble) == ("failed", False, False)
