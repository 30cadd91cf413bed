"""Every command that takes a key, by the name of its function."""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from iduo_desktop.database.connection import Database
from iduo_desktop.services import (
    activities,
    agenda,
    answers,
    assistants,
    attentions,
    batches,
    calls,
    cases,
    catalogues,
    chats,
    companies,
    contact_records,
    contacts,
    form_builder,
    messages,
    promises,
    promotions,
    sending,
    supervision,
    surveys,
    tickets,
)
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.agenda import Scheduled
from iduo_desktop.services.calls import Incoming
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.messages import Outgoing
from tests.services.helpline import attention
from tests.services.keyed import (
    CLOSING,
    House,
    Prepare,
    asked_for,
    brought,
    failed,
    offer,
    on,
    plan,
    raised,
)
from tests.services.messages import new
from tests.services.persons import HEALTH, attend, change, version_id
from tests.services.test_assistants import assist


def commands(house: House) -> dict[str, Prepare]:
    """What makes a subject, and answers how it is asked with a key."""
    of_clerks = (of_cases, of_clients, of_work, of_tickets, of_chats)
    sets = (*of_clerks, of_companies, of_files, of_persons, of_two, of_the_agenda)
    return {name: prepare for each in sets for name, prepare in each(house).items()}


def of_cases(house: House) -> dict[str, Prepare]:
    """Who has a case, and what becomes of it."""
    own, free = house.case, house.world.case
    others, closed = partial(free, assigned_to="nobody"), partial(free, state="closed")
    return {
        "take_case": on(free, cases.take),
        "take_next_case": on(free, lambda d, _, key: cases.take_next(d, "delinquent", CaseFilter(), key)),
        "take_over_case": on(others, lambda d, one, key: cases.take_over(d, one, "Está de licencia", key)),
        "release_case": on(own, cases.release),
        "move_case": on(own, lambda d, one, key: cases.move(d, one, "active", "razón", None, key)),
        "create_case": on(
            house.world.company, lambda d, client, key: cases.create(d, client, "Asunto", "active", True, key)
        ),
        "rate_case": on(own, lambda d, one, key: cases.rate(d, one, "urgent", "high", "Lo pidió", key)),
        "close_case": on(own, lambda d, one, key: cases.close(d, one, 1, CLOSING, key)),
        "reopen_case": on(closed, lambda d, one, key: cases.reopen(d, one, "Volvió a llamar", key)),
        "log_attempt": on(own, lambda d, one, key: activities.log_attempt(d, one, Attempt("call", 1), key)),
    }


def of_clients(house: House) -> dict[str, Prepare]:
    """What a client says, and is told."""
    until = house.world.today() + timedelta(days=10)
    return {
        "extend_cutoff": on(house.owing, lambda d, one, key: promises.extend(d, one, until, "Cobra el lunes", key)),
        "decide_extension": on(
            partial(asked_for, house),
            lambda d, one, key: promises.decide_extension(d, one, True, "Buen cliente", key),
        ),
        "answer_survey": on(
            lambda: (house.case(), house.survey()),
            lambda d, its, key: surveys.answer(d, *its, '{"how": "good"}', key),
        ),
        "verify_data": on(house.case, surveys.verify_data),
        "answer_promotion": on(
            lambda: (house.case(), house.promotion()),
            lambda d, its, key: promotions.answer(d, *its, "offered", "call", "outbound", key),
        ),
        "send_message": on(
            house.case,
            lambda d, one, key: messages.send(d, one, Outgoing("email", f"c{one}@x.com", "Aviso", "Hola"), key),
        ),
        "resend_message": on(partial(failed, house), lambda d, one, key: messages.resend(d, one, key, "no llegó")),
    }


def of_work(house: House) -> dict[str, Prepare]:
    """Work that goes to other hands; what takes it back has the key of what it takes back."""
    his = partial(house.world.case, assigned_to=house.other)

    def give(database: Database, case: int, key: UUID) -> object:
        return supervision.reassign(database, (case,), house.other, "Vacaciones", key)

    def given() -> UUID:
        before = uuid4()
        give(house.near, house.case(), before)
        return before

    return {
        "reassign_cases": on(house.case, give),
        "pass_on_work": on(his, lambda d, _, key: supervision.pass_on(d, house.other, None, "Vacaciones", key)),
        "undo_reassign": on(given, lambda d, before, _: supervision.undo_reassign(d, before)),
    }


