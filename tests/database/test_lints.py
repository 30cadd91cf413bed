"""The lints over the catalogue find nothing, and find what is broken on purpose."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from iduo_desktop import database
from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house

LINTS = (Path(database.__file__).parent / "security" / "lints.sql").read_text("utf-8")

FUNCTION = "CREATE FUNCTION {} RETURNS void {} AS $$ {} $$"
DOOR = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s'"

HALF_AUDITED = "CREATE TRIGGER a AFTER INSERT OR UPDATE ON iduo.form FOR EACH ROW EXECUTE FUNCTION audit.record('id')"
UNCHECKED = "ALTER TABLE iduo.company ADD COLUMN x text; ALTER TABLE iduo.company ADD CHECK (length(x) < 3) NOT VALID"

# (lint, what breaks it, words of the finding)
BREAKS = [
    ("search_path", "ALTER FUNCTION api.cases RESET search_path", "api.cases runs"),
    ("search_path", "ALTER FUNCTION api.cases SET search_path = iduo, pg_catalog", "api.cases runs"),
    ("search_path", FUNCTION.format("iduo.loose()", "LANGUAGE sql", ""), "iduo.loose runs"),
    ("gate", FUNCTION.format("api.x()", DOOR, "BEGIN NULL; END"), "api.x does not begin"),
    ("gate", FUNCTION.format("api.x()", DOOR, "BEGIN NULL; PERFORM iduo.require('user'); END"), "api.x does not"),
    ("gate", FUNCTION.format("api.x()", DOOR, "BEGIN\n-- PERFORM iduo.require('user');\nNULL; END"), "api.x does not"),
    (
        "gate",
        FUNCTION.format(
            "api.x()", DOOR, "DECLARE a text := iduo.setting('a'); BEGIN PERFORM iduo.require('user'); END"
        ),
        "api.x asks setting",
    ),
    ("door", FUNCTION.format("api.x()", "LANGUAGE sql SECURITY DEFINER SET search_path = ''", ""), "api.x is not"),
    ("door", "ALTER FUNCTION api.cases SECURITY INVOKER", "api.cases is not"),
    ("door", "ALTER FUNCTION api.cases RESET lock_timeout", "api.cases is not"),
    ("door", "ALTER FUNCTION api.cases SET lock_timeout = 0", "api.cases is not"),
    ("door", "ALTER FUNCTION api.cases SET lock_timeout = '5min'", "api.cases is not"),
    ("door", "ALTER FUNCTION api.cases OWNER TO postgres", "api.cases is not"),
    ("door", FUNCTION.format("api.x(case_id bigint)", DOOR, "BEGIN END"), "parameter that does not begin"),
    (
        "overload",
        FUNCTION.format("api.people(p_x text)", DOOR, "BEGIN PERFORM iduo.require('user'); END"),
        "api.people",
    ),
    ("grants", "GRANT EXECUTE ON FUNCTION api.people TO PUBLIC", "PUBLIC"),
    ("grants", "GRANT EXECUTE ON FUNCTION api.people TO iduo_operator", "api.people"),
    ("grants", "REVOKE EXECUTE ON FUNCTION api.people FROM iduo_admin", "api.people"),
    ("grants", "GRANT EXECUTE ON FUNCTION iduo.take TO iduo_operator", "iduo.take"),
    ("grants", "GRANT EXECUTE ON FUNCTION audit.record TO PUBLIC", "audit.record"),
    ("grants", "ALTER DEFAULT PRIVILEGES FOR ROLE iduo_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC", "iduo_owner"),
    ("rights", "GRANT SELECT ON iduo.company TO iduo_operator", "iduo_operator has SELECT"),
    ("rights", "GRANT TRIGGER ON iduo.company TO PUBLIC", "PUBLIC has TRIGGER"),
    ("rights", "GRANT UPDATE (note) ON iduo.company TO iduo_coordinator", "a column of iduo.company"),
    ("rights", "GRANT SELECT ON audit.entry TO iduo_admin", "iduo_admin has SELECT"),
    ("rights", "GRANT USAGE ON SEQUENCE iduo.case_id_seq TO iduo_user", "iduo_user has USAGE"),
    ("rights", "GRANT USAGE ON SCHEMA iduo TO iduo_user", "iduo_user has USAGE on schema iduo"),
    ("rights", "GRANT USAGE ON SCHEMA audit TO PUBLIC", "PUBLIC has USAGE on schema audit"),
    ("rights", "GRANT USAGE ON SCHEMA public TO PUBLIC", "PUBLIC has USAGE on schema public"),
    ("rights", "GRANT CREATE ON SCHEMA api TO iduo_user", "iduo_user has CREATE"),
    ("rights", "GRANT CREATE ON SCHEMA api TO iduo_search", "iduo_search may still"),
    ("rights", "GRANT SELECT ON iduo.company TO iduo_guard", "iduo_guard has SELECT"),
    ("view", "CREATE VIEW api.everything AS SELECT * FROM iduo.company", "api.everything"),
    ("view", "CREATE MATERIALIZED VIEW iduo.everything AS SELECT * FROM iduo.company", "iduo.everything"),
    ("length", "ALTER TABLE iduo.company ADD COLUMN x text", "iduo.company.x (text)"),
    ("length", "ALTER TABLE iduo.company ADD COLUMN x text CHECK (length(x) > 3)", "iduo.company.x"),
    ("length", "ALTER TABLE iduo.company ADD COLUMN x text CHECK (length(note) <= 3)", "iduo.company.x"),
    ("length", "ALTER TABLE iduo.company ADD COLUMN x text CHECK (x ~ '^[a-z]+$')", "iduo.company.x"),
    ("length", "ALTER TABLE iduo.company ADD COLUMN x bytea", "iduo.company.x (bytea)"),
    ("length", "ALTER TABLE iduo.company ADD COLUMN x jsonb", "iduo.company.x (jsonb)"),
    ("length", "ALTER TABLE iduo.company ADD COLUMN x text[]", "iduo.company.x (text[])"),
    ("length", "ALTER TABLE audit.entry ADD COLUMN x varchar", "audit.entry.x (character varying)"),
    ("length", UNCHECKED, "iduo.company.x"),
    ("finite", "ALTER TABLE iduo.company ADD COLUMN x date", "iduo.company.x"),
    ("finite", "ALTER TABLE iduo.company ADD COLUMN x date CHECK (x <= '3000-01-01')", "iduo.company.x"),
    ("finite", "ALTER TABLE iduo.company ADD COLUMN x numeric(14, 2)", "iduo.company.x"),
    ("finite", "ALTER TABLE iduo.company ADD COLUMN x timestamptz", "iduo.company.x"),
    ("row security", "ALTER TABLE iduo.company NO FORCE ROW LEVEL SECURITY", "iduo.company"),
    ("row security", "ALTER TABLE iduo.company DISABLE ROW LEVEL SECURITY", "iduo.company"),
    (
        "row security",
        "DROP POLICY read ON audit.seal; DROP POLICY write ON audit.seal",
        "audit.seal has no policy",
    ),
    ("policy", "CREATE POLICY x ON iduo.company USING (iduo.may('admin'))", "calls iduo.may"),
    ("policy", "CREATE POLICY x ON iduo.company USING (EXISTS (SELECT FROM iduo.staff))", "reads iduo.staff"),
    ("policy", "CREATE POLICY x ON iduo.company USING (true)", "does not ask who it is"),
    ("policy", "CREATE POLICY x ON iduo.presence USING (login = current_user)", "does not ask who it is"),
    ("audit", "DROP TRIGGER audit ON iduo.company", "iduo.company is not audited"),
    ("audit", "ALTER TABLE iduo.company DISABLE TRIGGER audit", "iduo.company is not audited"),
    ("audit", "ALTER TABLE iduo.company ENABLE REPLICA TRIGGER audit", "iduo.company is not audited"),
    ("audit", "CREATE TABLE iduo.x (id integer)", "iduo.x is not audited"),
    ("audit", f"DROP TRIGGER audit ON iduo.form; {HALF_AUDITED}", "iduo.form is not audited"),
    ("audit", "DROP TRIGGER never_changed ON audit.entry", "audit.entry can be changed"),
    ("audit", "DROP TRIGGER never_emptied ON audit.seal", "audit.seal can be changed"),
    ("audit", "ALTER TABLE iduo.receipt DISABLE TRIGGER never_emptied", "iduo.receipt can be changed"),
    ("personal", "ALTER TABLE iduo.company ADD COLUMN x text", "iduo.company.x is neither"),
    ("personal", "CREATE TABLE iduo.x (words tsvector)", "iduo.x.words is neither"),
    ("personal", "ALTER TABLE iduo.extension DROP COLUMN reason", "iduo.extension.reason is listed as personal or not"),
    ("feed", "DROP TRIGGER feed_update ON iduo.case", "every update"),
    ("feed", "ALTER TABLE iduo.case DISABLE TRIGGER feed_insert", "every insert"),
    ("clock", FUNCTION.format("iduo.x()", "LANGUAGE plpgsql", "BEGIN PERFORM now(); END"), "iduo.x"),
    ("clock", FUNCTION.format("iduo.x()", "LANGUAGE plpgsql", "BEGIN PERFORM CURRENT_DATE; END"), "iduo.x"),
    ("clock", "ALTER TABLE iduo.receipt ALTER at SET DEFAULT now()", "iduo.receipt"),
    ("identity", FUNCTION.format("iduo.x()", "LANGUAGE plpgsql", "BEGIN PERFORM current_user; END"), "iduo.x"),
    (
        "catalogue",
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO PUBLIC",
        "pg_advisory_lock(bigint)",
    ),
    ("catalogue", "GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) TO PUBLIC", "pg_sleep"),
    ("catalogue", "GRANT EXECUTE ON FUNCTION pg_catalog.lo_create(oid) TO PUBLIC", "lo_create"),
    ("language", "GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC", "plpgsql"),
    ("language", "GRANT USAGE ON LANGUAGE sql TO PUBLIC", "sql"),
    ("extension", "CREATE EXTENSION citext", "citext"),
    ("membership", "GRANT iduo_operator TO {person} WITH SET TRUE", "may become iduo_operator"),
    ("membership", "GRANT iduo_operator TO {person} WITH ADMIN TRUE", "hands out iduo_operator"),
    ("membership", "GRANT iduo_owner TO {person} WITH SET FALSE", "is a member of iduo_owner"),
    ("membership", "GRANT pg_read_all_data TO {person} WITH SET FALSE", "is a member of pg_read_all_data"),
    ("membership", "GRANT iduo_coordinator TO iduo_operator WITH SET FALSE", "iduo_operator is a member of"),
    ("membership", "GRANT iduo_owner TO iduo_job WITH SET FALSE", "iduo_job is a member of"),
    ("role", "ALTER ROLE iduo_owner LOGIN", "iduo_owner can log in"),
    ("role", "ALTER ROLE iduo_owner BYPASSRLS", "iduo_owner"),
    ("role", "ALTER ROLE iduo_admin CREATEROLE", "iduo_admin"),
    ("role", "ALTER ROLE {person} CREATEDB", "more than a person"),
    ("role", "ALTER ROLE {person} CONNECTION LIMIT -1", "more than a person"),
    ("database", "GRANT CONNECT ON DATABASE postgres TO PUBLIC", "postgres is open"),
    ("database", "GRANT TEMP ON DATABASE template1 TO PUBLIC", "template1 is open"),
    ("database", "GRANT TEMP ON DATABASE {database} TO iduo_user", "TEMPORARY on the database"),
]


@pytest.fixture(scope="module")
def superuser(
    server: EmbeddedServer,
    server_connection: psycopg.Connection,
    template: str,
    one_at_a_time: Hold,
    worker_id: str,
) -> Iterator[psycopg.Connection]:
    """In a clone with one person; what the tests break is rolled back."""
    with (
        house(server, server_connection, template, one_at_a_time, f"lints_{worker_id}") as conninfo,
        psycopg.connect(conninfo, autocommit=True) as connection,
    ):
        yield connection


@pytest.fixture
def person(superuser: psycopg.Connection, one_at_a_time: Hold) -> Iterator[str]:
    """Somebody who works here until the transaction is rolled back; the server's roles are held meanwhile."""
    login = f"{superuser.info.dbname}_ana"
    with one_at_a_time(), superuser.transaction(force_rollback=True):
        superuser.execute(f"CREATE ROLE {login} LOGIN CONNECTION LIMIT 4")
        superuser.execute(f"GRANT iduo_operator TO {login} WITH INHERIT TRUE, SET FALSE")
        superuser.execute("INSERT INTO iduo.staff (login, full_name) VALUES (%s, 'Ana')", [login])
        yield login


