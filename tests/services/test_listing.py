"""Whole lists into workbooks: all rows, full texts, words for codes; a trace first; memory that stays flat."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import listing, tickets
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.exports import ExportedCase, ExportedTicket
from iduo_desktop.services.importing import Cancelled
from iduo_desktop.services.tickets import TicketFilter
from iduo_desktop.workbooks import exported, reading
from iduo_desktop.workbooks.writing import LONGEST
from tests.services.messages import taken
from tests.services.world import World

EVERYTHING = CaseFilter().as_json()
EVERY_TICKET = TicketFilter().as_json()
MEMORY = """
import resource, sys
from pathlib import Path
from iduo_desktop.workbooks.writing import Column, write_list
columns = [Column(str(n), 20, "wrapped") for n in range(12)]
rows = ([f"Un texto que dice algo de la fila {n} y la columna {c}" for c in range(12)] for n in range(int(sys.argv[2])))
write_list(Path(sys.argv[1]), "Lista", "Lista", columns, rows)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def rows(path: Path) -> list[dict[str, object]]:
    """What the sheet says, by title."""
    sheet = reading.read(path).sheets[0]
    return [dict(zip(map(str, sheet.rows[1]), row, strict=True)) for row in sheet.rows[2:]]


def test_cases_with_all_that_is_known(world: World, marta: Database, tmp_path: Path) -> None:
    said = {"surname": "Núñez", "names": "=Ana", "document": "07001234", "debt": "1234.50", "cutoff_date": "2026-12-09"}
    world.case(company=world.company(**said))
    world.case("active")
    done = listing.export(marta, listing.CASES, tmp_path / "morosos.xlsx", "delinquent", EVERYTHING, "Para el banco")
    assert (done.path, done.rows, [*tmp_path.iterdir()]) == (tmp_path / "morosos.xlsx", 1, [done.path])
    (row,) = rows(done.path)
    assert (row["Cliente"], row["DNI/CUIT"], row["Lista"], row["Situación"]) == (
        "NÚÑEZ, =Ana",
        "07001234",
        "Morosos",
        "Abierto",
    )
    assert (row["Deuda"], row["Fecha de corte"], row["Llamadas"], row["Última nota"]) == (
        1234.5,
        date(2026, 12, 9),
        0.0,
        "",
    )
    assert isinstance(row["Abierto el"], datetime)
    with zipfile.ZipFile(done.path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    trace = world.value("SELECT subject || ' ' || reason FROM iduo.receipt WHERE what = 'export'")
    assert trace.startswith("cases delinquent")
    assert trace.endswith("Para el banco · 1 filas")


def test_what_is_filtered_and_chosen(world: World, marta: Database, tmp_path: Path) -> None:
    for locality in ("Rosario", "Salta"):
        world.case(company=world.company(locality=locality))
    only = CaseFilter(locality="Salta").as_json()
    fields = ("locality", "company_number", "unknown by now")
    done = listing.export(marta, listing.CASES, tmp_path / "x.xlsx", "delinquent", only, "Prueba", fields)
    assert reading.read(done.path).sheets[0].rows[1:] == (("Localidad", "Nro de cliente"), ("Salta", "20002"))


def test_messages_of_every_state(
    ana: Database, marta: Database, become: Callable[..., Database], tmp_path: Path
) -> None:
    first = taken(ana, text="a" * 3999 + "=", document="07001234")
    taken(ana, text="Otra")
    tickets.answer(become("rosa", "answerer"), (first.ticket_id,), "Línea 1\nlínea 2", uuid4())
    done = listing.export(marta, listing.TICKETS, tmp_path / "todos.xlsx", "all", EVERY_TICKET, "Prueba")
    found = {row["Estado"]: row for row in rows(done.path)}
    assert (done.rows, set(found)) == (2, {"Abierto", "Pendiente de comunicación"})
    answered = found["Pendiente de comunicación"]
    assert (len(str(answered["Consulta"])), answered["Documento"], answered["Canal"]) == (4000, "07001234", "0800")
    assert (answered["Respuesta"], answered["Quién llamó"]) == ("Línea 1\nlínea 2", "Usuario")
    assert str(answered["Nro de ticket"]).startswith(str(first.number))
    only = listing.export(marta, listing.TICKETS, tmp_path / "abiertos.xlsx", "open", EVERY_TICKET, "Prueba", ("text",))
    assert rows(only.path) == [{"Consulta": "Otra"}]


def test_page_by_page(world: World, marta: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    world.cases(5)
    steps: list[tuple[str, int, int]] = []
    path = tmp_path / "x.xlsx"
    done = listing.export(
        marta, listing.CASES, path, "delinquent", EVERYTHING, "Prueba", progress=lambda *step: steps.append(step)
    )
    assert (done.rows, steps) == (5, [("Exportando", 2, 5), ("Exportando", 4, 5), ("Exportando", 5, 5)])
    assert len({row["Nro de cliente"] for row in rows(path)}) == 5


def test_given_up_no_file_stays(world: World, marta: Database, tmp_path: Path) -> None:
    world.cases(2)
    before = tmp_path / "x.xlsx"
    before.write_bytes(b"de ayer")

    def stop(_step: str, _done: int, _of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        listing.export(marta, listing.CASES, before, "delinquent", EVERYTHING, "Prueba", progress=stop)
    assert ([*tmp_path.iterdir()], before.read_bytes()) == ([before], b"de ayer")
    # the trace stays: somebody wanted to
    assert world.value("SELECT count(*) FROM iduo.receipt WHERE what = 'export'") == 1


def test_operators_export_nothing(ana: Database, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="permiso"):
        listing.export(ana, listing.CASES, tmp_path / "x.xlsx", "delinquent", EVERYTHING, "Prueba")
    with pytest.raises(UserError, match="permiso"):
        listing.export(ana, listing.TICKETS, tmp_path / "x.xlsx", "open", EVERY_TICKET, "Prueba")
    assert [*tmp_path.iterdir()] == []


def test_without_a_reason_nothing(marta: Database, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="para qué"):
        listing.export(marta, listing.CASES, tmp_path / "x.xlsx", "delinquent", EVERYTHING, " ")


def test_what_a_cell_cannot_hold_is_cut_and_says_so() -> None:
    """Only many additions together are longer than a cell."""
    values: dict[str, Any] = dict.fromkeys(ExportedTicket.__dataclass_fields__, "")
    row = ExportedTicket(**values | {"remarks": "a" * (LONGEST + 1), "at": datetime(2026, 11, 22, 2, tzinfo=UTC)})
    cell = str(listing.shown(row, "remarks", "wrapped"))
    assert (len(cell), cell.endswith("(sigue en iduo)")) == (LONGEST, True)
    assert listing.shown(row, "at", "moment") == datetime(2026, 11, 21, 23)  # noqa: DTZ001 - a cell knows no zone


def test_the_columns_are_what_the_database_gives() -> None:
    assert set(exported.CASES) < set(ExportedCase.__dataclass_fields__)
    assert set(exported.TICKETS) < set(ExportedTicket.__dataclass_fields__)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource module to ask for the peak of memory")
def test_memory_stays_flat(tmp_path: Path) -> None:
    """Ten times the rows, at most 1.2 times the memory."""
    root = Path(listing.__file__).parents[2]
    small, large = (
        int(
            subprocess.run(
                [sys.executable, "-c", MEMORY, str(tmp_path / "x.xlsx"), str(count)],
                check=True,
                capture_output=True,
                text=True,
                cwd=root,
            ).stdout
        )
        for count in (1000, 10000)
    )
    assert large <= 1.2 * small
