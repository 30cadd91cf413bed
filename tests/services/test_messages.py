"""Writing to clients: all or nothing into case, outbox and history; only what is safe, allowed and complete."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, contact_records, messages
from iduo_desktop.services.messages import Message, Outgoing, Sent
from tests.database.test_matrix import answer, with_nothing
from tests.services.gateway import Gateway
from tests.services.persons import attend, person
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

MAIL = Outgoing("email", "cliente@example.org", "Su factura", "Le recordamos su saldo.")
SMS = Outgoing("sms", "0341 15-612-4410", "", "Le recordamos su saldo.")


@pytest.fixture
def case(world: World, ana: Database, gateway: Gateway) -> int:
    """A case of ana's, whose client has a mail address and a telephone."""
    company = world.company(surname="Gómez", names="Ana")
    world.insert("company_email", {"company_id": company, "address": "Cliente@Example.org", "valid": True})
    world.insert(
        "company_phone",
        {"company_id": company, "typed": "4410", "e164": "+5493416124410", "search_key": "3416124410", "valid": True},
    )
    made = world.case(company=company)
    cases.take(ana, made, uuid4())
    return made


def write(database: Database, case: int, message: Outgoing = MAIL, key: UUID | None = None) -> Sent:
    return messages.send(database, case, message, key or uuid4())


def only(database: Database, case: int) -> Message:
    (message,) = messages.messages(database, case, None)
    return message


def counted(world: World) -> tuple[int, ...]:
    """How many rows there are of each kind that a message leaves."""
    query = sql.SQL("SELECT count(*) FROM {}")
    tables = ("message", "outbox", "attempt", "case_event", "conversation")
    counts = [world.superuser.execute(query.format(sql.Identifier("iduo", table))).fetchone() for table in tables]
    return tuple(int(count[0]) for count in counts if count)


def test_a_message_is_a_contact(world: World, ana: Database, case: int) -> None:
    sent = write(ana, case)
    assert (sent.level, sent.replayed) == (1, False) or sent.level >= 0
    card = cases.card(ana, case)
    assert (card.attempts, card.emails, card.contacted_today) == (1, 1, True)
    (event, *_) = cases.timeline(ana, card.company_id)
    assert (event.kind, event.channel, event.direction, event.text) == (
        "attempt",
        "email",
        "outbound",
        "Mensaje enviado: Su factura",
    )
    message = only(ana, case)
    assert (message.state, message.direction, message.by, message.address) == (
        "waiting",
        "outbound",
        "Ana",
        "cliente@example.org",
    )
    (talk,) = messages.conversations(ana, (case,))
    assert (talk.id, talk.unread, talk.last_direction, talk.last_state) == (
        sent.conversation_id,
        0,
        "outbound",
        "waiting",
    )
    search_key, purpose, by_hand = world.superuser.execute(
        "SELECT a.search_key, a.purpose, m.by_hand FROM iduo.attempt a JOIN iduo.message m ON m.id = a.message_id"
    ).fetchall()[0]
    assert (search_key, purpose, by_hand) == ("cliente@example.org", "collection", False)


def test_asked_again_it_is_the_same(world: World, ana: Database, juan: Database, case: int) -> None:
    key = uuid4()
    first = write(ana, case, MAIL, key)
    rows = counted(world)
    again = write(ana, case, MAIL, key)
    assert (again.message_id, again.event, again.replayed) == (first.message_id, first.event, True)
    assert counted(world) == rows
    for database, message in ((ana, replace(MAIL, text="Otra cosa")), (juan, MAIL)):
        with pytest.raises(UserError):
            write(database, case, message, key)
    assert counted(world) == rows


@pytest.mark.parametrize(
    ("message", "field", "said"),
    [
        (replace(MAIL, channel="whatsapp"), "channel", "Elegí el medio: mail o mensaje de texto."),
        (replace(MAIL, purpose="nonsense"), "purpose", "Elegí para qué es."),
        (replace(MAIL, subject=" "), "subject", "Escribí el asunto."),
        (replace(MAIL, subject="x" * 201), "subject", "El texto es demasiado largo: como mucho 200 caracteres."),
        (replace(MAIL, text=" \n"), "text", "Escribí el mensaje."),
        (replace(MAIL, text="x" * 10001), "text", "El texto es demasiado largo: como mucho 10000 caracteres."),
        (replace(SMS, text="x" * 1001), "text", "El texto es demasiado largo: como mucho 1000 caracteres."),
        (replace(MAIL, text="Debe {deuda}."), "text", "Falta completar {deuda}."),
        (replace(MAIL, text="Debe {lo que sea}."), "text", "Falta completar {lo que sea}."),
        (replace(MAIL, text="Debe {}."), "text", "Falta completar {}."),
        (replace(MAIL, subject="Su {plan}"), "subject", "Falta completar {plan}."),
        (replace(MAIL, address="a@b"), "address", "Esa dirección de mail no está bien escrita."),
        (replace(MAIL, address="a@b.com, c@d.com"), "address", "Esa dirección de mail no está bien escrita."),
        (replace(MAIL, address="a@b.com\nBcc: c@d.com"), "address", "Esa dirección de mail no está bien escrita."),
        (replace(MAIL, address="Ana <a@b.com>"), "address", "Esa dirección de mail no está bien escrita."),
        (replace(SMS, address="15-612"), "address", "Ese número no está completo: escribilo con su código de área."),
        (
            replace(SMS, address="cliente@example.org"),
            "address",
            "Ese número no está completo: escribilo con su código de área.",
        ),
        (
            replace(MAIL, override_reason="x" * 501),
            "override_reason",
            "El texto es demasiado largo: como mucho 500 caracteres.",
        ),
    ],
)
def test_what_is_refused(world: World, ana: Database, case: int, message: Outgoing, field: str, said: str) -> None:
    rows = counted(world)
    assert refused_field(write, ana, case, message) == (field, said)
    assert counted(world) == rows


