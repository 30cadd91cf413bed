"""Every gate of the door at once: taken away, and opened to everybody; the tests must name each of them."""

from tests.database.test_matrix import MATRIX, ROLES
from tests.mutations.run import Bench
from tests.mutations.walls import LINTS, Wall

MATRIX_TEST = "tests/database/test_matrix.py"
SERVICES = {name for _, people, functions in MATRIX if not people for name in functions.split()}
ALL = {name for _, _, functions in MATRIX for name in functions.split()}
OPEN_TO_ALL = {name for _, people, functions in MATRIX if people >= {*ROLES} for name in functions.split()}

# Each function's own text without its first statement, or with another one; in its owner's name, with its grants.
EVERY = """
DO $do$
DECLARE
    f regprocedure;
    v_text text;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace LOOP
        v_text := regexp_replace(pg_get_functiondef(f), 'PERFORM iduo\\.require\\([^)]*\\);', '{put}');
        IF pg_get_functiondef(f) !~ 'PERFORM iduo\\.require\\([^)]*\\);' THEN
            RAISE EXCEPTION '% has no gate', f;
        END IF;
        EXECUTE v_text;
        {grant}
    END LOOP;
END $do$
"""
NO_GATE = Wall("every gate away", (MATRIX_TEST,), put=EVERY.format(put="NULL;", grant=""))
OPEN = EVERY.format(
    put="PERFORM iduo.require(''user'');", grant="EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO iduo_user', f);"
)
OPEN_GATE = Wall("every gate open to all who work here", (MATRIX_TEST,), put=OPEN)


def survivors(server: Bench) -> list[str]:
    """Functions whose gate nobody missed."""
    left = [*_all_at_once(server, NO_GATE, ALL - SERVICES), *_all_at_once(server, OPEN_GATE, ALL - OPEN_TO_ALL)]
    server.without(NO_GATE)
    # a service's functions are granted to nobody who works here: their gate is missed by the lint
    if not server.failures([LINTS]):
        left.append("the gates of services")
    return left


def _all_at_once(server: Bench, wall: Wall, expected: set[str]) -> list[str]:
    server.without(wall)
    found = {name.partition("[")[2].rstrip("]") for name in server.failures(wall.tests)}
    print(f"{wall.name}: {len(expected & found)} of {len(expected)} functions were named by the tests", flush=True)
    return [f"{wall.name}: {name}" for name in sorted(expected - found)]
