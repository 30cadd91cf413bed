"""Sections of a record and the support network: «no dijo», versions kept, read with a receipt or not at all."""

import json
from dataclasses import asdict
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, contact_records, form_builder, records
from iduo_desktop.services.forms import UNSAID
from tests.conftest import Raw
from tests.services.persons import DEMOGRAPHY, HEALTH, attend, fill, form_id, person, read, said, version_id
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

AGAIN = "Para ver esto hay que pedirlo de nuevo."
OWN_CASE = "Para esto tenés que tener abierto un caso tuyo de esta persona."
NO_RIGHT = "No tenés permiso para hacer esto."


def test_what_is_shipped(ana: Database) -> None:
    demography, health = contact_records.section_forms(ana)
    assert (demography.title, health.title) == (DEMOGRAPHY, HEALTH)
    assert {field.kind for field in health.fields} == {"yes_no", "text", "long_text", "choice", "several"}
    assert not any(field.required for form in (demography, health) for field in form.fields)


@pytest.mark.parametrize("title", [DEMOGRAPHY, HEALTH])
def test_every_question_takes_unsaid(ana: Database, title: str) -> None:
    who = person(ana, "Gómez")
    attend(ana, who)
    form = next(form for form in contact_records.section_forms(ana) if form.title == title)
    everything = {field.key: UNSAID for field in form.fields}
    fill(ana, who, title, **everything)
    assert said(ana, who, title) == everything


def test_other_forms_do_not_take_it(world: World, ana: Database) -> None:
    case = world.case(assigned_to=world.value("SELECT min(login) FROM iduo.staff WHERE login LIKE 'ana%%'"))
    version = world.value(
        "SELECT v.id FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE f.kind = 'closing'"
    )
    values = json.dumps({"reason": UNSAID, "contact_reason": "claim", "status": "solved", "description": "x"})
    assert refused_field(cases.close, ana, case, version, values, uuid4()) == (
        "reason",
        "Elegí una opción de «Motivo».",
    )


def test_what_is_not_given_stays(ana: Database, juan: Database) -> None:
    who = person(ana, "Gómez")
    fill(ana, who, DEMOGRAPHY, locality="Funes", gender="woman", lives_with=["partner", "children"])
    fill(juan, who, DEMOGRAPHY, dependents="2", gender=UNSAID, lives_with=None)
    assert said(ana, who, DEMOGRAPHY) == {"locality": "Funes", "gender": UNSAID, "dependents": "2"}
    found = read(ana, who, DEMOGRAPHY)
    assert (found.form.title, found.by_name) == (DEMOGRAPHY, "Juan")
    section = contact_records.record(ana, who).sections[0]
    assert (section.filled_by, section.filled_at) == ("Juan", found.at)


def test_what_does_not_fit_is_refused(ana: Database) -> None:
    who = person(ana, "Gómez")
    version = version_id(ana, DEMOGRAPHY)
    for field, value in {"gender": "x", "lives_with": "partner", "dependents": "muchas", "nothing": "1"}.items():
        values = json.dumps({field: value})
        assert refused_field(contact_records.save_section, ana, who, version, values, uuid4())[0] == field
    assert refusal(contact_records.save_section, ana, who, version, "[]", uuid4()).startswith("El formulario no se")
    assert refusal(contact_records.save_section, ana, who, 1, "{}", uuid4()).startswith("Esa sección cambió")
    assert contact_records.record(ana, who).sections[0].filled_at is None


def test_every_version_is_kept(world: World, ana: Database) -> None:
    who = person(ana, "Gómez")
    for locality in ("Funes", "Roldán", "Roldán"):
        fill(ana, who, DEMOGRAPHY, locality=locality)
    rows = world.superuser.execute(
        "SELECT said ->> 'locality', latest FROM iduo.contact_section ORDER BY id"
    ).fetchall()
    assert rows == [("Funes", False), ("Roldán", True)]


def test_the_administrator_changes_the_questions(ana: Database, admin: Database) -> None:
    who = person(ana, "Gómez")
    fill(ana, who, DEMOGRAPHY, gender="woman", schooling="primary")
    old = version_id(ana, DEMOGRAPHY)
    form = next(one for one in form_builder.forms(admin) if one.title == DEMOGRAPHY)
    shown = form_builder.definition(admin, form.id)
    definition = {"fields": [asdict(field) for field in shown.fields], "templates": []}
    schooling = next(field for field in definition["fields"] if field["key"] == "schooling")
    schooling["options"] = [option for option in schooling["options"] if option["key"] != "primary"]
    definition["fields"] = [field for field in definition["fields"] if field["key"] != "gender"]
    draft = form_builder.save_draft(admin, form.id, old, json.dumps(definition))
    form_builder.publish(admin, form.id, draft.version)
    new = version_id(ana, DEMOGRAPHY)
    assert new != old
    # what was answered shows with the questions of its time
    assert "gender" in {field.key for field in read(ana, who, DEMOGRAPHY).form.fields}
    # an option that was retired since does not keep others from being answered
    contact_records.save_section(ana, who, new, json.dumps({"locality": "Funes"}), uuid4())
    assert said(ana, who, DEMOGRAPHY) == {"schooling": "primary", "locality": "Funes"}


