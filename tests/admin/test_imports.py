"""A list of clients imported on a real server: totals that add up, rows that are named, nothing twice."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from iduo_desktop.admin import imports
from iduo_desktop.admin.imports import ImportReport, Wanted, import_list
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import batches, importing
from iduo_desktop.workbooks import clients
from iduo_desktop.workbooks.kinds import as_json
from iduo_desktop.workbooks.reading import read
from iduo_desktop.workbooks.values import WorkbookError
from tests.conftest import Become
from tests.workbooks.books import saved, table, xlsx
from tests.workbooks.client_lists import FIRST_ROW, ClientList, dirty_rows, list_of, own_list, values, write

KEYS = {
    "row", "number", "kind", "surname", "names", "name", "document", "tax_id", "phones", "emails", "street", "locality",
    "province", "plan", "status", "cutoff_date", "extended_until", "debt", "note", "warnings", "erase",
}  # fmt: skip


@pytest.fixture
def coordinator(become: Become) -> Database:
    """Somebody who may import."""
    return become("caro", "coordinator")


@pytest.fixture(params=["own", "shared"])
def client_list(request: pytest.FixtureRequest, tmp_path: Path) -> ClientList:
    """The list that the tests write, always; the office's own one where it lies beside the repository."""
    return list_of(request.param, tmp_path)


def patient(database: Database) -> Database:
    """The same person with time for a long list, as the console gives him."""
    return Database(database._conninfo, deadline=120)


def bring(database: Database, path: Path, dry_run: bool = False) -> ImportReport:
    """Import with the default area code 11."""
    return import_list(database, Wanted("clients", path, dry_run), "11")


def counted(report: ImportReport) -> tuple[int, ...]:
    """Rows, created, updated, unchanged, doubtful, refused."""
    all_of_them = report.totals
    parts = (
        all_of_them.created,
        all_of_them.updated,
        all_of_them.unchanged,
        all_of_them.doubtful,
        all_of_them.refused,
    )
    assert sum(parts) == all_of_them.rows
    return (all_of_them.rows, *parts)


def test_a_list_as_offices_keep_it(
    coordinator: Database, client_list: ClientList, superuser: psycopg.Connection
) -> None:
    """All that can be taken is taken, each row that is not is named, and a second import changes nothing."""
    database = patient(coordinator)
    tried = bring(database, client_list.path, dry_run=True)
    first = (client_list.rows, client_list.created, 0, client_list.doubles, client_list.doubtful, client_list.refused)
    assert counted(tried) == first
    assert superuser.execute("SELECT count(*) FROM iduo.company").fetchone() == (0,)

    report = bring(database, client_list.path)
    assert counted(report) == first
    assert report.totals.cases_opened == client_list.created
    assert superuser.execute("SELECT count(*), count(DISTINCT number) FROM iduo.company").fetchone() == (
        client_list.created,
        client_list.created,
    )
    assert len(report.problems) == client_list.doubtful + client_list.refused
    assert all(one.message and one.column and one.row >= FIRST_ROW for one in report.problems)
    dated = [one for one in report.warnings if "Fecha de corte" in one.message]
    assert len(dated) == client_list.bad_dates

    again = bring(database, client_list.path)
    taken_before = client_list.created + client_list.doubles
    assert counted(again) == (client_list.rows, 0, 0, taken_before, client_list.doubtful, client_list.refused)
    assert (again.totals.cases_opened, again.totals.cases_moved) == (0, 0)
    assert again.already is not None
    database.close()


