"""An attention is saved whole or not at all, once however often it is asked for, and taken back whole."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.errors import ConnectionLost, InDoubt, UnexpectedError, UserError
from iduo_desktop.services import agenda, attentions, calls, cases, contact_records, contacts
from iduo_desktop.services.attentions import Attended, Attention, FollowUp, SectionSaid, Supporter
from iduo_desktop.services.calls import Incoming
from iduo_desktop.services.contacts import NewContact
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.helpline import PHONE, attend, attention, followed, somebody, soon
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

# Every table in which an attention with all its parts leaves rows.
TABLES = (
    *("contact", "contact_phone", "contact_event", "contact_section", "contact_relation", "case", "case_event"),
    *("call", "call_contact", "route_activation", "attention"),
)


def whole(database: Database) -> Attention:
    """One that has everything: person, case, call, follow-up, route, a section and a support network."""
    form = contact_records.section_forms(database)[0]
    said = SectionSaid(form.version, json.dumps({form.fields[0].key: "__unsaid__"}))
    network = (Supporter("Hermana", new=NewContact("Paz", "Eva", phone="4321", phone_key="1100004321"), note="de día"),)
    return attention(
        description="Llamó llorando",
        priority="high",
        risk="medium",
        call_started=soon(minutes=-6),
        call_note="Se calmó",
        caller=PHONE,
        follow_up=FollowUp(soon(days=1), note="Ver cómo sigue"),
        route_id=1,
        route_note="Que la vea alguien hoy",
        sections=(said,),
        network=network,
    )


def rows(world: World) -> dict[str, int]:
    """How many there are of everything that an attention makes."""
    return {name: world.value(f'SELECT count(*) FROM iduo."{name}"') for name in TABLES}


def test_one_call_saves_all_and_relates_it(world: World, ana: Database, people: People) -> None:
    done = attentions.attend(ana, whole(ana), uuid4())
    assert (done.contact_new, done.case_new, done.supporters, done.replayed) == (True, True, 1, False)
    case = "SELECT ARRAY[contact_id::text, subject, priority, risk, assigned_to, list] FROM iduo.case WHERE id = %s"
    expected = [str(done.contact_id), "Pide ayuda", "high", "medium", people.add("ana"), "active"]
    assert world.value(case, done.case_id) == expected
    call = """SELECT ARRAY[direction, state, note, caller, case_id::text, contact_id::text,
                           round(extract(epoch FROM ended_at - starts_at) / 60)::text] FROM iduo.call WHERE id = %s"""
    related = [str(done.case_id), str(done.contact_id)]
    assert world.value(call, done.call_id) == ["inbound", "held", "Se calmó", PHONE, *related, "6"]
    follow_up = world.value(call, done.follow_up_id)
    assert follow_up[:3] + follow_up[4:6] == ["outbound", "planned", "Ver cómo sigue", *related]
    participants = "SELECT array_agg(contact_id ORDER BY call_id) FROM iduo.call_contact"
    assert world.value(participants) == [done.contact_id] * 2
    (activation,) = agenda.activations(ana)
    assert (activation.id, activation.case_id, activation.contact_id) == (
        done.activation_id,
        done.case_id,
        done.contact_id,
    )
    assert (activation.person, activation.note) == ("GÓMEZ, Ana", "Que la vea alguien hoy")
    assert world.value("SELECT count(*) FROM iduo.contact_section WHERE latest") == 1
    assert world.value("SELECT contact_id FROM iduo.contact_relation") == done.contact_id
    assert rows(world)["contact"] == 2


@pytest.mark.parametrize("table", TABLES)
def test_an_error_at_any_insert_leaves_nothing(world: World, ana: Database, table: str) -> None:
    given, before = whole(ana), rows(world)
    make = """
        CREATE FUNCTION iduo.fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = '58030'; END $$;
        GRANT EXECUTE ON FUNCTION iduo.fail TO PUBLIC"""
    world.superuser.execute(make)
    fail = "CREATE TRIGGER fail AFTER INSERT ON {} FOR EACH ROW EXECUTE FUNCTION iduo.fail()"
    world.superuser.execute(sql.SQL(fail).format(sql.Identifier("iduo", table)))
    key = uuid4()
    with pytest.raises(UnexpectedError):
        attentions.attend(ana, given, key)
    assert rows(world) == before
    world.superuser.execute(sql.SQL("DROP TRIGGER fail ON {}").format(sql.Identifier("iduo", table)))
    # the form stayed as it was: the same again, with its key, is saved
    assert not attentions.attend(ana, given, key).replayed


def test_the_same_key(world: World, ana: Database, juan: Database) -> None:
    given, key = whole(ana), uuid4()
    first = attentions.attend(ana, given, key)
    before = rows(world)
    assert attentions.attend(ana, given, key) == replace(first, replayed=True)
    for database, other in ((ana, replace(given, subject="Otro")), (juan, given)):
        with pytest.raises(UserError, match="con otros datos"):
            attentions.attend(database, other, key)
    assert rows(world) == before


def test_the_same_key_at_once(world: World, ana: Database, become: Callable[..., Database]) -> None:
    given, key = whole(ana), uuid4()
    with ThreadPoolExecutor(3) as pool:
        stations = [become("ana", "operator") for _ in range(3)]
        answers = list(pool.map(lambda database: attentions.attend(database, given, key), stations))
    assert sum(not answer.replayed for answer in answers) == 1
    assert len({answer.event for answer in answers}) == rows(world)["attention"] == 1


def test_over_a_line_that_breaks(
    world: World, ana: Database, server: EmbeddedServer, people: People, conninfo_of: Callable[[str], Conninfo]
) -> None:
    """The server saved it and its answer was lost: asking again, as the window does, saves nothing twice."""
    near = conninfo_of("ana")

    def insisted(database: Database, given: Attention, key: UUID) -> Attended:
        while True:
            with suppress(InDoubt, ConnectionLost):
                return attentions.attend(database, given, key)

    with Proxy(server.port) as line:
        far = Database(replace(near, hosts=((near.hosts[0][0], line.port),)), deadline=5)
        given = whole(ana)
        for _ in range(5):
            agenda.counts(far)  # connected
            line.cut_after_question = True
            insisted(far, given, uuid4())
        far.close()
    assert line.accepted > 5
    assert rows(world)["attention"] == rows(world)["route_activation"] == rows(world)["case"] == 5


def test_somebody_who_is_known(world: World, ana: Database) -> None:
    first = attend(ana)
    again = attend(ana, contact=None, contact_id=first.contact_id, subject="Vuelve a llamar")
    assert (again.contact_id, again.contact_new, again.case_new) == (first.contact_id, False, True)
    same = attentions.attend(ana, Attention(case_id=first.case_id, risk="high"), uuid4())
    assert (same.contact_id, same.case_id, same.case_new) == (first.contact_id, first.case_id, False)
    assert world.value("SELECT risk FROM iduo.case WHERE id = %s", first.case_id) == "high"
    # what is not said lowers nothing
    attentions.attend(ana, Attention(case_id=first.case_id), uuid4())
    assert world.value("SELECT risk FROM iduo.case WHERE id = %s", first.case_id) == "high"


def test_the_call_that_came_in_is_this_one(world: World, ana: Database, juan: Database) -> None:
    card = calls.receive(ana, Incoming(PHONE, None, "1143215678"), uuid4())
    assert refusal(attentions.attend, juan, attention(call_id=card.id), uuid4()) == "Esa llamada no es tuya."
    done = attend(ana, call_id=card.id, call_note="Nota")
    assert done.call_id == card.id
    told = "SELECT ARRAY[case_id::text, contact_id::text, outcome, note] FROM iduo.call WHERE id = %s"
    assert world.value(told, card.id) == [str(done.case_id), str(done.contact_id), "attended", "Nota"]
    # the window ends it too
    assert calls.end(ana, card.id, "attended", "", uuid4()).call_id == card.id
    attentions.undo(ana, done.event, uuid4())
    assert world.value(told, card.id) == [None, None, None, "Nota"]
    assert attend(ana, call_id=card.id).call_id == card.id
    assert rows(world)["call"] == 1


def test_each_alone(world: World, ana: Database) -> None:
    only_case = attend(ana, holds_call=False)
    assert (only_case.call_id, only_case.follow_up_id, only_case.activation_id) == (None, None, None)
    route = attentions.attend(ana, Attention(case_id=only_case.case_id, holds_call=False, route_id=2), uuid4())
    assert (route.call_id, route.case_id, route.activation_id is not None) == (None, only_case.case_id, True)
    assert rows(world)["call"] == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"contact": None}, "contact"),
        ({"contact": NewContact("", "")}, "contact.surname"),
        ({"subject": " "}, "subject"),
        ({"priority": "soon"}, "priority"),
        ({"risk": "some"}, "risk"),
        ({"call_note": "x" * 2001}, "call_note"),
        ({"call_started": soon(days=-2)}, "call_started"),
        ({"follow_up": FollowUp(soon(hours=-1))}, "follow_up.at"),
        ({"follow_up": FollowUp(soon(hours=1), direction="sideways")}, "follow_up.direction"),
        ({"follow_up": FollowUp(soon(hours=1), remind=99999)}, "follow_up.remind"),
        ({"route_id": 99}, "route"),
        ({"route_id": 1, "route_note": "x" * 2001}, "route_note"),
        ({"network": (Supporter("", new=NewContact("Paz", "Eva")),)}, "network.0.what"),
        ({"network": (Supporter("Madre", new=NewContact("", "")),)}, "network.0.surname"),
    ],
)
def test_what_is_refused_names_its_field(world: World, ana: Database, values: dict[str, Any], field: str) -> None:
    before = rows(world)
    assert refused_field(attentions.attend, ana, attention(**values), uuid4())[0] == field
    assert rows(world) == before


def test_a_case_of_somebody_else_or_closed(world: World, ana: Database) -> None:
    first, other = attend(ana), attend(ana, "Paz")
    mixed = Attention(contact_id=other.contact_id, case_id=first.case_id)
    assert refused_field(attentions.attend, ana, mixed, uuid4()) == ("case", "Ese caso es de otra persona.")
    world.superuser.execute(
        "UPDATE iduo.case SET state = 'closed', closed_at = now(), version = version + 1 WHERE id = %s", [first.case_id]
    )
    assert refused_field(attentions.attend, ana, Attention(case_id=first.case_id), uuid4())[0] == "case"


def test_a_full_desk_refuses_nobody(world: World, ana: Database) -> None:
    """The limit of cases is no reason to lose what somebody said on the telephone: the case stays free."""
    world.set_setting("open_cases_limit", 1)
    attend(ana)
    done = attend(ana, "Paz")
    assert world.value("SELECT assigned_to FROM iduo.case WHERE id = %s", done.case_id) is None


def test_taken_back_whole(world: World, ana: Database) -> None:
    before = rows(world)
    given, key = whole(ana), uuid4()
    done = attentions.attend(ana, given, key)
    assert attentions.undo(ana, done.event, uuid4()) == done
    assert rows(world) == before | {"attention": 1}
    assert attentions.undo(ana, done.event, uuid4()) == replace(done, replayed=True)
    assert refusal(attentions.attend, ana, given, key) == "Esa atención se deshizo."
    assert agenda.activations(ana) == ()


def test_what_was_there_is_as_it_was(world: World, ana: Database) -> None:
    given = whole(ana)
    first = attentions.attend(ana, given, uuid4())
    said = "SELECT id FROM iduo.contact_section WHERE latest"
    section, contacted = world.value(said), "SELECT last_contact_at FROM iduo.case"
    when = world.value(contacted)
    form = contact_records.section_forms(ana)[0]
    other = SectionSaid(form.version, json.dumps({form.fields[1].key: "__unsaid__"}))
    again = replace(
        given, contact=None, contact_id=first.contact_id, case_id=first.case_id, network=(), sections=(other,)
    )
    done = attentions.attend(ana, again, uuid4())
    assert (world.value(said) == section, world.value(contacted) == when) == (False, False)
    attentions.undo(ana, done.event, uuid4())
    assert (world.value(said), world.value(contacted)) == (section, when)


def test_who_may_take_it_back_and_how_long(world: World, ana: Database, juan: Database) -> None:
    done = attend(ana)
    assert refusal(attentions.undo, juan, done.event, uuid4()) == "Solo podés deshacer lo que hiciste vos."
    world.age("attention", done.event, "at", minutes=6)
    assert refusal(attentions.undo, ana, done.event, uuid4()).startswith("Ya pasaron más de 5 minutos")


TOUCHES: dict[str, Callable[[Database, Attended], object]] = {
    "case taken over": lambda d, done: cases.take_over(d, done.case_id, "hace falta", uuid4()),
    "name changed": lambda d, done: contact_records.change(d, done.contact_id, "names", "Eva", 1, uuid4()),
    "phone added": lambda d, done: contacts.add_phone(d, done.contact_id, "4444", None, "4444", "", False, uuid4()),
    "follow-up postponed": lambda d, done: agenda.postpone(
        d, "call", int(done.follow_up_id or 0), soon(hours=1), 1, uuid4()
    ),
    "another attention": lambda d, done: attentions.attend(d, Attention(case_id=done.case_id), uuid4()),
    "another case": lambda d, done: attentions.attend(
        d, Attention(contact_id=done.contact_id, subject="Otro"), uuid4()
    ),
    "a task": lambda d, done: agenda.add_task(
        d, "Ver", soon(hours=1), done.case_id, None, -1, None, False, "", uuid4()
    ),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_was_touched_since_stays(world: World, ana: Database, marta: Database, touch: str) -> None:
    done = followed(ana)
    TOUCHES[touch](marta, done)
    before = rows(world)
    assert refusal(attentions.undo, ana, done.event, uuid4()).endswith("no se puede deshacer.")
    assert rows(world) == before


def test_the_case_just_made_is_offered_first(world: World, ana: Database, juan: Database) -> None:
    old = attend(juan)
    mine = attend(ana, "Paz")
    newest = attend(ana, "Ríos")
    offered = attentions.case_choices(ana, "", old.contact_id)
    assert [choice.case_id for choice in offered] == [newest.case_id, old.case_id, mine.case_id]
    assert [choice.newest for choice in offered] == [True, False, False]
    assert offered[0].person == "RÍOS, Ana"
    found = attentions.case_choices(juan, "paz")
    assert [choice.case_id for choice in found] == [old.case_id, mine.case_id]
    assert [choice.case_id for choice in attentions.case_choices(juan, str(mine.case_id))] == [
        old.case_id,
        mine.case_id,
    ]
    world.case()  # a client's, without a person
    assert len(attentions.case_choices(ana, "")) == 2


def test_what_was_decided_is_told(world: World, ana: Database) -> None:
    desk = attentions.desk(ana)
    assert (desk.follow_up_direction, desk.follow_up_remind, desk.route_minutes, desk.overdue_minutes) == (
        "outbound",
        10,
        5,
        15,
    )
    world.set_setting("follow_up_direction", "inbound")
    done = followed(ana, direction="")
    assert world.value("SELECT direction FROM iduo.call WHERE id = %s", done.follow_up_id) == "inbound"


def test_what_is_no_attention_is_refused(raw: Callable[..., psycopg.Connection]) -> None:
    person = raw("ana", "operator")
    for given in ("NULL", "'[]'", "'1'", "'{}'", """'{"contact": {"surname": "Paz"}}'"""):
        with pytest.raises(psycopg.Error) as refused:
            person.execute(f"SELECT api.attend({given}, gen_random_uuid())")
        assert str(refused.value.sqlstate).startswith("IU")
    with pytest.raises(psycopg.Error, match="Falta la clave"):
        person.execute("SELECT api.attend('{}', NULL)")


def test_two_operators_write_down_the_same_person(world: World, ana: Database, juan: Database) -> None:
    """Nobody waits for the other; both cases stand, and the two persons are found as alike."""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(attend, (ana, juan))
    assert first.contact_id != second.contact_id
    alike = contact_records.like(ana, "Gómez", "Ana", "", "1143215678", "", None, first.contact_id)
    assert [duplicate.contact_id for duplicate in alike] == [second.contact_id]
    assert somebody().phone_key == "1143215678"
