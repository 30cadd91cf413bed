"""Two persons made one, and two again: nothing is lost, nothing goes in circles, what changed since stays."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import activities, cases, contact_records, contacts
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.contact_records import Merged, MergeLine
from tests.services.persons import DEMOGRAPHY, HEALTH, attend, change, fill, person, said
from tests.services.refusals import refusal
from tests.services.world import World

ALREADY = "Alguien ya los unió, o unió a uno con otro contacto. Abrí la ficha de nuevo."


def ticket(world: World, contact: int, key: UUID) -> int:
    """A message that was taken down from this person."""
    world.superuser.execute(
        "INSERT INTO iduo.ticket (kind, channel, caller_kind, contact_id, surname, names, phone, text, created_by, "
        "key, payload_hash) VALUES ('question', 'phone', 'client', %s, 'Gomes', 'A.', '421', 'No anda', 'nobody', "
        "%s, sha256(''))",
        [contact, key],
    )
    return int(world.value("SELECT id FROM iduo.ticket WHERE key = %s", key))


def activity(world: World, contact: int, case: int) -> None:
    """A call, one in which he took part, a task and a route."""
    made: dict[str, object] = {"by": "nobody", "key": uuid4(), "payload_hash": bytes(32), "contact_id": contact}
    when = datetime(2090, 1, 2, 12, tzinfo=UTC)
    call = world.insert("call", made | {"direction": "outbound", "state": "planned", "starts_at": when})
    world.insert("task", made | {"title": "Pedir turno", "due_at": when})
    world.superuser.execute("INSERT INTO iduo.call_contact (call_id, contact_id) VALUES (%s, %s)", [call, contact])
    route = world.value("SELECT min(id) FROM iduo.route")
    given = {"route_id": route, "case_id": case, "contact_id": contact, "activated_by": "nobody"}
    world.insert("route_activation", given)


def everything(world: World) -> dict[str, list[Any]]:
    """What stands in every table that a merge touches, but for versions and what only grows."""
    left_out = {"contact": "version", "contact_section": "id"}
    tables = (
        "contact_phone",
        "contact_email",
        "contact_flag",
        "contact_relation",
        "case",
        "ticket",
        "call",
        "call_contact",
        "task",
    )
    found = {}
    for table in (*tables, "route_activation", "contact", "contact_section"):
        where = "WHERE latest" if table == "contact_section" else ""
        query = f"SELECT to_jsonb(t) - %s FROM iduo.{table} t {where}"
        rows = [row for (row,) in world.superuser.execute(query, [left_out.get(table, "")])]
        found[table] = sorted(rows, key=str)
    return found


@pytest.fixture
def two(world: World, ana: Database) -> tuple[int, int]:
    """One person twice: a full record, and what was taken down in haste."""
    keep = person(ana, "Gómez", "Ana", "0341 15-612-4410", document="24118903", email="ana@x.com")
    other = person(ana, "Gomes", "A.", "0341 421-0000", email="ANA@x.com")
    contacts.add_phone(ana, other, "341 612 4410", None, "3416124410", "mobile", True, uuid4())
    shared = contact_records.record(ana, other).phones[1].id
    contact_records.mark_phone(ana, other, shared, False, False, uuid4())
    for who, note in ((keep, "vive sola"), (other, "tiene un perro")):
        change(ana, who, "note", note)
        case = attend(ana, who)
        fill(ana, who, HEALTH, diagnoses=f"Dijo: {note}")
        contact_records.raise_flag(ana, who, note, None, uuid4())
        activity(world, who, case)
        ticket(world, who, uuid4())
    change(ana, other, "birth_date", "1975-05-03")
    fill(ana, keep, DEMOGRAPHY, gender="woman")
    fill(ana, other, DEMOGRAPHY, gender="other", locality="Funes")
    mother, friend = person(ana, "Paz", "Eva"), person(ana, "Sosa", "Leo")
    for who, related, what in (
        (keep, mother, "Madre"),
        (other, mother, "Mamá"),
        (other, friend, "Amigo"),
        (other, keep, "Ella"),
    ):
        contact_records.relate(ana, who, related, what, "", uuid4())
    attend(ana, friend)
    contact_records.relate(ana, friend, other, "Amiga", "", uuid4())
    return keep, other


def line(lines: tuple[MergeLine, ...], field: str) -> tuple[str, str, str]:
    """What both have, and what would stay."""
    found = next(each for each in lines if each.field == field)
    return found.keep, found.other, found.choice


def test_the_preview(ana: Database, two: tuple[int, int]) -> None:
    lines = contact_records.compare(ana, *two)
    assert line(lines, "surname") == ("Gómez", "Gomes", "keep")
    assert line(lines, "birth_date") == ("", "03/05/1975", "other")
    assert line(lines, "note") == ("vive sola", "tiene un perro", "both")
    assert line(lines, "phones") == ("0341 15-612-4410", "0341 421-0000 · 341 612 4410", "both")
    assert line(lines, "cases") == ("1", "1", "both")
    demography = next(each for each in lines if each.label == DEMOGRAPHY)
    assert (demography.choice, demography.keep[:13]) == ("keep", "completada el")
    assert not any("Dijo" in each.keep + each.other for each in lines)
    assert all(each.label for each in lines)


def test_everything_goes_over(world: World, ana: Database, juan: Database, two: tuple[int, int]) -> None:
    keep, other = two
    key = uuid4()
    merged = contact_records.merge(ana, keep, other, ["names"], key)
    assert (merged.contact_id, merged.replayed, merged.moved > 8) == (keep, False, True)
    assert contact_records.merge(ana, keep, other, ["names"], key) == Merged(merged.merge, keep, merged.moved, True)
    record = contact_records.record(juan, keep)
    assert (record.surname, record.names, f"{record.birth_date}") == ("Gómez", "A.", "1975-05-03")
    assert record.note == "vive sola\ntiene un perro"
    # one telephone is the same in both: it stays once, and it is not safe, because somebody said so
    assert [(phone.typed, phone.safe) for phone in record.phones] == [
        ("0341 15-612-4410", False),
        ("0341 421-0000", None),
    ]
    assert (len(record.emails), len(record.cases), len(record.flags), record.network) == (1, 2, 2, 2)
    assert (record.tickets, record.calls, record.tasks) == (2, 2, 2)
    assert said(ana, keep, DEMOGRAPHY) == {"gender": "woman", "locality": "Funes"}
    assert said(ana, keep, HEALTH) == {"diagnoses": "Dijo: vive sola"}
    # tickets keep what was taken down
    assert world.value("SELECT DISTINCT surname FROM iduo.ticket WHERE contact_id = %s", keep) == "Gomes"
    assert {row.client for row in cases.page(ana, "active")} == {"GÓMEZ, A.", "SOSA, Leo"}
    assert world.value("SELECT count(DISTINCT client_key) FROM iduo.case WHERE contact_id = %s", keep) == 1


def test_he_is_not_found_any_more_and_opens_the_one_that_stayed(ana: Database, two: tuple[int, int]) -> None:
    keep, other = two
    contact_records.merge(ana, keep, other, [], uuid4())
    opened = contact_records.record(ana, other)
    assert (opened.id, opened.merged_into) == (keep, keep)
    for text in ("gomes", "gomez", "3414210000", "3416124410", "24118903", "ana@x.com"):
        assert other not in {hit.contact_id for hit in contacts.find(ana, text)}, text
    assert [hit.contact_id for hit in contacts.find(ana, "3414210000")] == [keep]
    assert other not in {row.id for row in contact_records.page(ana)}
    assert other not in {row.id for row in contact_records.page(ana, "gomes")}
    assert contact_records.record(ana, keep).duplicates == ()
    assert {each.contact_id for each in contact_records.like(ana, "gomes", "a.", "", "3414210000", "", None)} == {keep}
    # the history of both is his
    titles = [each.title for each in contact_records.story(ana, other)]
    assert (titles.count("Caso abierto"), titles.count("Aviso")) == (2, 2)
    assert contact_records.story(ana, other, ["change"])[0].title == "Unido con otro contacto"
    # and who still has the other one before him works on with the one that stayed
    changed = contact_records.change(
        ana, other, "safe_where", "al trabajo", contact_records.record(ana, keep).version, uuid4()
    )
    assert changed.contact_id == keep
    assert cases.card(ana, attend(ana, other)).contact_id == keep


def test_it_is_taken_back_whole(world: World, ana: Database, juan: Database, two: tuple[int, int]) -> None:
    keep, other = two
    before = everything(world)
    merged = contact_records.merge(ana, keep, other, ["surname", "names"], uuid4())
    assert everything(world) != before
    refused = refusal(contact_records.unmerge, juan, merged.merge, uuid4())
    assert refused == "Los unió otra persona: lo deshace ella o un coordinador."
    key = uuid4()
    undone = contact_records.unmerge(ana, merged.merge, key)
    assert (undone.contact_id, undone.replayed) == (keep, False)
    assert contact_records.unmerge(ana, merged.merge, key).replayed
    assert contact_records.unmerge(ana, merged.merge, uuid4()).replayed
    assert everything(world) == before
    for who, note in ((keep, "vive sola"), (other, "tiene un perro")):
        assert said(ana, who, HEALTH) == {"diagnoses": f"Dijo: {note}"}
    again = contact_records.merge(ana, keep, other, [], uuid4())
    assert contact_records.record(ana, other).merged_into == keep
    assert again.merge != merged.merge


def test_what_changed_since_stays(ana: Database, marta: Database, two: tuple[int, int]) -> None:
    keep, other = two
    merged = contact_records.merge(ana, keep, other, [], uuid4())
    change(ana, keep, "note", "vive con su hermana")
    fill(ana, keep, DEMOGRAPHY, gender="trans_woman")
    new = attend(ana, keep, "Otro día")
    contact_records.raise_flag(ana, keep, "Nuevo", None, uuid4())
    contact_records.unmerge(marta, merged.merge, uuid4())
    kept = contact_records.record(ana, keep)
    assert (kept.note, kept.birth_date) == ("vive con su hermana", None)
    assert new in {case.id for case in kept.cases}
    assert {flag.text for flag in kept.flags} == {"vive sola", "Nuevo"}
    assert said(ana, keep, DEMOGRAPHY) == {"gender": "trans_woman", "locality": "Funes"}
    assert said(ana, other, DEMOGRAPHY) == {"gender": "other", "locality": "Funes"}
    assert contact_records.record(ana, other).note == "tiene un perro"


def test_nobody_is_merged_with_himself_or_in_circles(ana: Database, marta: Database) -> None:
    one, two, three = (person(ana, name) for name in ("Uno", "Dos", "Tres"))
    assert refusal(contact_records.merge, ana, one, one, [], uuid4()) == "Es la misma persona."
    assert refusal(contact_records.compare, ana, one, one) == "Es la misma persona."
    assert refusal(contact_records.merge, ana, one, 404, [], uuid4()) == "Ese contacto no existe."
    first = contact_records.merge(ana, one, two, [], uuid4()).merge
    for keep, other in ((two, one), (one, two), (two, three), (three, two)):
        assert refusal(contact_records.merge, ana, keep, other, [], uuid4()) == ALREADY
    assert refusal(contact_records.compare, ana, one, two) == "Es la misma persona."
    second = contact_records.merge(ana, three, one, [], uuid4()).merge
    assert {contact_records.record(ana, who).id for who in (one, two, three)} == {three}
    later = "Después se unió con otro contacto: separá primero a ese."
    assert refusal(contact_records.unmerge, ana, first, uuid4()) == later
    contact_records.unmerge(marta, second, uuid4())
    assert [contact_records.record(ana, who).id for who in (one, two, three)] == [one, one, three]
    contact_records.unmerge(ana, first, uuid4())
    assert [contact_records.record(ana, who).id for who in (one, two, three)] == [one, two, three]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each answers when all begin together; a refusal is its sentence."""
    together = threading.Barrier(len(calls))
    answers: list[object] = [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        together.wait()
        try:
            answers[place] = call()
        except UserError as refused:
            answers[place] = refused.message

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_merge_at_once(ana: Database, juan: Database) -> None:
    for _ in range(10):
        one, two = person(ana, "Uno"), person(ana, "Dos")
        answers = at_once(
            lambda: contact_records.merge(ana, one, two, [], uuid4()),  # noqa: B023 - run at once
            lambda: contact_records.merge(juan, two, one, [], uuid4()),  # noqa: B023 - run at once
        )
        assert [type(answer) for answer in answers].count(Merged) == 1
        assert ALREADY in answers


def test_what_begins_while_they_are_merged_is_not_lost(ana: Database, juan: Database) -> None:
    for _ in range(10):
        keep, other = person(ana, "Uno"), person(ana, "Dos")
        at_once(
            lambda: contact_records.merge(ana, keep, other, [], uuid4()),  # noqa: B023 - run at once
            lambda: attend(juan, other),  # noqa: B023 - run at once
            lambda: None,
        )
        assert len(contact_records.record(ana, keep).cases) == 1


def test_contacts_of_both_are_counted_together(ana: Database) -> None:
    keep, other = person(ana, "Uno"), person(ana, "Dos")
    for who in (keep, other):
        case = attend(ana, who)
        for _ in range(2):
            activities.log_attempt(ana, case, Attempt("call", 1), uuid4())
    assert contact_records.record(ana, keep).level == 2
    contact_records.merge(ana, keep, other, [], uuid4())
    assert contact_records.record(ana, keep).level == 4
    assert {row.level for row in cases.page(ana, "active")} == {4}


def test_anothers_cases_go_over_too(ana: Database, juan: Database) -> None:
    keep, other = person(ana, "Uno"), person(ana, "Dos")
    case = attend(juan, other)
    contact_records.merge(ana, keep, other, [], uuid4())
    card = cases.card(juan, case)
    assert (card.contact_id, card.client, card.holder) == (keep, "UNO", "Juan")
