"""More time before the cut-off: asked for by keyboard, decided by a coordinator; and how promises are said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import cases, promises
from iduo_desktop.services.promises import Extension, Promise
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.extend_dialog import ExtendDialog
from iduo_desktop.ui.cases.promise_box import PromiseBox
from iduo_desktop.ui.cases.rights import Verb
from iduo_desktop.ui.home.extensions_dialog import NOBODY, ExtensionsDialog
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.workplace import Workplace

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
PROMISE = Promise(1, 1, Decimal(10000), date(2026, 11, 25), "pending", None, None, NOW, "Ana")


@pytest.fixture
def ana(qtbot: QtBot, open_desk: OpenDesk) -> Workplace:
    """Ana sits down."""
    return Workplace(qtbot, open_desk("ana", "operator"))


@pytest.fixture
def case(world: World, ana: Workplace) -> int:
    """A client of Ana's who owes money."""
    company = world.company(surname="Gómez", names="Ana", debt=30000)
    return world.case("delinquent", company, assigned_to=ana.desk.login)


def extended(world: World, case: int) -> object:
    """Until when the client's cut-off waits."""
    return world.value("SELECT extended_until FROM iduo.case WHERE id = %s", case)


def test_an_extension_from_the_case(qtbot: QtBot, ana: Workplace, case: int, world: World, keyboard: Keyboard) -> None:
    ana.open(CaseList.DELINQUENT)
    ana.page.do(Verb.EXTEND)
    ana.wait_for_field("until")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ExtendDialog)
    qtbot.waitUntil(lambda: "15 días" in dialog.rules.text())
    keyboard.save()
    assert keyboard.focused() == "field_until"
    keyboard.write("+9d")
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("Cobra el lunes")
    with qtbot.waitSignal(dialog.saved):
        keyboard.save()
    assert extended(world, case) is not None
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Le diste prórroga a GÓMEZ, Ana"))
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.desk.notice.text == "El corte quedó como antes")
    assert extended(world, case) is None


def test_a_coordinator_decides_one_after_the_other(
    qtbot: QtBot, ana: Workplace, case: int, world: World, open_desk: OpenDesk, window: QWidget, keyboard: Keyboard
) -> None:
    world.set_setting("extension_approval", True)
    until = date.fromordinal(world.today().toordinal() + 9)
    promises.extend(ana.desk.database, case, until, "Cobra el lunes", uuid4())
    marta = open_desk("marta", "coordinator")
    dialog = ExtensionsDialog(marta.operations, marta.notice, formats.now, window)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.list.texts() == (f"GÓMEZ, Ana · hasta el {until:%d/%m/%Y}",))
    assert "Debe $ 30.000,00" in dialog.about.text().replace("\xa0", " ")
    assert "«Cobra el lunes»" in dialog.about.text()
    keyboard.press(Qt.Key.Key_D, CONTROL)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert keyboard.focused() == "extension_decision"
    keyboard.write("Ya tuvo una")
    keyboard.press(Qt.Key.Key_D, CONTROL)
    qtbot.waitUntil(lambda: dialog.list.texts() == (NOBODY,))
    assert extended(world, case) is None
    (refused,) = promises.extensions(ana.desk.database, case)
    assert (refused.state, refused.decision) == ("refused", "Ya tuvo una")
    event = world.value("SELECT max(id) FROM iduo.case_event")
    cases.undo(marta.database, event)
    qtbot.waitUntil(lambda: len(dialog.list.texts()) == 1 and dialog.list.texts() != (NOBODY,))
    keyboard.press(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: extended(world, case) == until)


def test_the_panel_follows(ana: Workplace, case: int, world: World) -> None:
    world.set_setting("extension_approval", True)
    ana.open(CaseList.DELINQUENT)
    promises.extend(ana.desk.database, case, date.fromordinal(world.today().toordinal() + 9), "Cobra el lunes", uuid4())
    line = ana.page.findChild(QLabel, "extension_line")
    assert isinstance(line, QLabel)
    ana.wait_for(lambda: "espera a un coordinador" in line.text())


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        (PROMISE, "Promete $ 10.000,00 para el 25/11/2026 (en 3 días)"),
        (
            replace(PROMISE, paid=Decimal(4000)),
            "Promete $ 10.000,00 para el 25/11/2026 (en 3 días) · ya pagó $ 4.000,00",
        ),
        (replace(PROMISE, state="kept", paid=Decimal(10000)), "✔ Cumplió su promesa del 25/11/2026: pagó $ 10.000,00"),
        (replace(PROMISE, state="broken", amount=None), "⚠ No cumplió: prometió para el 25/11/2026"),
    ],
)
def test_how_a_promise_is_said(qtbot: QtBot, promise: Promise, said: str) -> None:
    box = PromiseBox(lambda: NOW)
    qtbot.addWidget(box)
    box.show_promises((promise, replace(PROMISE, state="broken")))
    assert box.promise.text().replace("\xa0", " ") == f"{said} · antes no cumplió 1 vez"
    box.show_promises(())
    assert box.promise.isHidden()


def test_a_refusal_is_said(qtbot: QtBot) -> None:
    box = PromiseBox(lambda: NOW)
    qtbot.addWidget(box)
    day = date(2026, 11, 30)
    box.show_extensions(
        (Extension(1, 1, 1, "GÓMEZ", day, None, None, "", "refused", "Ana", NOW, "Marta", NOW, "Ya tuvo una"),)
    )
    assert box.extension.text() == "Prórroga no aprobada por Marta: Ya tuvo una"
