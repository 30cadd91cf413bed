"""With 50,000 clients, what was done with them, and 500,000 listed numbers, pressure reads only what is one party's."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, pressure, promotions
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.pressure import Party
from tests.database.house import Filled
from tests.database.watched import Watched
from tests.people import People

BIG = {
    *("company", "company_phone", "contact", "contact_phone", "case", "attempt", "call", "call_contact"),
    *("ticket", "no_contact", "no_contact_number"),
}
MOST_PAGES = 8_000  # the first one reads the catalogue too
# Client 1 has 2,000 contacts and 10,000 tickets; every third has a contact; all have a number, and were called.
FILL = """
    SET session_replication_role = replica;
    INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Bench');
    INSERT INTO iduo.company (number, kind, surname, service_status)
        SELECT n, 'person', 'Cliente ' || n, 'active' FROM generate_series(1, 50000) n;
    INSERT INTO iduo.company_phone (company_id, typed, search_key, valid)
        SELECT n, 'x', '341' || lpad(n::text, 7, '0'), true FROM generate_series(1, 50000) n;
    INSERT INTO iduo.contact (company_id, surname, by)
        SELECT CASE WHEN n <= 2000 THEN 1 ELSE n END, 'P' || n, 'bench' FROM generate_series(1, 50000, 3) n;
    INSERT INTO iduo.contact_phone (contact_id, typed, search_key, valid)
        SELECT c.id, 'x', '342' || lpad(c.id::text, 7, '0'), true FROM iduo.contact c;
    INSERT INTO iduo.case (company_id, list, opened_by, client_key)
        SELECT n, 'active', 'bench', lpad(n::text, 6, '0') FROM generate_series(1, 50000) n;
    INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, disposition_id, search_key, purpose,
                              at, by)
        SELECT 1, 1 + n % 50000, 1 + n % 50000, 'call', 'outbound', 1 + n % 7, '341' || lpad((n % 50000)::text, 7, '0'),
               'collection', now() - n * interval '30 seconds', 'bench' FROM generate_series(1, 150000) n;
    INSERT INTO iduo.call (direction, state, starts_at, by, contact_id, key, payload_hash)
        SELECT 'outbound', 'held', now() - c.id * interval '1 minute', 'bench', c.id, gen_random_uuid(), sha256('')
        FROM iduo.contact c;
    INSERT INTO iduo.call_contact SELECT id, contact_id FROM iduo.call;
    INSERT INTO iduo.ticket (state, kind, channel, caller_kind, company_id, surname, phone, phone_key, text, answer,
            answered_at, answered_by, communicated_at, communicated_by, communicated_to, created_by, key, payload_hash)
        SELECT 'communicated', 'question', 'phone', 'client', CASE WHEN n <= 10000 THEN 1 ELSE n END, 'x', 'x',
               '343' || lpad(n::text, 7, '0'), 'x', 'y', now(), 'bench', now() - n * interval '5 minutes', 'bench', 'z',
               'bench', gen_random_uuid(), sha256('') FROM generate_series(1, 50000) n;
    INSERT INTO iduo.no_contact (address, search_key, channel, purpose, by)
        SELECT 'x', '344' || lpad(n::text, 7, '0'), '', '', 'bench' FROM generate_series(1, 50000) n;
    INSERT INTO iduo.no_contact_list (name, purpose, as_of, by, entries)
        VALUES ('Registro', 'promotion', now(), 'bench', 500000);
    INSERT INTO iduo.no_contact_number SELECT '345' || lpad(n::text, 7, '0'), 1 FROM generate_series(1, 500000) n;
    INSERT INTO iduo.promotion (title, text) VALUES ('Más megas', 'x');
    UPDATE iduo.contact_policy SET gap_hours = 48, weekly_limit = 900;
    RESET session_replication_role;
    ANALYZE"""


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With many of all."""
    return filled("pressure_plans", statements=[FILL])


@pytest.mark.timeout(300)
def test_pressure_reads_only_what_is_ones_own(superuser: psycopg.Connection, people: People) -> None:
    login = people.add("ana", "operator")
    superuser.execute("UPDATE iduo.case SET assigned_to = %s, assigned_at = now(), version = 2 WHERE id = 7", [login])
    ana = Watched(Database(people.conninfo("ana"), deadline=60), BIG, MOST_PAGES)
    for party in (
        *(Party(company) for company in (2, 40_000)),
        *(Party(contact_id=contact) for contact in (1, 9_000)),
        *(Party(address=one) for one in ("3450004711", "nadie@x.example")),
        Party(5, 2_000, "3450000001"),
    ):
        for purpose in ("", "promotion"):
            ana.ask(f"pressure of {party}", pressure.pressure, party, "call", purpose, most=MOST_PAGES)
    ana.ask("pressure of the biggest", pressure.pressure, Party(1), "call", most=60_000)
    ana.ask("a page", cases.page, "active", most=30_000)
    ana.ask("card", cases.card, 40_000)
    for number in range(3):
        said = Attempt("call", 1, address="3410000007", override_reason=f"x{number}")
        ana.ask("log", activities.log_attempt, 7, said, uuid4())
    ana.ask("promotion", promotions.answer, 7, 1, "offered", "call", "inbound", uuid4())
    ana.ask("talk", pressure.begin_talk, Party(7, None, "3410000007"), "call")
    ana.ask("talks", pressure.talks)
    ana.ask("add", pressure.add_no_contact, "3419999999", "", "", "x", None)
    marta = Watched(people.become("marta", "coordinator"), BIG, MOST_PAGES)
    numbers = tuple(f"346{n:07}" for n in range(100))
    given = "Otra", "", datetime.now(UTC), numbers
    marta.ask("load", pressure.load_no_contact, *given, True)
    marta.ask("load again", pressure.load_no_contact, *given, False)
    ana.database.close()
    assert not (ana.problems + marta.problems), "\n".join({*ana.problems, *marta.problems})
