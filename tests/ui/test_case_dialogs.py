"""Moving, taking over, reopening and creating on the real server, by keyboard."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import ConnectionLost, InDoubt
from iduo_desktop.services import cases
from iduo_desktop.services.cases import Done
from iduo_desktop.ui.cases.create_dialog import CreateDialog
from iduo_desktop.ui.cases.move_dialog import MoveDialog
from iduo_desktop.ui.cases.rate_dialog import RateDialog
from iduo_desktop.ui.cases.reason_dialog import Answers, Command, ReasonDialog
from iduo_desktop.ui.cases.reopen_dialog import ReopenDialog
from iduo_desktop.ui.cases.take_over_dialog import TakeOverDialog
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
OpenDialog = Callable[..., ReasonDialog]


@pytest.fixture
def open_dialog(qtbot: QtBot, window: QWidget) -> OpenDialog:
    """`open_dialog(MoveDialog, desk, case)`: that dialog about a case."""

    def open_one(kind: type[ReasonDialog], desk: Desk, case: int) -> ReasonDialog:
        dialog = kind(desk.operations, desk.drafts, cases.card(desk.database, case), window)
        show(qtbot, dialog)
        return dialog

    return open_one


@pytest.fixture
def ana(open_desk: OpenDesk) -> Desk:
    return open_desk("ana", "operator")


@pytest.fixture
def creating(qtbot: QtBot, window: QWidget, ana: Desk) -> CreateDialog:
    """«Nuevo caso», on Ana's workstation."""
    dialog = CreateDialog(ana.operations, ana.drafts, window)
    show(qtbot, dialog)
    return dialog


def show(qtbot: QtBot, dialog: QDialog) -> None:
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)


def said(dialog: QWidget, name: str) -> str:
    """What a label says while it is there."""
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return "" if label.isHidden() else label.text()


def test_a_risk_goes_down_with_a_reason_by_a_coordinator(
    qtbot: QtBot, open_desk: OpenDesk, open_dialog: OpenDialog, world: World, keyboard: Keyboard
) -> None:
    """What it says already is there, and is no draft; the reason is asked for at its field."""
    case = world.case("active", priority="high", risk="high")
    juan = open_desk("juan", "coordinator")
    dialog = open_dialog(RateDialog, juan, case)
    assert dialog.values() == {"priority": "high", "risk": "high"}
    assert juan.drafts.find("rate", case) is None
    dialog.forms[0].set_values({"priority": "high", "risk": "low"})
    keyboard.save()
    qtbot.waitUntil(lambda: said(dialog, "error_reason") == "Escribí por qué baja el riesgo.")
    dialog.forms[0].set_values({"priority": "high", "risk": "low", "reason": "Ya está con su familia"})
    with qtbot.waitSignal(dialog.saved):
        keyboard.save()
    assert cases.card(juan.database, case).risk == "low"


def test_move(qtbot: QtBot, ana: Desk, open_dialog: OpenDialog, world: World, keyboard: Keyboard) -> None:
    case = world.case("delinquent", assigned_to=ana.login)
    dialog = open_dialog(MoveDialog, ana, case)
    assert said(dialog, "hint") == "Está en Morosos."
    keyboard.write("susp")
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.save()
    assert keyboard.focused() == "field_reason"
    assert said(dialog, "error_reason") == "Completá este dato"
    keyboard.write("Espera la factura")
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("+7d")
    with qtbot.waitSignal(dialog.saved) as told:
        keyboard.save()
    card = cases.card(ana.database, case)
    assert (card.list, card.move_reason, card.move_until is not None) == ("suspended", "Espera la factura", True)
    assert told.args is not None
    assert cases.undo(ana.database, told.args[0].event).kind == "moved"


def test_what_the_database_says_of_a_move_stands_at_its_field(
    qtbot: QtBot, ana: Desk, open_dialog: OpenDialog, world: World, keyboard: Keyboard
) -> None:
    case = world.case("delinquent", assigned_to=ana.login)
    dialog = open_dialog(MoveDialog, ana, case)
    dialog.set_values({"to": "active", "reason": "Pagó"})
    cases.move(ana.database, case, "active", "Pagó", None, uuid4())
    keyboard.save()
    qtbot.waitUntil(lambda: said(dialog, "error_to") == "Ya está en «Activos».")
    assert dialog.values() == {"to": "active", "reason": "Pagó"}


