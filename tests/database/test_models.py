"""The classes in models/ and the tables that the migrations make are the same, down to the last CHECK and index."""

import os
import re
import subprocess

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from iduo_desktop.admin import upgrade
from iduo_desktop.database import binaries
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.models import metadata
from tests.database.house import Hold

# what the models do not describe: functions, triggers, row security, and what pg_dump says of itself
NOT_TABLES = re.compile(
    r"^CREATE FUNCTION .*?AS (?P<quote>\$\w*\$).*?(?P=quote);$"
    r"|^CREATE (SCHEMA|TRIGGER) [^;]*;$|^ALTER TABLE [^;]* ROW LEVEL SECURITY;$|^SELECT pg_catalog[^;]*;$|^SET [^;]*;$"
    r"|^--[^\n]*$|^\\[^\n]*$",
    re.MULTILINE | re.DOTALL,
)


def statements(conninfo: str) -> list[str]:
    """The definitions of tables, columns, constraints and indexes, sorted."""
    known = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
    left_out = ("--no-owner", "--no-privileges", "--no-policies", "--exclude-table=iduo.alembic_version")
    where = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    dump = subprocess.run(
        [binaries.find_programs() / "pg_dump", "--schema-only", *left_out, "--schema=iduo", "--schema=audit"],
        env=os.environ | {variable: known[name] for variable, name in where.items()},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return sorted(filter(None, (text.strip() for text in NOT_TABLES.sub("", dump).split(";\n"))))


@pytest.fixture
def built(server: EmbeddedServer, empty_database: str, one_at_a_time: Hold) -> str:
    """How to reach a database whose tables were made from the models alone."""
    conninfo = make_conninfo(server.superuser_conninfo, dbname=empty_database)
    with one_at_a_time(), psycopg.connect(conninfo) as connection:
        for name in upgrade.BEFORE_TABLES:
            upgrade._run(connection, upgrade.ROOT / "security" / f"{name}.sql")
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool)
    metadata.create_all(engine)
    return conninfo


@pytest.fixture
def migrated(superuser_conninfo: str) -> str:
    """How to reach a database that the migrations made."""
    return superuser_conninfo


def test_models_and_migrations_agree(built: str, migrated: str) -> None:
    expected = statements(built)
    assert len(expected) > 80
    assert statements(migrated) == expected


def test_a_difference_is_seen(migrated: str) -> None:
    seen = [statements(migrated)]
    with psycopg.connect(migrated, autocommit=True) as connection:
        for difference in (
            "ALTER TABLE iduo.company DROP CONSTRAINT company_note_length_check",
            "ALTER TABLE iduo.company ALTER note DROP NOT NULL",
            "ALTER TABLE iduo.company ALTER note SET DEFAULT 'x'",
            "DROP INDEX iduo.case_due_index",
            "ALTER TABLE audit.entry ALTER row_key TYPE varchar",
        ):
            connection.execute(difference)
            seen.append(statements(migrated))
            assert seen[-1] != seen[-2], difference
