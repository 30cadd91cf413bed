"""Answers through the door, with outcome, history and image of each row, beside one UPDATE … FROM of the same."""

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import psycopg

from bench import Result
from bench.house import House
from bench.timing import milliseconds
from iduo_desktop.database.connection import Database
from iduo_desktop.services import answers, batches, sending

ANSWERS = 100_000
STAGED = 5000
DATABASE = "bench_answers"
ANSWER = "Ya está resuelto: {}. Si vuelve a pasar, que llame otra vez y diga este número."
TICKETS = """
INSERT INTO iduo.ticket (state, kind, channel, caller_kind, topic, surname, names, phone, phone_key, text, created_by,
                         key, payload_hash)
SELECT 'open', 'question', 'phone', 'client', 'Consulta general', 'Gómez ' || i %% 900, 'Ana ' || i %% 700, '341 ' || i,
       '341' || i, 'No anda internet desde ayer, reclamo ' || i, 'bench', gen_random_uuid(), sha256(i::text::bytea)
FROM generate_series(1, %s) i"""
# as the owner, who has triggers too: history, outcomes and images are what the door adds
UPDATE = """
UPDATE iduo.ticket t SET state = 'awaiting_communication', answer = s.answer,
    answered_at = clock_timestamp(), answered_by = 'bench', version = t.version + 1
    FROM public.staged s WHERE s.number = t.number"""


def fill(conninfo: str) -> None:
    """Twice as many open messages as answers: one half for us, one for the statement beside."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Nadie') ON CONFLICT DO NOTHING")
        connection.execute(TICKETS, [2 * ANSWERS])
        connection.execute("VACUUM ANALYZE iduo.ticket")


def measure(house: House) -> Iterator[Result]:
    """A trial of all rows first, as the wizard does, then the real thing; each beside the same UPDATE."""
    conninfo = house.filled(DATABASE, fill)
    coordinator = house.person(conninfo, "bench_coordinator", "coordinator", deadline=600.0)
    with house.superuser(conninfo) as superuser:
        rows = _sent(coordinator)
        batch = _staged(coordinator, rows[:ANSWERS])
        _stage_beside(superuser, rows[ANSWERS:])
        superuser.execute("VACUUM ANALYZE")
        trial = milliseconds(partial(answers.apply, coordinator, batch, (), dry_run=True)) / 1000
        beside = milliseconds(partial(superuser.execute, UPDATE)) / 1000
        applied = milliseconds(partial(answers.apply, coordinator, batch, (), dry_run=False)) / 1000
    coordinator.close()
    note = "beside: UPDATE … FROM, audit and feed included"
    yield Result(f"trial of {ANSWERS:,} answers", trial, beside, "s", trial / beside, None, note=note)
    yield Result(f"applying {ANSWERS:,} answers", applied, beside, "s", applied / beside, 3.0, note=note)


def _sent(coordinator: Database) -> list[dict[str, object]]:
    """All open messages, sent in one batch; a row of the answering file for each."""
    batch = sending.prepare(coordinator, None, None, uuid4()).batch_id
    sending.send(coordinator, batch, "bench.xlsx", hashlib.sha256(b"bench").hexdigest(), True, uuid4())
    rows: list[dict[str, object]] = []
    while page := sending.tickets(coordinator, batch, len(rows), STAGED):
        rows += [
            {"row": one.row, "number": one.number, "code": one.code, "answer": ANSWER.format(one.number)}
            for one in page
        ]
    return rows


def _staged(coordinator: Database, rows: list[dict[str, object]]) -> int:
    batch = answers.open_answers(coordinator, "bench.xlsx", uuid4().hex * 2, None, uuid4()).batch_id
    for first in range(0, len(rows), STAGED):
        batches.stage(coordinator, batch, json.dumps(rows[first : first + STAGED]))
    return batch


def _stage_beside(superuser: psycopg.Connection, rows: list[dict[str, object]]) -> None:
    superuser.execute("DROP TABLE IF EXISTS public.staged")
    superuser.execute("CREATE TABLE public.staged (number bigint, answer text)")
    with superuser.cursor() as cursor, cursor.copy("COPY public.staged FROM STDIN") as copy:
        for row in rows:
            copy.write_row((row["number"], row["answer"]))