def test_a_day_that_has_passed_is_no_until(
    ana: Desk, open_dialog: OpenDialog, world: World, keyboard: Keyboard
) -> None:
    dialog = open_dialog(MoveDialog, ana, world.case(assigned_to=ana.login))
    dialog.set_values({"to": "active", "reason": "Pagó"})
    dialog.forms[0].rows[2].editor.input.setFocus()
    keyboard.write("ayer")
    keyboard.save()
    assert said(dialog, "error_until") == "Ese día ya pasó"


def test_take_over(
    qtbot: QtBot, open_desk: OpenDesk, open_dialog: OpenDialog, world: World, keyboard: Keyboard
) -> None:
    ana, marta = open_desk("ana", "operator"), open_desk("marta", "coordinator")
    case = world.case(assigned_to=ana.login)
    dialog = open_dialog(TakeOverDialog, marta, case)
    assert said(dialog, "hint") == "Lo tiene Ana. Va a ver que lo tomaste y por qué."
    keyboard.write("Ana salió")
    with qtbot.waitSignal(dialog.saved):
        keyboard.save()
    assert cases.card(marta.database, case).assigned_to == marta.login


def test_an_operator_may_not_take_over(
    qtbot: QtBot, open_desk: OpenDesk, open_dialog: OpenDialog, world: World, keyboard: Keyboard
) -> None:
    juan = open_desk("juan", "operator")
    dialog = open_dialog(TakeOverDialog, juan, world.case(assigned_to="nobody"))
    keyboard.write("Lo quiero")
    keyboard.save()
    qtbot.waitUntil(lambda: said(dialog, "message") == "No tenés permiso para hacer esto.")
    assert dialog.values() == {"reason": "Lo quiero"}


def test_reopen(qtbot: QtBot, open_desk: OpenDesk, open_dialog: OpenDialog, world: World, keyboard: Keyboard) -> None:
    marta = open_desk("marta", "coordinator")
    case = world.case(state="closed", closing_reason="Inubicable")
    dialog = open_dialog(ReopenDialog, marta, case)
    assert said(dialog, "hint").endswith("(Inubicable). Vuelve a su lista, libre para quien lo tome.")
    keyboard.write("Apareció")
    with qtbot.waitSignal(dialog.saved):
        keyboard.save()
    assert not cases.card(marta.database, case).closed


def test_create(qtbot: QtBot, ana: Desk, creating: CreateDialog, world: World, keyboard: Keyboard) -> None:
    company = world.company(surname="Núñez", names="Ana", document="24118903", service_status="active")
    keyboard.write("nunez")
    results = creating.findChild(QListWidget, "clients")
    assert results is not None
    qtbot.waitUntil(results.isVisible)
    assert "24.118.903" in results.item(0).text()
    keyboard.press(Qt.Key.Key_Return)
    assert keyboard.focused() == "field_subject"
    assert creating.values()["list"] == "active"
    keyboard.write("Reclamo por la factura")
    with qtbot.waitSignal(creating.saved) as told:
        keyboard.save()
    assert told.args is not None
    done: Done = told.args[0]
    card = cases.card(ana.database, done.case_id)
    assert (card.company_id, card.subject, card.list) == (company, "Reclamo por la factura", "active")
    assert card.assigned_to == ana.login


def test_a_client_is_chosen_from_the_list(
    qtbot: QtBot, creating: CreateDialog, world: World, keyboard: Keyboard
) -> None:
    for names in ("Ana", "Berta", "Carla"):
        world.company(surname="Gómez", names=names)
    world.case(company=world.company(surname="Gómez", names="Dora"))
    keyboard.write("gomez")
    results = creating.findChild(QListWidget, "clients")
    assert results is not None
    qtbot.waitUntil(lambda: results.count() == 4)
    keyboard.press(Qt.Key.Key_Up)
    keyboard.press(Qt.Key.Key_Return)
    assert said(creating, "client_remark") == "⚠ Ya tiene un caso abierto en Morosos."
    assert creating.values()["#client"].startswith("GÓMEZ, Dora · Nro ")  # type: ignore[union-attr]  # it is typed


def test_nobody_found_and_nobody_chosen(qtbot: QtBot, creating: CreateDialog, keyboard: Keyboard) -> None:
    keyboard.write("zzz")
    qtbot.waitUntil(lambda: said(creating, "client_remark").startswith("No encontramos a nadie así."))
    keyboard.save()
    assert said(creating, "error_company") == "Elegí el cliente de la lista"
    assert keyboard.focused() == "client"


