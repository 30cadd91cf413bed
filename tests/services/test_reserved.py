"""Ways round the receipts of health and support networks, each of which was open once."""

import json
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import attentions, contact_records, sending
from iduo_desktop.services.attentions import SectionSaid, Supporter
from tests.conftest import Raw
from tests.services.helpline import attention
from tests.services.messages import taken
from tests.services.persons import DEMOGRAPHY, HEALTH, attend, fill, form_id, person, read, said, version_id
from tests.services.refusals import refusal
from tests.services.world import World

REGISTERED = "tiene que quedar registrado antes de leer"
GONE_ON = "Alguien ya siguió con esto: no se puede deshacer."
# Each of these has PostgreSQL tell whoever asks for it the statements that a function makes, with the values in them.
PRINTED = ("debug_print_plan", "debug_print_rewritten", "debug_print_parse")


@pytest.fixture
def victim(marta: Database) -> int:
    """Somebody of whom a coordinator knows much."""
    who = person(marta, "Sosa", "Rosa")
    fill(marta, who, HEALTH, diagnoses="Asma")
    contact_records.relate(marta, who, person(marta, "Paz"), "hermana", "sabe todo", uuid4())
    return who


def begun(psql: psycopg.Connection, statement: str, *values: object) -> None:
    """A transaction that did something which a ROLLBACK would take back."""
    psql.execute("BEGIN")
    psql.execute(statement.encode(), values)


def test_nobody_is_merged_in_to_be_read(ana: Database, raw: Raw, victim: int) -> None:
    own = person(ana, "Mía")
    attend(ana, own)
    health = form_id(ana, own, HEALTH)
    receipts = [contact_records.open_section(ana, own, form, "lo atiendo").receipt for form in (health, 0)]
    psql = raw("ana")
    for read_it, values in (
        ("SELECT * FROM api.contact_section(%s, %s, %s)", (own, health, receipts[0])),
        ("SELECT * FROM api.contact_network(%s, %s)", (own, receipts[1])),
        ("SELECT * FROM api.contact_record(%s)", (own,)),
        ("SELECT * FROM api.compare_contacts(%s, %s)", (own, victim)),
    ):
        begun(psql, "SELECT * FROM api.merge_contacts(%s, %s, '{}', gen_random_uuid())", own, victim)
        with pytest.raises(psycopg.Error, match=REGISTERED):
            psql.execute(read_it.encode(), values)
        psql.execute("ROLLBACK")


def test_a_receipt_is_no_longer_good_after_a_merge(world: World, ana: Database, victim: int) -> None:
    own = person(ana, "Mía")
    attend(ana, own)
    health = form_id(ana, own, HEALTH)
    before = contact_records.open_section(ana, own, health, "lo atiendo").receipt
    contact_records.merge(ana, own, victim, (), uuid4())
    assert "hay que pedirlo de nuevo" in refusal(contact_records.section, ana, own, health, before)
    assert said(ana, own, HEALTH) == {"diagnoses": "Asma"}
    subjects = world.superuser.execute("SELECT subject FROM iduo.receipt WHERE id > %s", [before]).fetchall()
    assert {subject for (subject,) in subjects} == {f"{own}:{health}", f"{victim}:{health}"}


def test_writing_tells_nothing_of_what_is_there(world: World, ana: Database, victim: int) -> None:
    """A right guess leaves the same trace as a wrong one."""
    for guess in ("Asma", "Diabetes"):
        values = json.dumps({"diagnoses": guess})
        section = SectionSaid(version_id(ana, HEALTH), values)
        saved = attention(contact=None, contact_id=victim, sections=(section,))
        attentions.attend(ana, saved, uuid4())
        assert contact_records.record(ana, victim).sections[1].filled_by == "Ana"
    assert world.value("SELECT count(*) FROM iduo.contact_section WHERE contact_id = %s", victim) == 3


def test_what_is_asked_for_tells_nothing_of_what_is_there(world: World, ana: Database, marta: Database) -> None:
    """A question that one answer makes compulsory was answered already, or was not: no matter to whoever writes now."""
    version = version_id(marta, HEALTH)
    asked = """UPDATE iduo.form_field SET required_if_field = 'hospitalised', required_if_values = '{true}'
               WHERE version_id = %s AND key = 'hospitalised_when'"""
    world.superuser.execute(asked, [version])
    yes, no, nothing = (person(marta, name) for name in ("Sosa", "Paz", "Ríos"))
    fill(marta, yes, HEALTH, hospitalised=True, hospitalised_when="2020")
    fill(marta, no, HEALTH, hospitalised=False, allergies="Polen")
    guess = SectionSaid(version, json.dumps({"hospitalised": True}))
    for who in (yes, no):
        attentions.attend(ana, attention(contact=None, contact_id=who, sections=(guess,)), uuid4())
    asks = refusal(attentions.attend, ana, attention(contact=None, contact_id=nothing, sections=(guess,)), uuid4())
    assert asks.startswith("Completá")  # that there is nothing yet is no secret
    assert said(marta, yes, HEALTH) == {"hospitalised": True, "hospitalised_when": "2020"}
    assert said(marta, no, HEALTH) == {"hospitalised": True, "allergies": "Polen"}


