"""Lists that go out and come in; drawn after all others, because they change what those show."""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from uuid import uuid4

import openpyxl
from PySide6.QtWidgets import QWidget

from iduo_desktop.admin import staff
from iduo_desktop.admin.passwords import new_password
from iduo_desktop.services import sending, tickets
from iduo_desktop.services.sending import SentDay
from iduo_desktop.services.tickets import NewTicket
from iduo_desktop.terms import CaseList, Role
from iduo_desktop.ui.batch_desk import BatchDesk
from iduo_desktop.ui.batches.list_dialog import ListDialog
from iduo_desktop.ui.batches.send_dialog import SendDialog
from iduo_desktop.ui.batches.wizard import Wizard
from iduo_desktop.ui.batches.wizard_parts import CHECK, COLUMNS, FILE, RESULT
from iduo_desktop.ui.main_window import MainWindow
from tests.ui.stage import Stage, pause

WHO, ANSWERER = "coordinador", "respondedor"
CLIENTS = (
    ("Nro cliente", "Apellido y nombre", "Estado", "Deuda", "Vencimiento", "Celular", "OBS2"),
    ("91001", "Gómez, Ana", "Moroso", "48310,50", "03/04/2026", "0341 15-612-4410", ""),
    ("91002", "Paz, Juan", "Morosso", "1.200", "05/06/2026", "11 4321-5678", ""),
    ("91003", "Sosa, Marta", "Suspendido", "mucho", "07/08/2026", "", ""),
    ("91004", "Roldán, Rita", "Activo", "0", "", "341 555-1234", ""),
    ("no sé", "Nadie", "Activo", "0", "", "", ""),
    ("91004", "Roldán, Rosa", "Moroso", "15", "", "", ""),
)


def batches_board(stage: Stage) -> QWidget:
    """What went out and came in."""
    window = at_desk(stage)
    send(stage)
    desk(window).open_board()
    return stage.shown(window)


def batches_board_undo(stage: Stage) -> QWidget:
    """Before everything goes back."""
    window = at_desk(stage)
    send(stage)
    desk(window).open_board()
    stage.shown(window)
    details = desk(window).page.board.details
    details._ask_first(on=True)
    return stage.shown(window)


def batches_send(stage: Stage) -> QWidget:
    """What goes out, and where."""
    desk(at_desk(stage)).send()
    return stage.dialog()


def batches_send_nothing(stage: Stage) -> QWidget:
    """Nothing is left to go out; the columns are open."""
    window = at_desk(stage)
    send(stage)
    desk(window).send()
    dialog = stage.dialog_of(SendDialog)
    dialog.columns.fold.open(True)
    dialog.export()
    return stage.shown(dialog)


def batches_export(stage: Stage) -> QWidget:
    """A list as a sheet; why is missing."""
    window = at_desk(stage)
    desk(window).export("cases", CaseList.DELINQUENT.value)
    dialog = stage.dialog_of(ListDialog)
    dialog.export()
    return stage.shown(dialog)


def batches_import_empty(stage: Stage) -> QWidget:
    """No file yet."""
    window, _ = importing(stage, None)
    return window


def batches_import_file(stage: Stage) -> QWidget:
    """A list of clients, recognised."""
    window, _ = importing(stage, listed(CLIENTS))
    return window


def batches_import_refused(stage: Stage) -> QWidget:
    """It is no sheet at all."""
    path = Path(tempfile.mkdtemp()) / "foto.xlsx"
    path.write_bytes(b"\x89PNG\r\n")
    window, _ = importing(stage, path)
    return window


def batches_import_columns(stage: Stage) -> QWidget:
    """Where each column goes; dates are ambiguous."""
    window, wizard = importing(stage, listed(CLIENTS))
    advance(stage, wizard, COLUMNS)
    wizard.go_on()
    return stage.shown(window)


def batches_import_check(stage: Stage) -> QWidget:
    """What it would do."""
    window, wizard = checked(stage)
    wizard.check.groups.setFocus()
    return stage.shown(window)


def batches_import_corrected(stage: Stage) -> QWidget:
    """A cell is being corrected."""
    window, wizard = checked(stage)
    wizard.check.problems.table.setFocus()
    wizard.check.problems.table.edit_current()
    return stage.shown(window)


def batches_import_result(stage: Stage) -> QWidget:
    """What was imported."""
    window, wizard = checked(stage)
    advance(stage, wizard, RESULT)
    return stage.shown(window)


def batches_import_again(stage: Stage) -> QWidget:
    """The same file once more."""
    path = listed(CLIENTS)
    window, wizard = checked(stage, path)
    advance(stage, wizard, RESULT)
    wizard.begin()
    wizard.take(path)
    look_through(stage, wizard)
    return stage.shown(window)