def test_what_is_stored(coordinator: Database, tmp_path: Path, superuser: psycopg.Connection) -> None:
    """From a row of the sheet to the client, his telephones, mails and case."""
    row = values(20000) | {
        "Apellido": "Núñez",
        "Teléfono": "15 4321-5678",
        "Celular": "no tiene",
        "Mail": "ana@example.com, x@",
        "Estado": "en mora",
        "Fecha de corte": "09/12/2026",
        "Deuda": "$ 114.646,62",
        "Observaciones": "=llamar de tarde",
    }
    bring(coordinator, write(tmp_path / "una.xlsx", [row]))
    found = superuser.execute(
        "SELECT surname, service_status, cutoff_date, debt::text, note, extended_until FROM iduo.company"
    ).fetchone()
    assert found == ("Núñez", "delinquent", date(2026, 12, 9), "114646.62", "=llamar de tarde", date(2026, 11, 29))
    phones = superuser.execute("SELECT typed, e164, search_key, kind, valid FROM iduo.company_phone ORDER BY id")
    assert set(phones.fetchall()) == {
        ("15 4321-5678", "+5491143215678", "1143215678", "mobile", True),
        ("no tiene", None, "", "unknown", False),
    }
    emails = superuser.execute("SELECT address, valid FROM iduo.company_email").fetchall()
    assert set(emails) == {("ana@example.com", True), ("x@", False)}
    assert superuser.execute("SELECT list, state FROM iduo.case").fetchall() == [("delinquent", "open")]


def test_a_later_list(coordinator: Database, tmp_path: Path) -> None:
    """New clients, changed ones, moved ones, and those of whom nothing changed."""
    rows = [values(20000 + count) for count in range(8)]
    bring(coordinator, write(tmp_path / "noviembre.xlsx", rows))
    rows[1]["Plan"] = "Fibra 600 Mb"
    rows[2]["Estado"] = "Baja"
    report = bring(coordinator, write(tmp_path / "diciembre.xlsx", [*rows, values(20100)]))
    assert counted(report) == (9, 1, 2, 6, 0, 0)
    assert (report.totals.cases_opened, report.totals.cases_moved) == (1, 1)
    assert report.already is None


