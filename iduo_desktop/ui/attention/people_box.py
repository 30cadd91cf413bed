"""Persons who may be the one that is being typed: offered line by line, never in the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services.calls import Caller
from iduo_desktop.services.contact_records import Duplicate
from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.elided_label import ElidedLabel

MOST = 4


@dataclass(frozen=True, slots=True)
class Maybe:
    """Somebody who may be meant, and why."""

    contact_id: int
    person: str
    said: str
    why: str


class PeopleBox(QWidget):
    """`chosen` brings the contact's id and how he is called."""

    chosen = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attention_people")
        self.found: tuple[Maybe, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_people(self, people: Iterable[Maybe]) -> None:
        """Offer these; none hides the box."""
        worth = tuple(people)[:MOST]
        if worth == self.found:
            return
        self.found = worth
        while (item := self._column.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for each in worth:
            self._column.addWidget(self._line(each))
        self.setVisible(bool(worth))

    def _line(self, maybe: Maybe) -> QWidget:
        """«⚠ Puede ser GÓMEZ, Ana · mismo teléfono · doc. 24.118.903  [Es esta persona]»."""
        line = QWidget()
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(line, surface="notice")
        row = QHBoxLayout(line)
        row.setContentsMargins(10, 3, 6, 3)
        row.setSpacing(8)
        text = " · ".join(filter(None, (f"⚠ ¿Es {maybe.person}?", maybe.why, maybe.said)))
        row.addWidget(ElidedLabel(f"maybe_{maybe.contact_id}", text), 1)
        choose = partial(self.chosen.emit, maybe.contact_id, maybe.person)
        made = button("Es esta persona", f"choose_{maybe.contact_id}", choose)
        made.setAccessibleName(f"Es {maybe.person}")
        row.addWidget(made)
        return line


def maybe_duplicate(found: Duplicate) -> Maybe:
    """Somebody like the person that is typed."""
    document = f"doc. {formats.document(found.document)}" if found.document else ""
    return Maybe(found.contact_id, found.person, " · ".join(filter(None, (document, found.phone))), found.why)


def maybe_caller(caller: Caller) -> Maybe:
    """Somebody who has the number that calls."""
    document = f"doc. {formats.document(caller.document)}" if caller.document else ""
    return Maybe(caller.contact_id or 0, caller.name, document, caller.why)
