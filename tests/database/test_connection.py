"""Calls through the door: rows become dataclasses, errors are sorted, nothing is done twice, nothing hangs."""

import socket
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database import errors
from iduo_desktop.database.connection import Conninfo, Database
from tests.database.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Said:
    said: str


@dataclass(frozen=True, slots=True)
class Number:
    n: int


@dataclass(frozen=True, slots=True)
class Written:
    replayed: bool


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    amount: Decimal
    on: date | None
    at: datetime | None
    id: UUID
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    label: str
    at: datetime
    amount: Decimal | None
    parts: tuple[Part, ...]
    first: Part | None
    words: tuple[str, ...]
    days: tuple[date, ...]
    none: tuple[str, ...]


WHOLE = """CREATE FUNCTION api.whole() RETURNS TABLE ("none" text[], days date[], words text[], first jsonb,
    parts jsonb, amount numeric, at timestamptz, label text) LANGUAGE sql AS $$
    SELECT NULL::text[], ARRAY[date '2026-11-21'], ARRAY['a', 'b'], NULL::jsonb,
    '[{"name": "uno", "amount": 48310.10, "on": "2026-11-25", "at": "2026-11-25T10:00:00.5+00:00",
       "id": "0b5e6f0e-6d5b-4f5e-9a35-8a5f7d1a2b3c", "tags": ["x"], "not_asked_for": 1},
      {"name": "dos", "amount": 1, "on": null, "at": null,
       "id": "0b5e6f0e-6d5b-4f5e-9a35-8a5f7d1a2b3d", "tags": []}]'::jsonb,
    1.50, timestamptz '2026-11-21 09:00-03', 'todo' $$"""


def test_rows_come_by_name(database: Database) -> None:
    assert database.rows(Number, "numbers", count=3) == (Number(1), Number(2), Number(3))
    assert database.rows(Number, "numbers", count=0) == ()


def test_nested_values_keep_their_types(database: Database, owner: psycopg.Connection) -> None:
    owner.execute(WHOLE)
    whole = database.one(Whole, "whole")
    assert whole.parts[0] == Part(
        "uno",
        Decimal("48310.10"),
        date(2026, 11, 25),
        datetime(2026, 11, 25, 10, 0, 0, 500000, UTC),
        UUID("0b5e6f0e-6d5b-4f5e-9a35-8a5f7d1a2b3c"),
        ("x",),
    )
    assert whole.parts[1].at is None
    assert whole.at == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert whole.at.utcoffset() == UTC.utcoffset(None)
    assert (whole.amount, whole.words, whole.days, whole.none) == (
        Decimal("1.50"),
        ("a", "b"),
        (date(2026, 11, 21),),
        (),
    )


def test_one_and_maybe(database: Database) -> None:
    assert database.one(Number, "numbers", count=1) == Number(1)
    assert database.maybe(Number, "numbers", count=0) is None
    with pytest.raises(errors.UserError, match="No lo encontramos"):
        database.one(Number, "numbers", count=0)
    with pytest.raises(errors.UnexpectedError, match=r"2 rows"):
        database.maybe(Number, "numbers", count=2)


def test_hostile_text_is_only_text(database: Database) -> None:
    text = "'; DROP SCHEMA api CASCADE; -- %s %(x)s {} ñ 👍"
    assert database.one(Said, "echo", text=text).said == text


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_cannot_be_stored_is_refused_and_the_line_stays(database: Database, text: str) -> None:
    with pytest.raises(errors.UserError, match="carácter"):
        database.one(Said, "echo", text=text)
    assert database.one(Said, "echo", text="bien").said == "bien"


def test_words_of_functions_are_shown(database: Database) -> None:
    with pytest.raises(errors.UserError) as refused:
        database.one(Said, "refuse", code="IU001", message="Se lo asignó Marta Sosa recién.", detail="")
    assert refused.value.message == "Se lo asignó Marta Sosa recién."
    with pytest.raises(errors.FieldError) as field:
        database.one(Said, "refuse", code="IU002", message="Falta el motivo.", detail="reason")
    assert (field.value.message, field.value.field) == ("Falta el motivo.", "reason")
    with pytest.raises(errors.UserError, match=r"^Solo un coordinador puede\.$"):
        database.one(Said, "refuse", code="42501", message="Solo un coordinador puede.", detail="")


def test_words_of_the_server_are_not(database: Database, owner: psycopg.Connection) -> None:
    owner.execute("REVOKE EXECUTE ON FUNCTION api.echo FROM PUBLIC")
    with pytest.raises(errors.UserError, match=r"^No tenés permiso para hacer esto\.$"):
        database.one(Said, "echo", text="x")


def test_a_mistake_of_ours_says_where_without_values(database: Database) -> None:
    with pytest.raises(errors.UnexpectedError) as ours:
        database.call("bad_row")
    assert "23502" in str(ours.value)
    assert "written" in str(ours.value)
    assert "00000000" not in str(ours.value)
    assert ours.value.__cause__ is None


