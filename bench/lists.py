"""Long lists without a database: a scroll frame beside C++'s own model, first paint and memory of a million lines."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

from bench import Result
from iduo_desktop.services.cases import CaseRow, sort_key
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.columns import case_columns
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import Theme
from iduo_desktop.ui.widgets.table import View
from iduo_desktop.ui.widgets.table_model import Source, TableModel

SIZE = (930, 560)
FRAMES = 40
ROUNDS = 15
BEGIN = datetime(2026, 11, 1, 12, tzinfo=UTC)
PLACES = ("Rosario", "Córdoba", "Villa Gobernador Gálvez", "Santa Fe")
NAMES = ("GÓMEZ, Ana", "PEREYRA, Luis", "SOSA, Marta", "DÍAZ, Hernán", "FERNÁNDEZ CASTRO, María de los Ángeles")


class Nothing:
    """Stands where the database would: the lines are made up."""

    def close(self) -> None:
        """Nothing to close."""

    def cancel(self) -> None:
        """Nothing to cancel."""

    def wait(self, seconds: float) -> bool:
        """Nothing ever happens."""
        return seconds < 0

    def wake(self) -> None:
        """Nobody to wake."""


def make_row(number: int) -> CaseRow:
    """A line of the list, always the same for its number."""
    level = number % 6
    contact = BEGIN + timedelta(minutes=number)
    values: dict[str, Any] = dict.fromkeys(CaseRow.__slots__)
    values |= {"id": number, "company_id": number, "company_number": 20_000 + number, "client": NAMES[number % 5]}
    values |= {"list": "delinquent", "closed": False, "holder": "Juan Paz" if number % 7 == 0 else None}
    values |= {"debt": Decimal(number % 90_000) + Decimal("0.50"), "cutoff_date": contact.date()}
    values |= {"plan": "Fibra 300 Mb", "locality": PLACES[number % 4], "level": level, "attempts": level}
    values |= {"calls": level, "whatsapps": 0, "emails": level // 3, "sms": 0, "last_contact_at": contact}
    values |= {"viewers": "", "version": 1, "position": json.dumps([1, number, number, ""])}
    return CaseRow(**values)


def source(total: int) -> Source[CaseRow]:
    """A list of that many lines."""

    def page(_database: object, after: str | None, limit: int) -> tuple[CaseRow, ...]:
        first = json.loads(after)[1] + 1 if after else 0
        return tuple(make_row(number) for number in range(first, min(first + limit, total)))

    return Source(page, lambda _database, ids: tuple(map(make_row, ids)), sort_key)


def wait(seconds: float = 0.0) -> None:
    """Let events come for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_for(model: TableModel[CaseRow], rows: int) -> None:
    """Let events come until the model has that many lines, or all."""
    loop = QEventLoop()
    model.updated.connect(loop.quit)
    while model.rowCount() < rows and not model.whole:
        loop.exec()
    model.updated.disconnect(loop.quit)


class Bench:
    """An application with a list in it."""

    def __init__(self) -> None:
        self.application = QApplication.instance() or QApplication([])
        self.theme = Theme(self.application, "light", "compact")  # type: ignore[arg-type]  # nobody made another kind
        self.operations = Operations(sort_error)
        self.operations.open(Nothing(), Nothing(), lambda: ())
        self._windows: list[QMainWindow] = []

    def view(self) -> View[CaseRow]:
        """An empty list of cases on the screen."""
        model = TableModel(self.operations, case_columns(CaseList.DELINQUENT, formats.now), "case")
        view: View[CaseRow] = View(model)
        self.show(view)
        wait(0.05)
        return view

    def show(self, view: QTableView) -> None:
        """Show it in a window of its own, dressed as those of the program are."""
        window = QMainWindow()
        window.setCentralWidget(view)
        self.theme.dress(window)
        window.resize(*SIZE)
        window.show()
        self._windows.append(window)

    def close(self) -> None:
        """End the workers."""
        self.operations.close()