def batches_import_answers(stage: Stage) -> QWidget:
    """Answers that came back; one of them contradicts what was answered meanwhile."""
    window, wizard = answers(stage)
    assert wizard.check.check is not None
    conflicts = next(at for at, group in enumerate(wizard.check.check.groups) if group.code == "conflict")
    wizard.check.groups.choose(conflicts)
    return stage.shown(window)


def batches_board_answers(stage: Stage) -> QWidget:
    """Answers that contradict earlier ones, side by side."""
    window, wizard = answers(stage)
    advance(stage, wizard, RESULT)
    wizard.go_on()
    stage.shown(window)
    pause(0.5)
    details = desk(window).page.board.details
    details.only_conflicts.click()
    return stage.shown(window)


def answers(stage: Stage) -> tuple[MainWindow, Wizard]:
    """The simulation of a batch that was answered outside, and partly in the program too."""
    day = send(stage)
    database = stage.from_another_pc(WHO)
    sent = sending.tickets(database, day.batch_id)
    database.close()
    stage.place.people.setdefault(ANSWERER, new_password())
    with stage.superuser() as connection:
        staff.enrol(connection, ANSWERER, "Rita Roldán", Role.ANSWERER.value, stage.place.people[ANSWERER])
    answerer = stage.from_another_pc(ANSWERER)
    tickets.answer(answerer, (sent[0].ticket_id,), "Ya está resuelto: se acreditó en su cuenta.", uuid4())
    answerer.close()
    book = openpyxl.load_workbook(day.path)
    page = book["Mensajes"]
    column = next(cell.column for cell in page[2] if cell.value == "Respuesta")
    for at in range(len(sent) - 1):
        page.cell(at + 3, column, "Se va a acreditar en la próxima factura; le llega por mail en 48 horas.")
    book.save(day.path)
    window, wizard = importing(stage, day.path)
    advance(stage, wizard, CHECK)
    return window, wizard


def checked(stage: Stage, path: Path | None = None) -> tuple[MainWindow, Wizard]:
    """The simulation of a list of clients."""
    window, wizard = importing(stage, path or listed(CLIENTS))
    look_through(stage, wizard)
    return window, wizard


def look_through(stage: Stage, wizard: Wizard) -> None:
    """Answer what is asked, up to the simulation."""
    stage.wait(lambda: wizard.looked is not None)
    advance(stage, wizard, COLUMNS)
    wizard.columns.dates.choose("day")
    advance(stage, wizard, CHECK)


def advance(stage: Stage, wizard: Wizard, step: int) -> None:
    """«Siguiente», and wait for the page."""
    wizard.go_on()
    stage.wait(lambda: wizard.step == step and not wizard.meter.running)


def importing(stage: Stage, path: Path | None) -> tuple[MainWindow, Wizard]:
    """The import, with a file."""
    window = at_desk(stage)
    desk(window).begin_import()
    wizard = desk(window).page.wizard
    stage.shown(window)
    assert wizard.step == FILE
    if path is not None:
        wizard.take(path)
        stage.wait(lambda: not wizard.meter.running)
    return stage.shown(window), wizard


def at_desk(stage: Stage) -> MainWindow:
    """The window of a coordinator."""
    return stage.window(WHO)


def desk(window: MainWindow) -> BatchDesk:
    """What takes lists out and brings them in."""
    assert window.batches is not None
    return window.batches


def send(stage: Stage) -> SentDay:
    """A batch that goes out, from another PC."""
    leave_messages(stage)
    database = stage.from_another_pc(WHO)
    day = sending.send_day(database, Path(tempfile.mkdtemp()), None, date(2100, 1, 1), True, (), uuid4())
    database.close()
    return day


def leave_messages(stage: Stage) -> None:
    """Messages that nobody sent yet."""
    database = stage.from_another_pc("operador")
    for surname in ("Paz", "Sosa", "Ríos"):
        text = f"Pregunta por qué la factura de {surname} vino con otro importe"
        taken = NewTicket("phone", "client", text, surname=surname, names="Ana", email="ana@ejemplo.com")
        tickets.create(database, taken, uuid4())
    database.close()


def listed(rows: Iterable[Sequence[str]]) -> Path:
    """A list as plain text."""
    path = Path(tempfile.mkdtemp()) / "clientes_noviembre.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


SCREENS = (
    batches_board,
    batches_board_undo,
    batches_send,
    batches_send_nothing,
    batches_export,
    batches_import_empty,
    batches_import_file,
    batches_import_refused,
    batches_import_columns,
    batches_import_check,
    batches_import_corrected,
    batches_import_result,
    batches_import_again,
    batches_import_answers,
    batches_board_answers,
)