def test_a_held_row_is_busy(database: Database, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute("SELECT FROM api.counted FOR UPDATE")
        with pytest.raises(errors.Busy):
            database.one(Number, "hold")
    assert database.one(Number, "hold") == Number(0)


def test_serialisation_failures_are_asked_again(database: Database, owner: psycopg.Connection) -> None:
    owner.execute("CREATE SEQUENCE api.asked; GRANT ALL ON SEQUENCE api.asked TO PUBLIC")
    owner.execute("""CREATE FUNCTION api.stubborn(p_times integer) RETURNS TABLE (n integer) LANGUAGE plpgsql AS $$
        BEGIN IF nextval('api.asked') <= p_times THEN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END IF;
        RETURN QUERY SELECT 7; END $$""")
    assert database.one(Number, "stubborn", times=2) == Number(7)
    with pytest.raises(errors.Busy):
        database.one(Number, "stubborn", times=1000)
    assert owner.execute("SELECT last_value FROM api.asked").fetchone() == (8,)


def test_functions_recreated_by_an_upgrade_are_found_again(database: Database, owner: psycopg.Connection) -> None:
    for _ in range(8):
        database.one(Number, "numbers", count=1)
    owner.execute("DROP FUNCTION api.numbers")
    owner.execute(
        "CREATE FUNCTION api.numbers(p_count bigint) RETURNS TABLE (n bigint) LANGUAGE sql AS 'SELECT 5::bigint'"
    )
    assert database.one(Number, "numbers", count=1) == Number(5)


def test_a_broken_line_mends_itself(far: Database, proxy: Proxy) -> None:
    assert far.one(Said, "echo", text="antes").said == "antes"
    proxy.cut()
    assert far.one(Said, "echo", text="después").said == "después"
    assert proxy.accepted == 2


def test_a_keyed_command_cut_on_its_way_is_done_once(far: Database, proxy: Proxy, owner: psycopg.Connection) -> None:
    far.one(Said, "echo", text="conectado")
    proxy.cut_after_question = True
    assert far.one(Written, "write", key=uuid4(), seconds=0) == Written(replayed=True)
    assert owner.execute("SELECT count(*) FROM api.written").fetchone() == (1,)


def test_a_command_without_key_is_never_repeated(far: Database, proxy: Proxy, owner: psycopg.Connection) -> None:
    far.one(Said, "echo", text="conectado")
    proxy.cut_after_question = True
    with pytest.raises(errors.InDoubt):
        far.call("count_up")
    assert owner.execute("SELECT n FROM api.counted").fetchone() == (1,)


def test_over_a_bad_line_everything_is_done_once(far: Database, proxy: Proxy, owner: psycopg.Connection) -> None:
    keys = [uuid4() for _ in range(400)]
    proxy.breaks = 0.03
    for key in keys:
        ask_until_answered(far, key)
    proxy.breaks = 0.0
    written = owner.execute("SELECT key FROM api.written").fetchall()
    assert sorted(key for (key,) in written) == sorted(keys)
    assert proxy.accepted > 20


def ask_until_answered(database: Database, key: UUID) -> Written:
    """What a person does who is told that it is in doubt, or that there is no server."""
    while True:
        try:
            return database.one(Written, "write", key=key, seconds=0)
        except (errors.InDoubt, errors.ConnectionLost):
            continue


def test_a_frozen_server_is_left_at_the_deadline(far: Database, proxy: Proxy) -> None:
    far.one(Said, "echo", text="conectado")
    proxy.freeze()
    began = time.monotonic()
    with pytest.raises(errors.ConnectionLost):
        far.one(Said, "echo", text="¿hola?")
    assert time.monotonic() - began < 2.5
    proxy.thaw()
    assert far.one(Said, "echo", text="volvió").said == "volvió"


def test_a_line_that_does_not_notice_being_shut_is_left_too(
    far: Database, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows does not wake who waits for a socket that another thread shuts."""
    monkeypatch.setattr(socket.socket, "shutdown", lambda self, how: None)
    far.one(Said, "echo", text="conectado")
    proxy.freeze()
    began = time.monotonic()
    with pytest.raises(errors.ConnectionLost):
        far.one(Said, "echo", text="¿hola?")
    assert time.monotonic() - began < 2.5
    monkeypatch.undo()


def test_a_command_to_a_frozen_server_is_in_doubt(far: Database, proxy: Proxy) -> None:
    far.one(Said, "echo", text="conectado")
    proxy.freeze()
    with pytest.raises(errors.InDoubt):
        far.one(Written, "write", key=uuid4(), seconds=0)


def test_doubt_stays_doubt_when_nobody_answers_any_more(far: Database, proxy: Proxy) -> None:
    far.one(Said, "echo", text="conectado")
    proxy.cut_after_question = proxy.refusing = True
    with pytest.raises(errors.InDoubt):
        far.one(Written, "write", key=uuid4(), seconds=0)


def test_no_server_is_said_within_seconds_and_found_when_it_is_back(far: Database, proxy: Proxy) -> None:
    proxy.refusing = True
    began = time.monotonic()
    with pytest.raises(errors.ConnectionLost) as lost:
        far.one(Said, "echo", text="x")
    assert time.monotonic() - began < 3
    assert 3 <= proxy.accepted <= 8
    assert 0.1 < lost.value.retry_in <= 5
    proxy.refusing = False
    assert far.one(Said, "echo", text="x").said == "x"


def test_a_slow_statement_ends_with_an_answer(door: Conninfo) -> None:
    database = Database(door, deadline=1.2)
    with pytest.raises(errors.Busy, match="tardó demasiado"):
        database.one(Said, "slow", seconds=5)
    assert database.one(Said, "echo", text="x").said == "x"
    database.close()


def test_cancel_stops_a_call_and_only_that_one(database: Database) -> None:
    for turn in range(3):
        timer = threading.Timer(0.2, database.cancel)
        timer.start()
        began = time.monotonic()
        with pytest.raises(errors.Cancelled):
            database.one(Said, "slow", seconds=10)
        assert time.monotonic() - began < 3
        timer.join()
        database.cancel()
        assert database.one(Said, "echo", text=f"{turn}").said == f"{turn}"


def test_close_ends_a_call_from_another_thread(database: Database) -> None:
    timer = threading.Timer(0.2, database.close)
    timer.start()
    began = time.monotonic()
    with pytest.raises(errors.ConnectionLost):
        database.one(Said, "slow", seconds=10)
    assert time.monotonic() - began < 3
    timer.join()
    with pytest.raises(errors.ConnectionLost):
        database.one(Said, "echo", text="x")


def test_a_sleeping_computer_connects_anew(far: Database, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    far.one(Said, "echo", text="antes")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    assert far.one(Said, "echo", text="después").said == "después"
    far.one(Said, "echo", text="otra vez")
    assert proxy.accepted == 2


def test_wrong_password(door: Conninfo) -> None:
    for wrong in (replace(door, password="otra"), replace(door, login="nadie"), replace(door, password="")):
        with pytest.raises(errors.LoginRefused) as refused:
            Database(wrong).one(Said, "echo", text="x")
        assert refused.value.message == "El usuario o la contraseña no coinciden."


def test_disabled_person(door: Conninfo, owner: psycopg.Connection) -> None:
    owner.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(door.login)))
    with pytest.raises(errors.LoginRefused) as refused:
        Database(door).one(Said, "echo", text="x")
    assert refused.value.message == "Tu usuario está desactivado. Hablá con tu coordinador."


def test_person_without_right_to_the_database(door: Conninfo, owner: psycopg.Connection) -> None:
    owner.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(door.dbname)))
    with pytest.raises(errors.LoginRefused, match="Avisá a Informática"):
        Database(door).one(Said, "echo", text="x")


def test_too_many_connections_clear_by_themselves(door: Conninfo) -> None:
    others = [psycopg.connect(**door.keywords(5)) for _ in range(4)]
    database = Database(door)
    try:
        with pytest.raises(errors.TooManyConnections, match="demasiadas conexiones"):
            database.one(Said, "echo", text="x")
        timer = threading.Timer(0.3, others[0].close)
        timer.start()
        assert database.one(Said, "echo", text="x").said == "x"
        timer.join()
    finally:
        for other in others:
            other.close()
        database.close()


def test_abandoned_calls_do_not_count_against_the_limit(door: Conninfo, owner: psycopg.Connection) -> None:
    for _ in range(6):
        database = Database(door)
        threading.Timer(0.1, database.close).start()
        with pytest.raises(errors.ConnectionLost):
            database.one(Said, "slow", seconds=14)
    alive, end = "SELECT FROM pg_stat_activity WHERE usename = %s", time.monotonic() + 5.0
    while owner.execute(alive, [door.login]).fetchone() is not None:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_server_knows_the_program(database: Database, owner: psycopg.Connection, door: Conninfo) -> None:
    database.one(Said, "echo", text="x")
    found = owner.execute("SELECT application_name FROM pg_stat_activity WHERE usename = %s", [door.login]).fetchone()
    assert found == (door.program,)
    assert found[0].startswith("iduo Desktop - ")


def test_no_password_outside_memory(door: Conninfo) -> None:
    assert door.password not in repr(door)


def test_a_server_elsewhere_needs_a_certificate(door: Conninfo) -> None:
    with pytest.raises(ValueError, match="certificate"):
        Database(replace(door, hosts=(("db.example.org", 5432),))).one(Said, "echo", text="x")
