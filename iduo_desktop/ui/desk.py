"""What brings a part of the program together with the window: a desk, and what every desk is given."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from iduo_desktop.services.staff import Me
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rooms import Rooms
from iduo_desktop.ui.widgets.date_box import Clock


@dataclass(frozen=True, slots=True)
class Kit:
    """The way to the database, who sits here, and what all parts of one window share."""

    operations: Operations
    me: Me
    notice: Notice
    drafts: Drafts
    clock: Clock
    rooms: Rooms


class Desk(QObject):
    """Belongs to the pages, and goes with them."""

    def __init__(self, kit: Kit):
        super().__init__(kit.rooms)
        self._operations = kit.operations
        self._me = kit.me
        self._notice = kit.notice
        self._drafts = kit.drafts
        self._clock = kit.clock
        self._rooms = kit.rooms
