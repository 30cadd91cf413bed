"""The day's messages on the screen: two keys, what can be in the way, the answers that come back, the board."""

import errno
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.services import sending, tickets
from iduo_desktop.services.sending import SentDay
from iduo_desktop.terms import TicketState
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.batches.send_dialog import NOTHING, OPEN, RANGE, SendDialog
from iduo_desktop.ui.batches.wizard_parts import CHECK, RESULT
from iduo_desktop.ui.widgets.work import Stopped, file_problem
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenDesk, OpenProgram
from tests.ui.counter import Office
from tests.ui.desk import CONTROL
from tests.ui.exchange import Exchange
from tests.ui.programs import Workstation

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Key = Qt.Key
SHEET = "Mensajes"


@pytest.fixture
def office(people: People, world: World) -> Office:
    """Pía takes messages, Rita answers them."""
    world.set_setting("part_tickets", True)
    return Office(people.become("pia", "operator"), people.become("rita", "answerer"))


@pytest.fixture
def station(open_program: OpenProgram, office: Office, tmp_path: Path) -> Workstation:
    """Marta at work; her files go into a folder of the test."""
    made = open_program("marta", "coordinator")
    made.preferences.current = made.preferences.current._replace(export_folder=str(tmp_path / "salida"))
    made.log_in()
    return made


def dialog(qtbot: QtBot, station: Workstation) -> SendDialog:
    """The dialog that Ctrl+E opens."""
    station.press(Key.Key_E, CONTROL)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), SendDialog))
    found = QApplication.activeModalWidget()
    assert isinstance(found, SendDialog)
    found.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is found.primary)
    return found


def states(world: World) -> list[str]:
    """The state of each message."""
    return [row[0] for row in world.superuser.execute("SELECT state FROM iduo.ticket ORDER BY id")]


def test_the_day_in_two_keys(qtbot: QtBot, station: Workstation, office: Office, world: World, tmp_path: Path) -> None:
    """Ctrl+E, Enter: the file is there, the states have moved, and it is told with what can be done about it."""
    for surname in ("Paz", "Sosa"):
        office.message(surname)
    dialog(qtbot, station)
    station.press(Key.Key_Return)
    notice = station.window.notice
    qtbot.waitUntil(lambda: notice.text.startswith("Exportaste"), timeout=10_000)
    assert notice.text == "Exportaste 2 mensajes (lote 0001)"
    (file,) = (tmp_path / "salida").iterdir()
    assert file.name.endswith("_lote-0001.xlsx")
    assert states(world) == ["awaiting_answer"] * 2
    verbs = [station.find(QPushButton, f"notice_{name}").accessibleName() for name in ("action", "other", "third")]
    assert verbs == ["Abrir", "Mostrar en carpeta", "Deshacer lote"]
    station.find(QPushButton, "notice_third").click()
    qtbot.waitUntil(lambda: notice.text == "Deshecho: todo quedó como antes", timeout=10_000)
    assert states(world) == ["open"] * 2


def test_states_can_stay(qtbot: QtBot, station: Workstation, office: Office, world: World) -> None:
    """Whoever only wants the file takes the mark away."""
    office.message()
    shown = dialog(qtbot, station)
    shown.move_on.click()
    shown.export()
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Exportaste 1 mensaje "), timeout=10_000)
    assert states(world) == ["open"]


def test_nothing_to_send(qtbot: QtBot, station: Workstation, tmp_path: Path) -> None:
    """It is said, and no file is there."""
    shown = dialog(qtbot, station)
    shown.export()
    qtbot.waitUntil(lambda: shown.message.text() == NOTHING, timeout=10_000)
    assert shown.isVisible()
    assert not [*tmp_path.glob("salida/*")]


def test_a_range_needs_its_days(qtbot: QtBot, station: Workstation, office: Office) -> None:
    """Both, and in their order."""
    office.message()
    shown = dialog(qtbot, station)
    shown.whats[RANGE].click()
    shown.export()
    assert shown.message.text() == "Escribí desde qué día y hasta qué día."
    shown.first.edit.setText("hoy")
    shown.last.edit.setText("ayer")
    shown.export()
    assert shown.message.text() == "El primer día es posterior al último."
    shown.last.edit.setText("hoy")
    shown.export()
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Exportaste 1 mensaje "), timeout=10_000)


