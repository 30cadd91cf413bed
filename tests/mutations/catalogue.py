"""Every function and table of the catalogue with one thing undone, all at once; the lints must name each of them."""

import re
from dataclasses import dataclass

from tests.database.test_lints import LINTS
from tests.mutations.run import Bench
from tests.mutations.walls import Wall

FUNCTIONS = """SELECT p.oid::regprocedure AS what, format('%s.%s', n.nspname, p.proname) AS name, n.nspname AS place
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind = 'f' AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')"""
TABLES = """SELECT c.oid::regclass AS what, format('%s.%s', n.nspname, c.relname) AS name, n.nspname AS place
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relname <> 'alembic_version'"""
AUDITED = f"{TABLES} AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audit')"
OBJECTS = "SELECT name FROM ({objects}) x WHERE place IN ({places})"
EVERY = """
DO $do$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM ({objects}) x WHERE x.place IN ({places}) LOOP
        EXECUTE format('{change}', r.what);
    END LOOP;
END $do$
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is done to each of these objects."""

    name: str
    objects: str
    change: str
    places: str = "'iduo', 'audit', 'api'"


KINDS = (
    Kind("in the caller's path", FUNCTIONS, "ALTER FUNCTION %s RESET search_path"),
    Kind("for everybody", FUNCTIONS, "GRANT EXECUTE ON FUNCTION %s TO PUBLIC"),
    Kind("in the caller's name", FUNCTIONS, "ALTER FUNCTION %s SECURITY INVOKER", "'api'"),
    Kind("waiting for ever", FUNCTIONS, "ALTER FUNCTION %s RESET lock_timeout", "'api'"),
    Kind("of the superuser", FUNCTIONS, "ALTER FUNCTION %s OWNER TO postgres", "'api'"),
    Kind("read by all", TABLES, "GRANT SELECT ON %s TO iduo_user"),
    Kind("without row security", TABLES, "ALTER TABLE %s DISABLE ROW LEVEL SECURITY"),
    Kind("with row security that is not forced", TABLES, "ALTER TABLE %s NO FORCE ROW LEVEL SECURITY"),
    Kind("unaudited", AUDITED, "DROP TRIGGER audit ON %s"),
)


def survivors(server: Bench) -> list[str]:
    """What the lints passed over."""
    left = []
    for kind in KINDS:
        server.without(None)
        wanted = {name for (name,) in server.ask(OBJECTS.format(objects=kind.objects, places=kind.places))}
        statement = EVERY.format(objects=kind.objects, places=kind.places, change=kind.change)
        server.without(Wall(kind.name, (), put=statement))
        findings = [re.split(r"[ (]", words.replace('"', "")) for _, words in server.ask(LINTS)]
        missed = sorted(name for name in wanted if not any(name in words for words in findings))
        print(f"{kind.name}: {len(wanted) - len(missed)} of {len(wanted)} were named by the lints", flush=True)
        left += [f"{kind.name}: {name}" for name in missed]
    return left
