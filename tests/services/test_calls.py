"""A call says who it may be before he speaks, and what is pending for him; each leaves one record."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iduo_desktop import phones
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import calls, contacts, tickets
from iduo_desktop.services.calls import CallCard, Incoming
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.tickets import NewTicket
from iduo_desktop.terms import CallOutcome
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

NUMBER = "0341 15-612-4410"


def incoming(typed: str = NUMBER, **values: Any) -> Incoming:
    """A call from this number, understood as the program does."""
    parsed = phones.parse(typed, "341")
    return replace(Incoming(typed, parsed.e164, parsed.search_key), **values)


def ring(database: Database, typed: str = NUMBER, key: UUID | None = None, **values: Any) -> CallCard:
    """The card of a call."""
    return calls.receive(database, incoming(typed, **values), key or uuid4())


def person(database: Database, surname: str, phone: str = NUMBER, company: int | None = None) -> int:
    """Somebody with a telephone; his id."""
    parsed = phones.parse(phone, "341")
    given = NewContact(surname, "Ana", "24118903", phone, parsed.e164, parsed.search_key, company_id=company)
    return contacts.create(database, given, uuid4()).contact_id


def firm(world: World, number: int, name: str, phone: str = "", unit: str = "") -> int:
    """A company; its id."""
    made = world.company(number=number, kind="organisation", surname="", name=name, management_unit=unit)
    if phone:
        parsed = phones.parse(phone, "341")
        values: dict[str, Any] = {"typed": phone, "e164": parsed.e164, "search_key": parsed.search_key}
        world.insert("company_phone", values | {"company_id": made, "kind": "", "valid": True})
    return made


def who(card: CallCard) -> list[tuple[str, str, str]]:
    """Kind, name and reason of everybody on a card."""
    return [(caller.kind, caller.name, caller.why) for caller in card.callers]


def message(database: Database, text: str = "No puedo entrar", **values: Any) -> int:
    """A message; its ticket's id."""
    ticket = NewTicket("phone", "client", text, phone="4210000", phone_key="3414210000")
    return tickets.create(database, replace(ticket, **values), uuid4()).ticket_id


def test_nobody_is_known(ana: Database) -> None:
    card = ring(ana)
    assert (card.caller, card.e164, card.ivr_option, card.company) == (NUMBER, "+5493416124410", None, "")
    assert (card.callers, card.tickets, card.replayed) == ((), (), False)


def test_a_withheld_number(world: World, ana: Database) -> None:
    world.insert("contact", {"surname": "Paz", "by": "nobody"})
    world.superuser.execute(
        "INSERT INTO iduo.contact_phone (contact_id, typed, search_key, valid) VALUES (1, 'x', '', false)"
    )
    world.superuser.execute(
        "INSERT INTO iduo.contact_phone (contact_id, typed, search_key, valid) VALUES (1, '204', '204', false)"
    )
    assert ring(ana, "").callers == ring(ana, "anonymous").callers == ring(ana, "204").callers == ()


@pytest.mark.parametrize("typed", [NUMBER, "3416124410", "+54 9 341 612-4410", "+543416124410", "5493416124410"])
def test_found_by_number_however_the_line_says_it(ana: Database, typed: str) -> None:
    contact = person(ana, "Paz")
    (caller,) = ring(ana, typed).callers
    assert (caller.kind, caller.contact_id, caller.name, caller.document) == (
        "contact",
        contact,
        "PAZ, Ana",
        "24118903",
    )
    assert (caller.company_id, caller.company_number, caller.company, caller.why) == (None, None, "", "teléfono")


def test_several_have_the_number(world: World, ana: Database) -> None:
    sur, este = firm(world, 1204, "Panificadora Sur", NUMBER), firm(world, 1300, "Este SA", NUMBER)
    person(ana, "Paz")
    person(ana, "Gómez", company=sur)
    card = ring(ana)
    # the company of somebody who has the number is not said again
    assert who(card) == [
        ("contact", "GÓMEZ, Ana", "teléfono"),
        ("contact", "PAZ, Ana", "teléfono"),
        ("company", "Este SA", "teléfono"),
    ]
    assert [caller.company_id for caller in card.callers] == [sur, None, este]
    assert [(caller.company, caller.company_number) for caller in card.callers] == [
        ("Panificadora Sur", 1204),
        ("", None),
        ("", 1300),
    ]


