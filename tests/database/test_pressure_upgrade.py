"""Contacts that were made before numbers were counted get theirs when the database is brought up to date."""

import psycopg
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import revisions, upgrade
from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold

BEFORE = """
INSERT INTO iduo.staff (login, full_name) VALUES ('nobody', 'Nadie');
INSERT INTO iduo.company (number, kind, surname, service_status) VALUES (1, 'person', 'Uno', 'active');
INSERT INTO iduo.company_phone (company_id, typed, e164, search_key, valid) VALUES (1, '15-612-4410', NULL, '3416124410', true);
INSERT INTO iduo.contact (surname, by) VALUES ('Dos', 'nobody');
INSERT INTO iduo.case (company_id, contact_id, list, opened_by) VALUES (1, NULL, 'active', 'nobody'), (NULL, 1, 'active', 'nobody');
INSERT INTO iduo.case_event (case_id, kind, by, version_after) VALUES (1, 'attempt', 'nobody', 1);
INSERT INTO iduo.promotion (title, text) VALUES ('x', 'x');
INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, address, disposition_id, promotion_id,
                          promotion_answer, by)
VALUES (1, 1, 1, 'call', 'outbound', '15-612-4410', 1, NULL, NULL, 'nobody'),
       (1, 1, 1, 'call', 'outbound', '+5493416124410', NULL, 1, 'offered', 'nobody'),
       (1, 2, NULL, 'email', 'outbound', 'Dos@Correo.example', 1, NULL, NULL, 'nobody'),
       (1, 2, NULL, 'call', 'outbound', '011 4321-5678', 1, NULL, NULL, 'nobody'),
       (1, 2, NULL, 'call', 'outbound', '', 1, NULL, NULL, 'nobody')
"""  # noqa: E501  # rows


def test_old_contacts_know_their_number(server: EmbeddedServer, empty_database: str, one_at_a_time: Hold) -> None:
    conninfo = make_conninfo(server.superuser_conninfo, dbname=empty_database)
    with one_at_a_time(), psycopg.connect(conninfo) as connection:
        for name in upgrade.BEFORE_TABLES:
            upgrade._run(connection, upgrade.ROOT / "security" / f"{name}.sql")
    revisions.bring_to("0011", conninfo)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(BEFORE)
        revisions.bring_to("head", conninfo)
        found = "SELECT search_key, contact_id, purpose FROM iduo.attempt ORDER BY id"
        assert connection.execute(found).fetchall() == [
            ("3416124410", None, "collection"),
            ("3416124410", None, "promotion"),
            ("dos@correo.example", 1, "collection"),
            ("1143215678", 1, "collection"),
            ("", 1, "collection"),
        ]