def test_a_folder_that_cannot_be_used(
    qtbot: QtBot, station: Workstation, office: Office, world: World, tmp_path: Path
) -> None:
    """A sentence, nothing moved; another folder is remembered."""
    office.message()
    blocked = tmp_path / "archivo"
    blocked.write_text("no es una carpeta")
    shown = dialog(qtbot, station)
    shown.folder.take(blocked / "adentro")
    shown.export()
    qtbot.waitUntil(lambda: bool(shown.message.text()), timeout=10_000)
    assert "carpeta" in shown.message.text()
    assert states(world) == ["open"]
    shown.folder.take(tmp_path / "otra")
    shown.export()
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Exportaste"), timeout=10_000)
    assert station.preferences.current.export_folder == str(tmp_path / "otra")
    assert [*(tmp_path / "otra").iterdir()]


def test_it_can_be_cancelled(qtbot: QtBot, station: Workstation, office: Office, world: World, tmp_path: Path) -> None:
    """Nothing moves and no file stays; the same dialog sends it after all."""
    for number in range(30):
        office.message(f"Paz{number}")
    shown = dialog(qtbot, station)
    shown.export()
    station.press(Key.Key_Escape)
    qtbot.waitUntil(lambda: not shown.meter.running, timeout=10_000)
    assert shown.message.text() == Stopped().message
    assert set(states(world)) == {"open"}
    assert not [*tmp_path.glob("salida/*")]
    shown.export()
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Exportaste 30"), timeout=10_000)


def test_what_went_out_is_not_counted_again(
    qtbot: QtBot, station: Workstation, office: Office, people: People, tmp_path: Path
) -> None:
    """One went out and stayed open; two came since."""
    office.message("Paz")
    sending.send_day(people.become("marta"), tmp_path, None, None, False, (), uuid4())
    for surname in ("Sosa", "Vera"):
        office.message(surname)
    shown = dialog(qtbot, station)
    qtbot.waitUntil(lambda: "2" in shown.whats[OPEN].text())


def test_without_a_connection_it_is_asked_again(
    exchange: Exchange, office: Office, world: World, tmp_path: Path
) -> None:
    """It is said, the dialog stays, and the same button goes on when the server is back."""
    office.message()
    shown = SendDialog(exchange.desk.operations, formats.now, tmp_path / "salida", exchange.page)
    sent: list[SentDay] = []
    shown.exported.connect(sent.append)
    shown.open()
    exchange.rest()
    login = exchange.desk.login
    world.superuser.execute(f"ALTER ROLE {login} NOLOGIN".encode())
    world.superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])
    shown.export()
    exchange.wait_for(lambda: not shown.meter.running)
    assert shown.message.text()
    assert shown.primary.accessibleName() == "Reintentar"
    assert states(world) == ["open"]
    world.superuser.execute(f"ALTER ROLE {login} LOGIN".encode())
    shown.export()
    exchange.wait_for(lambda: sent)
    assert states(world) == ["awaiting_answer"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "No queda lugar en el disco"),
        (errno.ENOENT, "Elegí otra carpeta"),
        (errno.EACCES, "«lista.xlsx»: está abierto en otro programa"),
        (errno.EIO, "Probá de nuevo"),
    ],
)
def test_what_disks_say(number: int, words: str) -> None:
    """In sentences that say what to do."""
    assert words in file_problem(OSError(number, "?", "C:\\carpeta\\lista.xlsx"))


def test_who_has_it(open_program: OpenProgram, office: Office) -> None:
    """Operators have neither button nor key nor command."""
    ours = {"send_day", "import_file"}
    ana = open_program("ana", "operator").log_in()
    assert ana.batches is None
    assert not ours & {key.name for key in actions.keys_here(ana)}
    assert "batches" not in ana.rail.parts
    assert not [command for command in ana.omnibox.commands if command.fits("exportar") or command.fits("importar")]
    assert ana.cases.export.isHidden()
    assert ana.rooms.tickets is not None
    assert ana.rooms.tickets.export.isHidden()


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_who_has_it_all(open_program: OpenProgram, office: Office, role: str) -> None:
    """Coordinators and administrators have all of it."""
    window = open_program("marta", role).log_in()
    assert {"send_day", "import_file"} <= {key.name for key in actions.keys_here(window)}
    assert "batches" in window.rail.parts
    for word in ("exportar", "importar", "lotes"):
        assert [command for command in window.omnibox.commands if command.fits(word)]
    assert not window.cases.export.isHidden()


def answered(path: Path, answers: dict[int, str]) -> Path:
    """The other side writes its answers, by row from 0."""
    book = openpyxl.load_workbook(path)
    page = book[SHEET]
    column = next(cell.column for cell in page[2] if cell.value == "Respuesta")
    for row, text in answers.items():
        page.cell(row + 3, column, text)
    book.save(path)
    return path


@pytest.fixture
def exchange(qtbot: QtBot, open_desk: OpenDesk, office: Office) -> Exchange:
    """Marta, who brings lists in."""
    return Exchange(qtbot, open_desk("marta", "coordinator"))