def test_more_rows_than_one_call_takes(coordinator: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are staged in their order, some at a time, and outcomes come page by page."""
    monkeypatch.setattr(importing, "ROWS_A_CALL", 7)
    monkeypatch.setattr(importing, "OUTCOMES_A_CALL", 3)
    path = own_list(tmp_path).path
    told: list[tuple[str, int, int]] = []
    report = import_list(coordinator, Wanted("clients", path, dry_run=True), "11", lambda *step: told.append(step))
    assert counted(report) == (303, 291, 0, 3, 4, 5)
    assert [one.row for one in report.problems] == sorted(one.row for one in report.problems)
    assert len(report.problems) == 9
    assert [step for step in told if step[0] == "Enviando"] == [("Enviando", row, 303) for row in range(0, 303, 7)]
    assert told[-1] == ("Probando", 303, 303)


def test_the_staged_row(tmp_path: Path) -> None:
    """Every key is there for each client, also where the row says nothing; the others carry their outcome."""
    found = clients.read(read(own_list(tmp_path).path), "11")
    rows = json.loads(as_json(sorted((*found.rows, *found.problems), key=lambda one: one.row)))
    assert [row["row"] for row in rows] == list(range(FIRST_ROW, FIRST_ROW + 303))
    assert {frozenset(row) for row in rows} == {frozenset(KEYS), frozenset({"row", "outcome", "message"})}
    fine: list[dict[str, Any]] = [row for row in rows if "outcome" not in row]
    assert {row["status"] for row in fine} == {"active", "suspended", "delinquent", "withdrawn"}
    assert {row["kind"] for row in fine} == {"person", "organisation"}
    assert {type(row["debt"]) for row in fine} == {str}
    assert {frozenset(phone) for row in fine for phone in row["phones"]} == {
        frozenset({"typed", "e164", "search_key", "kind", "valid"})
    }
    assert {frozenset(mail) for row in fine for mail in row["emails"]} == {frozenset({"address", "valid"})}
    assert {None} < {row["cutoff_date"] for row in fine}


def test_the_longest_row_fits(coordinator: Database, tmp_path: Path) -> None:
    """Endless cells are cut with a warning; none sinks the file."""
    row = values(20000) | {"Apellido": "Ñ" * 5000, "Localidad": "☎" * 5000, "Observaciones": "\U0001f4de" * 5000}
    row |= {"Teléfono": " / ".join(f"15 {number}" for number in range(100000, 100200)), "Mail": ";".join(["x@"] * 300)}
    row |= {"Celular": "9" * 5000, "Domicilio de servicio": "x" * 30000, "DNI/CUIT": "1" * 5000}
    report = bring(coordinator, write(tmp_path / "larga.xlsx", [row, values(20001)]))
    assert counted(report) == (2, 2, 0, 0, 0, 0)
    assert len(report.warnings) > 100


def test_operators_may_not(become: Become, tmp_path: Path) -> None:
    """The server refuses; nothing of the list is kept."""
    with pytest.raises(UserError, match="permiso"):
        bring(become("ana", "operator"), write(tmp_path / "una.xlsx", [values(20000)]))


def test_a_file_that_cannot_be_read(
    coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], superuser: psycopg.Connection
) -> None:
    """A sentence, its exit code, and no batch."""
    path = saved(tmp_path, xlsx(table(("hola", "mundo"))))
    with pytest.raises(WorkbookError, match="títulos"):
        bring(coordinator, path)
    assert imports.run(coordinator, Wanted("clients", path), Terminal(as_json=True)) is Exit.REFUSED
    assert "títulos" in json.loads(capsys.readouterr().out)["error"]
    assert superuser.execute("SELECT count(*) FROM iduo.batch").fetchone() == (0,)


def test_the_answer_for_scripts(coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Totals on top, and the rows behind doubtful and refused."""
    path = own_list(tmp_path).path
    assert imports.run(coordinator, Wanted("clients", path, dry_run=True), Terminal(as_json=True)) is Exit.DONE
    answer = json.loads(capsys.readouterr().out)
    totals = {key: answer[key] for key in ("rows", "created", "updated", "unchanged", "doubtful", "refused")}
    assert totals == {"rows": 303, "created": 291, "updated": 0, "unchanged": 3, "doubtful": 4, "refused": 5}
    assert (answer["file"], answer["sheet"], answer["dry_run"]) == ("clientes.xlsx", "Listado", True)
    assert answer["problems"][0] == {
        "row": 15,
        "outcome": "refused",
        "column": "Nro",
        "what": "",
        "message": "Nro está vacío.",
    }
    assert {one["outcome"] for one in answer["problems"]} == {"refused", "doubtful"}


def test_the_answer_for_people(coordinator: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same in sentences; of many warnings the first ones."""
    rows = dirty_rows()
    path = write(tmp_path / "clientes.xlsx", rows)
    imports.run(coordinator, Wanted("clients", path), Terminal(as_json=False))
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("clientes.xlsx, hoja «Listado», lote ")
    assert said[1] == "303 filas: 291 nuevas, 0 cambiadas, 3 sin cambios, 4 dudosas, 5 rechazadas."
    assert said[2] == "Casos: 291 abiertos, 0 cambiados de lista."
    assert "  fila 25, rechazada: Nro «S/N» no es un número de cliente." in said
    assert "  fila 75, dudosa: Estado «???» no es un estado conocido." in said
    assert said[-1].endswith("más (todos con --json)")
    assert sum(line.startswith("  fila ") for line in said) == 9 + imports.WARNINGS_SHOWN
    imports.run(coordinator, Wanted("clients", path, dry_run=True), Terminal(as_json=False))
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("Este archivo ya se había importado el ")
    assert said[3] == "Fue una prueba: no se cambió nada."


def test_the_outcomes_page_ends(coordinator: Database, tmp_path: Path) -> None:
    """A batch without anything to say answers no page at all."""
    report = bring(coordinator, write(tmp_path / "una.xlsx", [values(20004)]))
    assert (report.problems, report.kept) == ((), ())
    assert batches.outcomes(coordinator, report.batch_id, after=FIRST_ROW) == ()
