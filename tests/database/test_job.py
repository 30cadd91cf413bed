"""The nightly job: sends the day's batch and brings lists in, and opens nothing else."""

import hashlib
import json
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.services import answers, batches, exports, sending, staff, tickets
from tests.conftest import Become, ServiceLogin
from tests.database.test_matrix import MAY, NOT_ALLOWED, answer, with_nothing
from tests.services.messages import taken
from tests.services.refusals import refusal
from tests.services.test_answers import row
from tests.services.test_batches import client, counted
from tests.services.test_company_batches import company, somebody
from tests.services.test_contact_batches import person
from tests.services.world import World

SHA = hashlib.sha256(b"x").hexdigest()
JOB = {
    *("prepare_batch", "batch_tickets", "send_batch", "open_answers", "apply_answers", "answer_outcomes"),
    *("open_batch", "stage_rows", "correct_rows", "omit_rows", "apply_batch", "batch_outcomes", "batches"),
    *("column_profiles", "load_no_contact", "remove_no_contact_list", "server_place"),
}


@pytest.fixture
def keywords(service_login: ServiceLogin) -> Conninfo:
    """How the job connects."""
    return service_login("iduo_job")


@pytest.fixture
def job(keywords: Conninfo) -> Iterator[Database]:
    """The job, connected as a workstation is."""
    database = Database(keywords)
    yield database
    database.close()


def test_it_calls_its_own_functions_and_no_other(superuser: psycopg.Connection, keywords: Conninfo) -> None:
    granted = superuser.execute(
        """SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace
           AND has_function_privilege('iduo_job', p.oid, 'EXECUTE')"""
    ).fetchall()
    assert {name for (name,) in granted} == JOB
    with psycopg.connect(autocommit=True, **keywords.keywords(30.0)) as connection:
        for function in MAY:
            state, message = answer(connection, with_nothing(superuser, function))
            refused = state == "42501" and message.startswith(NOT_ALLOWED)
            assert refused == (function not in JOB), f"{function}: {state} {message}"
        for table in ("staff", "batch", "ticket", "company"):
            assert answer(connection, sql.SQL("SELECT * FROM iduo.{}").format(sql.Identifier(table)))[0] == "42501"
        connection.execute("SET default_transaction_isolation = 'serializable'")
        assert answer(connection, with_nothing(superuser, "batches"))[0] == "25001"


def test_a_night(world: World, job: Database, become: Become) -> None:
    ana, marta = become("ana", "operator"), become("marta", "coordinator")
    one, two = taken(ana), taken(ana)
    exports.keep_profile(marta, "sending", "Noche", '["number"]', True)
    assert [profile.name for profile in exports.profiles(job, "sending")] == ["Noche"]
    batch = sending.prepare(job, None, None, uuid4()).batch_id
    sent = sending.tickets(job, batch)
    assert sending.send(job, batch, "noche.xlsx", SHA, True, uuid4()).moved == 2
    opened = answers.open_answers(job, "vuelta.xlsx", SHA, batch, uuid4()).batch_id
    batches.stage(job, opened, json.dumps([row(1, sent[0]), row(2, sent[1], "")]))
    batches.omit(job, opened, (2,))
    assert answers.apply(job, opened, (), False).answered == 1
    card = tickets.card(ana, one.ticket_id)
    assert (card.state, card.answered_by) == ("awaiting_communication", "Proceso nocturno")
    assert {event.by_name for event in card.events} == {"Ana", "Proceso nocturno"}
    assert tickets.card(ana, two.ticket_id).state == "awaiting_answer"
    # a coordinator takes back in the morning what it did; it may not itself
    assert refusal(batches.undo, job, opened, uuid4()) == "No tenés permiso para hacer esto."
    assert batches.undo(marta, opened, uuid4()) == ()
    assert batches.undo(marta, batch, uuid4()) == ()
    assert tickets.card(ana, one.ticket_id).state == "open"
    assert {(row.by_name, row.may_undo) for row in batches.board(job)} == {("Proceso nocturno", False)}


@pytest.mark.parametrize("kind", ["clients", "companies", "contacts"])
def test_it_brings_lists_in(world: World, job: Database, become: Become, kind: str) -> None:
    marta = become("marta", "coordinator")
    rows = {"clients": client(1), "companies": company(1, somebody()), "contacts": person(1)}
    changed = {
        "clients": client(1, status="suspended", plan="Otro", extended_until="2026-12-24"),
        "companies": company(1, somebody(name="Otra Paz"), name="Otra SA"),
        "contacts": person(1, note="otra"),
    }
    made = []
    for rows_of_kind in (rows, changed):
        sent = json.dumps([rows_of_kind[kind]])
        sha256 = hashlib.sha256(sent.encode()).hexdigest()
        made.append(batches.open_batch(job, "x.xlsx", sha256, uuid4(), kind).batch_id)
        batches.stage(job, made[-1], sent)
        batches.correct(job, made[-1], sent)
        batches.apply(job, made[-1], True)
        totals = batches.apply(job, made[-1], False)
        assert counted(totals).startswith("1 created" if rows_of_kind is rows else "1 updated")
        assert batches.outcomes(job, made[-1]) == ()
    for batch in reversed(made):
        assert batches.undo(marta, batch, uuid4()) == ()


def test_it_is_nobody_who_works_here(world: World, admin: Database, job: Database) -> None:
    assert batches.board(job) == ()
    assert "iduo_job" not in {person.login for person in staff.people(admin)}
    assert "iduo_job" not in {person.login for person in staff.who_is_in(admin)}
    not_there = "Ese usuario no existe."
    for change in (staff.enable, staff.disable):
        assert refusal(change, admin, "iduo_job") == not_there
    assert refusal(staff.save, admin, "iduo_job", "x", ("admin",), "", None) == not_there
    assert refusal(staff.hand_over, admin, "nobody", "iduo_job", "x") == (
        "Elegí a otra persona activa que trabaje casos."
    )
    # its session goes on
    assert batches.board(job) == ()