def findings(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """What the lints say of this database."""
    return connection.execute(LINTS).fetchall()


def test_nothing_is_found(superuser: psycopg.Connection, person: str) -> None:
    assert findings(superuser) == []


@pytest.mark.parametrize(("lint", "statement", "words"), BREAKS)
def test_a_lint_can_fail(superuser: psycopg.Connection, person: str, lint: str, statement: str, words: str) -> None:
    superuser.execute(statement.replace("{person}", person).replace("{database}", superuser.info.dbname))
    assert [found for found in findings(superuser) if found[0] == lint and words in found[1]]


def test_every_lint_is_shown_to_fail() -> None:
    names = {part.split("'")[1] for part in LINTS.split("\nUNION ALL ") if "SELECT '" in part[:9]}
    assert names | {"search_path"} == {lint for lint, _, _ in BREAKS}


@pytest.mark.parametrize("lint", ["length", "finite"])
def test_no_bound_goes_unnoticed(superuser: psycopg.Connection, person: str, lint: str) -> None:
    """Without its CHECKs every column of the kind is found, so that none is passed over by chance."""
    checks = """SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
                WHERE contype = 'c' AND connamespace IN ('iduo'::regnamespace, 'audit'::regnamespace)"""
    for (statement,) in superuser.execute(checks).fetchall():
        superuser.execute(statement)
    columns = """SELECT format('%%s.%%s', attrelid::regclass, attname)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace IN ('iduo'::regnamespace, 'audit'::regnamespace) AND relkind = 'r' AND attnum > 0
          AND relname <> 'alembic_version' AND atttypid::regtype::text = ANY (%s) AND (%s OR attgenerated = '')
          AND NOT EXISTS (SELECT FROM pg_constraint k
                          WHERE k.conrelid = c.oid AND contype = 'f' AND attnum = ANY (conkey))"""
    kinds = {"length": ["text", "jsonb", "bytea", "text[]"], "finite": ["date", "numeric"]}[lint]
    wanted = {name.replace('"', "") for (name,) in superuser.execute(columns, [kinds, lint == "length"]).fetchall()}
    found = {words.split(" ")[0] for name, words in findings(superuser) if name == lint}
    assert len(wanted) > 10
    assert wanted <= found
