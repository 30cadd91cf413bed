"""Mails that go out over a real server: what certainly did not go out, what did, and what nobody knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from iduo_desktop.admin.main import main
from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database.connection import Database
from iduo_desktop.services import messages
from tests.admin.conftest import Admin
from tests.admin.gateway_fixtures import Once, Post
from tests.admin.gateway_servers import Authority, Handler, smtp_server


@pytest.fixture
def letters(post: Post, authority: Authority) -> Iterator[Handler]:
    """A mail server, and what came to it."""
    handler = Handler()
    with smtp_server(authority, handler) as port:
        post.mail(port)
        yield handler


def test_a_mail_goes_out_once(post: Post, letters: Handler, once: Once) -> None:
    long_line = "Estimada señora: " * 20
    message = post.write(text=f"Hola:\n.\n..punto\nÑandú\n{long_line.strip()}")
    post.change(message, "subject", "Su cuenta\r\nBcc: todos@example.org")
    lines = once(times=2)
    assert [line["event"] for line in lines if line["event"] != "connected"] == ["sent"]
    assert post.state(message) == ("sent", "")
    (letter,) = letters.letters
    made = letters.parsed()
    assert (made["To"], made["Subject"]) == ("cliente@example.net", "Su cuenta Bcc: todos@example.org")
    assert made["From"] == "Atención <avisos@example.org>"
    assert (made["Bcc"], made["Auto-Submitted"], made["In-Reply-To"]) == (None, None, None)
    assert made.get_content().splitlines() == ["Hola:", ".", "..punto", "Ñandú", long_line.strip()]
    assert letter.isascii()
    assert max(map(len, letter.splitlines())) <= 78
    key = post.world.value("SELECT key FROM iduo.message WHERE id = %s", message)
    assert made["Message-ID"] == f"<{key}@iduo.local>"
    assert post.world.value("SELECT provider_id FROM iduo.message WHERE id = %s", message) == f"{key}@iduo.local"
    # nothing of whom, nor of what, is in a line of the log
    assert not any("cliente" in str(line) or "Hola" in str(line) for line in lines)


@pytest.mark.parametrize(
    "ref", [f"{'a' * 90}@example.net", "CAF+x=1$..y@mail.example", "x!y%z@[10.0.0.1]", "ñ@example.net", '"a,b"@c']
)
def test_an_answer_is_threaded(post: Post, letters: Handler, once: Once, ref: str) -> None:
    first = post.write()
    once()
    message = post.write()
    post.change(message, "reply_to_ref", ref)
    once()
    assert post.state(first)[0] == post.state(message)[0] == "sent"
    lines = letters.letters[-1].decode("ascii").replace("\r\n ", " ").split("\r\n")
    for name in ("In-Reply-To", "References"):
        assert [line.split() for line in lines if line.startswith(name)] == (
            [[f"{name}:", f"<{ref}>"]] if ref.isascii() else []
        )


@pytest.mark.parametrize(
    ("name", "state", "words"),
    [
        ("refuse5", "failed", "no lo aceptó: «5.1.1 No such user here» (550)"),
        ("refuse4", "waiting", "no lo aceptó: «4.7.1 Greylisted, try again later» (451)"),
        ("late5", "failed", "no lo aceptó: «5.7.1 Message looks like spam» (554)"),
        ("cut", "doubtful", "no sabemos si salió"),
        ("hang", "doubtful", "no respondió a tiempo"),
    ],
)
def test_what_became_of_it(post: Post, letters: Handler, once: Once, name: str, state: str, words: str) -> None:
    message, next_one = post.write(f"{name}@example.net"), post.write("otro@example.net")
    once(times=3)
    found, error = post.state(message)
    assert (found, words in error) == (state, True), error
    assert post.state(next_one) == ("sent", "")
    assert max(letters.seen.values()) == 1


@pytest.mark.parametrize("address", ["no es nada", "a@b", "a@example.net\r\nBcc: b@example.net", "ñandú@example.net"])
def test_an_address_that_is_none_fails_for_good(post: Post, letters: Handler, once: Once, address: str) -> None:
    message = post.write()
    post.change(message, "address", address)
    once()
    assert post.state(message) == ("failed", "La dirección no es de un correo: corregila en los datos del cliente.")
    assert letters.letters == []


def test_a_domain_with_an_accent_is_an_address(post: Post, letters: Handler, once: Once) -> None:
    message = post.write()
    post.change(message, "address", "ana@ñandú.example")
    once()
    assert letters.parsed()["To"] == "ana@xn--and-6ma2c.example"


# what aiosmtpd says when a connection is encrypted from the beginning
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_wrong_certificate_is_refused(
    post: Post, once: Once, tmp_path: Path, admin: Database, authority: Authority, tls: str
) -> None:
    handler = Handler()
    message = post.write()
    with smtp_server(Authority(tmp_path, "otra"), handler, tls) as port:
        post.mail(port, tls)
        lines = once(code=Exit.REFUSED)
    assert (handler.letters, post.state(message)[0]) == ([], "waiting")
    (trouble,) = {line["part"]: line for line in lines if line["event"] == "trouble"}.items()
    assert trouble[0] == "email"
    assert "certificado que no se puede verificar" in messages.gateway_state(admin).complaint
    # the right one works, at once and with implicit TLS too
    post.world.superuser.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp()")
    with smtp_server(authority, handler, tls) as port:
        post.mail(port, tls)
        once()
    assert post.state(message) == ("sent", "")


def test_a_server_that_is_away_costs_one_try(post: Post, once: Once) -> None:
    with smtp_server(post.authority, Handler()) as port:
        pass
    post.mail(port)
    message = post.write()
    others = [post.write() for _ in range(3)]
    once(code=Exit.REFUSED)
    assert post.state(message)[0] == "waiting"
    assert "no recibe conexiones" in post.state(message)[1]
    assert post.world.value("SELECT sum(tries) FROM iduo.outbox") == 1
    assert {post.state(one) for one in others} == {("waiting", "")}


def test_a_wrong_password_and_a_refused_sender_are_nobodys_message(post: Post, letters: Handler, once: Once) -> None:
    message = post.write()
    text = post.parts["mail"]
    post.parts["mail"] = text.replace("/correo", "/proveedor")
    once(code=Exit.REFUSED)
    assert post.state(message)[0] == "waiting"
    assert "usuario o la contraseña" in post.state(message)[1]
    post.world.superuser.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp()")
    post.parts["mail"] = text.replace('from_address = "avisos', 'from_address = "prohibido')
    once(code=Exit.REFUSED)
    assert post.state(message)[0] == "waiting"
    assert "no acepta nuestra dirección" in post.state(message)[1]


def test_without_tls_a_server_gets_nothing(post: Post, once: Once) -> None:
    handler = Handler()
    with smtp_server(post.authority, handler, "none") as port:
        post.mail(port)
        post.write()
        once(code=Exit.REFUSED)
    assert handler.letters == []


def test_it_keeps_to_its_rate(post: Post, letters: Handler) -> None:
    post.parts["mail"] = post.parts["mail"].replace("per_minute = 100000", "per_minute = 120")
    for number in range(6):
        post.write(f"c{number}@example.net")
    running = post.start()
    running.until("sent", 6, seconds=60)
    # without a limit they would all be there at once
    assert letters.times[5] - letters.times[1] > 1.0
    assert running.end() == 0
    assert [line["event"] for line in running.lines][-1] == "stopped"


def test_everything_is_checked(
    post: Post, letters: Handler, iduo_admin: Admin, capsys: pytest.CaptureFixture[str]
) -> None:
    message = post.write()
    found = iduo_admin(*post.options("--check"))
    assert (found.code, [one["ok"] for one in found.answer["checks"]]) == (Exit.DONE, [True, True])
    post.part("mailbox", 'host = "<host>"\nport = 1\nca_file = "<ca>"\nuser = "<user>"\npassword_file = "<password>"')
    post.part("sms", 'url = "https://127.0.0.1:1/x"')
    found = iduo_admin(*post.options("--check"))
    assert found.code == Exit.REFUSED
    assert [one["ok"] for one in found.answer["checks"]] == [True, True, False, False]
    assert all("127.0.0.1" in one["message"] for one in found.answer["checks"][2:])
    assert main(post.options("--check")) == Exit.REFUSED
    assert "bien  correo que sale\nmal  correo que entra: No se leen las respuestas" in capsys.readouterr().out
    # it was not sent, nor marked
    assert (post.state(message)[0], letters.letters) == ("waiting", [])


def test_only_the_gateway_sends(
    post: Post, letters: Handler, iduo_admin: Admin, ana_login: str, capsys: pytest.CaptureFixture[str]
) -> None:
    post.write()
    place = post.options("--once", "--user", ana_login)
    (post.folder / "gateway").write_text("una clave de prueba")
    assert main(place) == Exit.REFUSED
    capsys.readouterr()
    assert iduo_admin(*post.options("--once", "--check", "--user", ana_login)).code == Exit.REFUSED
    assert letters.letters == []


@pytest.fixture
def ana_login(post: Post) -> str:
    """An operator's, who has a password."""
    return str(post.world.value("SELECT login FROM iduo.staff WHERE login LIKE 'ana%%' OR login LIKE %s", "ana%"))
