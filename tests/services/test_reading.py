"""How many rows somebody may read in an hour, by whatever way he reads them, and who is told."""

import itertools
import json
import string
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.services import batches, calls, cases, chats, settings, supervision
from iduo_desktop.services.calls import Incoming
from tests.people import People
from tests.services.keyed import client
from tests.services.refusals import refusal
from tests.services.world import World

HOUR = 10**12
LIMIT = 100
# Ways to have rows without having them counted; {n} is as many as there are.
TRICKS = (
    "BEGIN; SELECT * FROM api.cases('delinquent'); ROLLBACK",
    "BEGIN; SAVEPOINT s; SELECT * FROM api.cases('delinquent'); ROLLBACK TO s; COMMIT",
    "BEGIN; DECLARE c CURSOR FOR SELECT * FROM api.cases('delinquent'); FETCH 3 FROM c; ROLLBACK",
    "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM api.cases('delinquent'); FETCH 3 FROM c; CLOSE c",
    "SELECT * FROM api.cases('delinquent') LIMIT 1",
    "SELECT count(*) FROM api.cases('delinquent')",
    "SELECT EXISTS (SELECT FROM api.cases('delinquent'))",
    "SELECT client FROM api.cases('delinquent', p_limit => NULL)",
    "SELECT client FROM api.cases('delinquent', p_limit => -5)",
    "SELECT client FROM api.cases('delinquent', p_limit => 2147483647)",
    "SELECT client FROM api.cases('delinquent', p_only => ARRAY(SELECT generate_series(1, 200)))",
    "EXPLAIN ANALYZE SELECT * FROM api.cases('delinquent')",
    "COPY (SELECT client FROM api.cases('delinquent')) TO STDOUT",
    "PREPARE p AS SELECT client FROM api.cases('delinquent'); EXECUTE p; DEALLOCATE p",
    "SET synchronous_commit = off; SET max_parallel_workers_per_gather = 8; SELECT client FROM api.cases('delinquent')",
    "SET statement_timeout = 0; SELECT (api.cases('delinquent')).client",
    "SELECT 1 / (level - level) FROM api.cases('delinquent')",
    "SELECT api.timeline(company_id) FROM api.cases('delinquent') LIMIT 2",
)


@pytest.fixture
def allowed(world: World) -> int:
    """What an operator may read."""
    world.set_setting("rows_per_hour", LIMIT)
    return LIMIT


def turn_the_hour(superuser: psycopg.Connection, login: str) -> None:
    """What was counted was an hour ago."""
    superuser.execute("SELECT setval(c, pg_sequence_last_value(c) - %s) FROM iduo.counter_of(%s) c", [HOUR, login])


