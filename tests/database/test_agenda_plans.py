"""With 100,000 calls and as many tasks and cases nothing of the agenda reads them all, asked as an operator."""

from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import agenda, attentions
from tests.database.house import Filled
from tests.database.watched import Watched
from tests.people import People
from tests.services.helpline import attention, soon

BIG = {"contact", "case", "call", "call_contact", "task", "agenda_event", "route_activation", "attention"}
# A page looks up 200 items in five tables; three tabs are counted up to 500 each. No index is read from end to end.
MOST_PAGES = 8_000
MOST_COUNTED = 15_000
# A third is planned or open: much of it late and another's, some for whoever is in, the rest to come.
FILL = """
    SET session_replication_role = replica;
    INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Bench');
    INSERT INTO iduo.contact (surname, names, by)
        SELECT (ARRAY['Gómez', 'Paz', 'Ríos', 'Sosa'])[1 + n % 4], 'Ana ' || n, 'bench'
        FROM generate_series(1, 100000) n;
    INSERT INTO iduo.case (contact_id, subject, list, opened_by, assigned_to, assigned_at, next_action_at, state,
                           closed_at)
        SELECT n, 'Pide ayuda', 'active', 'bench', CASE WHEN n % 3 = 0 THEN 'bench' END,
               CASE WHEN n % 3 = 0 THEN now() END,
               CASE WHEN n % 2 = 0 THEN now() + (n % 20000 - 10000) * interval '1 minute' END,
               CASE WHEN n % 7 = 0 THEN 'closed' ELSE 'open' END, CASE WHEN n % 7 = 0 THEN now() END
        FROM generate_series(1, 100000) n;
    INSERT INTO iduo.call (direction, state, starts_at, ended_at, outcome, by, case_id, contact_id, assignee, remind,
                           rings_at, note, key, payload_hash)
        SELECT 'outbound', CASE WHEN p THEN 'planned' ELSE 'held' END, at, CASE WHEN NOT p THEN at END,
               CASE WHEN NOT p THEN 'attended' END, 'bench', n, n, CASE WHEN p AND n % 10 > 0 THEN 'bench' END, 10,
               CASE WHEN p THEN at - interval '10 minutes' END, repeat('x', 200), gen_random_uuid(), sha256('')
        FROM generate_series(1, 100000) n,
             LATERAL (SELECT n % 3 = 0 AS p, now() + (n % 30000 - 15000) * interval '1 minute' AS at) x;
    INSERT INTO iduo.call_contact SELECT id, contact_id FROM iduo.call;
    INSERT INTO iduo.task (title, due_at, state, case_id, contact_id, assignee, rings_at, note, by, key, payload_hash,
                           finished_at, finished_by)
        SELECT 'Ver papeles', at, CASE WHEN p THEN 'open' ELSE 'done' END, n, n,
               CASE WHEN n % 10 > 0 THEN 'bench' END, at, repeat('x', 200), 'bench', gen_random_uuid(), sha256(''),
               CASE WHEN NOT p THEN at END, CASE WHEN NOT p THEN 'bench' END
        FROM generate_series(1, 100000) n,
             LATERAL (SELECT n % 3 = 0 AS p, now() + (n % 30000 - 15000) * interval '1 minute' AS at) x;
    INSERT INTO iduo.agenda_event (kind, call_id, before, after, reason, version_after, by, key, payload_hash)
        SELECT 'moved', n, now(), now(), repeat('x', 200), 2, 'bench', gen_random_uuid(), sha256('')
        FROM generate_series(1, 100000) n;
    INSERT INTO iduo.route_activation (route_id, case_id, contact_id, activated_at, activated_by, acknowledged_at,
                                       acknowledged_by, note)
        SELECT 1 + n % 4, n, n, now() - n * interval '1 minute', 'bench', CASE WHEN n > 40 THEN now() END,
               CASE WHEN n > 40 THEN 'bench' END, repeat('x', 200) FROM generate_series(1, 100000) n;
    INSERT INTO iduo.attention (contact_id, case_id, made, before, by, key, payload_hash)
        SELECT n, n, '{}', '{}', 'bench', gen_random_uuid(), sha256('') FROM generate_series(1, 100000) n;
    RESET session_replication_role;
    ANALYZE"""
HERS = """UPDATE iduo.case SET assigned_to = %s, assigned_at = now(), version = version + 1
          WHERE id %% 2000 = 6 AND state = 'open'"""


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With a big agenda."""
    return filled("agenda", statements=[FILL])


def ask_for_the_agenda(watched: Watched, whose: str) -> None:
    """Every tab, its first page and the next, what rings, and what one's day holds."""
    for tab in ("today", "overdue", "week", "routes"):
        page = watched.ask(f"{whose} {tab}", agenda.items, tab, whose, None, 50)
        assert len(page) == 50 or tab == "routes"
        after = page[-1].position if page else None
        watched.ask(f"{whose} {tab} after {after}", agenda.items, tab, whose, after)
    for what, call in (("counts", agenda.counts), ("ringing", agenda.ringing), ("day", agenda.day)):
        watched.ask(f"{whose} {what}", call, most=MOST_COUNTED)
    for open_only in (True, False):
        watched.ask(f"{whose} routes {open_only}", agenda.activations, open_only)


def ask_for_moves(watched: Watched, kind: str, **values: int) -> None:
    """Everything that can be done with one of them."""
    made = values["id"]
    put_off = watched.ask("postpone", agenda.postpone, kind, made, soon(hours=1), 1, uuid4())
    back = watched.ask("undo", agenda.reopen, kind, made, put_off.version, uuid4())
    moved = watched.ask("move", agenda.reschedule, kind, made, soon(hours=2), "x", back.version, uuid4())
    watched.ask("moves", agenda.moves, kind, made)
    watched.ask("finish", agenda.finish, kind, made, True, "", moved.version, uuid4())


@pytest.mark.timeout(300)
def test_nothing_of_the_agenda_reads_it_whole(superuser: psycopg.Connection, people: People) -> None:
    superuser.execute(HERS, [people.add("ana", "operator")])
    ana = Watched(Database(people.conninfo("ana"), deadline=60), BIG, MOST_PAGES)
    ask_for_the_agenda(ana, "mine")
    done = ana.ask("attend", attentions.attend, attention(route_id=1), uuid4())
    for text in ("", "gomez", "4711", "zzz"):
        ana.ask(f"cases {text}", attentions.case_choices, text, 77, most=20_000)
    given = (done.case_id, None, soon(hours=1))
    call = ana.ask("plan", agenda.plan_call, *given, "outbound", 10, None, False, "", uuid4())
    ask_for_moves(ana, "call", id=call.id)
    chore = ana.ask("task", agenda.add_task, "x", soon(hours=1), done.case_id, None, 10, None, False, "", uuid4())
    ask_for_moves(ana, "task", id=chore.id)
    ana.ask("record", agenda.record_call, done.case_id, None, soon(), 5, "inbound", True, "", uuid4())
    later = ana.ask("attend", attentions.attend, attention(), uuid4())
    ana.ask("undo attention", attentions.undo, later.event, uuid4())
    ana.database.close()
    people.add("marta", "coordinator")
    marta = Watched(Database(people.conninfo("marta"), deadline=60), BIG, MOST_PAGES)
    ask_for_the_agenda(marta, "everybody")
    marta.ask("acknowledge", agenda.acknowledge, done.activation_id, "", uuid4())
    marta.database.close()
    assert ana.asked + marta.asked > 40
    assert ana.problems + marta.problems == []
