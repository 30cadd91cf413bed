"""Every path of an import, without a window: looked at, mapped, tried, corrected, applied, kept, given up."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
import xlsxwriter

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import batches, exports, importing
from iduo_desktop.services.exports import Profile
from iduo_desktop.services.importing import Cancelled, Check, Looked, Mapping
from iduo_desktop.workbooks.values import Workbook, WorkbookError
from tests.services.world import World
from tests.workbooks.client_lists import values, write

Cells = tuple[object, ...]
CLIENT = ("Nro", "Apellido", "Nombre", "Tel", "Mail", "Estado", "Corte", "Obs")


def sheet(path: Path, *rows: Cells) -> Path:
    """A workbook of these rows."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet("Hoja1")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


def client(number: object = 20001, **said: Any) -> Cells:
    """A row that is fine."""
    fine = {"Nro": number, "Apellido": "Sosa", "Nombre": "Ana", "Tel": "341 421-8890", "Mail": "", "Estado": "Activo"}
    return tuple((fine | said).get(title, "") for title in CLIENT)


def mapped(looked: Looked, **others: Any) -> Mapping:
    """The mapping that the file suggests."""
    return replace(Mapping(looked.kind, tuple(one.field for one in looked.columns)), **others)


def tried(database: Database, path: Path, key: UUID | None = None, **others: Any) -> Check:
    """What an import of the file would do."""
    looked = importing.look(path)
    return importing.check(database, looked, mapped(looked, **others), "341", key or uuid4())


def counts(check: Check | importing.Done) -> tuple[int, ...]:
    """Rows, created, updated, unchanged, doubtful, refused; they add up."""
    parts = (check.created, check.updated, check.unchanged, check.doubtful, check.refused)
    assert sum(parts) == check.rows
    return (check.rows, *parts)


def told(check: Check) -> list[tuple[str, str, list[int]]]:
    """Severity, sentence and rows of each group."""
    return [(one.severity, one.sentence, [problem.row for problem in one.problems]) for one in check.groups]


def test_a_file_is_looked_at(tmp_path: Path) -> None:
    path = write(tmp_path / "clientes.xlsx", [values(20000 + count) for count in range(12)])
    steps: list[tuple[str, int, int]] = []
    looked = importing.look(path, progress=lambda *step: steps.append(step))
    assert (looked.kind, looked.sheet, looked.header_row, looked.rows) == ("clients", "Listado", 4, 12)
    assert (looked.name, looked.sheets, looked.of_batch) == ("clientes.xlsx", ("Listado",), None)
    assert len(looked.preview) == 10
    assert looked.preview[0][:2] == ("20000", "ACUÑA")
    assert {one.key for one in looked.fields if one.required} == {"number", "name", "status"}
    assert [one.how for one in looked.columns] == ["name"] * 15
    assert not any(one.ambiguous for one in looked.columns)
    assert steps[-1][0] == "Leyendo"