def of_tickets(house: House) -> dict[str, Prepare]:
    """Messages and calls."""
    ticket, answered, phone = house.ticket, house.answered, house.phone

    def call() -> int:
        number = phone()
        return calls.receive(house.near, Incoming(number, None, number), uuid4()).id

    return {
        "create_ticket": on(phone, lambda d, its, key: tickets.create(d, new(phone=its, phone_key=its), key)),
        "take_ticket": on(ticket, tickets.take),
        "insist_ticket": on(ticket, lambda d, one, key: tickets.insist(d, one, "Volvió a llamar", key)),
        "answer_tickets": on(ticket, lambda d, one, key: tickets.answer(d, (one,), "Ya está.", key)),
        "send_back_ticket": on(answered, lambda d, one, key: tickets.send_back(d, one, "No se entiende", key)),
        "communicate_ticket": on(answered, lambda d, one, key: tickets.communicate(d, one, "Ana", 2, key)),
        "note_ticket": on(ticket, lambda d, one, key: tickets.add_note(d, one, "una nota", key)),
        "receive_call": on(phone, lambda d, its, key: calls.receive(d, Incoming(its, None, its), key)),
        "end_call": on(call, lambda d, one, key: calls.end(d, one, "wrong_number", "", key)),
    }


def of_chats(house: House) -> dict[str, Prepare]:
    """Visitors of the site."""
    waiting, own = house.chat, house.own_chat
    return {
        "take_chat": on(waiting, chats.take),
        "say_in_chat": on(own, lambda d, one, key: chats.say(d, one, "Buenos días", key)),
        "hand_on_chat": on(own, lambda d, one, key: chats.hand_on(d, one, house.other, "Pregunta por la factura", key)),
        "end_chat": on(own, lambda d, one, key: chats.end(d, one, "informed", "", key)),
    }


def of_companies(house: House) -> dict[str, Prepare]:
    """What is known of a client, and what administrators make."""
    client, phone = house.world.company, house.phone

    def assisted() -> int:
        assist(house.world, made := client(kind="organisation", surname="", name="Sur SA"), "commercial", "Abigail")
        return made

    return {
        "open_disclosure": on(
            assisted,
            lambda d, one, key: assistants.disclose(d, one, "asked", "Ana Paz", None, None, key),
        ),
        "correct_company": on(client, lambda d, one, key: companies.correct(d, one, "street", "Mitre 5", 1, key)),
        "save_company_phone": on(
            client,
            lambda d, one, key: companies.save_phone(d, one, None, "4444-5555", None, "1144445555", "", False, key),
        ),
        "save_company_email": on(client, lambda d, one, key: companies.save_email(d, one, None, "a@b.com", True, key)),
        "save_promotion": on(phone, lambda d, name, key: catalogues.save_promotion(d, offer(name), key)),
        "create_form": on(phone, lambda d, name, key: form_builder.create(d, "survey", f"Encuesta {name}", key)),
    }


def of_files(house: House) -> dict[str, Prepare]:
    """What comes and goes in files."""
    near = house.near

    def batch() -> int:
        house.ticket()
        return sending.prepare(near, None, None, uuid4()).batch_id

    return {
        "open_batch": on(house.sha, lambda d, sha, key: batches.open_batch(d, "lista.xlsx", sha, key)),
        "open_answers": on(house.sha, lambda d, sha, key: answers.open_answers(d, "vuelta.xlsx", sha, None, key)),
        "undo_batch": on(partial(brought, house), batches.undo),
        "prepare_batch": on(house.ticket, lambda d, _, key: sending.prepare(d, None, None, key)),
        "send_batch": on(batch, lambda d, one, key: sending.send(d, one, "lote.xlsx", "0" * 64, True, key)),
    }


def with_flag(house: House) -> tuple[int, int]:
    """A person with a flag, and the flag."""
    contact_records.raise_flag(house.near, one := house.contact(), "No llamar", None, uuid4())
    return one, contact_records.record(house.near, one).flags[0].id


def attended(house: House) -> int:
    """A person of whom one has a case."""
    attend(house.near, one := house.contact())
    return one


