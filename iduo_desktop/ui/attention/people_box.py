"""Persons who may be the one that is being typed: offered line by line, never in the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from iduo_desktop.services.calls import Caller
from iduo_desktop.services.contact_records import Duplicate
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.offered_lines import OfferedLines, offered_line

MOST = 4


@dataclass(frozen=True, slots=True)
class Maybe:
    """Somebody who may be meant, and why."""

    contact_id: int
    person: str
    said: str
    why: str


class PeopleBox(OfferedLines):
    """`chosen` brings the contact's id and how he is called."""

    chosen = Signal(int, str)

    def __init__(self) -> None:
        super().__init__("attention_people")
        self.found: tuple[Maybe, ...] = ()

    def show_people(self, people: Iterable[Maybe]) -> None:
        """Offer these; none hides the box."""
        worth = tuple(people)[:MOST]
        if worth != self.found:
            self.found = worth
            self.show_lines(map(self._line, worth))

    def _line(self, maybe: Maybe) -> QWidget:
        """«⚠ Puede ser GÓMEZ, Ana · mismo teléfono · doc. 24.118.903  [Es esta persona]»."""
        text = " · ".join(filter(None, (f"⚠ ¿Es {maybe.person}?", maybe.why, maybe.said)))
        choose = partial(self.chosen.emit, maybe.contact_id, maybe.person)
        made = button("Es esta persona", f"choose_{maybe.contact_id}", choose)
        made.setAccessibleName(f"Es {maybe.person}")
        return offered_line(f"maybe_{maybe.contact_id}", text, made)


def maybe_duplicate(found: Duplicate) -> Maybe:
    """Somebody like the person that is typed."""
    document = f"doc. {formats.document(found.document)}" if found.document else ""
    return Maybe(found.contact_id, found.person, " · ".join(filter(None, (document, found.phone))), found.why)


def maybe_caller(caller: Caller) -> Maybe:
    """Somebody who has the number that calls."""
    document = f"doc. {formats.document(caller.document)}" if caller.document else ""
    return Maybe(caller.contact_id or 0, caller.name, document, caller.why)