def test_what_nobody_knows_is_asked(tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", ("uno", "dos"), ("a", "b"))
    looked = importing.look(path)
    assert (looked.kind, looked.fields, looked.rows) == ("", (), 1)
    looked = importing.look(path, "clients", header_row=1)
    assert [one.field for one in looked.columns] == ["", ""]
    assert len(looked.fields) == 16


def test_a_column_that_is_missing_is_said(marta: Database, tmp_path: Path) -> None:
    looked = importing.look(sheet(tmp_path / "x.xlsx", CLIENT, client()))
    without = tuple("" if one.field == "status" else one.field for one in looked.columns)
    with pytest.raises(WorkbookError, match="Falta la columna «Estado»"):
        importing.check(marta, looked, Mapping("clients", without), "341", uuid4())
    twice = tuple("surname" if one.field == "name" else one.field for one in looked.columns)
    with pytest.raises(WorkbookError, match=r"Falta la columna|más de una"):
        importing.check(marta, looked, Mapping("clients", twice), "341", uuid4())


def test_every_row_is_tried_and_nothing_changed(marta: Database, world: World, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "x.xlsx",
        CLIENT,
        client(1),
        client("N° 2"),
        client(3, Estado="Activoo"),
        client(4, Mail="ana@ejemplo.com.", Corte="31/02/2026"),
        client(5),
        client(5, Nombre="Eva"),
        client(1),
    )
    check = tried(marta, path)
    assert counts(check) == (7, 2, 0, 1, 3, 1)
    assert told(check) == [
        ("error", "Hay filas del mismo número con datos distintos", [6, 7]),
        ("error", "El número falta o no sirve", [3]),
        ("error", "El estado no se conoce", [4]),
        ("warning", "El mail no es una dirección: queda como está", [5]),
        ("warning", "La fecha de corte no se entiende: se importa sin fecha", [5]),
    ]
    by_field = {one.field: one for group in check.groups for one in group.problems}
    assert (by_field["status"].column, by_field["status"].value, by_field["status"].suggestion) == (
        "Estado",
        "Activoo",
        "Activo",
    )
    assert by_field["number"].message.startswith("Nro 5 está en las filas 6, 7") or by_field["number"].row == 3
    assert by_field["email"].suggestion == "ana@ejemplo.com"
    assert world.value("SELECT count(*) FROM iduo.company") == 0
    assert batches.board(marta) == ()


def test_cells_are_corrected_and_rows_left_out(marta: Database, world: World, tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", CLIENT, client("N° 1"), client(2, Estado="???"), client(3), client(3, Mail="x@"))
    check = tried(marta, path)
    assert counts(check) == (4, 0, 0, 0, 3, 1)
    check = importing.correct(marta, check, 2, "number", "1", "341")
    assert counts(check) == (4, 1, 0, 0, 3, 0)
    check = importing.correct(marta, check, 3, "status", "baja", "341")
    assert counts(check) == (4, 2, 0, 0, 2, 0)
    # of two that contradict each other one is left out: the other is fine
    check = importing.omit(marta, check, (5,))
    assert (counts(check), check.groups) == ((3, 3, 0, 0, 0, 0), ())
    assert counts(importing.apply(marta, check, ())) == (3, 3, 0, 0, 0, 0)
    assert world.value("SELECT array_agg(number ORDER BY number) FROM iduo.company") == [1, 2, 3]
    assert world.value("SELECT service_status FROM iduo.company WHERE number = 2") == "withdrawn"
    with pytest.raises(WorkbookError, match="no tiene esa columna"):
        importing.correct(marta, check, 2, "debt", "1", "341")


def test_a_correction_can_be_wrong_too(marta: Database, tmp_path: Path) -> None:
    check = tried(marta, sheet(tmp_path / "x.xlsx", CLIENT, client("x"), client(2)))
    check = importing.correct(marta, check, 2, "number", "y", "341")
    assert (counts(check), check.groups[0].problems[0].value) == ((2, 1, 0, 0, 0, 1), "y")
    check = importing.correct(marta, check, 2, "number", "2", "341")
    # now it is the same row as the other, once
    assert counts(check) == (2, 1, 0, 1, 0, 0)


def test_the_same_file_twice_changes_nothing(marta: Database, tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", CLIENT, client(1), client(2))
    first = tried(marta, path)
    assert first.already is None
    importing.apply(marta, first, ())
    again = tried(marta, path)
    assert again.already is not None
    assert counts(again) == (2, 0, 0, 2, 0, 0)
    assert counts(importing.apply(marta, again, ())) == (2, 0, 0, 2, 0, 0)
    # asked again with the same check, it says the same and does nothing
    assert counts(importing.apply(marta, first, ())) == (2, 2, 0, 0, 0, 0)


def test_one_key_is_one_batch_and_another_mapping_another(marta: Database, tmp_path: Path) -> None:
    path, key = sheet(tmp_path / "x.xlsx", CLIENT, client(1)), uuid4()
    looked = importing.look(path)
    first = importing.check(marta, looked, mapped(looked), "341", key)
    assert importing.check(marta, looked, mapped(looked), "341", key).batch_id == first.batch_id
    fields = tuple("" if one.field == "note" else one.field for one in looked.columns)
    other = importing.check(marta, looked, Mapping("clients", fields), "341", key)
    assert other.batch_id != first.batch_id


@pytest.mark.parametrize(
    ("days", "day_first", "expected"),
    [
        (("03/04/2026",), None, "2026-04-03"),
        (("03/04/2026",), False, "2026-03-04"),
        (("03/04/2026", "11/25/2026"), None, "2026-03-04"),
        (("03/04/2026", "25/11/2026"), None, "2026-04-03"),
    ],
)
def test_the_order_of_dates_is_asked_once(
    days: tuple[str, ...], day_first: bool | None, expected: str, marta: Database, world: World, tmp_path: Path
) -> None:
    rows = [client(number, Corte=day) for number, day in enumerate(days, 1)]
    path = sheet(tmp_path / "x.xlsx", CLIENT, *rows)
    cutoff = next(one for one in importing.look(path).columns if one.field == "cutoff_date")
    assert cutoff.ambiguous is (len(days) == 1)
    importing.apply(marta, tried(marta, path, day_first=day_first), ())
    assert str(world.value("SELECT cutoff_date FROM iduo.company WHERE number = 1")) == expected


@pytest.mark.parametrize("step", ["Leyendo", "Revisando", "Enviando", "Probando", "Importando"])
def test_given_up_nothing_is_applied(step: str, marta: Database, world: World, tmp_path: Path) -> None:
    rows = [client(number) for number in range(1, 1002)]
    path = sheet(tmp_path / "x.xlsx", CLIENT, *rows)

    def stop(name: str, _done: int, _of: int) -> None:
        if name == step:
            raise Cancelled

    def whole() -> None:
        looked = importing.look(path, progress=stop)
        check = importing.check(marta, looked, mapped(looked), "341", uuid4(), stop)
        importing.apply(marta, check, (), stop)

    with pytest.raises(Cancelled):
        whole()
    assert world.value("SELECT count(*) FROM iduo.company") == 0


def test_a_file_that_changed_meanwhile_is_not_taken(marta: Database, tmp_path: Path) -> None:
    """A window that lost what it had read reads again, and sees it."""
    path = sheet(tmp_path / "x.xlsx", CLIENT, client(1))
    looked = replace(importing.look(path), book=Workbook("", "", ()))
    assert counts(importing.check(marta, looked, mapped(looked), "341", uuid4())) == (1, 1, 0, 0, 0, 0)
    sheet(path, CLIENT, client(2))
    with pytest.raises(WorkbookError, match="cambió"):
        importing.check(marta, looked, mapped(looked), "341", uuid4())


def test_the_errors_are_the_same_sheet(marta: Database, world: World, tmp_path: Path) -> None:
    """Only the rows that failed, their cells painted and commented; corrected, it is imported as it is."""
    titles = (*CLIENT, "Zona")
    path = sheet(tmp_path / "x.xlsx", ("Listado",), titles, (*client("s/n"), 7.5), (*client(2), "N"),
                 (*client(3, Estado=""), "S"), (*client("=4"), "O"))  # fmt: skip
    check = tried(marta, path)
    errors = importing.write_errors(check, tmp_path / "errores.xlsx")
    page = openpyxl.load_workbook(errors)["Hoja1"]
    assert [cell.value for cell in page[1]] == [*titles, "Error", "Columna", "Qué hacer"]
    assert page.max_row == 4
    assert [page.cell(row, 9).value for row in (2, 3, 4)] == [7.5, "S", "O"]
    assert (page["A2"].value, page["A2"].fill.fgColor.rgb) == ("s/n", "FFFFD9D3")
    assert "El número falta" in page["A2"].comment.text
    assert (page["A4"].value, page["A4"].data_type) == ("=4", "s")
    assert (page["F3"].value, page["F3"].fill.fgColor.rgb, page["K3"].value) == (None, "FFFFD9D3", "Estado")
    looked = importing.look(errors)
    assert ([one.title for one in looked.columns if not one.field][:1], looked.rows) == (["Zona"], 3)
    again = importing.check(marta, looked, importing.named(looked), "341", uuid4())
    for row, field, value in ((2, "number", "1"), (3, "status", "Activo"), (4, "number", "4")):
        again = importing.correct(marta, again, row, field, value, "341")
    assert counts(importing.apply(marta, again, ())) == (3, 3, 0, 0, 0, 0)
    assert world.value("SELECT array_agg(number ORDER BY number) FROM iduo.company") == [1, 3, 4]


def test_companies_and_their_assistants(marta: Database, world: World, tmp_path: Path) -> None:
    titles = ("Empresa Nº", "Razón social", "CUIT", "Asistente Funcional", "WhatsApp AF")
    rows = (
        (1000, "Sur SA", "30-67122186-5", "Ana Paz", "11 4054-7108"),
        (1001, "Norte SA", "1", "ana paz", "11 4054-7108"),
    )
    check = tried(marta, sheet(tmp_path / "x.xlsx", titles, *rows))
    assert (check.mapping.kind, counts(check)) == ("companies", (2, 2, 0, 0, 0, 0))
    assert [one.sentence for one in check.groups] == ["El documento no pasa la verificación: se importa sin él"]
    importing.apply(marta, check, ())
    assert world.value("SELECT count(*) FROM iduo.assistant") == 1


def test_operators_may_not(ana: Database, world: World, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="permiso"):
        tried(ana, sheet(tmp_path / "x.xlsx", CLIENT, client(1)))


def profile(name: str, fields: dict[str, str], default: bool = False) -> Profile:
    """A kept choice of columns."""
    return Profile(1, "clients", name, json.dumps(fields), default)


def test_last_times_choice_is_taken(tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", ("CTA", "Nombre", "ST"), (1, "Ana", "Activo"))
    profiles = (
        profile("otra", {"Cliente": "name"}, default=True),
        profile("sistema", {"CTA": "number", "ST": "status", "Nombre": "name"}),
        replace(profile("ajena", {"CTA": "note", "ST": "note", "Nombre": "note"}), kind="contacts"),
    )
    looked = importing.look(path, "clients", profiles=profiles)
    assert [(one.field, one.how) for one in looked.columns] == [
        ("number", "last_time"), ("name", "last_time"), ("status", "last_time"),
    ]  # fmt: skip


def test_the_console_takes_no_guesses(tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", ("Nro", "Nombre", "Estado", "Teléfono de contacto", "A"),
                 (1, "Ana", "Activo", "341 421-8890", "a@b.com"))  # fmt: skip
    looked = importing.look(path)
    assert [one.field for one in looked.columns] == ["number", "name", "status", "phone", "email"]
    assert importing.named(looked).fields == ("number", "name", "status", "", "")


def test_a_long_list_comes_in_parts(marta: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS_A_CALL", 2)
    monkeypatch.setattr(importing, "OUTCOMES_A_CALL", 2)
    rows = [client(f"s/n {number}") for number in range(5)]
    check = tried(marta, sheet(tmp_path / "x.xlsx", CLIENT, *rows))
    assert counts(check) == (5, 0, 0, 0, 0, 5)
    assert [one.row for one in check.groups[0].problems] == [2, 3, 4, 5, 6]


def test_a_calls_patience_ends(marta: Database, become: Callable[..., Database], tmp_path: Path) -> None:
    """The connection is given time for the list, and takes it back afterwards."""
    before = marta._deadline
    tried(marta, sheet(tmp_path / "x.xlsx", CLIENT, client(1)))
    assert marta._deadline == before


def test_a_choice_is_kept_and_taken_the_next_time(marta: Database, tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", ("CTA", "Nombre", "ST", "Obs"), (1, "Ana", "Activo", "x"))
    looked = importing.look(path, "clients")
    assert [one.field for one in looked.columns] == ["", "name", "", "note"]
    importing.kept(marta, looked, Mapping("clients", ("number", "name", "status", "")), "Sistema viejo")
    again = importing.look(path, "clients", profiles=exports.profiles(marta, "clients"))
    assert [(one.field, one.how) for one in again.columns] == [
        ("number", "last_time"), ("name", "last_time"), ("status", "last_time"), ("", "last_time"),
    ]  # fmt: skip
    assert importing.named(again).fields == ("number", "name", "status", "")


def test_an_empty_cell_leaves_what_is_here_or_takes_it_away(marta: Database, world: World, tmp_path: Path) -> None:
    """Also a column that the file does not have; a company stays one without its document."""
    titles = ("Nro", "Apellido", "Nombre", "CUIT", "Plan", "Estado", "Deuda", "Corte", "Prórroga", "Domicilio")
    full = (1, "Sosa", "Ana", "", "Fibra", "Activo", 10.5, "25/12/2026", "26/12/2026", "Mitre 1")
    firm = (2, "", "Sur SRL", "30-67122186-5", "Fibra", "Activo", 7, "", "", "")
    importing.apply(marta, tried(marta, sheet(tmp_path / "1.xlsx", titles, full, firm)), ())
    kept = "SELECT to_jsonb(c) - ARRAY['version', 'imported', 'at'] FROM iduo.company c WHERE number = %s"
    before = [world.value(kept, number) for number in (1, 2)]
    short = sheet(tmp_path / "2.xlsx", ("Nro", "Nombre", "Estado"), (1, "Ana", "Activo"), (2, "Sur SRL", "Activo"))
    importing.apply(marta, tried(marta, short), ())
    blank = sheet(tmp_path / "3.xlsx", titles, (1, "", "", "", "", "Activo"), (2, "", "", "", "", "Activo"))
    importing.apply(marta, tried(marta, blank), ())
    assert [world.value(kept, number) for number in (1, 2)] == before
    erased = tried(marta, blank, erase_empty=True)
    assert counts(importing.apply(marta, erased, ())) == (2, 0, 2, 0, 0, 0)
    fields = "surname, names, name, tax_id, plan, debt, cutoff_date, extended_until, street"
    left = world.value(f"SELECT concat_ws('', {fields}) FROM iduo.company WHERE number = 1")
    assert left == ""
    assert counts(tried(marta, blank, erase_empty=True)) == (2, 0, 0, 2, 0, 0)