def test_the_company_that_was_keyed_in_is_first(world: World, ana: Database) -> None:
    keyed = firm(world, 1204, "Panificadora Sur")
    firm(world, 1300, "Este SA", NUMBER)
    person(ana, "Paz")
    assert who(ring(ana, company="1204")) == [
        ("company", "Panificadora Sur", "empresa marcada 1204"),
        ("contact", "PAZ, Ana", "teléfono"),
        ("company", "Este SA", "teléfono"),
    ]
    person(ana, "Gómez", company=keyed)
    assert who(ring(ana, company="01204#"))[:2] == [
        ("contact", "GÓMEZ, Ana", "teléfono y empresa marcada 1204"),
        ("contact", "PAZ, Ana", "teléfono"),
    ]
    assert who(ring(ana, "", company="1204")) == [("company", "Panificadora Sur", "empresa marcada 1204")]


def test_a_number_that_fits_a_company_and_a_unit(world: World, ana: Database) -> None:
    firm(world, 30, "Uno", unit="UG-04")
    firm(world, 20, "Dos", unit="UG-04")
    firm(world, 4, "Tres")
    firm(world, 40, "Cuatro", NUMBER, unit="UG-40")
    assert who(ring(ana, "", company="4")) == [
        ("company", "Tres", "empresa marcada 4"),
        ("company", "Dos", "unidad de gestión UG-04"),
        ("company", "Uno", "unidad de gestión UG-04"),
    ]
    assert who(ring(ana, company="40")) == [("company", "Cuatro", "empresa marcada 40 y teléfono")]
    for number in range(100, 140):
        firm(world, number, "Muchas", unit="UG-77")
    assert len(ring(ana, company="77").callers) == 20


def test_telephones_that_were_taken_away_do_not_count(world: World, ana: Database) -> None:
    firm(world, 1204, "Panificadora Sur", NUMBER)
    person(ana, "Paz")
    world.superuser.execute("UPDATE iduo.contact_phone SET removed = true")
    world.superuser.execute("UPDATE iduo.company_phone SET removed = true")
    assert ring(ana).callers == ()


def answered(world: World, ticket: int) -> int:
    """It has an answer that waits to be read out."""
    world.superuser.execute(
        """UPDATE iduo.ticket SET state = 'awaiting_communication', answer = 'Ya está.', version = version + 1,
               answered_at = clock_timestamp(), answered_by = 'nobody' WHERE id = %s""",
        [ticket],
    )
    return ticket


def test_what_is_pending(world: World, ana: Database) -> None:
    company, other = firm(world, 1204, "Panificadora Sur"), firm(world, 1300, "Este SA")
    contact = person(ana, "Paz")
    of_company = message(ana, company_id=company)
    of_phone = message(ana, phone=NUMBER, phone_key="3416124410")
    own = message(ana, contact_id=contact)
    waiting = answered(world, message(ana, company_id=company))
    own_waiting = answered(world, message(ana, contact_id=contact, company_id=company))
    message(ana, company_id=other)
    done = answered(world, message(ana, contact_id=contact))
    world.superuser.execute(
        """UPDATE iduo.ticket SET state = 'communicated', communicated_at = clock_timestamp(), version = version + 1,
               communicated_by = 'nobody', communicated_to = 'Ana' WHERE id = %s""",
        [done],
    )
    card = ring(ana, company="1204")
    assert [(hit.ticket_id, hit.why) for hit in card.tickets] == [
        (own_waiting, "mismo contacto"),
        (waiting, "misma empresa"),
        (own, "mismo contacto"),
        (of_phone, "mismo teléfono"),
        (of_company, "misma empresa"),
    ]
    # without the company keyed in, his company's messages are not read to him
    assert [hit.ticket_id for hit in ring(ana).tickets] == [own_waiting, own, of_phone]
    hit = card.tickets[0]
    assert (hit.state, hit.person, hit.company, hit.capped) == (
        "awaiting_communication",
        "PAZ, Ana",
        "Panificadora Sur",
        False,
    )
    assert hit.at.tzinfo is not None
    assert hit.number >= 100001


def test_of_many_pending_twenty_are_shown(world: World, ana: Database) -> None:
    company = firm(world, 1204, "Panificadora Sur")
    made = [message(ana, f"Mensaje {number}", company_id=company) for number in range(23)]
    card = ring(ana, company="1204")
    assert [hit.ticket_id for hit in card.tickets] == made[:2:-1]
    assert all(hit.capped for hit in card.tickets)


def test_the_record_of_a_call(world: World, ana: Database, people: People) -> None:
    card = ring(ana, ivr_option=1, company=" 1204 ", pbx_id="1763800000.42")
    record = """SELECT direction, state, by, caller, e164, search_key, ivr_option, company_keyed, pbx_id, ended_at,
        outcome FROM iduo.call WHERE id = %s"""
    ((*values,),) = world.superuser.execute(record, [card.id]).fetchall()
    assert values == [
        *("inbound", "held", people.add("ana"), NUMBER, "+5493416124410", "3416124410"),
        *(1, "1204", "1763800000.42", None, None),
    ]
    assert abs((world.now() - card.at).total_seconds()) < 30