def given(connection: psycopg.Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows that arrive, none where it is refused."""
    try:
        return connection.execute(sql.SQL(statement), values).fetchall()
    except psycopg.Error as error:
        assert error.sqlstate == "IU001", error  # noqa: PT017
        return []


def every_way(connection: psycopg.Connection, pairs: int, records: int) -> Iterator[int]:
    """Rows that arrive, of all lists page after page, searches for letters, and records one by one."""
    for name, sort in itertools.product(("delinquent", "suspended", "closed"), ("work", "client", "debt")):
        after = None
        while rows := given(
            connection, "SELECT position FROM api.cases(%s, '{}', %s, false, %s, NULL, 7)", name, sort, after
        ):
            yield len(rows)
            after = rows[-1][0]
    for state in ("open", "awaiting_answer"):
        yield len(given(connection, "SELECT number FROM api.tickets(%s)", state))
    for letters in itertools.islice(itertools.product(string.ascii_lowercase, repeat=2), pairs):
        for function in ("find_companies", "find_contacts", "find_tickets", "contact_page"):
            found = f"SELECT * FROM api.{function}(%s, p_limit => 50)"
            yield len(given(connection, found, "".join(letters)))
    for number in range(1, records):
        for function in ("case_card", "contact_record", "ticket_card", "timeline", "desk_company", "contact_story"):
            one = f"SELECT * FROM api.{function}(%s)"
            yield len(given(connection, one, number))
        yield len(given(connection, "SELECT * FROM api.cases('delinquent', p_only => %s)", [number]))


def fill(world: World, count: int) -> None:
    """Clients whose names begin in many ways, with a case and a contact each."""
    for number in range(count):
        name = "".join(string.ascii_lowercase[number // step % 26] for step in (26, 1))
        company = world.company(surname=f"{name}{number}")
        world.case(("delinquent", "suspended")[number % 2], company)
        values = {"surname": f"{name}{number}", "company_id": company, "by": "nobody", "key": uuid4()}
        world.insert("contact", values | {"payload_hash": b"0" * 32})


def test_whoever_pages_through_everything_gets_no_more_than_the_setting(
    world: World,
    allowed: int,
    people: People,
    counter: Callable[[str], tuple[int, int]],
    request: pytest.FixtureRequest,
) -> None:
    whole = request.config.getoption("long")
    fill(world, 676 if whole else allowed + 30)
    connection = people.raw("ana")
    arrived = sum(every_way(connection, *((676, 700) if whole else (12, 30))))
    refused, counted = counter("ana")
    assert arrived <= counted <= allowed
    assert arrived > allowed * 9 // 10
    assert refused == 999 if whole else refused > 50  # it counts no further


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_hides_what_was_read(
    world: World, allowed: int, people: People, counter: Callable[[str], tuple[int, int]], trick: str
) -> None:
    world.cases(5)
    connection = people.raw("ana")
    for statement in trick.split("; "):
        result = connection.pgconn.exec_(statement.encode())
        if result.status == psycopg.pq.ExecStatus.COPY_OUT:
            while connection.pgconn.get_copy_data(0)[0] > 0:
                pass
            connection.pgconn.get_result()
    assert allowed >= counter("ana")[1] >= (1 if "-5" in trick else 5)


def test_400_calls_in_one_statement_give_nothing(
    world: World, allowed: int, people: People, counter: Callable[[str], tuple[int, int]]
) -> None:
    world.cases(5)
    connection = people.raw("ana")
    assert (
        given(
            connection,
            "SELECT n, c.client FROM generate_series(1, 400) n, api.cases('delinquent', jsonb_build_object('n', n)) c",
        )
        == []
    )
    refused, counted = counter("ana")
    assert (refused, counted) == (1, allowed)


def test_two_sessions_at_once_are_both_counted(
    world: World, people: People, counter: Callable[[str], tuple[int, int]]
) -> None:
    world.set_setting("rows_per_hour", 1000)
    world.cases(7)
    connections = [people.raw("ana") for _ in range(3)]
    arrived = [0, 0, 0]

    def read(which: int) -> None:
        for _ in range(60):
            arrived[which] += len(given(connections[which], "SELECT client FROM api.cases('delinquent')"))

    threads = [threading.Thread(target=read, args=(which,)) for which in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused, counted = counter("ana")
    assert sum(arrived) == counted == 1000 // 7 * 7
    assert refused == 180 - 1000 // 7
    assert min(arrived) > 0


def test_a_read_stays_a_read(world: World, people: People) -> None:
    world.cases(3)
    connection = people.raw("ana")
    connection.execute("BEGIN")
    assert len(given(connection, "SELECT client FROM api.cases('delinquent')")) == 3
    assert connection.execute("SELECT pg_current_xact_id_if_assigned()").fetchone() == (None,)
    connection.execute("COMMIT")


def test_with_the_hour_it_begins_anew(
    world: World, allowed: int, ana: Database, people: People, counter: Callable[[str], tuple[int, int]]
) -> None:
    world.cases(60)
    assert len(cases.page(ana, "delinquent")) == 60
    said = refusal(cases.page, ana, "delinquent")
    hour = world.value(
        "SELECT to_char((clock_timestamp() + interval '1 hour') AT TIME ZONE "
        "'America/Argentina/Buenos_Aires', 'HH24:00')"
    )
    assert said == (
        f"En esta hora ya leíste 60 filas de listas y búsquedas, y con esto pasarías el máximo, que es de {allowed}. "
        f"Vas a poder seguir a las {hour}. Si te hace falta antes, hablá con tu coordinador."
    )
    # what fits still passes
    assert len(cases.page(ana, "delinquent", limit=40)) == 40
    assert counter("ana") == (1, 100)
    turn_the_hour(world.superuser, people.add("ana"))
    assert len(cases.page(ana, "delinquent")) == 60
    assert counter("ana") == (0, 60)


def test_ones_own_cases_are_not_counted(world: World, ana: Database, counter: Callable[[str], tuple[int, int]]) -> None:
    for case in world.cases(3):
        cases.take(ana, case, uuid4())
    assert counter("ana") == (0, 3), "each is counted where it becomes one's own"
    for _ in range(2):
        assert len(cases.page(ana, "mine")) == 3
    assert counter("ana") == (0, 3)


@pytest.fixture
def at_hand(world: World, people: People) -> int:
    """One of each thing that Marta has to do, or that waits for whoever is in; her case is the answer."""
    me = people.add("marta", "coordinator")
    case = world.case(assigned_to=me, next_action_at=world.now() - timedelta(minutes=5))
    company = {"company_id": world.value("SELECT company_id FROM iduo.case")}
    world.insert("extension", company | {"until_date": world.today(), "by": "nobody", "state": "asked"})
    route = world.value("SELECT min(id) FROM iduo.route")
    world.insert("route_activation", {"route_id": route, "case_id": case, "activated_by": "nobody"})
    waits: dict[str, object] = {"token_hash": bytes(32), "address_hash": bytes(32), "name": "Rosa"}
    world.superuser.execute("INSERT INTO iduo.chat_presence (chat_id) VALUES (%s)", [world.insert("chat", waits)])
    said = {"direction": "inbound", "channel": "sms", "address": "1", "state": "received", "text": "Hola"}
    keyed = {"by": "nobody", "key": uuid4(), "payload_hash": bytes(32)}
    world.insert("message", said | keyed | {"conversation_id": world.insert("conversation", company)})
    return case


@pytest.mark.parametrize(
    "own",
    [
        "SELECT * FROM api.cases('mine')",
        "SELECT * FROM api.agenda('overdue')",
        "SELECT * FROM api.agenda('routes')",
        "SELECT * FROM api.ringing()",
        "SELECT * FROM api.activations()",
        "SELECT * FROM api.chats()",
        "SELECT * FROM api.extensions_waiting()",
        "SELECT * FROM api.conversations(ARRAY(SELECT id FROM api.cases('mine')))",
    ],
)
def test_what_is_ones_own_only_until_it_is_taken_back_is_counted(
    people: People, at_hand: int, counter: Callable[[str], tuple[int, int]], own: str
) -> None:
    """Else whoever takes each thing, looks and undoes it would read them all, without a trace."""
    session = people.raw("marta")
    assert len(given(session, own)) == 1
    assert counter("marta") == (0, 0)
    for undo in ("ROLLBACK", "ROLLBACK TO s"):
        before = counter("marta")[1]
        session.execute("BEGIN; SAVEPOINT s")
        session.execute("SELECT api.mark_conversation_read(%s)", [at_hand])
        assert len(given(session, own)) == 1
        session.execute(undo.encode())
        assert counter("marta")[1] > before
        session.execute("ROLLBACK")


def test_who_takes_looks_and_undoes_reads_no_more_than_the_others(
    world: World, allowed: int, people: People, counter: Callable[[str], tuple[int, int]]
) -> None:
    made = world.cases(LIMIT)
    session = people.raw("ana", "operator")
    arrived = 0
    for case in made:
        session.execute("BEGIN")
        if given(session, "SELECT event FROM api.take_case(%s, gen_random_uuid())", case):
            arrived += len(given(session, "SELECT client FROM api.cases('mine')"))
        session.execute("ROLLBACK")
    assert arrived == LIMIT // 2, "taking counts, and so does looking"
    assert counter("ana")[1] == LIMIT


def test_who_a_chat_is_said_to_be_is_counted(
    world: World, people: People, counter: Callable[[str], tuple[int, int]], ana: Database
) -> None:
    """The list of chats names whoever that is: else all clients could be read in it, one by one."""
    waits: dict[str, object] = {"token_hash": bytes(32), "address_hash": bytes(32), "name": "Rosa"}
    chat = world.insert("chat", waits)
    world.superuser.execute("INSERT INTO iduo.chat_presence (chat_id) VALUES (%s)", [chat])
    chats.take(ana, chat, uuid4())
    assert counter("ana") == (0, 0)
    for number in (1, 2):
        chats.identify(ana, chat, world.company(), None)
        assert chats.page(ana)[0].company
        assert counter("ana") == (0, number)


def test_rows_of_a_list_of_ones_own_are_counted_where_it_may_be_taken_back(
    world: World, marta: Database, people: People, counter: Callable[[str], tuple[int, int]]
) -> None:
    """A list that was brought in stays on record: its rows are not counted again; within a transaction they are."""
    batch = batches.open_batch(marta, "lista.xlsx", "ab" * 32, uuid4()).batch_id
    batches.stage(marta, batch, json.dumps([client(number) | {"row": number, "status": "odd"} for number in (1, 2, 3)]))
    batches.apply(marta, batch, True)
    read = "SELECT outcome FROM api.batch_outcomes(%s)"
    session = people.raw("marta")
    rows = len(given(session, read, batch))
    assert rows == 3
    before = counter("marta")[1]
    assert len(given(session, read, batch)) == rows
    assert counter("marta")[1] == before
    session.execute("BEGIN")
    session.execute("SELECT api.begin_pause(id) FROM api.pause_reasons() LIMIT 1")
    assert len(given(session, read, batch)) == rows
    session.execute("ROLLBACK")
    assert counter("marta")[1] == before + rows


def test_a_call_is_never_refused(world: World, ana: Database, counter: Callable[[str], tuple[int, int]]) -> None:
    company = world.company(number=4321)
    assert company
    world.set_setting("rows_per_hour", 1)
    call = Incoming("0341 15-600-7000", "+5493416007000", "3416007000", 1, "4321", "")
    assert len(calls.receive(ana, call, uuid4()).callers) == 1
    assert calls.receive(ana, call, uuid4()).callers == ()
    assert counter("ana") == (1, 1)


def test_coordinators_may_read_twice_as_much(world: World, allowed: int, marta: Database) -> None:
    world.cases(60)
    for _ in range(3):
        assert len(cases.page(marta, "delinquent")) == 60
    assert f"el máximo, que es de {2 * allowed}." in refusal(cases.page, marta, "delinquent")


def test_coordinators_are_told_at_once_and_the_guard_keeps_it(
    world: World, allowed: int, ana: Database, juan: Database, marta: Database, people: People
) -> None:
    world.cases(60)
    cases.page(juan, "delinquent")
    cases.page(ana, "delinquent")
    assert supervision.great_readers(marta) == ()
    refusal(cases.page, ana, "delinquent")
    (told,) = supervision.great_readers(marta)
    assert (told.login, told.name, told.rows, told.allowed, told.refused) == (people.add("ana"), "Ana", 60, allowed, 1)
    world.superuser.execute("SET SESSION AUTHORIZATION iduo_guard")
    for _ in range(3):
        world.superuser.execute("SELECT api.guard_beat(clock_timestamp())")
    world.superuser.execute("RESET SESSION AUTHORIZATION")
    turn_the_hour(world.superuser, people.add("ana"))
    assert supervision.great_readers(marta) == (told,)
    noted = "SELECT count(*) FROM {} WHERE table_name = 'read_excess'"
    assert [world.value(noted.format(log)) for log in ("audit.entry", "iduo.change")] == [1, 1]


def test_who_is_about_to_be_refused_is_told_of(world: World, allowed: int, ana: Database, admin: Database) -> None:
    world.cases(90)
    cases.page(ana, "delinquent")
    assert [(each.rows, each.refused) for each in supervision.great_readers(admin)] == [(allowed * 9 // 10, 0)]


def test_whoever_has_no_counter_reads_nothing(world: World, ana: Database, people: People) -> None:
    world.superuser.execute(
        sql.SQL("DROP SEQUENCE {}").format(sql.Identifier("iduo", f"rows_read_{people.add('ana')}"))
    )
    world.case()
    assert "iduo-admin database upgrade" in refusal(cases.page, ana, "delinquent")


def test_the_setting_has_bounds(admin: Database) -> None:
    assert "entre 2000 y 500000" in refusal(settings.save, admin, "rows_per_hour", "1999")
    assert settings.save(admin, "rows_per_hour", "2000").value == "2000"