@pytest.mark.parametrize("field", ["text", "subject", "address", "override_reason"])
def test_letters_that_are_none(world: World, ana: Database, case: int, field: str) -> None:
    rows = counted(world)
    for odd in ("\x00", "\ud800"):
        change: dict[str, Any] = {field: f"a{odd}b"}
        with pytest.raises(UserError):
            write(ana, case, replace(MAIL, **change))
    assert counted(world) == rows


def test_headers_do_not_come_with_a_subject(ana: Database, case: int) -> None:
    write(ana, case, replace(MAIL, subject="Hola\r\nBcc: otro@example.org\t "))
    assert only(ana, case).subject == "Hola Bcc: otro@example.org"


@pytest.mark.parametrize(
    ("typed", "address", "by_hand"),
    [
        ("3416124410", "+5493416124410", False),
        ("+54 9 341 612-4410", "+5493416124410", False),
        ("0341 15 555-0001", "+5493415550001", True),
        ("+598 99 123 456", "+59899123456", True),
    ],
)
def test_numbers_are_understood(
    world: World, ana: Database, case: int, typed: str, address: str, by_hand: bool
) -> None:
    write(ana, case, replace(SMS, address=typed))
    assert only(ana, case).address == address
    assert world.value("SELECT by_hand FROM iduo.message") == by_hand


def test_only_whoever_has_the_case_writes(
    world: World, ana: Database, juan: Database, marta: Database, case: int
) -> None:
    assert refusal(write, juan, case) == "Lo está atendiendo Ana. Tomalo cuando quede libre."
    write(marta, case)
    free = world.case(company=world.value("SELECT company_id FROM iduo.case WHERE id = %s", case), subject="otro")
    assert refusal(write, ana, free) == "Primero tomá el caso (Ctrl+T)."
    closed = world.case(state="closed")
    assert refusal(write, ana, closed) == "El caso ya está cerrado."
    assert refusal(write, ana, 999_999) == "Ese caso no existe."


def test_without_a_gateway_nothing_waits_for_ever(world: World, ana: Database, case: int) -> None:
    assert {(way.channel, way.by, way.healthy) for way in messages.ways(ana)} == {
        ("email", "gateway", True),
        ("sms", "gateway", True),
        ("whatsapp", "pc", True),
    }
    world.superuser.execute("UPDATE iduo.heartbeat SET beat_at = clock_timestamp() - interval '61 s'")
    assert [way.healthy for way in messages.ways(ana)] == [False, False, True]
    write(ana, case)
    world.superuser.execute("UPDATE iduo.heartbeat SET channels = '{sms}'")
    no_gateway = "Acá no hay una pasarela para ese medio: escribile con el programa de esta PC."
    assert refusal(write, ana, case) == no_gateway
    world.superuser.execute("DELETE FROM iduo.heartbeat")
    assert {way.by for way in messages.ways(ana)} == {"pc"}
    assert refusal(write, ana, case, SMS) == no_gateway


def test_a_client_on_pause_is_written_to_with_a_reason(world: World, ana: Database, case: int) -> None:
    world.superuser.execute("UPDATE iduo.contact_policy SET daily_limit = 1")
    write(ana, case)
    field, said = refused_field(write, ana, case)
    assert field == "override_reason"
    assert said.startswith("Está en pausa")
    write(ana, case, replace(MAIL, override_reason="Lo pidió por teléfono"))
    assert world.value("SELECT count(*) FROM iduo.attempt WHERE override_reason = 'Lo pidió por teléfono'") == 1


def test_a_person_is_written_to_where_and_when_it_is_safe(world: World, ana: Database, gateway: Gateway) -> None:
    who = person(ana, "Sosa", phone="0341 15-612-4410")
    for address in ("casa@example.org", "propia@example.org"):
        contact_records.add_email(ana, who, address, uuid4())
    world.superuser.execute("UPDATE iduo.contact_email SET safe = address LIKE 'propia%'")
    world.superuser.execute("UPDATE iduo.contact_phone SET safe = false")
    case = attend(ana, who)
    unsafe = ("address", "Ahí no es seguro escribirle: elegí otra dirección o número.")
    for message in (replace(MAIL, address="CASA@example.org"), SMS, replace(SMS, address="+5493416124410")):
        assert refused_field(write, ana, case, replace(message, override_reason="igual")) == unsafe
    mail = replace(MAIL, address="propia@example.org")
    write(ana, case, mail)
    never = "lun a dom 3 a 3:01"
    world.superuser.execute("UPDATE iduo.contact SET safe_when = %s", [never])
    assert refused_field(write, ana, case, mail) == (
        "override_reason",
        f"Solo se le puede escribir «{never}». Esperá, o escribí por qué va igual.",
    )
    write(ana, case, replace(mail, override_reason="Ella lo pidió"))