def of_persons(house: House) -> dict[str, Prepare]:
    """A person's record."""
    near, person = house.near, house.contact

    def with_phone() -> tuple[int, int]:
        return (one := person()), contact_records.record(near, one).phones[0].id

    def with_email() -> tuple[int, int]:
        return (one := person()), contact_records.record(near, one).emails[0].id

    return {
        "create_contact": on(house.phone, lambda d, its, key: contacts.create(d, NewContact(its, "Eva"), key)),
        "add_contact_phone": on(
            person,
            lambda d, one, key: contacts.add_phone(d, one, "4444-5555", None, "1144445555", "", False, key),
        ),
        "change_contact": on(
            lambda: ((one := person()), contact_records.record(near, one).version),
            lambda d, one, key: contact_records.change(d, one[0], "note", "vive sola", one[1], key),
        ),
        "undo_contact_change": on(lambda: change(near, person(), "note", "vive sola").event, contact_records.undo),
        "mark_contact_phone": on(
            with_phone, lambda d, its, key: contact_records.mark_phone(d, *its, False, False, key)
        ),
        "add_contact_email": on(person, lambda d, one, key: contact_records.add_email(d, one, f"b{one}@x.com", key)),
        "mark_contact_email": on(
            with_email, lambda d, its, key: contact_records.mark_email(d, *its, False, False, key)
        ),
        "raise_flag": on(person, lambda d, one, key: contact_records.raise_flag(d, one, "No llamar", None, key)),
        "lower_flag": on(partial(with_flag, house), lambda d, its, key: contact_records.lower_flag(d, *its, key)),
        "save_contact_section": on(
            partial(attended, house),
            lambda d, one, key: contact_records.save_section(
                d, one, version_id(near, HEALTH), '{"diagnoses": "x"}', key
            ),
        ),
    }


def of_two(house: House) -> dict[str, Prepare]:
    """Two persons, and whole attentions."""
    near, person = house.near, house.contact

    def two() -> tuple[int, int]:
        return person(), person()

    def related() -> tuple[int, int]:
        one, other = two()
        contact_records.relate(near, one, other, "child", "", uuid4())
        return one, house.world.value("SELECT max(id) FROM iduo.contact_relation")

    def whole(database: Database, one: int, key: UUID) -> attentions.Attended:
        return attentions.attend(database, attention(contact=None, contact_id=one), key)

    return {
        "relate_contacts": on(two, lambda d, both, key: contact_records.relate(d, *both, "child", "", key)),
        "unrelate_contacts": on(related, lambda d, its, key: contact_records.unrelate(d, *its, key)),
        "merge_contacts": on(two, lambda d, both, key: contact_records.merge(d, *both, (), key)),
        "unmerge_contacts": on(lambda: contact_records.merge(near, *two(), (), uuid4()).merge, contact_records.unmerge),
        "attend": on(person, whole),
        "undo_attention": on(lambda: whole(near, person(), uuid4()).event, attentions.undo),
    }


def of_the_agenda(house: House) -> dict[str, Prepare]:
    """What is planned, and what becomes of it."""
    near, later, earlier = house.near, house.later, house.later - timedelta(hours=6)

    def planned() -> Scheduled:
        return plan(near, house.contact(), later, uuid4())

    def done(database: Database, one: Scheduled, key: UUID) -> Scheduled:
        return agenda.finish(database, "call", one.id, True, "Bien", one.version, key)

    return {
        "plan_call": on(house.contact, lambda d, one, key: plan(d, one, later, key)),
        "record_call": on(
            house.contact,
            lambda d, one, key: agenda.record_call(d, None, one, earlier, 5, "outbound", True, "Bien", key),
        ),
        "add_task": on(
            house.contact,
            lambda d, one, key: agenda.add_task(d, "Ver papeles", later, None, one, 10, None, False, "", key),
        ),
        "finish_item": on(planned, done),
        "postpone_item": on(
            planned,
            lambda d, one, key: agenda.postpone(d, "call", one.id, later + timedelta(hours=1), one.version, key),
        ),
        "reschedule_item": on(
            planned,
            lambda d, one, key: agenda.reschedule(
                d, "call", one.id, later + timedelta(hours=1), "No puede", one.version, key
            ),
        ),
        "undo_item": on(
            lambda: done(near, planned(), uuid4()),
            lambda d, one, key: agenda.reopen(d, "call", one.id, one.version, key),
        ),
        "acknowledge_route": on(partial(raised, house), lambda d, one, key: agenda.acknowledge(d, one, "Voy", key)),
    }
