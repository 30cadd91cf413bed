"""Lists that go out and come in: the day's messages, a list as a sheet, the import page by page, the board."""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import sending
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.batch_desk import BatchDesk
from iduo_desktop.ui.batches.wizard import Wizard
from iduo_desktop.ui.batches.wizard_parts import CHECK, COLUMNS, FILE, RESULT
from iduo_desktop.ui.main_window import MainWindow
from tests.ui.stage import Stage, pause

WHO = "coordinador"
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


def send_day(stage: Stage) -> QWidget:
    """What goes out, and where."""
    desk(at_desk(stage)).send()
    return stage.dialog()


def send_day_nothing(stage: Stage) -> QWidget:
    """Nothing is left to go out; the columns are open."""
    window = at_desk(stage)
    send(stage)
    desk(window).send()
    dialog = stage.dialog()
    dialog.columns.fold.open(True)  # type: ignore[attr-defined]
    dialog.export()  # type: ignore[attr-defined]
    return stage.shown(dialog)


def export_list(stage: Stage) -> QWidget:
    """A list as a sheet; why is missing."""
    window = at_desk(stage)
    desk(window).export("cases", CaseList.DELINQUENT.value)
    dialog = stage.dialog()
    dialog.export()  # type: ignore[attr-defined]
    return stage.shown(dialog)


def import_empty(stage: Stage) -> QWidget:
    """No file yet."""
    window, _ = importing(stage, None)
    return window


def import_file(stage: Stage) -> QWidget:
    """A list of clients, recognised."""
    window, _ = importing(stage, listed(CLIENTS))
    return window


def import_refused(stage: Stage) -> QWidget:
    """It is no sheet at all."""
    path = Path(tempfile.mkdtemp()) / "foto.xlsx"
    path.write_bytes(b"\x89PNG\r\n")
    window, _ = importing(stage, path)
    return window


def import_columns(stage: Stage) -> QWidget:
    """Where each column goes; dates are ambiguous."""
    window, wizard = importing(stage, listed(CLIENTS))
    advance(stage, wizard, COLUMNS)
    wizard.go_on()
    return stage.shown(window)


def import_check(stage: Stage) -> QWidget:
    """What it would do."""
    window, wizard = checked(stage)
    wizard.check.groups.setFocus()
    return stage.shown(window)


def import_corrected(stage: Stage) -> QWidget:
    """A cell is being corrected."""
    window, wizard = checked(stage)
    wizard.check.problems.table.setFocus()
    wizard.check.problems.table.edit_current()
    return stage.shown(window)


def import_result(stage: Stage) -> QWidget:
    """What was imported."""
    window, wizard = checked(stage)
    advance(stage, wizard, RESULT)
    return stage.shown(window)


def import_again(stage: Stage) -> QWidget:
    """The same file once more."""
    path = listed(CLIENTS)
    window, wizard = checked(stage, path)
    advance(stage, wizard, RESULT)
    wizard.begin()
    wizard.take(path)
    look_through(stage, wizard)
    return stage.shown(window)


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


def send(stage: Stage) -> None:
    """A batch that goes out, from another PC."""
    database = stage.from_another_pc(WHO)
    sending.send_day(database, Path(tempfile.mkdtemp()), None, date(2100, 1, 1), True, (), uuid4())
    database.close()
    pause(0.1)


def listed(rows: Iterable[Sequence[str]]) -> Path:
    """A list as plain text."""
    path = Path(tempfile.mkdtemp()) / "clientes_noviembre.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


SCREENS = (
    batches_board,
    batches_board_undo,
    send_day,
    send_day_nothing,
    export_list,
    import_empty,
    import_file,
    import_refused,
    import_columns,
    import_check,
    import_corrected,
    import_result,
    import_again,
)