def test_health_only_with_a_receipt(ana: Database, juan: Database, marta: Database, admin: Database) -> None:
    who = person(ana, "Gómez")
    case = attend(ana, who)
    fill(ana, who, HEALTH, diagnoses="Asma", treatment=True)
    assert said(ana, who, HEALTH) == {"diagnoses": "Asma", "treatment": True}
    health = form_id(ana, who, HEALTH)
    assert refusal(contact_records.section, ana, who, health, None) == AGAIN
    assert refusal(contact_records.section, ana, who, health, 404) == AGAIN
    # an operator only while he attends to that person, a coordinator always, an administrator never
    assert refusal(contact_records.open_section, juan, who, health, "quiero ver") == OWN_CASE
    assert said(marta, who, HEALTH) == {"diagnoses": "Asma", "treatment": True}
    assert refusal(contact_records.open_section, admin, who, health, "quiero ver") == NO_RIGHT
    receipt = contact_records.open_section(ana, who, health, "lo atiendo").receipt
    for other in (juan, marta):
        assert refusal(contact_records.section, other, who, health, receipt) in (AGAIN, OWN_CASE)
    assert refusal(contact_records.section, admin, who, health, receipt) == NO_RIGHT
    assert refusal(contact_records.network, ana, who, receipt) == AGAIN
    assert refused_field(contact_records.open_section, ana, who, health, "  ")[0] == "reason"
    cases.release(ana, case, uuid4())
    assert refusal(contact_records.section, ana, who, health, receipt) == OWN_CASE
    assert contact_records.record(ana, who).sections[1].may_read is False


def test_a_receipt_is_for_one_person_and_a_minute(world: World, ana: Database) -> None:
    who, other = person(ana, "Gómez"), person(ana, "Paz")
    attend(ana, who)
    attend(ana, other)
    health = form_id(ana, who, HEALTH)
    receipt = contact_records.open_section(ana, who, health, "lo atiendo").receipt
    assert contact_records.section(ana, who, health, receipt).values == "{}"
    assert refusal(contact_records.section, ana, other, health, receipt) == AGAIN
    world.age("receipt", receipt, "at", seconds=61)
    assert refusal(contact_records.section, ana, who, health, receipt) == AGAIN


def test_who_looked_is_in_the_log(ana: Database, admin: Database) -> None:
    who = person(ana, "Gómez")
    attend(ana, who)
    read(ana, who, HEALTH, "pregunta por su medicación")
    receipt = records.open_access(admin, "audit", "access", "control").receipt
    line = next(each for each in records.accesses(admin, receipt) if each.what == "section")
    assert (line.actor_name, line.reason) == ("Ana", "pregunta por su medicación")
    assert line.subject == f"{who}:{form_id(ana, who, HEALTH)}"


def test_the_audit_log_does_not_say_what_is_reserved(world: World, ana: Database, admin: Database) -> None:
    who, other = person(ana, "Gómez"), person(ana, "Paz")
    attend(ana, who)
    fill(ana, who, HEALTH, diagnoses="Asma severa")
    fill(ana, who, DEMOGRAPHY, locality="Funes")
    contact_records.relate(ana, who, other, "hermana", "vive cerca", uuid4())

    def told(table: str) -> str:
        found = []
        for row in world.superuser.execute(f"SELECT id::text FROM iduo.{table}"):
            subject = f"{table}:{row[0]}"
            receipt = records.open_access(admin, "audit", subject, "control").receipt
            found += [f"{entry.before} {entry.after}" for entry in records.of_row(admin, receipt, table, row[0])]
        return "".join(found)

    sections, relations = told("contact_section"), told("contact_relation")
    assert ("Asma" in sections, "Funes" in sections, "(reservado)" in sections) == (False, True, True)
    assert ("hermana" in relations, "vive cerca" in relations, "(reservado)" in relations) == (False, False, True)
    assert "Asma" not in told("contact_event")


