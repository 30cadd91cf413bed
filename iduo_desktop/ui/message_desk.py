"""Where messages meet the window: word of answers, what dials here, and texts that were left half written."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt

from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.staff import Me
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.composer import KIND
from iduo_desktop.ui.cases.page import CasesPage
from iduo_desktop.ui.door import Rules
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.preferences import PreferencesFile
from iduo_desktop.ui.rooms import Rooms
from iduo_desktop.ui.top_bar import TopBar


class MessageDesk(QObject):
    """Nothing of it takes the keyboard: an answer is told in the notice, without names where the helpline is on."""

    def __init__(
        self,
        operations: Operations,
        me: Me,
        notice: Notice,
        rooms: Rooms,
        preferences: PreferencesFile,
        rules: Rules,
        top_bar: TopBar,
    ):
        super().__init__(rooms)
        self._notice = notice
        top_bar.show_dial(rules.dial_with or preferences.current.dial_with, rules.dial_why)
        top_bar.dial_chosen.connect(lambda way: preferences.change(operations, dial_with=way))
        self._rooms = rooms
        self._discreet = "helpline" in me.parts
        page = rooms.cases
        if page is not None:
            page.contacting.writing.dial_with = lambda: rules.dial_with or preferences.current.dial_with
            page.contacting.writing.wanted.connect(partial(self._write, page))
            page.inbox.answered.connect(self._tell)
            rooms.resumes[KIND] = lambda draft: self._resume(page, draft)

    def _tell(self, answered: Mapping[int, str]) -> None:
        """Somebody answered: who, and the way there."""
        (case_id, client), *others = answered.items()
        if others:
            text = f"Contestaron {formats.plural(len(answered), 'cliente', 'clientes')}"
        else:
            text = "Contestó un cliente" if self._discreet else f"Contestó {client}"
        self._notice.tell(text, ("Ver", partial(self._show, case_id)))

    def _show(self, case_id: int) -> None:
        page = self._rooms.cases
        if page is not None:
            self._rooms.open_cases()
            page.open_case(case_id)
            if page.panel.isHidden():
                page.toggle_panel()
            if page.panel.case_id == case_id:
                page.panel.tabs.talk()

    def _resume(self, page: CasesPage, draft: Draft) -> None:
        self._rooms.open_cases()
        self._write(page, draft.target, draft.kind.partition(":")[2])

    def _write(self, page: CasesPage, case_id: int, channel: str) -> None:
        """Go on writing about a case, which is shown first."""
        card = page.reader.card
        if card is not None and card.id == case_id:
            page.contact(channel)
        else:
            begin = partial(_contact, page, case_id, channel)
            page.reader.card_read.connect(begin, Qt.ConnectionType.SingleShotConnection)
            page.open_case(case_id)


def _contact(page: CasesPage, case_id: int, channel: str, card: CaseCard) -> None:
    if card.id == case_id:
        page.contact(channel)