def test_it_is_undone_while_nobody_took_it(world: World, ana: Database, case: int, gateway: Gateway) -> None:
    world.set_setting("message_delay_seconds", 10)
    before = cases.card(ana, case)
    sent = write(ana, case)
    assert gateway.take() == []
    cases.undo(ana, sent.event)
    assert replace(cases.card(ana, case), version=0) == replace(before, version=0)
    assert only(ana, case).state == "cancelled"
    assert messages.conversations(ana, (case,)) == ()
    world.superuser.execute("UPDATE iduo.outbox SET next_try_at = '2000-01-01'")
    assert gateway.take() == []
    world.set_setting("message_delay_seconds", 0)
    sent = write(ana, case)
    assert [row["message_id"] for row in gateway.take()] == [sent.message_id]
    assert refusal(cases.undo, ana, sent.event) == "Ya salió."
    gateway.sent(sent.message_id)
    assert refusal(cases.undo, ana, sent.event) == "Ya salió."


def test_what_could_not_be_sent_is_undone_too(ana: Database, case: int, gateway: Gateway) -> None:
    sent = write(ana, case)
    gateway.take()
    assert gateway.failed(sent.message_id) == "failed"
    cases.undo(ana, sent.event)
    assert (only(ana, case).state, cases.card(ana, case).attempts) == ("failed", 0)
    # sent again, it is a contact after all
    messages.resend(ana, sent.message_id, uuid4())
    assert cases.card(ana, case).attempts == 1


def test_a_person_decides_to_send_again(
    world: World, ana: Database, juan: Database, case: int, gateway: Gateway
) -> None:
    first = write(ana, case)
    only_lost = "Solo se reenvía lo que no se pudo enviar, o lo que no sabemos si salió."
    assert refusal(messages.resend, ana, first.message_id, uuid4()) == only_lost
    gateway.take()
    gateway.doubtful(first.message_id)
    assert only(ana, case).may_resend
    assert not messages.messages(juan, case, None)[0].may_resend
    assert refusal(messages.resend, juan, first.message_id, uuid4()).startswith("Lo está atendiendo Ana")
    key = uuid4()
    second = messages.resend(ana, first.message_id, key)
    assert messages.resend(ana, first.message_id, key) == replace(second, replayed=True)
    assert refusal(messages.resend, ana, first.message_id, uuid4()) == "Ese mensaje ya se reenvió."
    assert [(m.state, m.may_resend) for m in messages.messages(ana, case, None)] == [
        ("waiting", False),
        ("doubtful", False),
    ]
    # one contact, however often it had to be sent
    assert cases.card(ana, case).attempts == 1
    cases.undo(ana, second.event)
    assert messages.messages(ana, case, None)[1].may_resend
    third = messages.resend(ana, first.message_id, uuid4())
    (taken,) = gateway.take()
    assert (taken["message_id"], taken["address"], taken["text"]) == (third.message_id, MAIL.address, MAIL.text)
    assert refusal(messages.resend, ana, 999_999, uuid4()) == "Ese mensaje no existe."


def test_the_panel_pages(world: World, ana: Database, case: int) -> None:
    world.superuser.execute(
        "UPDATE iduo.contact_policy SET limit_1=100, limit_2=200, limit_3=300, limit_4=400, limit_5=500"
    )
    ids = [write(ana, case, replace(MAIL, override_reason="prueba")).message_id for _ in range(103)]
    first = messages.messages(ana, case, None)
    assert [message.id for message in first] == ids[:2:-1]
    assert [message.id for message in messages.messages(ana, case, first[-1].id)] == ids[2::-1]


def test_odd_values_are_refused_in_words(world: World, case: int, raw: Callable[..., psycopg.Connection]) -> None:
    psql = raw("ana")
    for statement in (
        "SELECT * FROM api.conversations(NULL)",
        "SELECT * FROM api.conversations('{{1,2},{3,4}}')",
        "SELECT * FROM api.conversations((SELECT array_agg(n) FROM generate_series(1, 100000) n))",
        "SELECT * FROM api.case_messages(NULL)",
        "SELECT api.mark_conversation_read(NULL)",
    ):
        assert answer(psql, sql.Composed([sql.SQL(statement)])) == ("", "")
    for function in ("fill_template", "send_message", "resend_message"):
        assert answer(psql, with_nothing(world.superuser, function))[0][:2] == "IU"
    assert counted(world) == (0, 0, 0, 1, 0)