def test_the_same_call_twice(world: World, ana: Database, juan: Database) -> None:
    first = ring(ana, pbx_id="a1", company="1204")
    again = ring(ana, "4210000", pbx_id="a1")
    assert again == replace(first, replayed=True)
    # another person may have it too: it was transferred
    assert ring(juan, pbx_id="a1").id != first.id
    # a PBX begins again with its numbers some day
    world.age("call", first.id, "starts_at", hours=25)
    assert ring(ana, pbx_id="a1").id != first.id
    assert ring(ana).id != ring(ana).id


def test_the_same_key(world: World, ana: Database, juan: Database) -> None:
    key = uuid4()
    first = ring(ana, key=key)
    person(ana, "Paz")
    again = ring(ana, key=key)
    # the call is the same; who it may be is as it is known now
    assert (again.id, again.at, again.replayed, len(again.callers)) == (first.id, first.at, True, 1)
    for database, typed in ((ana, "4210000"), (juan, NUMBER)):
        with pytest.raises(UserError, match="con otros datos"):
            ring(database, typed, key=key)
    assert world.value("SELECT count(*) FROM iduo.call") == 1


@pytest.mark.parametrize("pbx_id", ["", "a1"])
def test_twice_at_once(world: World, become: Callable[..., Database], pbx_id: str) -> None:
    """By its key, or by the PBX's name for it with a key for each try."""
    workstations = [become("ana", "operator") for _ in range(3)]
    key = uuid4()
    with ThreadPoolExecutor(3) as pool:
        cards = [*pool.map(lambda database: ring(database, key=None if pbx_id else key, pbx_id=pbx_id), workstations)]
    assert len({card.id for card in cards}) == 1
    assert sorted(card.replayed for card in cards) == [False, True, True]


def test_a_line_cut_before_and_after_the_commit(
    world: World, people: People, conninfo_of: Callable[[str], Conninfo], server: EmbeddedServer
) -> None:
    """16 calls, ended, and who called kept, over a line that breaks at each: 16 records of each, none twice."""
    people.add("ana", "operator")
    near = conninfo_of("ana")
    with Proxy(server.port) as line:
        far = Database(replace(near, hosts=((near.hosts[0][0], line.port),)), deadline=5)
        for turn in range(16):
            line.cut_after_question = bool(turn % 2)
            card = ring(far, f"341 61{turn:05}")
            assert card.replayed or not turn % 2
            line.cut_after_question = turn % 4 == 0
            calls.end(far, card.id, "informed", "", uuid4())
            line.cut_after_question = turn % 4 == 1
            person(far, f"Paz {turn}", f"341 61{turn:05}")
        far.close()
    assert world.value("SELECT count(*) FROM iduo.call WHERE outcome = 'informed'") == 16
    assert world.value("SELECT count(*) FROM iduo.call") == world.value("SELECT count(*) FROM iduo.contact") == 16
    assert world.value("SELECT count(*) FROM iduo.contact_phone") == 16


def test_what_a_line_says_may_be_anything(world: World, ana: Database) -> None:
    card = calls.receive(ana, Incoming("x" * 5000, None, "", 0, "y" * 5000), uuid4())
    assert (len(card.caller), len(card.company), card.ivr_option) == (60, 40, 0)
    for values in ({"ivr_option": -1}, {"ivr_option": 100}, {"ivr_option": 2**31 - 1}, {"pbx_id": "1" * 121}):
        field, _ = refused_field(calls.receive, ana, incoming(**values), uuid4())
        assert field in values
    for key in ("1" * 21, "abc", "1' OR '1'='1"):
        assert refused_field(calls.receive, ana, Incoming("1", None, key), uuid4())[0] == "phone"
    assert refused_field(calls.receive, ana, Incoming("1", "54341", ""), uuid4())[0] == "phone"


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(caller=TEXT, company=TEXT, pbx_id=TEXT, option=st.none() | st.integers(0, 99))
def test_no_call_is_lost(ana: Database, caller: str, company: str, pbx_id: str, option: int | None) -> None:
    parsed = phones.parse(caller, "11")
    call = Incoming(caller, parsed.e164, parsed.search_key, option, company, pbx_id)
    assert calls.receive(ana, call, uuid4()).id > 0


