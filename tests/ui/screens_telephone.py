"""A call arrives, in all its forms; the search over everything; drafts that an earlier run left."""

from datetime import UTC, datetime
from uuid import uuid4

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from iduo_desktop.caller import CallState, Ring
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.intake.arrival_by_hand import ByHandDialog
from iduo_desktop.ui.intake.arrival_number import AddNumberDialog
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.widgets.moments import fold
from tests.ui.screens_attention import attention_card
from tests.ui.screens_frame import search
from tests.ui.stage import Stage

STRANGER = "+541147779999"
CALL = "1763800000.42"
READY = (
    "SELECT p.typed, o.number FROM iduo.contact_phone p JOIN iduo.contact c ON c.id = p.contact_id "
    "JOIN iduo.company o ON o.id = c.company_id JOIN iduo.ticket t ON t.company_id = o.id "
    "WHERE t.state = 'awaiting_communication' ORDER BY t.id LIMIT 1"
)
SEVERAL = (
    "SELECT search_key FROM (SELECT search_key, contact_id FROM iduo.contact_phone UNION ALL "
    "SELECT search_key, company_id FROM iduo.company_phone) x GROUP BY search_key ORDER BY count(*) DESC LIMIT 1"
)


def call_known(stage: Stage) -> QWidget:
    """One who has an answer waiting; nothing has the keyboard but the list behind."""
    caller, company = ready(stage)
    return rung(stage, Ring(caller, 1, company, CALL))


def call_chosen(stage: Stage) -> QWidget:
    """F4: the card has the keyboard."""
    caller, company = ready(stage)
    window = rung(stage, Ring(caller, 1, company, CALL))
    window.calls.show()
    return stage.shown(window)


def call_unknown(stage: Stage) -> QWidget:
    """A number that nobody has."""
    return rung(stage, Ring(STRANGER, 2))


def call_several(stage: Stage) -> QWidget:
    """A number that several have."""
    with stage.superuser() as connection:
        found = connection.execute(SEVERAL).fetchone()
    assert found is not None
    window = rung(stage, Ring(str(found[0]), 3))
    window.calls.show()
    return stage.shown(window)


def call_ended(stage: Stage) -> QWidget:
    """The telephone system says that it is over; what became of it has to be said."""
    caller, company = ready(stage)
    window = rung(stage, Ring(caller, 1, company, CALL))
    window.calls.ring(Ring(caller, id=CALL, state=CallState.ENDED))
    window.calls.show()
    return stage.shown(window)


def call_offline(stage: Stage) -> QWidget:
    """Nobody can be asked who it is."""
    window = stage.window()
    window.calls.arrivals._area_code = "\0"
    window.calls.ring(Ring(STRANGER, 1, "1204"))
    current = window.calls.arrivals.current
    assert current is not None
    stage.settle()
    current.card, current.problem = None, "Todavía no pudimos buscar quién llama. Seguimos intentando."
    window.calls.arrivals.changed.emit()
    return stage.shown(window)


def call_by_hand(stage: Stage) -> QWidget:
    """F4 without a call, and something that is no number."""
    window = stage.window()
    window.calls.show()
    dialog = stage.dialog_of(ByHandDialog)
    QTest.keyClicks(dialog.focusWidget(), "no se")
    dialog._open()
    return stage.shown(dialog)


def call_add_number(stage: Stage) -> QWidget:
    """Whose number is it?"""
    window = rung(stage, Ring(STRANGER, 2))
    window.calls.add_number()
    dialog = stage.dialog()
    assert isinstance(dialog, AddNumberDialog)
    QTest.keyClicks(dialog.box, "gomez")
    stage.wait(lambda: dialog.hits.current() is not None)
    return stage.shown(dialog)


def search_everything(stage: Stage) -> QWidget:
    """A surname that tickets, persons and clients have."""
    with stage.superuser() as connection:
        found = connection.execute(
            "SELECT t.surname FROM iduo.ticket t WHERE t.state = 'awaiting_communication' AND t.surname <> '' "
            "ORDER BY t.id LIMIT 1"
        ).fetchone()
    assert found is not None
    return search(stage, fold(str(found[0]))[:5])  # no key has the accents


def window_recovered(stage: Stage) -> QWidget:
    """An earlier run left a draft."""
    window = stage.window()
    draft = Draft("message", 0, "Mensaje a iduo", uuid4(), '{"text": "Hola"}', datetime.now(UTC))
    window.recovery.offer((draft,))
    return stage.shown(window)


def window_wide_with_call(stage: Stage) -> QWidget:
    """The rail with all its lists, and a call at the top."""
    caller, company = ready(stage)
    window = rung(stage, Ring(caller, 1, company, CALL), "coordinador")
    window.rail.expand(True)
    window.calls.card.dismiss()
    window.calls.card.dismiss()
    return stage.shown(window)


def ready(stage: Stage) -> tuple[str, str]:
    """The number of somebody whose answer waits, and his company's."""
    with stage.superuser() as connection:
        found = connection.execute(READY).fetchone()
    assert found is not None
    return "".join(letter for letter in str(found[0]) if letter.isdecimal() or letter == "+"), str(found[1])


def rung(stage: Stage, ring: Ring, who: str = "operador") -> MainWindow:
    """A window whose telephone rings."""
    window = stage.window(who)
    before = QApplication.focusWidget()
    window.calls.ring(ring)
    stage.wait(lambda: getattr(window.calls.arrivals.current, "card", None))
    stage.settle()
    assert QApplication.focusWidget() is before
    return stage.shown(window)


SCREENS = (
    call_known,
    call_chosen,
    call_unknown,
    call_several,
    call_ended,
    call_offline,
    call_by_hand,
    call_add_number,
    search_everything,
    window_recovered,
    window_wide_with_call,
    attention_card,
)
