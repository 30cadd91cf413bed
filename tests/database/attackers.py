"""What a person may try who has his password and psql: statements made from the catalogue, and how each ended."""

from collections.abc import Iterator

import psycopg
from psycopg import pq, sql

# (relation) -> statements; the names are put in quoted
ON_RELATIONS = (
    "SELECT * FROM {r}",
    "SELECT count(*) FROM {r}",
    "SELECT * FROM {r} FOR UPDATE",
    "TABLE {r}",
    "EXPLAIN ANALYZE SELECT * FROM {r}",
    "INSERT INTO {r} DEFAULT VALUES",
    "INSERT INTO {r} SELECT * FROM {r} ON CONFLICT DO NOTHING",
    "UPDATE {r} SET id = 1",
    "DELETE FROM {r}",
    "MERGE INTO {r} USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE",
    "TRUNCATE {r}",
    "LOCK TABLE {r} IN ACCESS EXCLUSIVE MODE",
    "COPY {r} TO STDOUT",
    "COPY {r} FROM STDIN",
    "COPY (SELECT * FROM {r}) TO STDOUT",
    "DROP TABLE {r} CASCADE",
    "ALTER TABLE {r} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {r} DISABLE TRIGGER ALL",
    "ALTER TABLE {r} OWNER TO CURRENT_USER",
    "CREATE INDEX ON {r} ((1))",
    "CREATE POLICY p ON {r} USING (true)",
    "CREATE RULE r AS ON SELECT TO {r} DO INSTEAD NOTHING",
    "GRANT ALL ON {r} TO PUBLIC",
    "COMMENT ON TABLE {r} IS 'x'",
    "CREATE TABLE public.mine (LIKE {r})",
    "CREATE VIEW public.mine AS SELECT * FROM {r}",
    "SELECT pg_relation_size('{r}')",
    "SELECT 1 FROM {r} x, {r} y",
)
ON_SEQUENCES = (
    "SELECT nextval('{r}')",
    "SELECT setval('{r}', 1)",
    "SELECT currval('{r}')",
    "SELECT * FROM {r}",
    "ALTER SEQUENCE {r} RESTART",
    "DROP SEQUENCE {r}",
)
SECRETS = (
    *("pg_authid", "pg_shadow", "pg_statistic", "pg_statistic_ext_data", "pg_largeobject", "pg_user_mapping"),
    *("pg_hba_file_rules", "pg_ident_file_mappings", "pg_file_settings", "pg_config", "pg_backend_memory_contexts"),
    *("pg_shmem_allocations", "pg_replication_origin_status", "pg_subscription"),
)
RELATIONS = """
    SELECT c.relkind::text, format('%I.%I', n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('iduo', 'audit', 'api', 'public') AND c.relkind IN ('r', 'S', 'v', 'm', 'p') ORDER BY 2"""
HIDDEN = """
    SELECT format('SELECT %I.%I(%s)', n.nspname, p.proname, (
        SELECT string_agg('NULL::' || format_type(t, NULL), ', ') FROM unnest(p.proargtypes) t))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('iduo', 'audit') ORDER BY 1"""
# What one may call of PostgreSQL's own that does something, not only answers.
VOLATILE = """
    SELECT DISTINCT p.proname FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.provolatile = 'v'
      AND p.prokind = 'f' AND has_function_privilege(p.oid, 'EXECUTE')
      AND p.prorettype::regtype::text NOT IN ('trigger', 'internal')
    ORDER BY 1"""


def against_relations(superuser: psycopg.Connection) -> Iterator[str]:
    """Every verb on every relation of ours, and on those of PostgreSQL that hold secrets."""
    for kind, name in superuser.execute(RELATIONS).fetchall():
        for statement in ON_SEQUENCES if kind == "S" else ON_RELATIONS:
            yield statement.replace("{r}", name)
    for name in SECRETS:
        yield f"TABLE pg_catalog.{name}"
        yield f"COPY (TABLE pg_catalog.{name}) TO STDOUT"


def tried(connection: psycopg.Connection, statement: str) -> str:
    """Run it as it stands; its SQLSTATE, "" when it passed. The session is as new afterwards."""
    result = connection.pgconn.exec_(statement.encode())
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    if result.status == pq.ExecStatus.COPY_OUT:
        while connection.pgconn.get_copy_data(0)[0] > 0:
            pass
    elif result.status == pq.ExecStatus.COPY_IN:
        connection.pgconn.put_copy_end()
    while (more := connection.pgconn.get_result()) is not None:
        state = state or (more.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    if not state:
        connection.pgconn.exec_(b"ROLLBACK")
        connection.pgconn.exec_(b"DISCARD ALL")
    return state


def passed(connection: psycopg.Connection, statements: Iterator[str]) -> dict[str, str]:
    """Those that passed or broke something, with their SQLSTATE."""
    ended = {statement: tried(connection, statement) for statement in statements}
    return {statement: state for statement, state in ended.items() if not state or state.startswith(("XX", "58", "53"))}


def call(superuser: psycopg.Connection, function: str, values: dict[str, str]) -> str:
    """A call of the door with a literal of this kind for each parameter, by its type."""
    query = (
        "SELECT proargtypes::regtype[]::text[] FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname = %s"
    )
    ((types,),) = superuser.execute(query, [function]).fetchall()
    given = ", ".join(f"{values.get(name, 'NULL')}::{name}" for name in types)
    return sql.SQL("SELECT * FROM {}({})").format(sql.Identifier("api", function), sql.SQL(given)).as_string(None)
