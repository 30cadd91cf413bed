"""Answers by mail from a real IMAP server: handed over once, seen only after the database has them."""

from collections.abc import Iterator

import psycopg
import pytest
from imap_tools import AND
from psycopg import sql

from iduo_desktop.admin.outcome import Exit
from tests.admin.gateway_fixtures import Once, Post
from tests.admin.gateway_servers import Authority, Handler, imap_server, mailbox, smtp_server
from tests.admin.test_gateway_reading import bounce, mail

BOX = (
    'host = "<host>"\nport = <port>\ntls = "<tls>"\nca_file = "<ca>"\nuser = "<user>"\npassword_file = "<password>"\n'
    "seconds = 1\ntimeout = 5\n"
)


@pytest.fixture
def imap(post: Post, authority: Authority) -> Iterator[int]:
    """A mailbox; its port."""
    with imap_server(authority) as port:
        post.part("mailbox", BOX, port=port, tls="tls")
        yield port


def deliver(authority: Authority, port: int, *mails: bytes) -> None:
    """Mails come."""
    with mailbox(authority, port) as box:
        for one in mails:
            box.append(one, "INBOX")


def unseen(authority: Authority, port: int) -> int:
    """How many nobody has seen."""
    with mailbox(authority, port) as box:
        return len(box.uids(AND(seen=False)))


def test_answers_come_in_once_and_in_their_order(post: Post, imap: int, authority: Authority, once: Once) -> None:
    mails = [mail(f"Mensaje {n}", message_id=f"<m{n}@example.net>").as_bytes() for n in range(5)]
    deliver(authority, imap, *mails)
    lines = once()
    assert [line["event"] for line in lines].count("answer") == 5
    assert [row["text"] for row in post.received()] == [f"Mensaje {n}" for n in range(5)]
    assert unseen(authority, imap) == 0
    # a mail program shows it as unread again, or it comes twice: it is there already
    with mailbox(authority, imap) as box:
        box.flag(box.uids(), "\\Seen", False)
    deliver(authority, imap, mails[0])
    once()
    assert len(post.received()) == 5
    assert unseen(authority, imap) == 0
    assert not any("Mensaje" in str(line) or "ana@" in str(line) for line in lines)


def test_an_answer_finds_its_message(post: Post, imap: int, authority: Authority, once: Once) -> None:
    with smtp_server(authority, handler := Handler()) as port:
        post.mail(port)
        message = post.write()
        once()
    del post.parts["mail"]
    answer = mail("Ya pagué.", In_Reply_To=str(handler.parsed()["Message-ID"]), sender="otra@example.net")
    deliver(authority, imap, answer.as_bytes())
    once()
    (row,) = post.received()
    conversation = post.world.value("SELECT conversation_id FROM iduo.message WHERE id = %s", message)
    assert (row["conversation_id"], row["text"]) == (conversation, "Ya pagué.")


def test_a_bounce_marks_what_did_not_arrive(post: Post, imap: int, authority: Authority, once: Once) -> None:
    with smtp_server(authority, handler := Handler()) as port:
        post.mail(port)
        message = post.write()
        once()
    assert post.state(message) == ("sent", "")
    deliver(authority, imap, bounce(original=str(handler.parsed()["Message-ID"]).strip("<>")), bounce(original="x@y.z"))
    once(code=None)
    assert post.state(message) == ("failed", "No llegó; el servidor de destino dijo: «550 5.1.1 User unknown».")
    assert post.received() == []
    assert unseen(authority, imap) == 0
    # also of one that was in doubt
    post.change(message, "state", "doubtful")
    post.change(message, "provider_id", "")
    deliver(authority, imap, bounce(original=str(handler.parsed()["Message-ID"]).strip("<>")))
    once(code=None)
    assert post.state(message)[0] == "failed"


def test_what_programs_write_is_passed_over(post: Post, imap: int, authority: Authority, once: Once) -> None:
    deliver(authority, imap, mail("No estoy.", Auto_Submitted="auto-replied").as_bytes())
    assert "automatic" in [line["event"] for line in once()]
    assert (post.received(), unseen(authority, imap)) == ([], 0)


def test_what_cannot_be_read_or_kept_does_not_stop_the_others(
    post: Post, imap: int, authority: Authority, once: Once
) -> None:
    deliver(
        authority,
        imap,
        b"From: \nSubject: nadie\n\nx",
        b"From: a@example.net\nContent-Type: text/plain; charset=no-such\n\nh\xc3\xb1",
        b"Subject: =?utf-8?b?====?=\nFrom: b@example.net\nMessage-ID: <b>\n\n\0",
        mail("La última").as_bytes(),
    )
    lines = once()
    assert [line["event"] for line in lines].count("refused") == 1
    assert [row["address"] for row in post.received()] == ["a@example.net", "b@example.net", "ana@example.net"]
    assert (post.received()[0]["text"], unseen(authority, imap)) == ("hñ", 1)


def test_of_a_huge_one_only_the_header_is_read(post: Post, imap: int, authority: Authority, once: Once) -> None:
    post.parts["mailbox"] += "max_megabytes = 1\n"
    deliver(authority, imap, mail("x" * 60 + "\n" + ("y" * 70 + "\n") * 20_000).as_bytes())
    once()
    (row,) = post.received()
    assert (row["subject"], row["text"]) == ("Re: Su cuenta", "[Correo demasiado grande: está en la casilla.]")


def test_nothing_is_seen_while_the_database_is_away(
    post: Post, imap: int, authority: Authority, server_connection: psycopg.Connection, database_name: str
) -> None:
    running = post.start()
    running.until("connected", seconds=60)
    name = sql.Identifier(database_name)
    server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'iduo_gateway' AND datname = %s"
    server_connection.execute(cut, [database_name])
    running.until("lost")
    deliver(authority, imap, mail("Cuando vuelvas").as_bytes())
    running.until("lost", 4)
    assert unseen(authority, imap) == 1
    server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    running.until("answer", seconds=30)
    assert running.end() == 0
    assert [row["text"] for row in post.received()] == ["Cuando vuelvas"]
    assert unseen(authority, imap) == 0


def test_starttls_and_what_is_wrong(post: Post, authority: Authority, once: Once) -> None:
    with imap_server(authority, "starttls") as port:
        post.part("mailbox", BOX, port=port, tls="starttls")
        once()
        post.parts["mailbox"] += 'folder = "No hay"\n'
        assert "no tiene una carpeta «No hay»" in str(once(code=Exit.REFUSED))
        post.part("mailbox", BOX.replace("<password>", "<secret>"), port=port, tls="starttls")
        assert "no acepta el usuario o la contraseña" in str(once(code=Exit.REFUSED))
        post.part("mailbox", BOX.replace('ca_file = "<ca>"\n', ""), port=port, tls="starttls")
        assert "certificado que no se puede verificar" in str(once(code=Exit.REFUSED))
