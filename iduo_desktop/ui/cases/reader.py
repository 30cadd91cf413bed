"""Reads the card and the history of the case that is looked at, and again whenever something of it changed."""

from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import cases, promises, promotions, surveys
from iduo_desktop.services.cases import CaseCard, TimelineEntry
from iduo_desktop.services.promises import Extension, Promise
from iduo_desktop.services.promotions import Offer
from iduo_desktop.services.surveys import SurveyRow
from iduo_desktop.ui import formats
from iduo_desktop.ui.errors import OFFLINE
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.timeline import PAGE

PAUSE_MS, COLLECT_MS = 30, 60
KEPT = 50
_OLD = "Sin conexión: son los datos de las {}."
_OF_THE_CASE = {"case", "attempt", "promise", "survey_answer"}
_OF_ALL = {"promotion", "form", "form_version"}
_OF_THE_CLIENT = {"company", "company_phone", "company_email", "extension", "case_event"}


class CaseReader(QObject):
    """Arrow keys pass over many cases: only the one where they stop is read. Late answers are dropped.

    The cards that were read last stay readable while there is no line.
    """

    card_read = Signal(object)
    entries_read = Signal(object)
    older_read = Signal(object)
    surveys_read = Signal(object)
    offers_read = Signal(object)
    promises_read = Signal(object)
    extensions_read = Signal(object)
    failed = Signal(str)

    def __init__(self, operations: Operations, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._case = 0
        self._card: CaseCard | None = None
        self._asked: list[_Asked] = []
        self._kept: dict[int, tuple[CaseCard, datetime]] = {}
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._ask)
        operations.changed.connect(self._take_change)

    @property
    def card(self) -> CaseCard | None:
        """The card of the case that is looked at, None until it is here."""
        return self._card

    @property
    def case_id(self) -> int:
        """The case that is looked at, 0 when none is."""
        return self._case

    def read(self, case_id: int) -> None:
        """Look at another case; 0 at none."""
        if case_id != self._case:
            self._forget()
            self._case, self._card = case_id, None
            self._pause.start(PAUSE_MS)

    def again(self) -> None:
        """Read the same once more."""
        if not self._pause.isActive():
            self._pause.start(COLLECT_MS)

    def read_older(self, before: int) -> None:
        """More of the history."""
        if self._card is not None:
            whose = self._card.company_id, before, PAGE, self._card.contact_id
            asked = self._operations.run(self, cases.timeline, *whose)
            self._asked.append(asked)
            asked.then(self.older_read.emit)

    def _forget(self) -> None:
        asked, self._asked = self._asked, []
        for operation in asked:
            operation.cancel()

    def _ask(self) -> None:
        self._forget()
        kept = self._kept.get(self._case)
        if kept is not None and not self._operations.online:
            self._card, at = kept
            self.card_read.emit(self._card)
            self.failed.emit(_OLD.format(formats.clock(at)))
        elif self._case:
            asked = self._operations.run(self, cases.card, self._case)
            self._asked.append(asked)
            asked.then(self._take_card).refused(self._fail).failed(self._fail)

    def _take_card(self, card: CaseCard) -> None:
        self._card = card
        self._kept.pop(card.id, None)
        self._kept[card.id] = card, formats.now()
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        self.card_read.emit(card)
        asked = self._operations.run(self, cases.timeline, card.company_id, None, PAGE, card.contact_id)
        self._asked.append(asked)
        asked.then(self.entries_read.emit).refused(self._fail).failed(self._fail)
        if not card.closed:
            self._ask_aids(card.id)

    def _ask_aids(self, case_id: int) -> None:
        """What can be filled and offered; where it does not come, nothing is said: the card is there."""
        filled = self._operations.run(self, surveys.surveys, case_id)
        offered = self._operations.run(self, promotions.of_case, case_id)
        promised = self._operations.run(self, promises.promises, case_id)
        extended = self._operations.run(self, promises.extensions, case_id)
        self._asked += [filled, offered, promised, extended]
        promised.then(self.promises_read.emit).failed(lambda _error: None)
        extended.then(self.extensions_read.emit).failed(lambda _error: None)
        filled.then(self.surveys_read.emit).failed(lambda _error: None)
        offered.then(self.offers_read.emit).failed(lambda _error: None)

    def _fail(self, error: UserError | OperationError) -> None:
        self.failed.emit(error.message if self._operations.online else OFFLINE)

    def _take_change(self, table: str, changed: int | None) -> None:
        company = self._card.company_id if self._card is not None else None
        mine = (table in _OF_THE_CASE and changed in {self._case, None}) or (
            table in _OF_THE_CLIENT and changed in {company, None}
        )
        if self._case and (mine or table in _OF_ALL):
            self.again()


_Asked = (
    Operation[CaseCard]
    | Operation[tuple[TimelineEntry, ...]]
    | Operation[tuple[SurveyRow, ...]]
    | Operation[tuple[Offer, ...]]
    | Operation[tuple[Promise, ...]]
    | Operation[tuple[Extension, ...]]
)
