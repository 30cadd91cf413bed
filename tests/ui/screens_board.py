"""The board of a coordinator, what opens from it, and pauses."""

from PySide6.QtWidgets import QWidget

from iduo_desktop.ui.board.cases_dialog import CasesDialog
from iduo_desktop.ui.board.page import BoardPage
from iduo_desktop.ui.board_desk import BoardDesk
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.settings.frame import PAGES
from iduo_desktop.ui.settings.pause_reasons import PauseReasonsPage
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from tests.ui.stage import Stage

WHO = "coordinador"


def board_today(stage: Stage) -> QWidget:
    """The day so far."""
    window, page = at_board(stage)
    page.plots["hours"].chart.setFocus()
    return stage.shown(window)


def board_as_tables(stage: Stage) -> QWidget:
    """The same numbers as tables, from one day to another."""
    window, page = at_board(stage)
    page.span.days.setCurrentIndex(page.span.days.count() - 1)
    for plot in page.plots.values():
        plot.turn.click()
    return stage.shown(window)


def board_below(stage: Stage) -> QWidget:
    """Further down: operators, and who is in."""
    window, page = at_board(stage)
    page.people.setFocus()
    return stage.shown(window)


def board_work(stage: Stage) -> QWidget:
    """What somebody did."""
    window, page = at_board(stage)
    page.span.days.setCurrentIndex(page.span.days.findData("week"))
    desk(window).show_work(*operator(page))
    return stage.dialog()


def board_orphans(stage: Stage) -> QWidget:
    """Cases that nobody follows."""
    window, _ = at_board(stage)
    desk(window).open_orphans()
    dialog = stage.dialog_of(CasesDialog)
    dialog.table.selectAll()
    return stage.shown(dialog)


def board_move_list(stage: Stage) -> QWidget:
    """Several cases of a list."""
    window = stage.window(WHO)
    window.open_list("delinquent")
    stage.shown(window)
    desk(window).move_list()
    return stage.dialog()


def board_move(stage: Stage) -> QWidget:
    """To whom, and why; both are missing."""
    window, _ = at_board(stage)
    desk(window).move(window, (1, 2, 3))
    dialog = stage.dialog_of(FormDialog)
    dialog.submit()
    return stage.shown(dialog)


def board_pass_on(stage: Stage) -> QWidget:
    """All that somebody has open."""
    window, page = at_board(stage)
    desk(window).pass_on(operator(page)[0])
    return stage.dialog()


def board_export(stage: Stage) -> QWidget:
    """Into a sheet."""
    window, _ = at_board(stage)
    desk(window).export()
    return stage.dialog()


def board_pause(stage: Stage) -> QWidget:
    """In a pause."""
    return stage.shown(paused(stage))


def board_pause_over(stage: Stage) -> QWidget:
    """Longer than it was meant to be."""
    window = paused(stage)
    with stage.superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE iduo.pause SET started_at = started_at - interval '17 minutes' WHERE ended_at IS NULL"
        )
    window.pauses.pauses._ask()
    stage.wait(lambda: window.pauses.strip.property("surface") == "notice")
    return stage.shown(window)


def board_pause_reasons(stage: Stage) -> QWidget:
    """Why one may pause, for administrators."""
    window = stage.window("administrador")
    settings = window.settings
    assert settings is not None
    window.open_settings()
    settings.titles.setCurrentRow(PAGES.index(PauseReasonsPage))
    return stage.shown(window)


def board_pause_reason(stage: Stage) -> QWidget:
    """One of them."""
    window = stage.window("administrador")
    settings = window.settings
    assert settings is not None
    window.open_settings()
    settings.titles.setCurrentRow(PAGES.index(PauseReasonsPage))
    stage.shown(window)
    assert isinstance(settings.page, PauseReasonsPage)
    settings.page.change()
    return stage.dialog()


def board_level(stage: Stage) -> QWidget:
    """The list behind a bar, and how it is narrowed."""
    window, page = at_board(stage)
    page.plots["levels"].chart.chosen.emit(page.plots["levels"].chart._bars[3])
    return stage.shown(window)


def paused(stage: Stage) -> MainWindow:
    """Somebody who is in a pause of ten minutes or so."""
    window = stage.window()
    pauses = window.pauses.pauses
    stage.wait(lambda: pauses.reasons)
    pauses.begin(next(reason for reason in pauses.reasons if reason.label == "Descanso"))
    stage.wait(lambda: pauses.pause is not None)
    return window


def at_board(stage: Stage) -> tuple[MainWindow, BoardPage]:
    """The coordinator's window, with the board in it."""
    window = stage.window(WHO)
    window.rooms.open_part("board")
    stage.shown(window)
    return window, desk(window).page


def desk(window: MainWindow) -> BoardDesk:
    """What the board opens."""
    assert window.board is not None
    return window.board


def operator(page: BoardPage) -> tuple[str, str]:
    """Somebody who did something: login and name."""
    return next((line.login, line.name) for line in page.operators.lines.rows if line.contacts)


SCREENS = (
    board_today,
    board_as_tables,
    board_below,
    board_work,
    board_orphans,
    board_move_list,
    board_move,
    board_pass_on,
    board_export,
    board_level,
    board_pause_reasons,
    board_pause_reason,
    board_pause,
    board_pause_over,
)
