"""What an earlier run left half typed is opened in its form, or discarded, and nothing is written after the end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import keyring
import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import drafts as drafts_module
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.tickets.rights import Verb
from tests.people import People
from tests.services.world import World
from tests.test_credentials import MemoryKeyring
from tests.ui.conftest import OpenProgram
from tests.ui.message_desk import set_up
from tests.ui.programs import Workstation


@pytest.fixture
def station(
    qtbot: QtBot,
    open_program: OpenProgram,
    world: World,
    people: People,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Workstation:
    """Ana at work on a PC with a keyring; her drafts are in a folder of the test."""
    keyring.set_keyring(MemoryKeyring())
    monkeypatch.setattr(drafts_module, "user_data_path", lambda *_: tmp_path / "data")
    set_up(world, people)
    made = open_program("ana", "operator")
    made.log_in()
    return made


def left(kind: str, target: int, title: str = "Algo", values: str = '{"text": "Hola"}', minutes: float = 0) -> Draft:
    """What an earlier run left."""
    return Draft(kind, target, title, uuid4(), values, datetime.now(UTC) - timedelta(minutes=minutes))


def recover(station: Workstation, *drafts: Draft) -> None:
    """As if these had been read from the disk."""
    window = station.window
    for draft in drafts:
        window.drafts._held[draft.key] = draft
    window.drafts.recovered.emit(drafts)


def press(station: Workstation, name: str) -> None:
    """Press a button of the notice."""
    button = station.find(QPushButton, name)
    assert button.isVisible()
    button.click()
    station.settle()


def test_both_ways_are_offered_and_wait(station: Workstation) -> None:
    recover(station, left("message", 0))
    assert station.window.notice.text.startswith("Recuperamos 1 borrador de las ")
    assert station.find(QPushButton, "notice_action").text() == "Abrir"
    assert station.find(QPushButton, "notice_other").text() == "Descartar"
    assert not station.window.notice._fades.isActive()


def test_a_message_opens_with_its_text(station: Workstation) -> None:
    recover(station, left("message", 0, values='{"text": "No le llega la factura"}'))
    press(station, "notice_action")
    rooms = station.window.rooms
    assert rooms.intake is not None
    assert rooms.currentWidget() is rooms.intake
    assert rooms.intake.form.fields.text.value() == "No le llega la factura"


@pytest.mark.parametrize(("kind", "name"), [("close", "close_dialog"), ("move", "move_dialog")])
def test_a_form_about_a_case_opens_over_that_case(
    qtbot: QtBot, station: Workstation, world: World, people: People, kind: str, name: str
) -> None:
    case = world.case(assigned_to=people.add("ana"))
    recover(station, left(kind, case))
    press(station, "notice_action")
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert dialog.objectName() == name


def test_a_contact_opens_the_strip_below_its_case(
    qtbot: QtBot, station: Workstation, world: World, people: People
) -> None:
    case = world.case(assigned_to=people.add("ana"))
    recover(station, left("contact", case, values='{"note": "Llamar mañana"}'))
    press(station, "notice_action")
    cases = station.window.cases
    qtbot.waitUntil(cases.strip.isVisible)
    assert cases.reader.case_id == case


def test_a_contact_opens_though_another_case_is_shown_first(
    qtbot: QtBot, station: Workstation, world: World, people: People
) -> None:
    """The list chooses one as soon as it is there, or the line was slow with the one before."""
    first, second = (world.case(assigned_to=people.add("ana")) for _ in range(2))
    cases = station.window.cases
    cases.open_case(first)
    qtbot.waitUntil(lambda: cases.reader.card is not None and cases.reader.card.id == first)
    recover(station, left("contact", second, values='{"note": "Llamar mañana"}'))
    station.find(QPushButton, "notice_action").click()
    cases.reader.card_read.emit(cases.reader.card)
    qtbot.waitUntil(lambda: cases.strip.isVisible() and cases.reader.case_id == second)


def test_a_contact_opens_below_the_case_that_is_shown_already(
    qtbot: QtBot, station: Workstation, world: World, people: People
) -> None:
    case = world.case(assigned_to=people.add("ana"))
    cases = station.window.cases
    cases.open_case(case)
    qtbot.waitUntil(lambda: cases.reader.card is not None)
    recover(station, left("contact", case, values='{"note": "Llamar mañana"}'))
    press(station, "notice_action")
    qtbot.waitUntil(cases.strip.isVisible)
    assert cases.reader.case_id == case


def test_a_new_case_opens_its_dialog(qtbot: QtBot, station: Workstation) -> None:
    recover(station, left("create", 0, values="{}"))
    press(station, "notice_action")
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)


def test_a_text_about_a_ticket_opens_below_it(qtbot: QtBot, station: Workstation, world: World) -> None:
    ticket = world.value("SELECT max(id) FROM iduo.ticket")
    recover(station, left("ticket_insist", ticket, values='{"text": "Vuelve a reclamar"}'))
    press(station, "notice_action")
    page = station.window.rooms.tickets
    assert page is not None
    compose = page.panel.composes[Verb.INSIST]
    qtbot.waitUntil(compose.isVisible)
    assert compose.written
    assert page.reader.ticket_id == ticket


def test_a_survey_shows_its_case_and_says_the_rest(
    qtbot: QtBot, station: Workstation, world: World, people: People
) -> None:
    case = world.case(assigned_to=people.add("ana"))
    recover(station, left("survey_1", case, "Encuesta"))
    press(station, "notice_action")
    assert "vuelve solo" in station.window.notice.text
    qtbot.waitUntil(lambda: station.window.cases.reader.case_id == case)


def test_several_are_opened_one_after_the_other_the_newest_first(station: Workstation) -> None:
    recover(station, left("message", 0, values='{"text": "nuevo"}'), left("message_ticket", 7, minutes=9))
    assert station.window.notice.text.startswith("Recuperamos 2 borradores")
    press(station, "notice_action")
    assert station.window.notice.text.startswith("Recuperamos 1 borrador")


def test_discarded_drafts_are_gone_and_come_back(station: Workstation) -> None:
    one, other = left("message", 0), left("close", 5)
    recover(station, one, other)
    press(station, "notice_other")
    drafts = station.window.drafts
    assert not drafts._held
    assert station.window.notice.text == "Descartaste 2 borradores"
    station.window.notice.undo()
    assert set(drafts._held) == {one.key, other.key}
    assert station.find(QPushButton, "notice_other").text() == "Descartar"


def test_what_cannot_be_opened_here_is_kept(station: Workstation) -> None:
    draft = left("settings_reason", 0, "Motivo de cierre")
    recover(station, draft)
    press(station, "notice_action")
    assert "queda guardado" in station.window.notice.text
    assert draft.key in station.window.drafts._held


def test_after_the_end_nothing_is_written(qtbot: QtBot, station: Workstation, tmp_path: Path) -> None:
    window = station.window
    qtbot.waitUntil(lambda: not window.drafts.memory_only)
    window.drafts.keep(left("message", 0))
    window.sign_out()
    qtbot.waitUntil(lambda: station.program.login is not None)
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "data").rglob("*.draft")}
    assert len(files) == 1
    window.drafts.keep(left("message_ticket", 7))
    window.drafts.flush()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "data").rglob("*.draft")} == files