def test_the_end_of_a_call(world: World, ana: Database) -> None:
    card = ring(ana)
    world.age("call", card.id, "starts_at", seconds=92)
    ended = calls.end(ana, card.id, CallOutcome.ASSISTANT, " dijo que sí ", uuid4())
    assert ended.call_id == card.id
    assert 92 <= ended.seconds <= 100
    assert calls.end(ana, card.id, CallOutcome.ASSISTANT, "otra nota", uuid4()) == ended
    assert world.value("SELECT outcome || '|' || note FROM iduo.call") == "assistant|dijo que sí"
    other = refusal(calls.end, ana, card.id, CallOutcome.TEST, "", uuid4())
    assert other == "Esa llamada ya terminó: «Aceptó contactar a su asistente»."


@pytest.mark.parametrize("outcome", CallOutcome)
def test_every_outcome_is_known_by_its_name(ana: Database, outcome: CallOutcome) -> None:
    card = ring(ana)
    ended = calls.end(ana, card.id, outcome, "", uuid4())
    other = CallOutcome.TEST if outcome is not CallOutcome.TEST else CallOutcome.SILENT
    if outcome is CallOutcome.ATTENDED:  # an attention ends its call: what is said of it afterwards is no mistake
        assert calls.end(ana, card.id, other, "", uuid4()) == ended
        return
    assert refusal(calls.end, ana, card.id, other, "", uuid4()) == f"Esa llamada ya terminó: «{outcome.label}»."


def test_ends_that_are_refused(ana: Database, juan: Database) -> None:
    card = ring(ana)
    assert refused_field(calls.end, ana, card.id, "", "", uuid4())[0] == "outcome"
    assert refused_field(calls.end, ana, card.id, "won", "", uuid4())[0] == "outcome"
    assert refused_field(calls.end, ana, card.id, "test", "x" * 2001, uuid4())[0] == "note"
    assert refusal(calls.end, ana, 404, "test", "", uuid4()) == "Esa llamada no existe."
    assert refusal(calls.end, juan, card.id, "test", "", uuid4()) == "Esa llamada la atendió Ana."


def test_of_two_ends_at_once_one_is_told(world: World, ana: Database, become: Callable[..., Database]) -> None:
    card = ring(ana)
    pairs = [(ana, "silent"), (become("ana", "operator"), "hung_up"), (become("ana", "operator"), "test")]

    def end(pair: tuple[Database, str]) -> str:
        try:
            calls.end(pair[0], card.id, pair[1], "", uuid4())
        except UserError:
            return "told"
        return "ended"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(end, pairs)) == ["ended", "told", "told"]


def test_what_was_recorded_of_a_call_stays(world: World, ana: Database) -> None:
    """Whoever asks: the tables themselves refuse."""
    card = ring(ana)
    for change in ("caller = '1'", "by = 'nobody'", "state = 'planned'", "pbx_id = 'x'", "starts_at = '2020-01-01'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            world.superuser.execute(f"UPDATE iduo.call SET {change}")
    calls.end(ana, card.id, "silent", "", uuid4())
    with pytest.raises(psycopg.errors.CheckViolation):
        world.superuser.execute("UPDATE iduo.call SET outcome = 'test'")


def test_one_call_several_tickets_or_none(world: World, ana: Database) -> None:
    card, empty = ring(ana), ring(ana)
    for number in range(2):
        message(ana, f"Mensaje {number}", call_id=card.id)
    calls.end(ana, card.id, "message", "", uuid4())
    calls.end(ana, empty.id, "hung_up", "", uuid4())
    assert world.value("SELECT count(*) FROM iduo.call_ticket WHERE call_id = %s", card.id) == 2
    assert world.value("SELECT count(*) FROM iduo.call_ticket WHERE call_id = %s", empty.id) == 0


def test_odd_settings_change_nothing(world: World, ana: Database, raw: Callable[..., psycopg.Connection]) -> None:
    contact = person(ana, "Paz")
    message(ana, contact_id=contact)
    connection = raw("ana", "operator")
    for setting in (
        "TimeZone = 'Asia/Kathmandu'",
        "IntervalStyle = 'sql_standard'",
        "search_path = pg_temp",
        "enable_indexscan = off",
        "extra_float_digits = -15",
    ):
        connection.execute(f"SET {setting}")
    call = "SELECT callers, tickets FROM api.receive_call(%s, NULL, '3416124410', NULL, '', '', gen_random_uuid())"
    ((callers, hits),) = connection.execute(call, [NUMBER]).fetchall()
    assert [caller["contact_id"] for caller in callers] == [contact]
    assert [hit["why"] for hit in hits] == ["mismo contacto"]
    for refused in (
        "SET default_transaction_isolation = 'serializable'",
        "SET standard_conforming_strings = off",
        "SET DateStyle = 'SQL, DMY'",
    ):
        connection.execute(refused)
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            connection.execute(call, [NUMBER])
        connection.execute("RESET ALL")
