"""Messages: taken with a number, insisted on, answered by the back office and read to the caller."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import calls, contacts, form_builder, tickets
from iduo_desktop.services.calls import Incoming
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.terms import TicketState
from tests.services.messages import answered, new, only, taken
from tests.services.refusals import refusal, refused_field
from tests.services.world import ARGENTINA, World

REQUIRED: dict[str, dict[str, object]] = {
    "text": {"text": " \n "},
    "phone": {"phone": "", "phone_key": ""},
    "email": {"email": "ana@"},
    "document": {"document": "no sabe"},
    "topic": {"topic_id": 99},
    "company": {"company_id": 99},
    "channel": {"channel": "fax"},
    "caller_kind": {"caller_kind": ""},
}
SENSELESS: tuple[dict[str, object], ...] = (
    {"call_id": 99},
    {"contact_id": 99},
    {"provisional": "104237"},
    {"ivr_option": 100},
    {"form_version": 1},
    {"values": '{"color": "azul"}'},
)


@pytest.fixture
def rosa(become: Callable[..., Database]) -> Database:
    """The workstation of somebody of the back office."""
    return become("rosa", "answerer")


def test_what_is_missing_is_said_field_by_field(world: World, ana: Database) -> None:
    for field, values in REQUIRED.items():
        named, sentence = refused_field(tickets.create, ana, new(**values), uuid4())
        assert (named, sentence[-1]) == (field, ".")
    for senseless in SENSELESS:
        assert refusal(tickets.create, ana, new(**senseless), uuid4())
    assert world.value("SELECT count(*) FROM iduo.ticket") == 0


def test_nothing_is_endless(ana: Database) -> None:
    for field, most in (("text", 4000), ("surname", 120), ("phone", 60), ("email", 254)):
        ending = "@b.com" if field == "email" else "1"
        taken(ana, **{field: "a" * (most - len(ending)) + ending})
        assert refused_field(tickets.create, ana, new(**{field: "a" * most + ending}), uuid4())[0] == field


def test_what_was_taken_stays_as_it_was(world: World, ana: Database) -> None:
    company = world.company(number=1204, kind="organisation", surname="", name="Panificadora La Peña")
    topic = world.value("SELECT id FROM iduo.topic WHERE kind = 'claim' LIMIT 1")
    values = {"surname": " Ñáñez ", "names": "María  José", "document": "DNI 24.118.903", "email": "A@B.com"}
    made = taken(ana, company_id=company, topic_id=topic, ivr_option=1, insisted="No responde", **values)
    assert (made.number, made.check, made.replayed) == (100001, "", False)
    world.superuser.execute("UPDATE iduo.company SET number = 9, name = 'Otra'")
    world.superuser.execute("UPDATE iduo.topic SET label = 'Otro', kind = 'question' WHERE id = %s", [topic])
    card = tickets.card(ana, made.ticket_id)
    assert (card.company_number, card.company, card.kind) == (1204, "Panificadora La Peña", "claim")
    assert (card.surname, card.names, card.document, card.email) == ("Ñáñez", "María José", "24118903", "a@b.com")
    assert (card.topic != "Otro", card.ivr_option, card.taken_by) == (True, 1, "Ana")
    assert [(event.kind, event.text) for event in card.events] == [("created", "No responde")]


def test_a_contact_lends_what_was_not_said(ana: Database) -> None:
    contact = NewContact("Paz", "Juan", "24118903", "011 15 4321-5678", "+5491143215678", "1143215678", "mobile", True)
    person = contacts.create(ana, contact, uuid4()).contact_id
    nothing = {"surname": "", "names": "", "phone": "", "phone_key": ""}
    card = tickets.card(ana, taken(ana, contact_id=person, **nothing).ticket_id)
    assert (card.surname, card.names, card.document, card.phone) == ("Paz", "Juan", "24118903", "011 15 4321-5678")
    other = tickets.card(ana, taken(ana, contact_id=person, names="Berta", surname="Sosa").ticket_id)
    assert (other.surname, other.names, other.phone, other.contact_id) == ("Sosa", "Berta", "4321-5678", person)
    nobody = contacts.create(ana, NewContact("Luna", "Eva"), uuid4()).contact_id
    assert refused_field(tickets.create, ana, new(contact_id=nobody, **nothing), uuid4())[0] == "phone"


def test_extra_fields_are_checked_by_the_one_checker(ana: Database, admin: Database) -> None:
    form = form_builder.create(admin, "ticket", "Datos del mensaje", uuid4()).form_id
    field = {"key": "sector", "label": "Sector", "kind": "choice", "required": True, "position": 1}
    options = [{"key": "north", "label": "Norte"}, {"key": "south", "label": "Sur"}]
    draft = form_builder.definition(admin, form).version
    definition = json.dumps({"fields": [field | {"options": options}], "templates": []})
    draft = form_builder.save_draft(admin, form, draft, definition).version
    version = form_builder.publish(admin, form, draft).version
    assert refused_field(tickets.create, ana, new(form_version=version), uuid4())[0] == "sector"
    made = taken(ana, form_version=version, values='{"sector": "south"}')
    (extra,) = tickets.card(ana, made.ticket_id).extras
    assert (extra.label, extra.value) == ("Sector", "Sur")


def test_the_way_of_a_message(world: World, ana: Database, rosa: Database) -> None:
    ticket = taken(ana).ticket_id
    assert tickets.take(rosa, ticket, uuid4()).state == "awaiting_answer"
    (answer,) = tickets.answer(rosa, (ticket,), "Reinicie el equipo.", uuid4())
    assert (answer.number, answer.outcome) == (100001, "answered")
    card = tickets.card(ana, ticket)
    assert (card.state, card.answer, card.answered_by) == ("awaiting_communication", "Reinicie el equipo.", "Rosa")
    done = tickets.communicate(ana, ticket, "Ana Gómez", card.version, uuid4())
    assert (done.state, done.version) == ("communicated", card.version + 1)
    card = tickets.card(rosa, ticket)
    assert (card.communicated_by, card.communicated_to) == ("Ana", "Ana Gómez")
    assert [event.kind for event in card.events] == ["created", "taken", "answered", "communicated"]
    assert world.value("SELECT count(*) FROM audit.entry WHERE table_name = 'ticket'") == 4


def test_insisted_ones_come_first(ana: Database) -> None:
    first, second, third = (taken(ana).ticket_id for _ in range(3))
    assert refused_field(tickets.insist, ana, second, "", uuid4())[0] == "remark"
    for ticket in (third, second, third):
        tickets.insist(ana, ticket, "Sigue sin andar", uuid4())
    rows = tickets.page(ana, "open")
    assert [(row.id, row.priority) for row in rows] == [(third, 2), (second, 1), (first, 0)]


def test_who_has_an_answer_is_read_it(ana: Database, rosa: Database) -> None:
    ticket = answered(ana, rosa)
    assert "leésela" in refusal(tickets.insist, ana, ticket, "Sigue igual", uuid4())
    tickets.communicate(ana, ticket, "Ana", 2, uuid4())
    assert "mensaje nuevo" in refusal(tickets.insist, ana, ticket, "Sigue igual", uuid4())
    assert "ya se la leyó a Ana" in refusal(tickets.communicate, ana, ticket, "Eva", 3, uuid4())


def test_only_what_was_shown_is_communicated(ana: Database, rosa: Database) -> None:
    ticket = taken(ana).ticket_id
    assert refusal(tickets.communicate, ana, ticket, "Ana", 1, uuid4()) == "Todavía no tiene respuesta."
    tickets.answer(rosa, (ticket,), "Una", uuid4())
    tickets.send_back(rosa, ticket, "Era de otro", uuid4())
    tickets.answer(rosa, (ticket,), "Otra", uuid4())
    assert "mirá la respuesta de nuevo" in refusal(tickets.communicate, ana, ticket, "Ana", 2, uuid4())
    assert refused_field(tickets.communicate, ana, ticket, " ", 4, uuid4())[0] == "to"
    tickets.add_note(rosa, ticket, "Confirmado", uuid4())
    assert tickets.communicate(ana, ticket, "Ana", 4, uuid4()).state == "communicated"


def test_an_answer_that_does_not_serve(ana: Database, rosa: Database) -> None:
    ticket = answered(ana, rosa, "Reinicie")
    assert refused_field(tickets.send_back, ana, ticket, "", uuid4())[0] == "reason"
    assert tickets.send_back(ana, ticket, "Ya lo hizo", uuid4()).state == "awaiting_answer"
    card = tickets.card(ana, ticket)
    assert (card.answer, card.answered_at, card.answered_by) == ("", None, None)
    assert [event.text for event in card.events if event.kind in ("answered", "sent_back")] == [
        "Reinicie",
        "Ya lo hizo",
    ]
    assert "pendiente de respuesta" in refusal(tickets.send_back, ana, ticket, "Otra vez", uuid4())


def test_one_text_for_many(world: World, ana: Database, rosa: Database) -> None:
    open_one, waiting, done, same = (taken(ana).ticket_id for _ in range(4))
    tickets.take(rosa, waiting, uuid4())
    tickets.answer(rosa, (done,), "Otra cosa", uuid4())
    tickets.answer(rosa, (same,), "Corte en la zona", uuid4())
    held = taken(ana).ticket_id
    with psycopg.connect(world.superuser.info.dsn, password=world.superuser.info.password) as colleague:
        colleague.execute("SELECT FROM iduo.ticket WHERE id = %s FOR UPDATE", [held])
        asked = (open_one, waiting, done, same, held, 99, open_one)
        outcomes = {row.ticket_id: row.outcome for row in tickets.answer(rosa, asked, "Corte en la zona", uuid4())}
    expected = {
        open_one: "answered",
        waiting: "answered",
        done: "wrong_state",
        same: "same",
        held: "busy",
        99: "unknown",
    }
    assert outcomes == expected
    assert refused_field(tickets.answer, rosa, (open_one,), " ", uuid4())[0] == "answer"
    assert refusal(tickets.answer, rosa, (), "x", uuid4()) == "Elegí de 1 a 500 tickets."


def test_coordinators_answer_where_the_setting_says_so(world: World, ana: Database, marta: Database) -> None:
    ticket = taken(ana).ticket_id
    assert not tickets.desk(marta).may_answer
    for command in (
        lambda: tickets.take(marta, ticket, uuid4()),
        lambda: tickets.answer(marta, (ticket,), "x", uuid4()),
    ):
        assert refusal(command) == "Acá responden los respondedores."
    world.set_setting("coordinators_answer", True)
    assert tickets.desk(marta).may_answer
    tickets.take(marta, ticket, uuid4())
    (answer,) = tickets.answer(marta, (ticket,), "Listo", uuid4())
    assert answer.outcome == "answered"


def test_undo_within_five_minutes_by_who_did_it(world: World, ana: Database, juan: Database, rosa: Database) -> None:
    first, second, third = (answered(ana, rosa) for _ in range(3))
    done = [tickets.communicate(ana, ticket, "Ana", 2, uuid4()) for ticket in (first, second, third)]
    assert refusal(tickets.undo, juan, done[0].event) == "Solo podés deshacer lo que hiciste vos."
    undone = tickets.undo(ana, done[0].event)
    assert (undone.state, undone.version, undone.replayed) == ("awaiting_communication", 4, False)
    assert tickets.undo(ana, done[0].event) == replace(undone, replayed=True)
    card = tickets.card(ana, first)
    assert (card.communicated_at, card.communicated_to, card.events[-1].undone) == (None, "", True)
    world.age("ticket_event", done[1].event, "at", minutes=6)
    assert "más de 5 minutos" in refusal(tickets.undo, ana, done[1].event)
    world.superuser.execute("UPDATE iduo.ticket SET version = version + 1 WHERE id = %s", [third])
    assert "cambió después" in refusal(tickets.undo, ana, done[2].event)
    insisted = tickets.insist(ana, taken(ana).ticket_id, "Otra vez", uuid4())
    assert refusal(tickets.undo, ana, insisted.event) == "Eso no se puede deshacer."


def test_a_call_knows_its_tickets(world: World, ana: Database, juan: Database, rosa: Database) -> None:
    old, other = answered(ana, rosa), taken(ana).ticket_id
    call = calls.receive(ana, Incoming("1143215678", None, "1143215678"), uuid4()).id
    made = taken(ana, call_id=call).ticket_id
    tickets.communicate(ana, old, "Ana", 2, uuid4())
    tickets.insist(ana, other, "Otra vez", uuid4())
    found = world.superuser.execute("SELECT ticket_id, how FROM iduo.call_ticket WHERE call_id = %s", [call]).fetchall()
    assert {*found} == {(made, "created"), (old, "communicated"), (other, "insisted")}
    assert refusal(tickets.create, juan, new(call_id=call), uuid4()) == "Esa llamada no es tuya."
    calls.end(ana, call, "message", "", uuid4())
    tickets.insist(ana, other, "Y otra", uuid4())
    assert world.value("SELECT count(*) FROM iduo.call_ticket") == 3


def test_the_call_that_is_named_is_the_one(world: World, ana: Database, juan: Database, rosa: Database) -> None:
    """Not the newest that goes on, also when it is over by then; nobody else's."""
    read, said = answered(ana, rosa), taken(ana).ticket_id
    first, newest = (calls.receive(ana, Incoming("1143215678", None, "1143215678"), uuid4()).id for _ in range(2))
    theirs = calls.receive(juan, Incoming("1143215678", None, "1143215678"), uuid4()).id
    for call in (theirs, 404):
        assert refusal(tickets.insist, ana, said, "Otra vez", uuid4(), call) == "Esa llamada no es tuya."
        assert refusal(tickets.communicate, ana, read, "Ana", 2, uuid4(), call) == "Esa llamada no es tuya."
    assert world.value("SELECT count(*) FROM iduo.call_ticket") == 0
    tickets.communicate(ana, read, "Ana", 2, uuid4(), first)
    calls.end(ana, first, "answer", "", uuid4())
    tickets.insist(ana, said, "Otra vez", uuid4(), first)
    tickets.insist(ana, said, "Y otra", uuid4())
    found = world.superuser.execute("SELECT call_id, ticket_id FROM iduo.call_ticket").fetchall()
    assert {*found} == {(first, read), (first, said), (newest, said)}