def test_answers_come_back(exchange: Exchange, office: Office, world: World, tmp_path: Path) -> None:
    """The file is recognised, «Columnas» is left out, and an answer that differs is compared and chosen."""
    ids = [office.message(surname) for surname in ("Paz", "Sosa", "Ríos")]
    day = sending.send_day(exchange.desk.database, tmp_path, None, None, True, (), uuid4())
    office.answer(ids[1], "Ya está resuelto.")
    exchange.take(answered(day.path, {0: "El lunes.", 1: "Mañana."}))
    assert "Reconocido: es la respuesta del lote 0001" in exchange.text("import_known")
    exchange.go(CHECK)
    assert exchange.counts() == {"updated": 1, "doubtful": 1, "refused": 1}
    exchange.wizard.check.groups.choose(_group(exchange, "conflict"))
    exchange.wait_for(lambda: exchange.text("difference_before") or exchange.wizard.check.problems.compare.isVisible())
    compare = exchange.wizard.check.problems.compare
    assert (compare.before.toPlainText(), compare.after.toPlainText()) == ("Ya está resuelto.", "Mañana.")
    assert exchange.text("wizard_next").startswith("Importar 1 fila")
    exchange.wizard.check.problems.replace_all.click()
    assert exchange.text("wizard_next").startswith("Importar 2 filas")
    exchange.go(RESULT)
    assert "respuestas importadas → «Pendiente de comunicación»" in exchange.text("result_said")
    cards = [tickets.card(exchange.desk.database, ticket) for ticket in ids]
    assert [card.answer for card in cards] == ["El lunes.", "Mañana.", ""]
    assert [card.state for card in cards[:2]] == [TicketState.AWAITING_COMMUNICATION] * 2


def _group(exchange: Exchange, code: str) -> int:
    check = exchange.wizard.check.check
    assert check is not None
    return next(at for at, group in enumerate(check.groups) if group.code == code)


def test_the_board(exchange: Exchange, office: Office, world: World, tmp_path: Path) -> None:
    """What went out with its share of answers; what came in with what contradicts, side by side."""
    ids = [office.message(surname) for surname in ("Paz", "Sosa")]
    day = sending.send_day(exchange.desk.database, tmp_path, None, None, True, (), uuid4())
    office.answer(ids[1], "Ya está resuelto.")
    exchange.take(answered(day.path, {0: "El lunes.", 1: "Mañana."}))
    exchange.go(CHECK)
    exchange.go(RESULT)
    exchange.wizard.go_on()
    exchange.rest()
    board = exchange.board
    exchange.wait_for(lambda: len(board.list.lines.rows) == 2)
    shown = [[column.text(row) for column in board.list.lines.columns] for row in board.list.lines.rows]
    assert shown[1][1:6] == ["Envío de mensajes", "Respondido", "2", "100 %", ""]
    assert shown[0][1] == "Respuestas"
    board.list.choose(0)
    exchange.wait_for(lambda: board.details.table.lines.rows)
    assert board.details.only_conflicts.isVisible()
    board.details.only_conflicts.click()
    assert [row.before for row in board.details.table.lines.rows] == ["Ya está resuelto."]
    exchange.wait_for(board.details.compare.isVisible)
    assert board.details.compare.after.toPlainText() == "Mañana."
    exchange.button("undo_batch").click()
    exchange.button("undo_batch_now").click()
    exchange.wait_for(lambda: exchange.text("batch_said").startswith("✔ Deshecho"))
    assert tickets.card(exchange.desk.database, ids[0]).state == TicketState.AWAITING_ANSWER


def test_an_empty_board(exchange: Exchange) -> None:
    """It says so, and what to do."""
    exchange.page.begin()
    exchange.wait_for(lambda: exchange.board.placeholder.sentence == "Todavía no se importó ni se exportó nada.")


def test_a_file_is_written_again(
    qtbot: QtBot, station: Workstation, office: Office, people: People, tmp_path: Path
) -> None:
    """At any time, equal in its data; a file that went missing comes back by itself when the board is opened."""
    office.message()
    day = sending.send_day(people.become("marta"), tmp_path / "salida", None, None, True, (), uuid4())
    before = [[cell.value for cell in row] for row in openpyxl.load_workbook(day.path)[SHEET].rows]
    day.path.unlink()
    assert station.window.batches is not None
    station.window.batches.open_board()
    qtbot.waitUntil(day.path.exists, timeout=10_000)
    again = [[cell.value for cell in row] for row in openpyxl.load_workbook(day.path)[SHEET].rows]
    assert again == before
    station.window.batches.rewrite(day.batch_id, tmp_path / "copia.xlsx")
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Escribiste de nuevo"), timeout=10_000)
    assert (tmp_path / "copia.xlsx").exists()
