"""A thousand messages go out, are answered in a real LibreOffice, and come back in every format: each outcome exact."""

import csv
from collections import Counter
from pathlib import Path
from uuid import uuid4

import openpyxl
import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import answers, importing, sending
from iduo_desktop.services.importing import Check
from tests.services.messages import taken
from tests.services.world import World
from tests.workbooks import office

COUNT = 1000
# what the macro did to the sheet: a row deleted, two added, an answer empty, a number unknown, two changed over
OUTCOMES = {"answered": COUNT - 5, "same": 1, "conflict": 1, "empty": 1, "unknown": 1, "wrong_code": 2}
ROWS = sum(OUTCOMES.values())


def thousand(database: Database, superuser: psycopg.Connection) -> None:
    """One message taken, and 999 like it."""
    taken(database, text="Consulta 0000 ñandú")
    found = superuser.execute(
        "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'iduo' AND table_name = 'ticket' AND is_generated = 'NEVER' AND is_identity = 'NO' "
        "AND column_name NOT IN ('key', 'text', 'provisional')"
    ).fetchone()
    assert found is not None
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            f"INSERT INTO iduo.ticket (key, text, {found[0]}) "
            f"SELECT gen_random_uuid(), 'Consulta ' || lpad(i::text, 4, '0') || ' ñandú', {found[0]} "
            f"FROM iduo.ticket t, generate_series(1, {COUNT - 1}) i"
        )


def tried(database: Database, path: Path) -> Check:
    """What the file would do; nobody is asked anything."""
    looked = importing.look(path)
    assert (looked.kind, looked.header_row, looked.rows) == ("answers", 2, ROWS)
    assert not any(one.ambiguous for one in looked.columns)
    mapping = importing.Mapping(looked.kind, tuple(one.field for one in looked.columns))
    assert mapping == importing.named(looked)
    return importing.check(database, looked, mapping, "", uuid4())


@pytest.fixture
def batch(ana: Database, marta: Database, superuser: psycopg.Connection, tmp_path: Path) -> sending.SentDay:
    """The batch of a thousand."""
    thousand(ana, superuser)
    return sending.send_day(marta, tmp_path / "salida", None, None, True, (), uuid4())


def test_answered_in_a_real_office(batch: sending.SentDay, marta: Database, world: World, tmp_path: Path) -> None:
    """Sorted, a row deleted, one doubled, dates typed as text; saved as .xlsx, .xls, .ods and .csv."""
    assert (batch.tickets, batch.moved) == (COUNT, COUNT)
    checks = {name: tried(marta, path) for name, path in office.answered(batch.path, tmp_path).items()}
    assert {check.looked.of_batch for check in checks.values()} == {batch.batch_id}
    for name, check in checks.items():
        found = Counter(one.outcome for one in all_outcomes(marta, check.batch_id))
        assert (name, found) == (name, Counter(OUTCOMES))
        assert (check.rows, check.updated, check.unchanged, check.doubtful, check.refused) == (ROWS, COUNT - 5, 1, 1, 4)
        assert {group.code: len(group.problems) for group in check.groups} == {
            "conflict": 1, "empty": 1, "unknown": 1, "wrong_code": 2,
        }  # fmt: skip
    assert world.value("SELECT count(*) FROM iduo.ticket WHERE answer <> ''") == 0
    done = importing.apply(marta, checks["respuestas.ods"], ())
    assert (done.updated, done.unchanged, done.doubtful, done.refused) == (COUNT - 5, 1, 1, 4)
    assert world.value("SELECT count(*) FROM iduo.ticket WHERE state = 'awaiting_communication'") == COUNT - 5
    wrong = "SELECT count(*) FROM iduo.ticket WHERE answer <> '' AND answer NOT LIKE 'Respuesta a ' || number || '%%'"
    assert world.value(wrong) == 0
    assert world.value("SELECT count(*) FROM iduo.ticket WHERE answer LIKE E'%%\\n=segunda «línea»'") == COUNT - 5
    # the others say the same now
    for name in set(checks) - {"respuestas.ods"}:
        again = importing.result(marta, checks[name])
        assert (name, again.updated, again.unchanged) == (name, 0, COUNT - 4)


def all_outcomes(database: Database, batch_id: int) -> list[answers.AnswerOutcome]:
    """Every row of a batch of answers."""
    return [*answers.outcomes(database, batch_id, limit=5000)]


def test_the_number_that_was_meant_is_suggested(
    batch: sending.SentDay, marta: Database, world: World, tmp_path: Path
) -> None:
    """By its code; corrected, the row is an answer. The others are left out, and one answer goes over another."""
    path = tmp_path / "a mano.csv"
    first, second, third = openpyxl.load_workbook(batch.path)["Mensajes"].iter_rows(3, 5, values_only=True)
    titles = ("Nro de ticket", "Control", "Respuesta")
    rows = [(first[0], first[1], "Uno"), ("999999999", second[1], "Dos"), (third[0], first[1], "Tres"),
            (first[0], first[1], "Otra")]  # fmt: skip
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows((titles, *rows))
    looked = importing.look(path)
    assert (looked.kind, looked.of_batch) == ("answers", None)
    check = importing.check(marta, looked, importing.named(looked), "", uuid4())
    by_code = {group.code: group.problems[0] for group in check.groups}
    assert set(by_code) == {"unknown", "wrong_code", "conflict"}
    assert (by_code["unknown"].row, by_code["unknown"].field, by_code["unknown"].value) == (3, "number", "999999999")
    assert (by_code["conflict"].row, by_code["conflict"].value, by_code["conflict"].before) == (5, "Otra", "Uno")
    check = importing.correct(marta, check, 3, "number", str(second[0]), "")
    check = importing.omit(marta, check, (4,))
    assert (check.rows, check.updated, check.doubtful) == (3, 2, 1)
    done = importing.apply(marta, check, (5,))
    assert (done.updated, done.doubtful) == (2, 1)
    assert world.value("SELECT array_agg(answer ORDER BY number) FROM iduo.ticket WHERE answer <> ''") == [
        "Otra",
        "Dos",
    ]


def test_the_errors_of_a_batch_are_known_as_its_answers(
    batch: sending.SentDay, marta: Database, world: World, tmp_path: Path
) -> None:
    """An answer that was left empty, filled in the workbook of errors."""
    check = importing.look(batch.path)
    tried_once = importing.check(marta, check, importing.named(check), "", uuid4())
    assert (tried_once.refused, [group.code for group in tried_once.groups]) == (COUNT, ["empty"])
    errors = importing.write_errors(tried_once, tmp_path / "errores.xlsx")
    book = openpyxl.load_workbook(errors)
    page = book["Mensajes"]
    place = next(cell.column for cell in page[1] if cell.value == "Respuesta")
    page.cell(2, place).value = "Ya está"
    book.save(errors)
    looked = importing.look(errors)
    assert (looked.kind, looked.of_batch, looked.rows, looked.columns[0].how) == (
        "answers",
        batch.batch_id,
        COUNT,
        "own",
    )
    again = importing.check(marta, looked, importing.named(looked), "", uuid4())
    assert (again.updated, again.refused) == (1, COUNT - 1)