def test_a_new_case_that_was_left_comes_back(
    qtbot: QtBot, window: QWidget, ana: Desk, world: World, keyboard: Keyboard
) -> None:
    world.company(surname="Núñez", names="Ana")
    first = CreateDialog(ana.operations, ana.drafts, window)
    show(qtbot, first)
    keyboard.write("nunez")
    results = first.findChild(QListWidget, "clients")
    assert results is not None
    qtbot.waitUntil(results.isVisible)
    keyboard.press(Qt.Key.Key_Return)
    keyboard.write("Reclamo")
    typed, key = first.values(), first.draft.key
    with qtbot.waitSignal(first.finished):
        keyboard.press(Qt.Key.Key_Escape)
    again = CreateDialog(ana.operations, ana.drafts, window)
    assert (again.values(), again.draft.key) == (typed, key)


def cut_off(error: type[InDoubt | ConnectionLost], done: bool) -> Command:
    """A line that breaks before the answer comes, with the command done or not."""

    def ask(database: Database, case: int, values: Answers, key: UUID) -> Done:
        if done:
            cases.take_over(database, case, str(values["reason"]), key)
        raise error

    return ask


@pytest.mark.parametrize("done", [True, False])
def test_in_doubt_it_goes_again_as_it_was(
    qtbot: QtBot, open_desk: OpenDesk, open_dialog: OpenDialog, world: World, keyboard: Keyboard, done: bool
) -> None:
    marta = open_desk("marta", "coordinator")
    case = world.case(assigned_to="nobody")
    dialog = open_dialog(TakeOverDialog, marta, case)
    keyboard.write("Salió")
    dialog.command = lambda: cut_off(InDoubt, done)  # type: ignore[method-assign]  # what the line did to it
    keyboard.save()
    qtbot.waitUntil(lambda: "Reintentá" in said(dialog, "message"))
    assert not dialog.content.isEnabled()
    keyboard.reaches("submit")
    key = dialog.draft.key
    dialog.reject()
    # the program was closed meanwhile: the draft still knows that it may have been done
    again = open_dialog(TakeOverDialog, marta, case)
    assert (again.draft.key, again.content.isEnabled()) == (key, False)
    assert said(again, "message") == "Puede que ya se haya guardado. Reintentá: si ya estaba, no se repite."
    with qtbot.waitSignal(again.saved) as told:
        keyboard.save()
    assert told.args is not None
    assert told.args[0].replayed is done
    assert world.value("SELECT count(*) FROM iduo.case_event WHERE kind = 'taken_over'") == 1


def test_without_a_line_the_text_stays_and_can_be_changed(
    qtbot: QtBot, open_desk: OpenDesk, open_dialog: OpenDialog, world: World, keyboard: Keyboard
) -> None:
    marta = open_desk("marta", "coordinator")
    dialog = open_dialog(TakeOverDialog, marta, world.case(assigned_to="nobody"))
    keyboard.write("Salió")
    usual = dialog.command
    dialog.command = lambda: cut_off(ConnectionLost, done=False)  # type: ignore[method-assign]  # what the line did to it
    keyboard.save()
    qtbot.waitUntil(
        lambda: said(dialog, "message") == "No hay conexión con el servidor. Tu texto está a salvo en este equipo."
    )
    dialog.command = usual  # type: ignore[method-assign]  # what the line did to it
    assert dialog.content.isEnabled()
    dialog.forms[0].rows[0].editor.input.setFocus()
    keyboard.write(" ya")
    with qtbot.waitSignal(dialog.saved):
        keyboard.save()


def test_esc_while_it_is_being_saved_only_hides_it(
    qtbot: QtBot, open_desk: OpenDesk, open_dialog: OpenDialog, world: World, keyboard: Keyboard
) -> None:
    juan = open_desk("juan", "operator")
    case = world.case(assigned_to="nobody")
    dialog = open_dialog(TakeOverDialog, juan, case)
    keyboard.write("Lo quiero")
    keyboard.save()
    dialog.reject()
    assert dialog.isHidden()
    qtbot.waitUntil(lambda: juan.notice.text == "No tenés permiso para hacer esto.")
    kept = juan.drafts.find("take_over", case)
    assert kept is not None
    assert (kept.values, kept.sent) == ('{"reason": "Lo quiero"}', False)
