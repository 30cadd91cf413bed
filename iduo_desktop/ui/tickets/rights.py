"""What one may do with a ticket, and why not; the database decides, this only keeps buttons honest."""

from enum import Enum

from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import TicketCard, TicketRow
from iduo_desktop.terms import Role, TicketState
from iduo_desktop.ui.rights import Right, works

Ticket = TicketRow | TicketCard
UNANSWERED = (TicketState.OPEN, TicketState.AWAITING_ANSWER)
ANSWERED = "Ya tiene respuesta: leésela. Si no le sirve, devolvela con el motivo."
COMMUNICATED = "Ya se le comunicó la respuesta."


class Verb(Enum):
    """What can be done with a ticket."""

    COMMUNICATE = "communicate"
    INSIST = "insist"
    TAKE = "take"
    ANSWER = "answer"
    SEND_BACK = "send_back"
    NOTE = "note"


def right(verb: Verb, ticket: Ticket, me: Me, *, office: bool) -> Right:
    """Whether I may do this with the ticket as it is; `office`: I answer, by role or by the organisation's setting."""
    state = TicketState(ticket.state)
    helps = works(me) or Role.ANSWERER in me.roles
    if verb is Verb.NOTE:
        return Right(helps)
    if verb in {Verb.COMMUNICATE, Verb.INSIST}:
        return Right(works(me), _WHY_NOT[verb].get(state, ""))
    return Right(helps if verb is Verb.SEND_BACK else office, _WHY_NOT[verb].get(state, ""))


_WHY_NOT = {
    Verb.COMMUNICATE: {
        TicketState.OPEN: "Todavía no hay respuesta.",
        TicketState.AWAITING_ANSWER: "Todavía no hay respuesta.",
        TicketState.COMMUNICATED: COMMUNICATED,
    },
    Verb.INSIST: {
        TicketState.AWAITING_COMMUNICATION: ANSWERED,
        TicketState.COMMUNICATED: f"{COMMUNICATED} Tomale un mensaje nuevo.",
    },
    Verb.TAKE: {
        TicketState.AWAITING_ANSWER: "Ya espera respuesta.",
        TicketState.AWAITING_COMMUNICATION: "Ya tiene respuesta.",
        TicketState.COMMUNICATED: COMMUNICATED,
    },
    Verb.ANSWER: {
        TicketState.AWAITING_COMMUNICATION: "Ya tiene respuesta.",
        TicketState.COMMUNICATED: COMMUNICATED,
    },
    Verb.SEND_BACK: {
        TicketState.OPEN: "Todavía no tiene respuesta.",
        TicketState.AWAITING_ANSWER: "Todavía no tiene respuesta.",
        TicketState.COMMUNICATED: COMMUNICATED,
    },
}
