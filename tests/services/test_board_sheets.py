"""The board in a workbook: every plot on its sheet, a trace first, nobody's name but those of who works here."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import board_sheets, supervision, tickets
from iduo_desktop.services.importing import Cancelled
from iduo_desktop.services.supervision import Span
from iduo_desktop.workbooks import reading
from tests.people import People
from tests.services.messages import new
from tests.services.world import World

NAMES = ("Resumen", "Tickets por hora", "Contactos por nivel", "Sin respuesta", "Promesas", "Operadores", "Pausas")


def test_every_plot_on_its_sheet(world: World, ana: Database, marta: Database, people: People, tmp_path: Path) -> None:
    for _ in range(3):
        tickets.create(ana, new(surname="Zzyzx"), uuid4())
    world.cases(2, company=None)
    supervision.begin_pause(ana, 1)
    today = Span(world.today(), world.today())
    told: list[tuple[str, int, int]] = []

    def tell(step: str, done: int, of: int) -> None:
        told.append((step, done, of))

    done = board_sheets.export_board(marta, tmp_path / "tablero.xlsx", today, "Para la reunión", tell)
    assert told[-1] == ("Exportando", 7, 7)
    assert [*tmp_path.iterdir()] == [done.path]
    book = reading.read(done.path)
    assert tuple(sheet.name for sheet in book.sheets) == NAMES
    sheets = {sheet.name: sheet.rows for sheet in book.sheets}
    assert sum(len(rows) - 2 for rows in sheets.values()) == done.rows
    assert str(sheets["Resumen"][0][0]) == f"Tablero: {today.first:%d/%m/%Y}, todos los equipos"
    assert {row[0]: row[1] for row in sheets["Resumen"][2:]}["Tickets nuevos"] == 3
    assert sheets["Tickets por hora"][1] == ("Hora", "0800", "Chat", "Llamada saliente", "Total")
    assert [row[4] for row in sheets["Tickets por hora"][2:] if row[4]] == [3]
    assert sheets["Contactos por nivel"][2][:3] == (0, 0, 2)
    assert sheets["Sin respuesta"][2][-2:] == (3, 0)
    assert ("Ana", 3) in {(row[0], row[8]) for row in sheets["Operadores"][2:]}
    assert sheets["Pausas"][2][:4] == ("Ana", "", "Almuerzo", 60)
    assert "zzyzx" not in str(book).lower()


def test_a_trace_first(world: World, marta: Database, ana: Database, tmp_path: Path) -> None:
    team = world.insert("team", {"name": "Mañana"})
    span = Span(world.today() - timedelta(days=6), world.today(), team)

    def stop(*_step: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        board_sheets.export_board(marta, tmp_path / "x.xlsx", span, "Prueba", stop)
    assert [*tmp_path.iterdir()] == []
    subject, reason = world.superuser.execute("SELECT subject, reason FROM iduo.receipt").fetchall()[0]
    assert subject.startswith('board all {"')
    assert str(team) in subject
    assert reason == "Prueba · 0 filas"
    done = board_sheets.export_board(marta, tmp_path / "x.xlsx", span, "Prueba")
    assert "equipo Mañana" in str(reading.read(done.path).sheets[0].rows[0][0])
    for database, why in ((ana, "Prueba"), (marta, " ")):
        with pytest.raises(UserError):
            board_sheets.export_board(database, tmp_path / "y.xlsx", span, why)