def frame(view: QTableView) -> float:
    """Milliseconds for one repaint of the whole list after it was scrolled."""
    bar = view.verticalScrollBar()
    before = time.process_time()  # the machine may be busy with something else
    for number in range(FRAMES):
        bar.setValue(number * 60)
        view.viewport().repaint()
    return (time.process_time() - before) / FRAMES * 1000


def standard(view: View[CaseRow]) -> QTableView:
    """The same lines in Qt's own model, written in C++, with the same look."""
    model = QStandardItemModel(view.lines.rowCount(), view.lines.columnCount())
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.TextAlignmentRole)
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            item = QStandardItem()
            for role in roles:
                item.setData(view.lines.data(view.lines.index(row, column), int(role)), int(role))
            model.setItem(row, column, item)
    other = QTableView()
    other.setModel(model)
    other.setIconSize(view.iconSize())
    other.setShowGrid(False)
    other.setWordWrap(False)
    other.setTextElideMode(view.textElideMode())
    other.setVerticalScrollMode(view.verticalScrollMode())
    other.verticalHeader().hide()
    other.verticalHeader().setDefaultSectionSize(view.verticalHeader().defaultSectionSize())
    for column in range(model.columnCount()):
        other.setColumnWidth(column, view.columnWidth(column))
    return other


def measure_frame() -> tuple[float, float, float]:
    """Our list's frame and C++'s, in turns: the middle of each, and of the ratios of those measured side by side."""
    bench = Bench()
    view = bench.view()
    view.lines.show_source(source(200))
    wait_for(view.lines, 200)
    other = standard(view)
    bench.show(other)
    wait(0.1)
    pairs = [(frame(view), frame(other)) for _ in range(ROUNDS)]
    bench.close()
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    return ours, theirs, statistics.median(one / two for one, two in pairs)


def first_paint(total: int) -> float:
    """Milliseconds from asking for a list until its first lines are painted."""
    bench = Bench()
    times = []
    for _ in range(5):
        view = bench.view()
        before = time.perf_counter()
        view.lines.show_source(source(total))
        wait_for(view.lines, min(total, 200))
        view.viewport().repaint()
        times.append((time.perf_counter() - before) * 1000)
        view.window().close()
    bench.close()
    return statistics.median(times)


def scrolled_memory(total: int) -> float:
    """Megabytes that the process holds after the whole list was scrolled through, page by page."""
    bench = Bench()
    view = bench.view()
    view.viewport().setUpdatesEnabled(False)  # what is painted is not kept
    view.lines.show_source(source(total))
    wait_for(view.lines, min(total, 200))
    while not view.lines.whole:
        before = view.lines.rowCount()
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
        wait_for(view.lines, before + 1)
    bench.close()
    return psutil.Process().memory_info().rss / 2**20


def apart(function: str, total: int = 0) -> list[float]:
    """The figures that a process of its own gives: what one list left behind does not burden the next."""
    command = [sys.executable, "-m", "bench.lists", function, str(total)]
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], env=environment, capture_output=True, text=True, check=True
    )
    return [float(figure) for figure in done.stdout.split()]


def measure() -> Iterator[Result]:
    """A scroll frame, the first paint and the memory of a long list."""
    ours, theirs, ratio = apart("frame")
    yield Result("scroll frame", ours, theirs, "ms", ratio, 1.8, note="beside QStandardItemModel")
    (long,), (short,) = apart("first_paint", 1_000_000), apart("first_paint", 1_000)
    yield Result("first paint of a 1M list", long, short, "ms", long / short, 3.0, note="beside 1k lines")
    (whole,), (little,) = apart("memory", 1_000_000), apart("memory", 10_000)
    yield Result("memory, 1M lines scrolled", whole, little, "MB", whole / little, 1.2, note="beside 10k lines")


def main(function: str, total: int) -> None:
    """Print the figures for the process that asked."""
    figures: dict[str, Callable[[], Sequence[float]]] = {
        "frame": measure_frame,
        "first_paint": lambda: [first_paint(total)],
        "memory": lambda: [scrolled_memory(total)],
    }
    print(*figures[function]())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
