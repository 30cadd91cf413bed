"""Who writes: look for the person or the company, Enter, and the chat is known to be of them."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from iduo_desktop.services import Database, chats, contacts, intake
from iduo_desktop.services.assistants import CompanyMatch
from iduo_desktop.services.chats import Chat
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.ui import formats
from iduo_desktop.ui.chats.words import NAME
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.find_dialog import FindDialog, Words
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.inert import one_line
from iduo_desktop.ui.widgets.labels import say
from iduo_desktop.ui.widgets.names import Name

MOST = 6
TYPED = "Apellido, documento, número o nombre de la empresa"
Found = tuple[tuple[CompanyMatch, ...], tuple[ContactHit, ...]]


class IdentifyDialog(FindDialog[Found]):
    """`identified`: the database knows it."""

    identified = Signal()
    wanted_width, wanted_lines = 540, 9

    def __init__(self, operations: Operations, chat: Chat, parent: QWidget | None = None):
        said = one_line(chat.name, 80)
        question = f"Dice llamarse {said}." if said else "No dijo su nombre."
        words = Words("Quién escribe", question, TYPED, f"{TYPED}…", "Quién puede ser", "Es este")
        super().__init__(operations, "identify", words, _search, _lines, parent)
        self.chosen.connect(self._choose)
        self._chat = chat
        nobody = button("No se sabe", "identify_nobody", partial(self._keep, None, None))
        nobody.setVisible(chat.company_id is not None or chat.contact_id is not None)
        nobody.setAutoDefault(False)
        self.buttons.insertWidget(0, nobody)
        self.setTabOrder(self.box, nobody)
        self.box.setText(one_line(chat.company_keyed, NAME))
        self.box.selectAll()

    def _choose(self, chosen: object) -> None:
        """What is known of the other stays."""
        if isinstance(chosen, ContactHit):
            self._keep(chosen.company_id or self._chat.company_id, chosen.contact_id)
        elif isinstance(chosen, CompanyMatch):
            self._keep(chosen.company_id, self._chat.contact_id)

    def _keep(self, company_id: int | None, contact_id: int | None) -> None:
        asked = self.operations.run(self, chats.identify, self._chat.id, company_id, contact_id)
        asked.busy(self.box).then(lambda _: self._done()).refused(lambda error: say(self.says, error.message))

    def _done(self) -> None:
        self.identified.emit()
        self.accept()


def _search(database: Database, text: str) -> Found:
    return intake.fitting(database, text), contacts.find(database, text, None, MOST)


def _lines(found: Found) -> list[Line]:
    companies, people = found
    lines = [Line("Personas", heading=True), *map(_person_line, people)] if people else []
    return lines + ([Line("Empresas", heading=True), *map(_company_line, companies[:MOST])] if companies else [])


def _person_line(hit: ContactHit) -> Line:
    name = str(Name(hit.surname.upper(), hit.names))
    company = f"{hit.company} ({hit.company_number})" if hit.company_id else ""
    document = f"doc. {formats.document(hit.document)}" if hit.document else ""
    return Line(name, " · ".join(filter(None, (document, company))), hit)


def _company_line(match: CompanyMatch) -> Line:
    where = " · ".join(filter(None, (match.management_unit, match.locality)))
    return Line(f"{match.number} · {match.name}", where, match)
