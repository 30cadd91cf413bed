"""The page of messages: each list, a ticket with and without its answer, what is written about it, the back office."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from iduo_desktop.admin import staff
from iduo_desktop.admin.passwords import new_password
from iduo_desktop.services.tickets import TicketFilter, TicketRow
from iduo_desktop.terms import Role, TicketState
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.tickets.page import TicketsPage
from iduo_desktop.ui.tickets.rights import Verb
from tests.ui.stage import Stage

ANSWERER = "respondedor"


def tickets_open(stage: Stage) -> QWidget:
    """Messages without an answer, for an operator."""
    return listed(stage, TicketState.OPEN)


def tickets_awaiting_answer(stage: Stage) -> QWidget:
    """Messages that somebody is answering."""
    return listed(stage, TicketState.AWAITING_ANSWER)


def tickets_awaiting_communication(stage: Stage) -> QWidget:
    """Answers to read out."""
    return listed(stage, TicketState.AWAITING_COMMUNICATION)


def tickets_communicated(stage: Stage) -> QWidget:
    """Answers that were read out."""
    return listed(stage, TicketState.COMMUNICATED)


def tickets_alone(stage: Stage) -> QWidget:
    """A ticket that was looked for, with its answer."""
    return alone(stage, TicketState.AWAITING_COMMUNICATION)


def tickets_alone_waiting(stage: Stage) -> QWidget:
    """A ticket that was looked for and has no answer; other ways are offered."""
    window = alone(stage, TicketState.AWAITING_ANSWER, fits=lambda row: row.insisted > 0)
    page_of(window).panel.waiting.more.open(True)
    return stage.shown(window)


def tickets_assistants(stage: Stage) -> QWidget:
    """A known client who is nervous: his assistants are offered, and why."""
    window = alone(stage, TicketState.AWAITING_ANSWER, fits=lambda row: row.company_id is not None and row.insisted > 0)
    page_of(window).panel.offer_assistants()
    return stage.shown(window)


def tickets_insist(stage: Stage) -> QWidget:
    """The caller insists."""
    window = alone(stage, TicketState.AWAITING_ANSWER)
    page_of(window).do(Verb.INSIST)
    return stage.shown(window)


def tickets_unread(stage: Stage) -> QWidget:
    """To say that it was read, one has to have seen it."""
    window = alone(stage, TicketState.AWAITING_COMMUNICATION)
    page_of(window).panel.answer.text.forget()
    page_of(window).panel.answer.communicate()
    return window


def tickets_filtered(stage: Stage) -> QWidget:
    """Narrowed by several fields, and nobody fits."""
    window = listed(stage, TicketState.OPEN)
    page_of(window).filters.narrow(TicketFilter(text="factura", surname="xyz", kind="claim", channel="phone"))
    return stage.shown(window)


def tickets_filter_form(stage: Stage) -> QWidget:
    """Any field that was taken."""
    window = listed(stage, TicketState.OPEN)
    page_of(window).filters.narrow(TicketFilter(surname="gomez"))
    page_of(window).filters.open()
    return stage.dialog()


def tickets_office(stage: Stage) -> QWidget:
    """Who answers sees the text to write, and marks several."""
    window = listed(stage, TicketState.OPEN, answerer(stage))
    page = page_of(window)
    for _ in range(2):
        page.frame.mark()
    page.panel.composes[Verb.ANSWER].text.setPlainText("Ya le enviamos la factura por mail.")
    return stage.shown(window)


def tickets_office_many(stage: Stage) -> QWidget:
    """One answer for several."""
    window = listed(stage, TicketState.OPEN, answerer(stage))
    page = page_of(window)
    for _ in range(7):
        page.frame.mark()
    page.answer_together()
    return stage.dialog()


def tickets_office_too_late(stage: Stage) -> QWidget:
    """Somebody else answered meanwhile; the text stays."""
    window = listed(stage, TicketState.AWAITING_COMMUNICATION, answerer(stage))
    page = page_of(window)
    page.panel.composes[Verb.ANSWER].text.setPlainText("Ya le enviamos la factura por mail.")
    page.reader.again()
    return stage.shown(window)


def tickets_send_back(stage: Stage) -> QWidget:
    """The answer does not serve."""
    window = listed(stage, TicketState.AWAITING_COMMUNICATION, "coordinador")
    page_of(window).do(Verb.SEND_BACK)
    return stage.shown(window)


def tickets_history(stage: Stage) -> QWidget:
    """Further down: what happened, and a note."""
    window = alone(stage, TicketState.COMMUNICATED)
    page_of(window).do(Verb.NOTE)
    stage.shown(window)
    bar = page_of(window).panel._scroll.verticalScrollBar()
    bar.setValue(bar.maximum())
    return stage.shown(window)


def answerer(stage: Stage) -> str:
    """Somebody of the back office, whom the demo does not have."""
    stage.place.people.setdefault(ANSWERER, new_password())
    with stage.superuser() as connection:
        staff.enrol(connection, ANSWERER, "Rita Roldán", Role.ANSWERER.value, stage.place.people[ANSWERER])
    return ANSWERER


def listed(stage: Stage, state: TicketState, who: str = "operador") -> MainWindow:
    """The window with one of the lists, its second line chosen."""
    window = stage.window(who)
    window.rooms.open_state(state.value)
    stage.shown(window)
    page_of(window).frame.view.step(1)
    return stage.shown(window)


def alone(
    stage: Stage, state: TicketState, who: str = "operador", fits: Callable[[TicketRow], bool] = lambda _row: True
) -> MainWindow:
    """The window with one ticket of this state."""
    window = listed(stage, state, who)
    page = page_of(window)
    page.open_ticket(next(row.id for row in page.frame.model.loaded() if fits(row)))
    return stage.shown(window)


def page_of(window: MainWindow) -> TicketsPage:
    """The page of messages."""
    assert window.rooms.tickets is not None
    return window.rooms.tickets


SCREENS = (
    tickets_open,
    tickets_awaiting_answer,
    tickets_awaiting_communication,
    tickets_communicated,
    tickets_alone,
    tickets_alone_waiting,
    tickets_assistants,
    tickets_insist,
    tickets_unread,
    tickets_filtered,
    tickets_filter_form,
    tickets_office,
    tickets_office_many,
    tickets_office_too_late,
    tickets_send_back,
    tickets_history,
)