def test_the_arrows_are_closed(
    world: World, raw: Callable[..., psycopg.Connection], ana: Database, rosa: Database
) -> None:
    """Whoever asks: what no arrow names is refused by the table itself."""
    allowed = {
        *(
            ("open", "awaiting_answer"),
            ("open", "awaiting_communication"),
            ("awaiting_answer", "awaiting_communication"),
        ),
        *(("awaiting_communication", "communicated"), ("awaiting_communication", "awaiting_answer")),
        ("communicated", "awaiting_communication"),
        # the ways back of a batch that is undone
        *(("awaiting_answer", "open"), ("awaiting_communication", "open")),
    }
    listed = world.superuser.execute("SELECT before, after FROM iduo.transition WHERE entity = 'ticket'").fetchall()
    assert {*listed} == allowed
    ticket = taken(ana).ticket_id
    for state in TicketState:
        if ("open", state.value) not in allowed and state != "open":
            with pytest.raises(psycopg.errors.CheckViolation, match="does not go"):
                world.superuser.execute("UPDATE iduo.ticket SET state = %s, version = 2 WHERE id = %s", [state, ticket])
    for change in ("text = 'otro'", "number = DEFAULT", "surname = 'Otro'", "insisted = 4", "created_by = 'nobody'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            world.superuser.execute(f"UPDATE iduo.ticket SET {change} WHERE id = {ticket}")
    for person in (raw("eva", "operator"), raw("rita", "answerer")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            person.execute("UPDATE iduo.ticket SET version = 9")


def test_waiting_counts_working_days(world: World, ana: Database, rosa: Database) -> None:
    today = world.today()
    days = {back: taken(ana).ticket_id for back in (0, 1, 3, 10, 700)}
    for back, ticket in days.items():
        noon = datetime.combine(today - timedelta(days=back), time(12), timezone(ARGENTINA))
        with world.superuser.transaction():
            world.superuser.execute("SET LOCAL session_replication_role = replica")
            world.superuser.execute("UPDATE iduo.ticket SET at = %s WHERE id = %s", [noon, ticket])
    world.superuser.execute(
        "INSERT INTO iduo.holiday VALUES (%s, 'Fiesta') ON CONFLICT DO NOTHING", [today - timedelta(4)]
    )
    found = {row.id: row.waiting_days for row in tickets.page(ana, "open")}
    holidays = {day for (day,) in world.superuser.execute("SELECT day FROM iduo.holiday")}
    for back, ticket in days.items():
        since = max(today - timedelta(days=back), today - timedelta(days=366))
        assert found[ticket] == sum(worked(since + timedelta(n + 1), holidays) for n in range((today - since).days))
        assert tickets.card(ana, ticket).waiting_days == found[ticket]
    tickets.answer(rosa, (days[10],), "Listo", uuid4())
    assert only(ana, "awaiting_communication").waiting_days == 0


def worked(day: date, holidays: set[date]) -> bool:
    """As the program ships: Monday to Friday."""
    return day.isoweekday() <= 5 and day not in holidays


def test_lists_are_paged_in_every_order(world: World, ana: Database, rosa: Database) -> None:
    companies = [
        world.company(kind="organisation", surname="", name=name) for name in ("Zeta", "Ñandú", "Nube", "Ábaco")
    ]
    for turn in range(12):
        made = taken(ana, surname=("Paz", "Pazos", "Ñuñez", "Núñez")[turn % 4], company_id=companies[turn % 3])
        if turn % 5 == 0:
            tickets.insist(ana, made.ticket_id, "x", uuid4())
    whole = [row.id for row in tickets.page(ana, "open")]
    for sort in ("work", "number", "person", "company"):
        for descending in (False, True):
            rows = tickets.page(ana, "open", sort=sort, descending=descending)
            assert sorted(row.id for row in rows) == sorted(whole)
            paged: list[tickets.TicketRow] = []
            while page := tickets.page(
                ana, "open", sort=sort, descending=descending, limit=5, after=paged[-1].position if paged else None
            ):
                paged += page
            assert [row.id for row in paged] == [row.id for row in rows]
            keys = [tickets.sort_key(row) for row in rows]
            assert keys == sorted(keys, reverse=descending)
    people = [row.person for row in tickets.page(ana, "open", sort="person")]
    assert people == sorted(people, key=["NÚÑEZ, Ana", "ÑUÑEZ, Ana", "PAZ, Ana", "PAZOS, Ana"].index)
    assert "no se puede ordenar" in refusal(tickets.page, ana, "open", tickets.TicketFilter(), "text")
    assert "no existe" in refusal(tickets.page, ana, "closed")
    assert tickets.page(ana, "open", only=(whole[3], 99)) == (tickets.page(ana, "open")[3],)


def test_communicated_ones_newest_first(ana: Database, rosa: Database) -> None:
    made = [answered(ana, rosa) for _ in range(4)]
    for ticket in (made[2], made[0], made[3]):
        tickets.communicate(ana, ticket, "Ana", 2, uuid4())
    rows = tickets.page(ana, "communicated", limit=2)
    rows += tickets.page(ana, "communicated", after=rows[-1].position)
    assert [row.id for row in rows] == [made[3], made[0], made[2]]
    counts = {row.state: (row.count, row.capped) for row in tickets.counts(ana)}
    nothing = (0, False)
    expected = {"open": nothing, "awaiting_answer": nothing}
    assert counts == expected | {"awaiting_communication": (1, False), "communicated": (3, False)}


def test_a_ticket_that_is_not_there(ana: Database) -> None:
    assert refusal(tickets.card, ana, 99) == "Ese ticket no existe."
    for command in (tickets.insist, tickets.add_note):
        with pytest.raises(UserError, match="no existe"):
            command(ana, 99, "x", uuid4())


def test_answerers_see_tickets_only(world: World, ana: Database, raw: Callable[..., psycopg.Connection]) -> None:
    """The second wall: somebody of the back office who came past the functions finds tickets, no clients or cases."""
    world.case()
    taken(ana)
    world.superuser.execute("GRANT USAGE ON SCHEMA iduo TO iduo_answerer")
    world.superuser.execute("GRANT SELECT ON ALL TABLES IN SCHEMA iduo TO iduo_answerer")
    rosa = raw("rosa", "answerer")
    seen = {}
    for table in ("company", "case", "ticket", "ticket_event"):
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("iduo", table))
        ((seen[table],),) = rosa.execute(query).fetchall()
    assert seen == {"company": 0, "case": 0, "ticket": 1, "ticket_event": 1}
