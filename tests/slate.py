"""A clone of the migrated database that one test after another uses: what each of them changed is put back.

That takes a tenth of what a clone takes. What is more than rows (a table altered, a right given) makes a new clone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

# Rows that were deleted stay in the files; nobody vacuums here.
MOST_TESTS = 100
CATALOGS = (
    *("attrdef", "attribute", "cast", "class", "collation", "constraint", "default_acl", "enum", "event_trigger"),
    *("extension", "index", "inherits", "language", "largeobject_metadata", "operator", "policy", "proc"),
    *("publication", "rewrite", "sequence", "statistic_ext", "trigger", "ts_config", "ts_dict", "type"),
)
OTHERS = """
SELECT 'pg_namespace', count(*), min(age(xmin)) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
UNION ALL SELECT 'pg_database', count(*), min(age(xmin)) FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'pg_db_role_setting', count(*), min(age(xmin)) FROM pg_db_role_setting
          WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
OURS = (
    "c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)"
)
TABLES = f"""
SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND {OURS}
GROUP BY 1, 2 ORDER BY 1, 2"""
SEQUENCES = f"""
SELECT c.oid::regclass::text, s.seqstart, pg_sequence_last_value(c.oid)
FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE {OURS}"""
# What ANALYZE found out about tables of ours, whose numbers begin there; the template has been through none.
FORGET = "DELETE FROM pg_statistic WHERE starelid >= 16384"
# One for each person whom a test made (security/reads.sql).
COUNTERS = """
DO $$ DECLARE v_counter regclass; BEGIN
    FOR v_counter IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'S' AND c.relname ^@ 'rows_read_' LOOP
        EXECUTE format('DROP SEQUENCE %s', v_counter);
    END LOOP;
END $$"""
LEAVE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is in the template: its columns that can be written, and its rows as COPY writes them."""

    name: sql.Identifier
    columns: sql.Composed
    rows: bytes


class Slate:
    """A database that is wiped after each test; `clone` makes it, when there is none or it is past wiping."""

    def __init__(self, superuser_conninfo: str, clone: Callable[[], None], drop: Callable[[], None]) -> None:
        self.name = str(conninfo_to_dict(superuser_conninfo)["dbname"])
        self._conninfo = superuser_conninfo
        self._clone, self._drop = clone, drop
        self._there = False
        self._tests = 0
        self._tables: dict[str, Table] = {}
        self._known: dict[str, int] = {}
        self._look = sql.Composed([])
        self._rewind = sql.Composed([])
        self._since = ""
        self._held: psycopg.Connection | None = None

    def lend(self) -> str:
        """Its name; it is as the template is."""
        if not self._there:
            self._clone()
            self._there, self._tests = True, 0
            self._remember(self._connect())
        self._tests += 1
        return self.name

    def wipe(self) -> None:
        """Put back what was changed, or drop it."""
        if self._tests >= MOST_TESTS or not self._put_back():
            self.drop()

    def drop(self) -> None:
        """Be rid of it."""
        if self._held is not None:
            self._held.close()
            self._held = None
        if self._there:
            self._drop()
            self._there = False

    def _connect(self) -> psycopg.Connection:
        """The one line for looking, that knows all tables by now; anew where a test ended it or stopped the server."""
        if self._held is None or self._held.broken or self._held.closed:
            # without triggers and foreign keys; and nobody is told
            options = "-c session_replication_role=replica"
            self._held = psycopg.connect(self._conninfo, autocommit=True, options=options, prepare_threshold=1)
        return self._held

    def _remember(self, connection: psycopg.Connection) -> None:
        """What is in a fresh clone."""
        found = connection.execute(TABLES).fetchall()
        self._tables = {f"{schema}.{name}": _read(connection, schema, name, columns) for schema, name, columns in found}
        catalogs = {f"pg_{name}": sql.Identifier("pg_catalog", f"pg_{name}") for name in CATALOGS}
        self._look = _look_at(catalogs | {name: table.name for name, table in self._tables.items()})
        self._rewind = _rewinding(connection.execute(SEQUENCES).fetchall())
        connection.execute(FORGET)
        self._known = {name: count for name, count, _ in connection.execute(self._look)}
        self._mark(connection)

    def _mark(self, connection: psycopg.Connection) -> None:
        ((self._since,),) = connection.execute("SELECT pg_current_xact_id()::xid::text").fetchall()

    def _put_back(self) -> bool:
        try:
            connection = self._connect()
            _empty(connection)
            connection.execute(COUNTERS)
        except psycopg.OperationalError:  # nobody is let in any more, or the line was cut
            return False
        with connection.transaction():  # all ages as of one moment: other workers go on meanwhile
            ((since,),) = connection.execute("SELECT age(%s::xid)", [self._since]).fetchall()
            counted = connection.execute(self._look).fetchall()
        changed = [
            name for name, count, age in counted if count != self._known[name] or (age is not None and age < since)
        ]
        if not self._tables.keys() >= {*changed}:
            return False
        _restore(connection, [self._tables[name] for name in changed])
        connection.execute(self._rewind)
        connection.execute(FORGET)
        self._mark(connection)
        return True


def _read(connection: psycopg.Connection, schema: str, name: str, columns: Sequence[str]) -> Table:
    table = sql.Identifier(schema, name)
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(table, listed)) as copy:
        return Table(table, listed, b"".join(map(bytes, copy)))


def _empty(connection: psycopg.Connection) -> None:
    """Everybody else leaves. The server's own way of waiting for that takes steps of 100 ms."""
    until = time.monotonic() + 10
    while connection.execute(LEAVE).fetchall():
        if time.monotonic() > until:
            raise AssertionError("somebody does not leave the database")
        time.sleep(0.002)


def _look_at(tables: dict[str, sql.Identifier]) -> sql.Composed:
    """How many rows each has, and how many transactions ago the newest came."""
    one = sql.SQL("SELECT {}, count(*), min(age(xmin)) FROM {}")
    parts = [one.format(sql.Literal(name), place) for name, place in tables.items()]
    return sql.SQL(" UNION ALL ").join([*parts, sql.SQL(OTHERS)])


def _rewinding(sequences: Sequence[tuple[str, int, int | None]]) -> sql.Composed:
    """What sets every sequence to where it stands in the template."""
    each = sql.SQL("setval({}, {}, {})")
    return sql.SQL("SELECT {}").format(
        sql.SQL(", ").join(
            each.format(sql.Literal(name), sql.Literal(start if last is None else last), sql.Literal(last is not None))
            for name, start, last in sequences
        )
    )


def _restore(connection: psycopg.Connection, tables: Sequence[Table]) -> None:
    with connection.transaction():
        if tables:
            connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table.name) for table in tables))
        for table in tables:
            if table.rows:
                into = sql.SQL("COPY {} ({}) FROM STDIN").format(table.name, table.columns)
                with connection.cursor() as cursor, cursor.copy(into) as copy:
                    copy.write(table.rows)
