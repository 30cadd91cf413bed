"""What clients answer: into their conversation and their open case, once; what strangers write waits for somebody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, contact_records, messages
from iduo_desktop.services.messages import Outgoing
from tests.services.gateway import Gateway
from tests.services.persons import attend, person
from tests.services.refusals import refusal
from tests.services.world import World

MAIL = "cliente@example.org"
NUMBER = "+5493416124410"


def client(world: World, mail: str = "", number: str = "", **values: Any) -> int:
    """A client with these."""
    company = world.company(**values)
    if mail:
        world.insert("company_email", {"company_id": company, "address": mail, "valid": True})
    if number:
        key = number[-10:]
        row = {"company_id": company, "typed": key, "e164": number, "search_key": key, "valid": True}
        world.insert("company_phone", row)
    return company


def own_case(world: World, database: Database, company: int) -> int:
    case = world.case(company=company)
    cases.take(database, case, uuid4())
    return case


def write(database: Database, case: int, address: str = MAIL) -> int:
    channel = "email" if "@" in address else "sms"
    message = Outgoing(channel, address, "Aviso", "Hola", override_reason="prueba")
    return messages.send(database, case, message, uuid4()).message_id


def ref_of(world: World, message: int) -> str:
    return str(world.value("SELECT message_ref FROM iduo.message WHERE id = %s", message))


def unread(database: Database, case: int) -> int:
    return sum(talk.unread for talk in messages.conversations(database, (case,)))


def counts(world: World, case: int) -> tuple[int, int]:
    """Contacts of a case, and those by mail."""
    query = "SELECT attempts, emails FROM iduo.case WHERE id = %s"
    ((attempts, emails),) = world.superuser.execute(query, [case]).fetchall()
    return attempts, emails


def told(world: World, case: int) -> set[str]:
    """Of what in this case the workstations were told."""
    query = "SELECT table_name FROM iduo.change WHERE id = %s AND table_name IN ('message', 'case', 'attempt')"
    return {table for (table,) in world.superuser.execute(query, [case])}


def test_an_answer_is_in_the_case(world: World, ana: Database, juan: Database, gateway: Gateway) -> None:
    case = own_case(world, ana, client(world, MAIL))
    sent = write(ana, case)
    before = cases.card(ana, case)
    with_date = world.now() - timedelta(minutes=3)
    world.superuser.execute("UPDATE iduo.case SET last_contact_at = clock_timestamp() - interval '1 day'")
    # from another address: it answers what we wrote
    answer = gateway.receive(
        "Ya pagué.", sender="otra@example.org", replies=[f" <{ref_of(world, sent)}>"], at=with_date
    )
    assert (answer["replayed"], answer["matched"]) == (False, True)
    after = cases.card(ana, case)
    assert (counts(world, case), after.attempts, after.level) == ((2, 2), before.attempts, before.level)
    assert (after.next_action_at, after.assigned_to) == (before.next_action_at, before.assigned_to)
    assert after.last_contact_at == with_date
    event, *_ = cases.timeline(juan, after.company_id)
    assert (event.direction, event.channel, event.text) == ("inbound", "email", "Mail recibido: Re: aviso")
    (message, _) = messages.messages(juan, case, None)
    assert (message.state, message.direction, message.by, message.address, message.may_resend) == (
        "received",
        "inbound",
        "",
        "otra@example.org",
        False,
    )
    (talk,) = messages.conversations(juan, (case,))
    assert (talk.unread, talk.last_text, talk.last_direction, talk.last_state) == (
        1,
        "Re: aviso: Ya pagué.",
        "inbound",
        "received",
    )
    assert told(world, case) == {"message", "case", "attempt"}
    messages.mark_read(juan, case)
    assert unread(ana, case) == 1
    messages.mark_read(ana, case)
    assert unread(ana, case) == 0
    messages.mark_read(ana, case)


def test_it_answers_ours(world: World, ana: Database, gateway: Gateway) -> None:
    case = own_case(world, ana, client(world, MAIL))
    gateway.receive(sender=MAIL.upper(), ref="<Carta.1@example.org>")
    write(ana, case)
    (taken,) = gateway.take()
    assert taken["reply_to_ref"] == "Carta.1@example.org"


def test_the_same_comes_once(world: World, ana: Database, gateway: Gateway) -> None:
    case = own_case(world, ana, client(world, MAIL))
    first = gateway.receive(sender=MAIL, ref="<uno@example.org>")
    again = gateway.receive(sender=MAIL, ref="uno@example.org")
    assert (again["message_id"], again["replayed"], again["matched"]) == (first["message_id"], True, True)
    # a forged or careless identifier loses nothing
    other = gateway.receive("Otra cosa", sender=MAIL, ref="<uno@example.org>")
    assert not other["replayed"]
    assert gateway.receive("Otra cosa", sender=MAIL, ref="<uno@example.org>")["message_id"] == other["message_id"]
    assert gateway.receive(sender=MAIL, ref="<uno@example.org>")["message_id"] == first["message_id"]
    # by text message the same words twice are two messages; the same moment is one
    at = world.now() - timedelta(minutes=1)
    texts = [
        gateway.receive("si", channel="sms", sender=NUMBER, ref="", at=moment)["message_id"]
        for moment in (at, at, at + timedelta(seconds=1))
    ]
    assert (texts[0] == texts[1], texts[1] == texts[2]) == (True, False)
    assert unread(ana, case) == 2


def test_at_once_it_comes_once(world: World, superuser_conninfo: str, gateway: Gateway) -> None:
    world.case(company=client(world, MAIL))
    gateways = [Gateway(superuser_conninfo) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        results = [pool.submit(one.receive, sender=MAIL, ref="<a@b.org>") for one in gateways]
    found = [result.result() for result in results]
    assert len({one["message_id"] for one in found}) == 1
    assert sorted(one["replayed"] for one in found) == [False, True, True, True]
    for one in gateways:
        one.close()
    assert world.value("SELECT count(*) FROM iduo.message") == world.value("SELECT count(*) FROM iduo.attempt") == 1


def test_whom_an_address_is_of(world: World, ana: Database, gateway: Gateway) -> None:
    """The one last written to; where nobody was written to, who has an open case, the latest contacted."""
    one, two, three = (client(world, MAIL, NUMBER) for _ in range(3))
    case_one, case_two = own_case(world, ana, one), own_case(world, ana, two)
    closed = world.case(company=three, state="closed")
    for channel, sender in (("email", "Cliente@Example.ORG"), ("sms", "0341 15-612-4410")):
        world.superuser.execute("UPDATE iduo.case SET last_contact_at = NULL WHERE state = 'open'")
        world.superuser.execute("UPDATE iduo.case SET last_contact_at = clock_timestamp() WHERE id = %s", [case_one])
        before = unread(ana, case_one)
        gateway.receive(channel=channel, sender=sender)
        assert unread(ana, case_one) == before + 1
        write(ana, case_two, MAIL if channel == "email" else NUMBER)
        write(ana, case_one, "otro@example.org" if channel == "email" else "+5493415550000")
        before = unread(ana, case_two)
        gateway.receive(channel=channel, sender=sender)
        assert unread(ana, case_two) == before + 1
    assert unread(ana, closed) == 0


def test_the_case_that_is_open(world: World, ana: Database, gateway: Gateway) -> None:
    company = client(world, MAIL)
    case = own_case(world, ana, company)
    sent = write(ana, case)
    other = world.case(company=company, subject="otro")
    gateway.receive(replies=[ref_of(world, sent)])
    closed = """UPDATE iduo.case SET state = 'closed', closed_at = clock_timestamp(), closed_by = 'nobody',
                assigned_to = NULL, assigned_at = NULL, version = version + 1 WHERE id = %s"""
    world.superuser.execute(closed, [case])
    gateway.receive(replies=[ref_of(world, sent)])
    found = world.superuser.execute("SELECT case_id FROM iduo.message WHERE direction = 'inbound' ORDER BY id")
    assert [row for (row,) in found] == [case, other]
    # one conversation for the client, whichever case one looks at
    assert unread(ana, case) == unread(ana, other) == 2


def test_a_client_without_an_open_case(world: World, ana: Database, marta: Database, gateway: Gateway) -> None:
    company = client(world, MAIL, surname="Gómez", names="Ana")
    closed = world.case(company=company, state="closed")
    assert gateway.receive("Hola?", sender=MAIL)["matched"]
    (waiting,) = messages.unattended(marta)
    assert (waiting.party, waiting.company_id, waiting.address, waiting.text) == ("GÓMEZ, Ana", company, MAIL, "Hola?")
    assert refusal(messages.attend, marta, waiting.id, closed) == "El caso ya está cerrado."
    case = own_case(world, ana, company)
    assert messages.attend(marta, waiting.id, case).messages == 1
    assert refusal(messages.attend, marta, waiting.id, case) == "Alguien ya lo atendió."
    assert (unread(ana, case), counts(world, case), messages.unattended(marta)) == (1, (1, 1), ())


def test_strangers(world: World, admin: Database, ana: Database, marta: Database, gateway: Gateway) -> None:
    case = own_case(world, ana, client(world, "otra@example.org"))
    for text in ("Hola", "Soy yo"):
        assert not gateway.receive(text, sender="nadie@example.org")["matched"]
    gateway.receive("GANASTE", channel="sms", sender="PREMIOS")
    assert messages.gateway_state(admin).unattended == 3
    spam, second, first = messages.unattended(marta)
    assert (first.party, first.company_id, first.contact_id) == ("", None, None)
    assert [found.id for found in messages.unattended(marta, spam.id)] == [second.id, first.id]
    assert messages.attend(marta, spam.id, None).messages == 1
    # all that he wrote, in its order
    assert messages.attend(marta, second.id, case).messages == 2
    assert [message.text for message in messages.messages(ana, case, None)] == ["Soy yo", "Hola"]
    assert (unread(ana, case), counts(world, case)) == (2, (2, 2))
    assert messages.gateway_state(admin).unattended == 0
    # he is not known by it
    assert not gateway.receive(sender="desconocido@example.org")["matched"]


def test_persons(world: World, ana: Database, gateway: Gateway) -> None:
    who = person(ana, "Sosa", phone="0341 15-612-4410")
    contact_records.add_email(ana, who, MAIL, uuid4())
    assert gateway.receive(sender=MAIL)["matched"]
    case = attend(ana, who)
    assert unread(ana, case) == 1
    gateway.receive(channel="sms", sender=NUMBER)
    assert unread(ana, case) == 2
    # who belongs to a client and has no case of his own stands for the client
    company = world.company()
    person(ana, "Paz", phone="0341 15-612-9999", company_id=company)
    of_client = own_case(world, ana, company)
    gateway.receive(channel="sms", sender="+5493416129999")
    assert unread(ana, of_client) == 1


def test_merging_and_back(world: World, ana: Database, gateway: Gateway) -> None:
    keep, other = person(ana, "Sosa"), person(ana, "Sosa", "Rosa")
    contact_records.add_email(ana, other, MAIL, uuid4())
    case_keep, case_other = attend(ana, keep), attend(ana, other)
    sent = write(ana, case_other)
    for _ in range(2):
        gateway.receive(sender=MAIL)
    merged = contact_records.merge(ana, keep, other, (), uuid4())
    assert unread(ana, case_keep) == unread(ana, case_other) == 2
    assert len(messages.messages(ana, case_keep, None)) == 3
    # what comes after the merge is the other's no more
    gateway.receive(replies=[ref_of(world, sent)])
    assert unread(ana, case_keep) == 3
    contact_records.unmerge(ana, merged.merge, uuid4())
    assert (unread(ana, case_other), len(messages.messages(ana, case_other, None))) == (2, 3)
    assert unread(ana, case_keep) == 1
    # and once more, with messages on both sides
    merged = contact_records.merge(ana, other, keep, (), uuid4())
    assert unread(ana, case_keep) == unread(ana, case_other) == 3
    contact_records.unmerge(ana, merged.merge, uuid4())
    assert (unread(ana, case_other), unread(ana, case_keep)) == (2, 1)


def test_a_merge_and_an_answer_at_once(world: World, ana: Database, gateway: Gateway) -> None:
    for number in range(10):
        mail = f"c{number}@example.org"
        keep, other = person(ana, "Sosa"), person(ana, "Sosa", "Rosa")
        contact_records.add_email(ana, other, mail, uuid4())
        case = world.insert("case", {"contact_id": other, "list": "active", "opened_by": "nobody", "subject": "x"})
        gateway.receive(sender=mail)
        with ThreadPoolExecutor(2) as pool:
            merged = pool.submit(contact_records.merge, ana, keep, other, (), uuid4())
            pool.submit(gateway.receive, "otra", sender=mail).result()
        merged.result()
        assert unread(ana, case) == 2


@pytest.mark.parametrize("at", ["infinity", "-infinity", "1800-01-01", "2999-01-01", None])
def test_odd_moments_are_now(world: World, gateway: Gateway, at: str | None) -> None:
    gateway.ask(
        "gateway_receive",
        channel="email",
        provider_id=None,
        from_=MAIL,
        to=None,
        subject=None,
        text=None,
        in_reply_to=None,
        at=at,
    )
    found: datetime = world.value("SELECT at FROM iduo.message")
    assert abs(found - world.now()) < timedelta(minutes=1)


def test_huge_and_odd_texts(world: World, gateway: Gateway) -> None:
    refs = [f"<{number}@example.org>" for number in range(100_000)]
    gateway.receive(
        "a\x01\x07\r\nb\t" + "x" * 2_000_000,
        sender="x" * 5000 + "@example.org",
        ref="r" * 5000,
        subject="s\r\nBcc: a@example.org" + "y" * 5000,
        replies=refs,
    )
    text, subject, address, provider = world.superuser.execute(
        "SELECT text, subject, address, provider_id FROM iduo.message"
    ).fetchall()[0]
    assert (text[:5], len(text), text[-1]) == ("a\nb\tx"[:5], 10000, "…")
    assert (subject[:22], len(subject), len(address), len(provider)) == ("s Bcc: a@example.orgyy", 300, 254, 250)
    two = "SELECT * FROM api.gateway_receive('email', 'x', 'a@b.org', '', '', '', '{{<a>,<b>},{<c>,NULL}}', NULL)"
    gateway.connection.execute(two.encode())
    for channel, sender in (("fax", "x"), ("email", " "), (None, None)):
        assert "Falta de quién es" in str(_error(gateway, channel, sender))


def _error(gateway: Gateway, channel: str | None, sender: str | None) -> Exception:
    with pytest.raises(Exception, match="Falta") as refused:
        gateway.receive(channel=channel, sender=sender)  # type: ignore[arg-type]  # nobody says it that way
    return refused.value


def test_nobody_else_puts_letters_in(world: World, ana: Database, gateway: Gateway) -> None:
    """A forged identifier of ours is none: only who read it can know it."""
    case = own_case(world, ana, client(world, MAIL))
    write(ana, case)
    answer = gateway.receive(
        sender="nadie@example.org", replies=["<1@iduo.local>", f"<{uuid4()}@iduo.local>", "", "<>"]
    )
    assert (answer["matched"], unread(ana, case)) == (False, 0)


def test_strangers_do_not_fill_the_table_of_locks(world: World, gateway: Gateway) -> None:
    """It is the whole server's: one transaction of whoever has the gateway's password would keep everybody out."""
    received = """SELECT api.gateway_receive('sms', 'x' || n, '+54341' || n, '', '', 'Hola', '{}', now())
                  FROM generate_series(%s, %s) n"""
    with gateway.connection.transaction():
        gateway.connection.execute(received, [6124410, 6124430])
        held = "SELECT (classid::bigint << 32) + objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND pid = %s"
        places = [place for (place,) in world.superuser.execute(held, [gateway.connection.info.backend_pid])]
    assert len(places) > 10
    assert max(places) - min(places) < 1024
