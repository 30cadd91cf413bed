"""The import on the screen, on the real server and with real files: every page, back, corrected, taken back."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.batches.wizard_parts import CHECK, COLUMNS, FILE, RESULT
from iduo_desktop.ui.widgets.work import Stopped
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.exchange import Exchange, client, sheet

OpenDesk = Callable[..., Desk]
Key = Qt.Key
FEW, MANY = 500, 50_000
MOST_TIMES = 3


@pytest.fixture
def exchange(qtbot: QtBot, open_desk: OpenDesk, world: World) -> Exchange:
    """Marta, who brings lists in."""
    return Exchange(qtbot, open_desk("marta", "coordinator"))


def clients(world: World) -> list[tuple[int, str, str]]:
    """The clients that there are, by number."""
    found = world.superuser.execute("SELECT number, surname, service_status FROM iduo.company ORDER BY number")
    return [tuple(row) for row in found]


def test_a_whole_import_by_keyboard(exchange: Exchange, world: World, tmp_path: Path, keyboard: Keyboard) -> None:
    """The path and Enter, then Enter on each page; nothing is there before the last one, all of it after."""
    path = sheet(tmp_path / "lista.csv", [client(91001), client(91002, "Paz, Juan", "Suspendido")])
    exchange.page.begin_import()
    assert keyboard.focused() == "import_path"
    keyboard.write(str(path))
    keyboard.press(Key.Key_Return)
    exchange.rest()
    assert exchange.text("import_known").startswith("✔ Parece una lista de clientes")
    keyboard.reaches("wizard_next")
    keyboard.press(Key.Key_Return)
    exchange.wait_for(lambda: exchange.wizard.step == COLUMNS)
    keyboard.press(Key.Key_Return, CONTROL)
    exchange.wait_for(lambda: exchange.wizard.step == CHECK)
    assert exchange.text("count_created") == "✔ 2 se agregan"
    assert clients(world) == []
    keyboard.reaches("wizard_next")
    keyboard.press(Key.Key_Return)
    exchange.wait_for(lambda: exchange.wizard.step == RESULT)
    assert exchange.text("result_said") == "✔ Clientes y casos: 2 nuevos."
    assert [number for number, _, _ in clients(world)] == [91001, 91002]
    assert exchange.desk.notice.text == "Clientes y casos: 2 nuevos"


def test_going_back_loses_nothing(exchange: Exchange, tmp_path: Path) -> None:
    """Neither the file, nor what was chosen for a column, nor what was corrected."""
    path = sheet(tmp_path / "lista.csv", [client(91001), client(91002, "Paz, Juan", "Morosso")])
    exchange.take(path)
    exchange.go(COLUMNS)
    debt = exchange.wizard.columns.boxes[3]
    debt.setCurrentIndex(0)
    exchange.go(CHECK)
    exchange.wizard.check.problems.suggest.click()
    exchange.wait_for(lambda: exchange.counts() == {"created": 2})
    batch = exchange.wizard.check.check.batch_id if exchange.wizard.check.check else 0
    exchange.wizard.back.click()
    exchange.wizard.back.click()
    assert exchange.wizard.step == FILE
    assert exchange.wizard.file.path.text() == str(path)
    exchange.go(COLUMNS)
    assert exchange.wizard.columns.boxes[3] is debt
    assert not debt.currentData()
    exchange.go(CHECK)
    assert exchange.counts() == {"created": 2}
    assert exchange.wizard.check.check is not None
    assert exchange.wizard.check.check.batch_id == batch


def test_esc_loses_nothing_either(exchange: Exchange, tmp_path: Path, keyboard: Keyboard) -> None:
    """The import waits behind the board; «Cancelar» forgets it."""
    exchange.simulate(sheet(tmp_path / "lista.csv", [client(91001)]))
    keyboard.press(Key.Key_Escape)
    assert exchange.page.currentWidget() is exchange.board
    assert "espera como la dejaste" in exchange.desk.notice.text
    exchange.rest()
    exchange.board.bring.click()
    assert exchange.wizard.step == CHECK
    assert exchange.counts() == {"created": 1}
    exchange.rest()
    exchange.button("wizard_leave").click()
    exchange.rest()
    exchange.page.begin_import()
    assert exchange.wizard.step == FILE
    assert exchange.wizard.looked is None


def test_cells_are_corrected_in_place(exchange: Exchange, world: World, tmp_path: Path, keyboard: Keyboard) -> None:
    """Enter, type, Enter: that row is looked at again; Del leaves a row out."""
    rows = [client(91001), client(91002, "Paz, Juan", "nada"), client(91003, "Sosa, Eva", "tampoco")]
    exchange.simulate(sheet(tmp_path / "lista.csv", rows))
    assert exchange.counts() == {"created": 1, "refused": 2} or exchange.counts() == {"created": 1, "doubtful": 2}
    table = exchange.wizard.check.problems.table
    table.setFocus()
    keyboard.press(Key.Key_Return)
    editor = QApplication.focusWidget()
    assert editor is not None
    assert editor.objectName() == "cell_editor"
    QTest.keyClicks(editor, "Suspendido")
    QTest.keyClick(editor, Key.Key_Return)
    exchange.wait_for(lambda: exchange.counts()["created"] == 2)
    assert [problem.row for problem in table.lines.rows] == [4]
    keyboard.reaches("import_problems")
    keyboard.press(Key.Key_Delete)
    exchange.wait_for(lambda: exchange.counts() == {"created": 2})
    assert exchange.text("nothing_wrong")
    exchange.go(RESULT)
    assert "1 fila omitida" in exchange.text("result_left")
    assert [status for _, _, status in clients(world)] == ["delinquent", "suspended"]


def test_it_is_taken_back(exchange: Exchange, world: World, tmp_path: Path) -> None:
    """What was there is as it was, what was not there is gone; what somebody changed since stays and is listed."""
    first = sheet(tmp_path / "uno.csv", [client(91001, "Gómez, Ana"), client(91002, "Paz, Juan")])
    exchange.simulate(first)
    exchange.go(RESULT)
    second = sheet(tmp_path / "dos.csv", [client(91001, debt="200"), client(91002, "Paz, Juan", debt="300")])
    exchange.simulate(second)
    assert exchange.counts() == {"updated": 2}
    exchange.go(RESULT)
    world.superuser.execute("UPDATE iduo.company SET debt = 7, version = version + 1 WHERE number = 91002")
    exchange.button("undo_import").click()
    exchange.wait_for(lambda: exchange.text("result_undone"))
    debts = [row[0] for row in world.superuser.execute("SELECT debt::integer FROM iduo.company ORDER BY number")]
    assert debts == [100, 7]
    assert "menos 1 fila que alguien cambió después" in exchange.text("result_undone")
    assert [row.row for row in exchange.wizard.result.kept.lines.rows] == [3]
    assert not exchange.button("undo_import").isVisible()


def test_undo_from_the_notice(exchange: Exchange, world: World, tmp_path: Path) -> None:
    """Ctrl+Z takes an import back like anything else."""
    exchange.simulate(sheet(tmp_path / "lista.csv", [client(91001)]))
    exchange.go(RESULT)
    assert exchange.desk.notice.undoable
    exchange.desk.notice.undo()
    exchange.wait_for(lambda: exchange.text("result_undone") == "✔ Deshecho: todo quedó como antes.")
    assert world.value("SELECT count(*) FROM iduo.case WHERE state = 'open'") == 0


def test_the_same_file_twice(exchange: Exchange, tmp_path: Path) -> None:
    """It is said when it came before, and there is nothing to import."""
    path = sheet(tmp_path / "lista.csv", [client(91001)])
    exchange.simulate(path)
    exchange.go(RESULT)
    exchange.button("import_another").click()
    exchange.simulate(path)
    assert exchange.counts() == {"unchanged": 1}
    assert exchange.text("already").endswith("0 cambios.")
    assert exchange.text("wizard_next").startswith("Nada para importar")
    assert not exchange.wizard.primary.isEnabled()


def test_what_is_no_sheet_is_said(exchange: Exchange, tmp_path: Path) -> None:
    """One sentence, and another file can be chosen at once."""
    path = tmp_path / "foto.xlsx"
    path.write_bytes(b"\x89PNG\r\n")
    exchange.take(path)
    assert exchange.text("wizard_message")
    assert exchange.wizard.looked is None
    exchange.take(tmp_path / "no está.xlsx")
    assert exchange.text("wizard_message")
    exchange.take(sheet(tmp_path / "lista.csv", [client(91001)]))
    assert not exchange.text("wizard_message")
    assert exchange.wizard.looked is not None


def test_a_file_that_is_dropped(exchange: Exchange, tmp_path: Path) -> None:
    """Over the board, too."""
    path = sheet(tmp_path / "lista.csv", [client(91001)])
    exchange.page.begin()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    exchange.page.dropEvent(QDropEvent(QPointF(9, 9), copy, data, left, Qt.KeyboardModifier.NoModifier))
    exchange.wait_for(lambda: exchange.wizard.looked is not None)
    assert exchange.page.currentWidget() is exchange.wizard


def test_dates_are_asked_once(exchange: Exchange, world: World, tmp_path: Path) -> None:
    """No way on without an answer, and the answer counts."""
    exchange.take(sheet(tmp_path / "lista.csv", [client(91001, cutoff="03/04/2026")]))
    exchange.go(COLUMNS)
    exchange.wizard.go_on()
    assert "03/04" in exchange.text("wizard_message")
    assert exchange.wizard.step == COLUMNS
    exchange.wizard.columns.dates.first.click()  # type: ignore[attr-defined]  # its two answers are buttons
    assert not exchange.text("wizard_message")
    exchange.go(CHECK)
    exchange.go(RESULT)
    assert str(world.value("SELECT cutoff_date FROM iduo.company")) == "2026-04-03"


def test_a_choice_of_columns_is_kept(exchange: Exchange, tmp_path: Path) -> None:
    """The next file with these titles takes it."""
    titles = ("Número", "Quién", "Cómo está", "Monto", "Sin uso")
    rows = [("91001", "Gómez, Ana", "Moroso", "5", "x")]
    exchange.take(sheet(tmp_path / "uno.csv", rows, titles))
    exchange.wizard.file.radios["clients"].click()  # type: ignore[index]  # they are there by then
    exchange.rest()
    exchange.go(COLUMNS)
    page = exchange.wizard.columns
    for box, field in zip(page.boxes, ("number", "name", "status", "debt", ""), strict=True):
        box.setCurrentIndex(max(0, box.findData(field)))
    page.name.setText("Mutual")
    exchange.button("keep_profile").click()
    exchange.wait_for(lambda: exchange.text("profile_kept"))
    exchange.rest()
    exchange.take(sheet(tmp_path / "dos.csv", rows, titles))
    assert exchange.wizard.looked is not None
    assert {column.how for column in exchange.wizard.looked.columns if column.field} == {"last_time"}


def test_errors_go_into_a_sheet_that_comes_in_again(exchange: Exchange, world: World, tmp_path: Path) -> None:
    """Only the rows that failed; corrected, they are imported as they are."""
    exchange.simulate(sheet(tmp_path / "lista.csv", [client(91001), client(91002, "Paz, Juan", "nada")]))
    exchange.wizard.write_errors(tmp_path / "errores.xlsx")
    exchange.wait_for(lambda: "errores.xlsx" in exchange.desk.notice.text)
    assert exchange.desk.notice.other is not None
    exchange.go(RESULT)
    exchange.take(tmp_path / "errores.xlsx")
    assert exchange.wizard.looked is not None
    assert exchange.wizard.looked.rows == 1


def test_reading_can_be_cancelled(exchange: Exchange, tmp_path: Path) -> None:
    """The page is as it was, and the file can be chosen again."""
    path = sheet(tmp_path / "larga.csv", (client(number) for number in range(100_000, 130_000)))
    exchange.page.begin_import()
    exchange.wizard.take(path)
    exchange.button("meter_cancel").click()
    exchange.rest()
    assert exchange.text("wizard_message") == Stopped().message
    assert exchange.wizard.step == FILE


def test_checking_can_be_cancelled(exchange: Exchange, world: World, tmp_path: Path) -> None:
    """Nothing is there; asked again it goes on."""
    exchange.take(sheet(tmp_path / "larga.csv", (client(number) for number in range(100_000, 108_000))))
    exchange.go(COLUMNS)
    exchange.wizard.go_on()
    exchange.wait_for(lambda: exchange.wizard.meter.running)
    exchange.button("meter_cancel").click()
    exchange.rest()
    assert exchange.text("wizard_message") == Stopped().message
    assert exchange.wizard.step == COLUMNS
    exchange.go(CHECK)
    assert exchange.counts() == {"created": 8000}


def test_without_a_connection_nothing_is_lost(exchange: Exchange, world: World, tmp_path: Path) -> None:
    """It is said; when the server is back the same button goes on."""
    exchange.simulate(sheet(tmp_path / "lista.csv", [client(91001)]))
    world.superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [exchange.desk.login]
    )
    world.superuser.execute(f"ALTER ROLE {exchange.desk.login} NOLOGIN")
    exchange.wizard.go_on()
    exchange.rest()
    assert exchange.text("wizard_message")
    assert exchange.wizard.step == CHECK
    world.superuser.execute(f"ALTER ROLE {exchange.desk.login} LOGIN")
    exchange.go(RESULT)
    assert len(clients(world)) == 1


class Watch:
    """Ticks every 5 ms, and notes for how long it could not.

    Only as much of a wait counts as this program itself was at work: a machine that is busy with others proves nothing.
    """

    def __init__(self) -> None:
        self._waits: list[float] = []
        self._last = self._now()
        self._ticks = QTimer(interval=5)
        self._ticks.timeout.connect(self._tick)
        self._ticks.start()

    @property
    def slowest(self) -> float:
        """The longest wait in milliseconds."""
        return max(self._waits)

    def stop(self) -> None:
        """That is all."""
        self._ticks.stop()

    def _tick(self) -> None:
        before, self._last = self._last, self._now()
        passed, worked = (now - then for now, then in zip(self._last, before, strict=True))
        self._waits.append(min(passed, worked) * 1000)

    def _now(self) -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


def test_fifty_thousand_rows_hold_the_window_no_longer_than_a_few(exchange: Exchange, tmp_path: Path) -> None:
    """From the file to the simulation, one row in fifty wrong: the longest wait of an event does not grow with them.

    What holds it by the number of rows holds it each time; a busy machine does not.
    """
    few, many = (partial(longest_wait, exchange, tmp_path, rows) for rows in (FEW, MANY))
    few(first=100_000)  # what is made once is made
    shortest = few(first=200_000)
    assert any(many(first=first) <= MOST_TIMES * shortest for first in (300_000, 400_000, 500_000))


def longest_wait(exchange: Exchange, folder: Path, number: int, first: int) -> float:
    """For how long, in milliseconds, the window stood still while so many rows were looked at."""
    rows = (client(first + row, status="nada" if row % 50 == 0 else "Moroso") for row in range(number))
    path = sheet(folder / f"{first}.csv", rows)
    watch = Watch()
    exchange.simulate(path)
    exchange.wizard.check.groups.choose(0)
    QTest.qWait(200)
    watch.stop()
    assert exchange.wizard.check.check is not None
    assert exchange.wizard.check.check.rows == number
    return watch.slowest
