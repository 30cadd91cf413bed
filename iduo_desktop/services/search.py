"""Search: one question for everything that has a name or a number."""

import re
from dataclasses import dataclass

from iduo_desktop.database.connection import Database
from iduo_desktop.services import companies, contacts, tickets
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.tickets import TicketHit
from iduo_desktop.terms import TicketState

_COMPANY = re.compile(r"e\s+(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody may see, and so what is looked for."""

    tickets: bool = True
    contacts: bool = True
    companies: bool = True


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, each group the best first; `capped`: there may be more tickets than were looked at."""

    tickets: tuple[TicketHit, ...] = ()
    contacts: tuple[ContactHit, ...] = ()
    companies: tuple[CompanyHit, ...] = ()

    @property
    def capped(self) -> bool:
        """True when not everything was looked at."""
        return any(hit.capped for hit in self.tickets)

    @property
    def nothing(self) -> bool:
        """True when nothing fits."""
        return not (self.tickets or self.contacts or self.companies)


def everything(database: Database, text: str, wanted: Wanted = EVERYTHING, limit: int = 8) -> Found:
    """Look in tickets, contacts and companies; "e 1204" looks for the company 1204 only."""
    company = _COMPANY.fullmatch(text.strip())
    if company is not None and wanted.companies:
        return Found(companies=companies.find(database, company[1], limit))
    return Found(
        _work_first(tickets.find(database, text, limit), text) if wanted.tickets else (),
        contacts.find(database, text, None, limit) if wanted.contacts else (),
        companies.find(database, text, limit) if wanted.companies else (),
    )


def _work_first(hits: tuple[TicketHit, ...], text: str) -> tuple[TicketHit, ...]:
    """The number that was typed, then answers that wait to be read out, then the others."""
    digits = re.sub(r"\D", "", text)

    def place(hit: TicketHit) -> int:
        if digits in {str(hit.number), f"{hit.number}{hit.check}"}:
            return 0
        return 1 if hit.state == TicketState.AWAITING_COMMUNICATION else 2

    return tuple(sorted(hits, key=place))