def test_the_support_network(ana: Database, juan: Database, marta: Database) -> None:
    who, mother, friend = person(ana, "Gómez"), person(ana, "Paz", "Eva", "0341 15-612-4410"), person(ana, "Sosa")
    attend(ana, who)
    key = uuid4()
    contact_records.relate(ana, who, mother, "Madre", "", key)
    assert contact_records.relate(ana, who, mother, "Madre", "", key).replayed
    contact_records.relate(ana, who, friend, "Amigo", "", uuid4())
    contact_records.relate(ana, who, mother, "Madrina", "llamarla de noche", uuid4())
    assert contact_records.record(ana, who).network == 2
    receipt = contact_records.open_section(ana, who, 0, "la necesito").receipt
    first, second = contact_records.network(ana, who, receipt)
    assert (first.contact_id, first.person, first.phone) == (mother, "PAZ, Eva", "0341 15-612-4410")
    assert (first.what, first.note, second.what) == ("Madrina", "llamarla de noche", "Amigo")
    contact_records.unrelate(ana, who, second.id, uuid4())
    assert [each.id for each in contact_records.network(ana, who, receipt)] == [first.id]
    assert refused_field(contact_records.relate, ana, who, who, "yo", "", uuid4()) == ("other", "Es la misma persona.")
    assert refused_field(contact_records.relate, ana, who, friend, " ", "", uuid4())[0] == "what"
    assert refusal(contact_records.relate, juan, who, friend, "x", "", uuid4()) == OWN_CASE
    assert refusal(contact_records.network, ana, who, 404) == AGAIN
    taken = contact_records.open_section(marta, who, 0, "control").receipt
    assert [each.what for each in contact_records.network(marta, who, taken)] == ["Madrina"]
    story = contact_records.story(marta, who)
    assert not any("Madrina" in line.title + line.detail or "PAZ" in line.detail for line in story)


def test_in_one_transaction_nothing_is_read(ana: Database, raw: Raw) -> None:
    who = person(ana, "Gómez")
    attend(ana, who)
    fill(ana, who, HEALTH, diagnoses="Asma")
    health = form_id(ana, who, HEALTH)
    psql = raw("ana")
    opened = "SELECT receipt FROM api.open_contact_section(%s, %s, 'nada')"
    for form, query in ((health, "api.contact_section(%s, %s, %s)"), (0, "api.contact_network(%s, %s)")):
        psql.execute("BEGIN")
        ((receipt,),) = psql.execute(opened, [who, form]).fetchall()
        given = [who, form, receipt] if form else [who, receipt]
        with pytest.raises(Exception, match="tiene que quedar registrado antes de leer"):
            psql.execute(f"SELECT * FROM {query}", given)
        psql.execute("ROLLBACK")
        # and what was rolled back opens nothing
        with pytest.raises(Exception, match="hay que pedirlo de nuevo"):
            psql.execute(f"SELECT * FROM {query}", given)
    for table in ("contact_section", "contact_relation", "contact"):
        with pytest.raises(Exception, match="permission denied"):
            psql.execute(f"SELECT * FROM iduo.{table}")


def test_a_reserved_section_is_written_by_who_attends(ana: Database, juan: Database) -> None:
    who = person(ana, "Gómez")
    version = version_id(ana, HEALTH)
    assert refusal(contact_records.save_section, juan, who, version, '{"diagnoses": "x"}', uuid4()) == OWN_CASE
    attend(juan, who)
    key = uuid4()
    assert not contact_records.save_section(juan, who, version, '{"diagnoses": "x"}', key).replayed
    assert contact_records.save_section(juan, who, version, '{"diagnoses": "x"}', key).replayed


def test_what_was_reserved_stays_so(world: World, ana: Database, admin: Database) -> None:
    who = person(ana, "Gómez")
    attend(ana, who)
    shown = next(one for one in form_builder.forms(admin) if one.title == HEALTH)
    assert (shown.reserved, shown.used) == (True, 0)
    fill(ana, who, HEALTH, diagnoses="Asma")
    assert next(one for one in form_builder.forms(admin) if one.title == HEALTH).used == 1
    field, sentence = refused_field(form_builder.rename, admin, shown.id, HEALTH, True, False)
    assert (field, sentence.startswith("Ya tiene datos de personas")) == ("reserved", True)
    assert refusal(contact_records.section, admin, who, shown.id, None) == NO_RIGHT
    # what was said before a section became reserved is reserved too
    fill(ana, who, DEMOGRAPHY, locality="Funes")
    open_one = next(one for one in form_builder.forms(admin) if one.title == DEMOGRAPHY)
    form_builder.rename(admin, open_one.id, DEMOGRAPHY, True, True)
    assert refusal(contact_records.section, admin, who, open_one.id, None) == NO_RIGHT
    row = str(world.value("SELECT id FROM iduo.contact_section WHERE NOT reserved"))
    receipt = records.open_access(admin, "audit", f"contact_section:{row}", "control").receipt
    entries = records.of_row(admin, receipt, "contact_section", row)
    assert entries
    assert not any("Funes" in str(entry.after) for entry in entries)


def test_an_administrator_hands_out_no_health(world: World, ana: Database, admin: Database) -> None:
    company = world.company(surname="Paz")
    who = person(ana, "Gómez", "Ana", company_id=company)
    attend(ana, who)
    fill(ana, who, HEALTH, diagnoses="Asma")
    fill(ana, who, DEMOGRAPHY, locality="Funes")
    contact_records.relate(ana, who, person(ana, "Sosa"), "hermana", "", uuid4())
    file = records.consult_person(admin, "lo pide", company).record
    assert ("Asma" in file, "hermana" in file, "Funes" in file) == (False, False, True)
    told = json.loads(file)
    assert told["reservado"].startswith("Las secciones reservadas")
    # what he was attended to for goes with him, though the case is his own and not the company's
    assert [case["subject"] for case in told["casos"]] == ["Necesita ayuda"]
