"""A list of companies imported on a real server, from every kind of file that offices send."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import psycopg
import pytest

from iduo_desktop.admin import imports
from iduo_desktop.admin.imports import ImportReport, Wanted, import_list
from iduo_desktop.admin.main import VERBS
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.parser import make_parser
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.workbooks import companies
from iduo_desktop.workbooks.kinds import as_json
from iduo_desktop.workbooks.reading import read
from iduo_desktop.workbooks.values import WorkbookError
from tests.admin.test_imports import counted
from tests.conftest import Become
from tests.workbooks.client_lists import SHARED, own_list

TITLES = ("Empresa Nº", "Razón social", "CUIT", "Unidad de gestión", "Asistente Funcional", "WhatsApp AF", "Mail AF")
ROWS = (
    ("1000", "Ñandú SA", "30-67122186-5", "UG-04", "Ana Paz", "+54 9 11 4054-7108", "ana@example.com"),
    ("1001", "Sur SRL", "30-67122186-4", "", "ana paz", "11 4054-7108", ""),
    ("S/N", "Norte", "", "", "", "", ""),
    ("1003", "Uno", "", "", "", "", ""),
    ("1003", "Otro", "", "", "", "", ""),
    ("1000", "Ñandú SA", "30671221865", "UG-04", "Ana Paz", "+54 9 11 4054-7108", "ana@example.com"),
)
KEYS = {"row", "number", "name", "document", "tax_id", "management_unit", "assistants", "warnings"}


def comma_separated(folder: Path) -> Path:
    """As Excel in Argentina saves it."""
    text = "".join(";".join(row) + "\r\n" for row in (TITLES, *ROWS))
    path = folder / "empresas.csv"
    path.write_bytes(text.encode("cp1252"))
    return path


def workbook(folder: Path) -> Path:
    """The same as a workbook."""
    book = openpyxl.Workbook()
    for row in (TITLES, *ROWS):
        book.worksheets[0].append(row)
    book.save(folder / "empresas.xlsx")
    return folder / "empresas.xlsx"


@pytest.fixture
def coordinator(become: Become) -> Database:
    """Somebody who may import."""
    return become("caro", "coordinator")


def bring(database: Database, path: Path, dry_run: bool = False) -> ImportReport:
    """Import with the default area code 11."""
    return import_list(database, Wanted("companies", path, dry_run), "11")


@pytest.mark.parametrize("write", [comma_separated, workbook])
def test_a_list_as_offices_keep_it(
    coordinator: Database, tmp_path: Path, superuser: psycopg.Connection, write: Callable[[Path], Path]
) -> None:
    """Trial, import and import again: the totals add up, each row that is not taken is named, and nothing is twice."""
    path = write(tmp_path)
    assert counted(bring(coordinator, path, dry_run=True)) == (6, 2, 0, 1, 2, 1)
    assert superuser.execute("SELECT count(*) FROM iduo.company").fetchone() == (0,)
    report = bring(coordinator, path)
    assert counted(report) == (6, 2, 0, 1, 2, 1)
    assert [(one.row, one.outcome, one.column) for one in report.problems] == [
        (4, "refused", "Empresa Nº"),
        (5, "doubtful", "Empresa Nº"),
        (6, "doubtful", "Empresa Nº"),
    ]
    assert [one.message for one in report.warnings] == [
        "CUIT «30-67122186-4» no pasa la verificación: se importa sin él."
    ]
    found = superuser.execute("SELECT number, name, tax_id, management_unit FROM iduo.company ORDER BY number")
    assert found.fetchall() == [(1000, "Ñandú SA", "30671221865", "UG-04"), (1001, "Sur SRL", "", "")]
    assert superuser.execute("SELECT name, e164, email FROM iduo.assistant").fetchall() == [
        ("Ana Paz", "+5491140547108", "ana@example.com")
    ]
    again = bring(coordinator, path)
    assert counted(again) == (6, 0, 0, 3, 2, 1)
    assert again.already is not None


def test_the_two_kinds_of_file_say_the_same(coordinator: Database, tmp_path: Path) -> None:
    """A list that comes as a workbook the next time changes nothing."""
    bring(coordinator, comma_separated(tmp_path))
    assert counted(bring(coordinator, workbook(tmp_path))) == (6, 0, 0, 3, 2, 1)


def test_the_office_s_own_list(coordinator: Database, superuser: psycopg.Connection) -> None:
    """250 companies, 750 assignments, 14 people; again nothing changes."""
    path = SHARED.with_name("empresas_iduo.csv")
    if not path.exists():
        pytest.skip(
            f"the office's own list of 250 companies ({path.name}) is not here; the tests' own was read instead"
        )
    report = bring(coordinator, path)
    assert counted(report) == (250, 250, 0, 0, 0, 0)
    assert (report.problems, report.warnings, report.kept, report.unread_columns) == ((), (), (), ())
    counts = """SELECT (SELECT count(*) FROM iduo.company WHERE tax_id <> ''), count(*), count(DISTINCT assistant_id),
        (SELECT count(*) FROM iduo.assistant), (SELECT count(*) FROM iduo.company WHERE management_unit <> '')
        FROM iduo.company_assistant"""
    assert superuser.execute(counts).fetchone() == (250, 750, 14, 14, 128)
    assert counted(bring(coordinator, path)) == (250, 0, 0, 250, 0, 0)


def test_what_is_sent(coordinator: Database, tmp_path: Path) -> None:
    """Every key is there for each company; the others carry their outcome."""
    book = read(comma_separated(tmp_path))
    found = companies.read(book, "11")
    rows = json.loads(as_json(sorted((*found.rows, *found.problems), key=lambda one: one.row)))
    assert {frozenset(row) for row in rows} == {frozenset(KEYS), frozenset({"row", "outcome", "message"})}


def test_operators_may_not(become: Become, tmp_path: Path) -> None:
    """The server refuses; nothing of the list is kept."""
    with pytest.raises(UserError, match="permiso"):
        bring(become("ana", "operator"), comma_separated(tmp_path))


def test_a_list_of_clients_is_refused(coordinator: Database, tmp_path: Path, superuser: psycopg.Connection) -> None:
    """With a sentence, and without a batch."""
    with pytest.raises(WorkbookError, match="Empresa Nº"):
        bring(coordinator, own_list(tmp_path).path)
    assert superuser.execute("SELECT count(*) FROM iduo.batch").fetchone() == (0,)


def test_a_hostile_file(coordinator: Database, tmp_path: Path, superuser: psycopg.Connection) -> None:
    """Endless cells, formulas as text and statements: taken as what they are, or named; none sinks the file."""
    evil = (
        "'); DROP TABLE iduo.company; --",
        "=cmd|' /C calc'!A0",
        "x" * 30_000,
        "\u202eÑ" * 2000,
        "😀" * 3000,
        "@",
        "\\",
    )
    lines = [";".join(TITLES)]
    lines += [";".join((str(1000 + place), *([f'"{text}"'] * 6))) for place, text in enumerate(evil)]
    lines += ["1" * 40 + ";x;;;;;", '1050;"a;b";;;;;', "-1;x;;;;;", "1051;;;;;;"]
    path = tmp_path / "malo.csv"
    path.write_text("\n".join(lines), "utf-8")
    report = bring(coordinator, path)
    assert (report.totals.rows, report.totals.doubtful) == (len(lines) - 1, 0)
    counted(report)
    assert {one.row for one in report.problems} >= {9, 11, 12}
    assert superuser.execute("SELECT name FROM iduo.company WHERE number = 1000").fetchone() == (evil[0],)
    assert superuser.execute("SELECT name FROM iduo.company WHERE number = 1050").fetchone() == ("a;b",)
    again = counted(bring(coordinator, path))
    assert (again[1], again[2]) == (0, 0)


def test_the_answers(coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people and for scripts; of cases nothing is said, because none is opened."""
    path = comma_separated(tmp_path)
    assert imports.run(coordinator, Wanted("companies", path), Terminal(as_json=False)) is Exit.DONE
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "6 filas: 2 nuevas, 0 cambiadas, 1 sin cambios, 2 dudosas, 1 rechazadas."
    assert said[2] == "  fila 4, rechazada: Empresa Nº «S/N» no es un número de empresa."
    assert not any("Casos" in line for line in said)
    assert imports.run(coordinator, Wanted("companies", path, dry_run=True), Terminal(as_json=True)) is Exit.DONE
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["rows"], answer["unchanged"], answer["dry_run"]) == ("companies", 6, 3, True)


def test_the_command(tmp_path: Path) -> None:
    """It is said as the import of clients is."""
    options = make_parser(VERBS).parse_args(["import", "companies", str(tmp_path), "--dry-run", "--json"])
    assert (options.file, options.dry_run, options.json) == (tmp_path, True, True)
