"""How tickets are written wherever they appear: the sign of a state, the name of its list, the number in threes."""

from iduo_desktop.terms import TicketState
from iduo_desktop.ui import formats

SIGNS = {
    TicketState.OPEN: "○",
    TicketState.AWAITING_ANSWER: "⇪",
    TicketState.AWAITING_COMMUNICATION: "☎",
    TicketState.COMMUNICATED: "✔",
}
LISTS = {
    TicketState.OPEN: "Abiertos",
    TicketState.AWAITING_ANSWER: "Pendientes de respuesta",
    TicketState.AWAITING_COMMUNICATION: "Pendientes de comunicación",
    TicketState.COMMUNICATED: "Comunicados",
}


def stated(state: str) -> str:
    """«☎ Pendiente de comunicación»."""
    known = TicketState(state)
    return f"{SIGNS[known]} {known.label}"


def listed(state: str) -> str:
    """«☎ Pendientes de comunicación»."""
    known = TicketState(state)
    return f"{SIGNS[known]} {LISTS[known]}"


def numbered(number: int, check: str = "") -> str:
    """«104 237», or «104 237-4» where numbers have a check digit."""
    return formats.ticket(number) + (f"-{check}" if check else "")
