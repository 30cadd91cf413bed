"""What an earlier run left half typed: said once at the start, opened in its form, or discarded."""

from functools import partial

from PySide6.QtCore import QObject

from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.ui.cases.page import CasesPage
from iduo_desktop.ui.drafts import Draft, Drafts, recovery_sentence, unreadable_sentence
from iduo_desktop.ui.intake.preset import Target
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rooms import Rooms
from iduo_desktop.ui.tickets.page import TicketsPage
from iduo_desktop.ui.tickets.rights import Verb

OF_TICKETS, OF_SETTINGS = "ticket_", "settings_"
CASE_FORMS = ("close", "move", "take_over", "reopen", "contact", "create", "rate", "extend")
BY_ITSELF = "Lo que habías escrito en «{}» vuelve solo cuando abras ese formulario."


class Recovery(QObject):
    """Offers what was left, and opens each in the room that it belongs to."""

    def __init__(self, operations: Operations, drafts: Drafts, notice: Notice, rooms: Rooms, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._drafts = drafts
        self._notice = notice
        self._rooms = rooms
        self._left: tuple[Draft, ...] = ()
        self._unreadable = ""
        drafts.unreadable.connect(self._tell_unreadable)
        drafts.recovered.connect(self.offer)
        drafts.resumed.connect(self.open)

    def offer(self, drafts: tuple[Draft, ...]) -> None:
        """Say which there are; the newest is opened first."""
        self._left = tuple(sorted(drafts, key=lambda draft: draft.saved_at))
        if drafts:
            said = f"{recovery_sentence(drafts)} {self._unreadable}".rstrip()
            self._notice.tell(said, ("Abrir", self.open_next), ("Descartar", self.discard))

    def _tell_unreadable(self, count: int) -> None:
        self._unreadable = unreadable_sentence(count)
        self._notice.tell(self._unreadable)

    def open_next(self) -> None:
        """Open the newest, and offer what is left."""
        *rest, newest = self._left
        self.offer(tuple(rest))
        self.open(newest)

    def open(self, draft: Draft) -> None:
        """Show the form that a draft belongs to, and say what is left to do."""
        rest_to_do = self._open(draft)
        if rest_to_do is None:
            self._notice.tell(f"«{draft.title}» no se puede abrir desde acá; queda guardado.")
        elif rest_to_do:
            self._notice.tell(rest_to_do)

    def _open(self, draft: Draft) -> str | None:
        """Show the form that a draft belongs to; the answer is what is left to do, None where there is no way."""
        rooms = self._rooms
        if draft.kind in Target.kinds() and rooms.intake is not None:
            rooms.new_message()
            return ""
        if is_of_cases(draft) and rooms.cases is not None:
            rooms.open_cases()
            return resume_case(self._operations, rooms.cases, draft)
        if draft.kind.startswith(OF_TICKETS) and rooms.tickets is not None:
            return resume_ticket(rooms, rooms.tickets, draft)
        if draft.kind.startswith(OF_SETTINGS) and rooms.settings is not None:
            rooms.open_settings()
            return BY_ITSELF.format(draft.title)
        way = rooms.resumes.get(draft.kind.partition(":")[0])  # «contact_section:3» is one of several of its kind
        if way is not None:
            way(draft)
            return ""
        return None

    def discard(self) -> None:
        """Throw all of them away; that can be undone."""
        gone, self._left = self._left, ()
        for draft in gone:
            self._drafts.discard(draft.key)
        what = "el borrador" if len(gone) == 1 else f"{len(gone)} borradores"
        self._notice.show(f"Descartaste {what}", undo=lambda: self._bring_back(gone))

    def _bring_back(self, drafts: tuple[Draft, ...]) -> None:
        for draft in drafts:
            self._drafts.keep(draft)
        self.offer(drafts)


def resume_case(operations: Operations, page: CasesPage, draft: Draft) -> str:
    """Go on with a form of the cases: its dialog opens over the case that it is about, or the strip below it."""
    if draft.kind == "create":
        page.create_case()
        return ""
    page.open_case(draft.target)
    if draft.kind not in CASE_FORMS:
        return BY_ITSELF.format(draft.title)
    if draft.kind == "contact":
        _contact(page, draft.target)
    else:
        operations.run(page, cases.card, draft.target).then(partial(_open_dialog, page, draft.kind))
    return ""


def resume_ticket(rooms: Rooms, page: TicketsPage, draft: Draft) -> str:
    """Go on with a text about a ticket, which opens in its place below the ticket."""
    if not draft.target:
        rooms.open_tickets()
        return "Marcá los mensajes y respondelos juntos: lo que habías escrito vuelve solo."
    rooms.open_ticket(draft.target)
    page.do(Verb(draft.kind.removeprefix(OF_TICKETS)))
    return ""


def is_of_cases(draft: Draft) -> bool:
    """Whether it is a form of the cases."""
    return draft.kind in CASE_FORMS or draft.kind.startswith("survey_")


def _contact(page: CasesPage, case_id: int) -> None:
    """The strip opens over its own card: the list may show another case first, or that one is shown already."""

    def begin(card: CaseCard) -> None:
        if card.id == case_id:
            page.reader.card_read.disconnect(begin)
            page.contact()

    shown = page.reader.card
    if shown is not None and shown.id == case_id:
        page.contact()
    else:
        page.reader.card_read.connect(begin)


def _open_dialog(page: CasesPage, kind: str, card: CaseCard) -> None:
    commands = page.commands
    ways = {"close": commands.close, "move": commands.move, "take_over": commands.take_over, "reopen": commands.reopen}
    ways |= {"rate": commands.rate, "extend": commands.extend}
    ways[kind](card)
