"""What somebody is here for, whether something is offered to him, and why it cannot be done now."""

from dataclasses import dataclass

from iduo_desktop.services.staff import Me, Person
from iduo_desktop.terms import Role


@dataclass(frozen=True, slots=True)
class Right:
    """Whether a verb is offered at all, and why it cannot be done now; "" when it can."""

    offered: bool
    reason: str = ""

    @property
    def granted(self) -> bool:
        """True when it can be done now."""
        return self.offered and not self.reason


def works(who: Me | Person) -> bool:
    """True for those who speak with callers and work on cases; others look."""
    return Role.OPERATOR in who.roles or coordinates(who)


def coordinates(who: Me | Person) -> bool:
    """True for coordinators."""
    return Role.COORDINATOR in who.roles


def supervises(who: Me | Person) -> bool:
    """True for those who look after others."""
    return coordinates(who) or Role.ADMIN in who.roles
