"""Records of persons: read in one call, changed in place, found by name, told in one line of time."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, contact_records, contacts
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.contact_records import Changed, ContactRow
from iduo_desktop.services.contacts import NewContact
from tests.services.persons import attend, change, fill, person
from tests.services.refusals import refusal, refused_field
from tests.services.world import World


def test_a_new_record(world: World, ana: Database, juan: Database, admin: Database) -> None:
    company = world.company(surname="Paz", names="Luis")
    who = person(ana, "Gómez", "Ana", "0341 15-612-4410", document="24.118.903", email="ana@x.com", company_id=company)
    record = contact_records.record(juan, who)
    assert (record.id, record.version, record.person, record.document) == (who, 1, "GÓMEZ, Ana", "24118903")
    assert (record.company_id, record.company, record.document_type) == (company, "PAZ, Luis", "dni")
    (phone,), (email,) = record.phones, record.emails
    assert (phone.typed, phone.safe, email.address, email.safe) == ("0341 15-612-4410", None, "ana@x.com", None)
    assert (record.call_first, record.next_at, record.next_what, record.route) == (phone.id, None, "", "")
    assert (record.tickets, record.calls, record.tasks, record.network, record.level) == (0, 0, 0, 0, 0)
    assert (record.flags, record.cases, record.duplicates, record.merged_into) == ((), (), (), None)
    assert [(each.title, each.reserved, each.may_read) for each in record.sections] == [
        ("Demografía", False, True),
        ("Antecedentes de salud", True, False),
    ]
    assert contact_records.record(admin, who).sections[1].may_read is False
    assert refusal(contact_records.record, ana, 404) == "Ese contacto no existe."


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("surname", "  Núñez  Paz ", "Núñez Paz"),
        ("names", "", ""),
        ("document", "DNI 24.118.904", "24118904"),
        ("birth_date", "1975-05-03", "1975-05-03"),
        ("note", "una\ndos", "una\ndos"),
        ("safe_when", "después de las 18", "después de las 18"),
        ("safe_where", "al trabajo", "al trabajo"),
        ("safe_words", "Decir que es del club", "Decir que es del club"),
    ],
)
def test_a_field_is_changed_and_taken_back(ana: Database, juan: Database, field: str, typed: str, kept: str) -> None:
    who = person(ana, "Gómez", "Ana", document="24118903")
    before = getattr(contact_records.record(ana, who), field)
    key = uuid4()
    changed = contact_records.change(ana, who, field, typed, 1, key)
    again = contact_records.change(ana, who, field, typed, 1, key)
    assert (changed.version, changed.replayed, again) == (2, False, Changed(who, changed.event, 2, True))
    after = getattr(contact_records.record(juan, who), field)
    assert (after.isoformat() if isinstance(after, date) else after) == kept
    assert refusal(contact_records.undo, juan, changed.event, uuid4()) == "Solo podés deshacer lo que cambiaste vos."
    key = uuid4()
    undone = contact_records.undo(ana, changed.event, key)
    assert (undone.version, undone.replayed) == (3, False)
    assert getattr(contact_records.record(juan, who), field) == before
    assert contact_records.undo(ana, changed.event, key).replayed
    assert contact_records.undo(ana, changed.event, uuid4()).replayed
    assert contact_records.record(ana, who).version == 3


def test_what_does_not_fit_is_refused(ana: Database) -> None:
    who = person(ana, "Gómez")
    cases_of = {
        ("surname", ""): "Tiene que quedar al menos el apellido, el nombre o el documento.",
        ("surname", "x" * 121): "El texto es demasiado largo: como mucho 120 caracteres.",
        ("document", "abc"): "Escribí el número de documento.",
        ("birth_date", "1975-02-30"): "Esa fecha no existe.",
        ("birth_date", "ayer"): "Esa fecha no existe.",
        ("birth_date", "2099-01-01"): "Esa fecha todavía no llegó.",
        ("note", "x" * 2001): "El texto es demasiado largo.",
        ("safe_words", "x" * 501): "El texto es demasiado largo.",
    }
    for (field, value), sentence in cases_of.items():
        assert refused_field(contact_records.change, ana, who, field, value, 1, uuid4()) == (field, sentence)
    assert refusal(contact_records.change, ana, who, "merged_into", "1", 1, uuid4()) == "Ese dato no se cambia acá."
    assert contact_records.record(ana, who).version == 1


def test_only_the_same_field_stands_in_the_way(ana: Database, juan: Database) -> None:
    who = person(ana, "Gómez", "Ana")
    contact_records.change(juan, who, "note", "llamar temprano", 1, uuid4())
    # what a colleague did elsewhere in the record hinders nobody
    contact_records.change(ana, who, "names", "Ana María", 1, uuid4())
    field, sentence = refused_field(contact_records.change, ana, who, "note", "otra", 1, uuid4())
    assert (field, sentence.startswith("Otra persona cambió este dato recién")) == ("note", True)
    # two who write the same do not hinder each other
    assert contact_records.change(ana, who, "note", "llamar temprano", 1, uuid4()).replayed
    assert contact_records.record(ana, who).note == "llamar temprano"


def test_undo_ends(world: World, ana: Database, juan: Database) -> None:
    who = person(ana, "Gómez", "Ana")
    old = change(ana, who, "note", "una")
    world.age("contact_event", old.event, "at", minutes=6)
    late = "Ya pasaron más de 5 minutos: no se puede deshacer."
    assert refusal(contact_records.undo, ana, old.event, uuid4()) == late
    mine = change(ana, who, "note", "dos")
    change(juan, who, "note", "tres")
    touched = "Ese dato cambió después: ya no se puede deshacer."
    assert refusal(contact_records.undo, ana, mine.event, uuid4()) == touched


def test_ways_and_whether_they_are_safe(ana: Database) -> None:
    who = person(ana, "Gómez", "Ana", "0341 15-612-4410", email="ana@x.com")
    contacts.add_phone(ana, who, "0341 421-0000", "+543414210000", "3414210000", "fixed", True, uuid4())
    home, other = (phone.id for phone in contact_records.record(ana, who).phones)
    assert contact_records.record(ana, who).call_first == home
    key = uuid4()
    assert not contact_records.mark_phone(ana, who, home, False, False, key).replayed
    assert contact_records.mark_phone(ana, who, home, False, False, key).replayed
    assert contact_records.record(ana, who).call_first == other
    contact_records.mark_phone(ana, who, other, None, True, uuid4())
    assert (contact_records.record(ana, who).call_first, len(contact_records.record(ana, who).phones)) == (None, 1)
    contact_records.mark_phone(ana, who, other, True, False, uuid4())
    assert contact_records.record(ana, who).call_first == other
    contact_records.add_email(ana, who, "otra@x.com", uuid4())
    assert contact_records.add_email(ana, who, "OTRA@x.com", uuid4()).replayed
    first, second = contact_records.record(ana, who).emails
    contact_records.mark_email(ana, who, first.id, False, False, uuid4())
    contact_records.mark_email(ana, who, second.id, None, True, uuid4())
    (left,) = contact_records.record(ana, who).emails
    assert (left.address, left.safe) == ("ana@x.com", False)
    foreign = person(ana, "Otro")
    unknown = refused_field(contact_records.mark_phone, ana, foreign, home, True, False, uuid4())
    assert unknown == ("phone", "Ese teléfono no existe.")
    assert refused_field(contact_records.mark_email, ana, foreign, first.id, True, False, uuid4())[0] == "email"


def test_flags_until_their_day(world: World, ana: Database, juan: Database) -> None:
    who = person(ana, "Gómez", "Ana")
    contact_records.raise_flag(ana, who, "Habla con lengua de señas", None, uuid4())
    contact_records.raise_flag(ana, who, "Está internada", world.today(), uuid4())
    always, today = reversed(contact_records.record(juan, who).flags)
    assert (always.text, always.until, today.until, today.by_name) == (
        "Habla con lengua de señas",
        None,
        world.today(),
        "Ana",
    )
    (row,) = contact_records.page(juan, "gomez")
    assert row.flags == "Está internada · Habla con lengua de señas"
    world.superuser.execute("UPDATE iduo.contact_flag SET until = %s WHERE id = %s", [date(2026, 1, 1), today.id])
    assert [flag.id for flag in contact_records.record(juan, who).flags] == [always.id]
    key = uuid4()
    contact_records.lower_flag(juan, who, always.id, key)
    assert contact_records.lower_flag(juan, who, always.id, key).replayed
    assert contact_records.record(juan, who).flags == ()
    yesterday = world.today() - timedelta(days=1)
    assert refused_field(contact_records.raise_flag, ana, who, "x", yesterday, uuid4()) == (
        "until",
        "Esa fecha ya pasó.",
    )
    assert refused_field(contact_records.raise_flag, ana, who, " ", None, uuid4())[0] == "text"


def names(rows: tuple[ContactRow, ...]) -> list[str]:
    return [row.person for row in rows]


def test_the_list_by_name_page_by_page(ana: Database) -> None:
    people = [("Paz", "Ana"), ("Pazos", "Eva"), ("Ñandú", "Leo"), ("Núñez", "Eva"), ("Zeta", ""), ("Ábalos", "Ana")]
    for surname, given in people:
        person(ana, surname, given)
    order = ["ÁBALOS, Ana", "NÚÑEZ, Eva", "ÑANDÚ, Leo", "PAZ, Ana", "PAZOS, Eva", "ZETA"]
    assert names(contact_records.page(ana)) == order
    got: list[ContactRow] = []
    while True:
        more = contact_records.page(ana, after=got[-1].position if got else None, limit=4)
        got += more
        if len(more) < 4:
            break
    assert names(tuple(got)) == order
    assert names(contact_records.page(ana, "paz")) == ["PAZ, Ana", "PAZOS, Eva"]
    assert (
        names(contact_records.page(ana, "nuñez e")) == names(contact_records.page(ana, "NUNEZ, Eva")) == ["NÚÑEZ, Eva"]
    )
    first = contact_records.page(ana, "paz", limit=1)
    assert names(contact_records.page(ana, "paz", after=first[-1].position)) == ["PAZOS, Eva"]
    gone = "Esa página ya no se entiende: volvé a abrir la lista."
    for bad in ('["x"]', "{}", '["x", "y"]', '["x", 1.5]', '[1, "2"]'):
        assert refusal(contact_records.page, ana, "", False, bad) == gone, bad


def test_those_with_open_cases(ana: Database) -> None:
    with_case, without = person(ana, "Gómez", "Ana"), person(ana, "Paz", "Eva")
    case = attend(ana, with_case)
    (row,) = contact_records.page(ana, open_only=True)
    assert (row.id, row.open_cases) == (with_case, 1)
    assert {row.id for row in contact_records.page(ana)} == {with_case, without}
    assert names(contact_records.page(ana, "paz", True)) == []
    (found,) = contact_records.record(ana, with_case).cases
    assert (found.id, found.subject, found.holder, found.closed) == (case, "Necesita ayuda", "Ana", False)


def test_who_may_be_the_same(ana: Database) -> None:
    who = person(ana, "Gómez", "Ana", "0341 15-612-4410", document="24118903", email="Ana@x.com")
    change(ana, who, "birth_date", "1975-05-03")

    def why(
        surname: str = "", given: str = "", document: str = "", phone: str = "", email: str = "", year: int = 0
    ) -> list[str]:
        born = date(year, 1, 1) if year else None
        found = contact_records.like(ana, surname, given, document, phone, email, born)
        return [one.why for one in found if one.contact_id == who]

    assert why(phone="3416124410") == ["el mismo teléfono"]
    assert why(document="24.118.903") == ["el mismo documento"]
    assert why(email=" ana@X.com ") == ["el mismo mail"]
    assert why("gomez", "an") == ["el mismo nombre"]
    assert why("GOMEZ", "Ana", year=1975) == ["el mismo nombre y año de nacimiento"]
    assert why("GOMEZ", "Ana", year=1976) == why("gomez") == why("", "ana") == why() == []
    assert why("Gómez", "Ana", "24118903", "3416124410") == ["el mismo teléfono y el mismo documento y el mismo nombre"]
    assert contact_records.like(ana, "gomez", "ana", "", "", "", None, except_id=who) == ()
    twin = person(ana, "Gomez", "Ana")
    (other,) = contact_records.record(ana, twin).duplicates
    assert (other.contact_id, other.person, other.why) == (who, "GÓMEZ, Ana", "el mismo nombre")


def test_two_make_the_same_person_at_once(ana: Database, juan: Database) -> None:
    new = NewContact("Gómez", "Ana", "24118903", "421", phone_key="3414210000")
    made = [0, 0]
    together = threading.Barrier(2)

    def make(place: int, database: Database) -> None:
        together.wait()
        made[place] = contacts.create(database, new, uuid4()).contact_id

    threads = [threading.Thread(target=make, args=each) for each in enumerate((ana, juan))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # nothing is lost, and whoever looks is told
    assert len({*made}) == 2
    for one, other in (made, made[::-1]):
        (twin,) = contact_records.record(ana, one).duplicates
        assert (twin.contact_id, "el mismo documento" in twin.why) == (other, True)
    told = contact_records.like(juan, "Gómez", "Ana", "24118903", "3414210000", "", None, except_id=made[1])
    assert [one.contact_id for one in told] == [made[0]]


def test_the_story(world: World, ana: Database, juan: Database, admin: Database) -> None:
    who = person(ana, "Gómez", "Ana")
    case = attend(ana, who, "Está sola", note="Llamó llorando")
    activities.log_attempt(ana, case, Attempt("call", 1, note="nadie atendió"), uuid4())
    change(juan, who, "safe_when", "a la mañana")
    fill(ana, who, "Antecedentes de salud", diagnoses="Asma severa")
    contact_records.raise_flag(ana, who, "Avisar al turno", None, uuid4())
    lines = contact_records.story(admin, who)
    assert [(line.kind, line.title, line.by_name) for line in lines] == [
        ("change", "Aviso", "Ana"),
        ("change", "Sección completada", "Ana"),
        ("change", "Cuándo llamar", "Juan"),
        ("attempt", "Llamada saliente", "Ana"),
        ("case", "Caso abierto", "Ana"),
        ("change", "Contacto agregado", "Ana"),
    ]
    assert lines[3].case_id == case
    assert "nadie atendió" in lines[3].detail
    assert lines[4].detail == "Está sola · Llamó llorando"
    assert not any("Asma" in line.detail + line.title for line in lines)
    assert [line.kind for line in contact_records.story(ana, who, ["case", "attempt"])] == ["attempt", "case"]
    assert [line.title for line in contact_records.story(ana, who, text="LLORANDO")] == ["Caso abierto"]
    assert contact_records.story(ana, who, text="asma") == ()
    paged: list[str] = []
    while more := contact_records.story(ana, who, before=paged[-1] if paged else None, limit=2):
        paged += [line.position for line in more]
    assert paged == [line.position for line in lines]
    for bad in ("[]", '["x", "case", 1]', '["2026-01-01", "case", "x"]'):
        assert refusal(contact_records.story, ana, who, (), "", bad).startswith("Esa página ya no se entiende")


def test_messages_calls_tasks_and_routes_are_in_the_story(world: World, ana: Database) -> None:
    who = person(ana, "Gómez", "Ana")
    case = attend(ana, who)
    world.superuser.execute(
        "INSERT INTO iduo.ticket (kind, channel, caller_kind, contact_id, surname, phone, text, created_by, key, "
        "payload_hash) VALUES ('question', 'phone', 'client', %s, 'Gómez', '421', 'No anda', 'nobody', "
        "gen_random_uuid(), sha256(''))",
        [who],
    )
    ticket = world.value("SELECT max(id) FROM iduo.ticket")
    world.insert("ticket_event", {"ticket_id": ticket, "kind": "created", "by": "nobody", "version_after": 1})
    world.superuser.execute(
        "INSERT INTO iduo.call (direction, state, starts_at, contact_id, case_id, by, key, payload_hash) VALUES "
        "('outbound', 'planned', '2090-01-02 13:00+00', %s, %s, 'nobody', gen_random_uuid(), sha256(''))",
        [who, case],
    )
    world.superuser.execute(
        "INSERT INTO iduo.task (title, due_at, contact_id, by, key, payload_hash) VALUES "
        "('Pedir turno', '2090-01-03 13:00+00', %s, 'nobody', gen_random_uuid(), sha256(''))",
        [who],
    )
    route = world.value("SELECT id FROM iduo.route WHERE label = 'Salud'")
    world.insert("route_activation", {"route_id": route, "case_id": case, "activated_by": "nobody", "note": "Urgente"})
    record = contact_records.record(ana, who)
    assert (record.tickets, record.calls, record.tasks, record.next_what) == (1, 1, 1, "llamada")
    assert record.route.startswith("Salud (")
    assert contact_records.page(ana, "gomez")[0].next_at == record.next_at
    found = {line.kind: line.title for line in contact_records.story(ana, who)}
    assert found["task"] == "Tarea: Pedir turno"
    assert found["call"] == "Llamada saliente, programada"
    assert found["route"] == "Ruta activada: Salud"
    assert found["ticket"].endswith(": ingresado")


def test_a_risk_is_lowered_by_a_coordinator(ana: Database, juan: Database, marta: Database) -> None:
    who = person(ana, "Gómez", "Ana")
    case = attend(ana, who, priority="high", risk="medium")
    key = uuid4()
    raised = cases.rate(ana, case, "urgent", "high", "", key)
    assert cases.rate(ana, case, "urgent", "high", "", key).replayed
    (row,) = cases.page(juan, "active")
    assert (row.client, row.company_id, row.contact_id, row.priority, row.risk) == (
        "GÓMEZ, Ana",
        None,
        who,
        "urgent",
        "high",
    )
    lower = "Solo un coordinador baja un riesgo."
    assert refused_field(cases.rate, ana, case, "urgent", "low", "está mejor", uuid4()) == ("risk", lower)
    assert refusal(cases.undo, ana, raised.event) == "Solo un coordinador baja un riesgo: pedíselo."
    assert refused_field(cases.rate, marta, case, "urgent", "low", " ", uuid4())[0] == "reason"
    done = cases.rate(marta, case, "normal", "low", "está mejor", uuid4())
    assert (cases.card(ana, case).priority, cases.card(ana, case).risk) == ("normal", "low")
    cases.undo(marta, done.event)
    assert cases.card(ana, case).risk == "high"
    assert refusal(cases.rate, juan, case, "low", "high", "", uuid4()).startswith("Lo está atendiendo Ana")