def test_plans_that_are_printed_tell_nothing(ana: Database, raw: Raw, victim: int) -> None:
    """What stands in a section is a constant of the plan with which the next answer is joined to it."""
    section = SectionSaid(version_id(ana, HEALTH), json.dumps({"allergies": "Polen"}))
    saved = attention(contact=None, contact_id=victim, sections=(section,)).as_json()
    psql = raw("ana")
    told: list[str] = []
    psql.add_notice_handler(lambda notice: told.append(f"{notice.message_primary} {notice.message_detail}"))
    psql.execute("SET client_min_messages = log")
    for setting in PRINTED:
        psql.execute(f"SET {setting} = on".encode())
        psql.execute("BEGIN")
        with pytest.raises(psycopg.Error, match="ajustes normales"):
            psql.execute("SELECT api.attend(%s, gen_random_uuid())", [saved])
        psql.execute("ROLLBACK")
        psql.execute(f"RESET {setting}".encode())
    assert any("plan" in one for one in told), "PostgreSQL tells plans no more in this way"
    # bytes are printed as numbers
    assert " ".join(str(byte) for byte in b"Asma") not in " ".join(told)


def test_a_network_is_added_to_and_not_changed_by_who_does_not_see_it(
    world: World, ana: Database, marta: Database, victim: int
) -> None:
    known = world.value("SELECT other_id FROM iduo.contact_relation")
    supporters = (Supporter("nadie", contact_id=known), Supporter("vecina", contact_id=person(ana, "Ríos")))
    saved = attention(contact=None, contact_id=victim, network=supporters)
    attentions.attend(ana, saved, uuid4())
    receipt = contact_records.open_section(marta, victim, 0, "control").receipt
    found = {(each.what, each.note) for each in contact_records.network(marta, victim, receipt)}
    assert found == {("hermana", "sabe todo"), ("vecina", "")}


def test_an_attention_of_somebody_merged_since_stays(
    ana: Database, juan: Database, marta: Database, victim: int
) -> None:
    section = SectionSaid(version_id(ana, HEALTH), json.dumps({"diagnoses": "Otra cosa"}))
    done = attentions.attend(ana, attention(contact=None, contact_id=victim, sections=(section,)), uuid4())
    kept = person(juan, "Sosa", "R.")
    contact_records.merge(juan, kept, victim, (), uuid4())
    assert refusal(attentions.undo, ana, done.event, uuid4()) == GONE_ON
    assert json.loads(read(marta, kept, HEALTH).values) == {"diagnoses": "Otra cosa"}


def test_what_was_said_in_a_reserved_section_stays_reserved(world: World, ana: Database, juan: Database) -> None:
    who = person(ana, "Gómez")
    attend(ana, who)
    fill(ana, who, HEALTH, diagnoses="Asma")
    health = form_id(ana, who, HEALTH)
    world.superuser.execute("UPDATE iduo.form SET reserved = false WHERE id = %s", [health])
    assert "un caso tuyo" in refusal(contact_records.section, juan, who, health, None)
    assert json.loads(read(juan, who, DEMOGRAPHY).values) == {}


def test_messages_are_not_taken_out_without_their_batch(ana: Database, marta: Database, raw: Raw) -> None:
    taken(ana)
    psql = raw("marta")
    begun(psql, "SELECT batch_id FROM api.prepare_batch(NULL, NULL, gen_random_uuid())")
    with pytest.raises(psycopg.Error, match=REGISTERED):
        psql.execute("SELECT * FROM api.batch_tickets((SELECT 1))")
    psql.execute("ROLLBACK")
    assert sending.tickets(marta, sending.prepare(marta, None, None, uuid4()).batch_id)


@pytest.mark.parametrize(
    "odd",
    [
        {"contact_id": "abc"},
        {"contact_id": 1e30},
        {"call_started": "ayer?"},
        {"network": 5},
        {"sections": {}},
        {"network": [{"contact_id": 1, "what": "a"}] * 51},
        {"follow_up": {"at": "x"}},
        {"holds_call": "quizás"},
    ],
)
def test_odd_attentions_get_a_sentence(ana: Database, raw: Raw, victim: int, odd: dict[str, object]) -> None:
    given = {"contact_id": victim, "subject": "x"} | odd
    with pytest.raises(psycopg.Error, match="Esa atención no se entiende") as told:
        raw("ana").execute("SELECT * FROM api.attend(%s::jsonb, gen_random_uuid())", [json.dumps(given)])
    assert told.value.sqlstate == "IU001"
