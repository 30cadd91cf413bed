"""The part «Lotes» of one person in a test: files of the test, and what is asked of its pages."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__
from iduo_desktop.services import staff
from iduo_desktop.ui import formats
from iduo_desktop.ui.batches.board import Board
from iduo_desktop.ui.batches.page import BatchesPage
from iduo_desktop.ui.batches.wizard import Wizard
from iduo_desktop.ui.batches.wizard_parts import CHECK, COLUMNS
from tests.ui.desk import Desk

TITLES = ("Nro cliente", "Apellido y nombre", "Estado", "Deuda", "Fecha de corte", "Teléfono")
WAIT = 120_000


class Exchange:
    """A page on the screen, and who sits there."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.qtbot = qtbot
        self.desk = desk
        me = staff.me(desk.database, __version__)
        clock = formats.clock_of(me.server_time)
        self.page = BatchesPage(desk.operations, me, desk.notice, desk.drafts, clock)
        qtbot.addWidget(self.page)
        self.page.resize(1200, 640)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.page)

    @property
    def wizard(self) -> Wizard:
        """The import."""
        return self.page.wizard

    @property
    def board(self) -> Board:
        """The list of batches."""
        return self.page.board

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Until something is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)

    def rest(self) -> None:
        """Wait until everything that was asked is answered."""
        self.wait_for(lambda: not (self.wizard.meter.running or self.desk.operations._unsettled))

    def take(self, path: Path) -> None:
        """Choose a file, and wait for what it is."""
        self.page.begin_import()
        self.wizard.take(path)
        self.rest()

    def go(self, step: int) -> None:
        """«Siguiente», and wait for that page."""
        self.wizard.go_on()
        self.wait_for(lambda: self.wizard.step == step and not self.wizard.meter.running)

    def simulate(self, path: Path) -> None:
        """The way to the simulation of a list, dates being day/month."""
        self.take(path)
        self.go(COLUMNS)
        if self.wizard.columns.asks_dates:
            self.wizard.columns.dates.choose("day")
        self.go(CHECK)

    def button(self, name: str, inside: QWidget | None = None) -> QPushButton:
        """A button by its name."""
        found = (inside or self.page).findChild(QPushButton, name)
        assert isinstance(found, QPushButton), name
        return found

    def text(self, name: str) -> str:
        """What a label says, empty when it is not seen."""
        found = self.page.findChild(QWidget, name)
        assert found is not None, name
        return str(found.property("text")) if found.isVisible() else ""

    def counts(self) -> dict[str, int]:
        """What the simulation counted, but for what there is none of."""
        check = self.wizard.check.check
        assert check is not None
        names = ("created", "updated", "unchanged", "doubtful", "refused")
        return {name: getattr(check, name) for name in names if getattr(check, name)}


def sheet(path: Path, rows: Iterable[Sequence[str]], titles: Sequence[str] = TITLES) -> Path:
    """A list as plain text, as spreadsheets here write it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows((titles, *rows))
    return path


def client(
    number: int, name: str = "Gómez, Ana", status: str = "Moroso", debt: str = "100", cutoff: str = ""
) -> Sequence[str]:
    """A row of a list of clients."""
    return (str(number), name, status, debt, cutoff, "341 421-8890")
