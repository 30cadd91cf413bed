"""Where lists go out and come in: the keys, commands and buttons of the window, and what is told afterwards."""

import json
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from iduo_desktop.services import listing, sending
from iduo_desktop.services.batches import BatchRow
from iduo_desktop.services.listing import Exported, Source
from iduo_desktop.services.sending import SentDay
from iduo_desktop.terms import CaseList, ImportKind, TicketState
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.batches.list_dialog import ListChoice, ListDialog
from iduo_desktop.ui.batches.opening import open_file, show_in_folder, usual_folder
from iduo_desktop.ui.batches.page import BatchesPage
from iduo_desktop.ui.batches.send_dialog import SendDialog
from iduo_desktop.ui.batches.words import lot
from iduo_desktop.ui.contacts.contact_list import ContactList
from iduo_desktop.ui.desk import Desk, Kit
from iduo_desktop.ui.omnibox import Command
from iduo_desktop.ui.preferences import PreferencesFile
from iduo_desktop.ui.rights import supervises
from iduo_desktop.ui.widgets.ticket_words import LISTS
from iduo_desktop.ui.widgets.work import careful

PART = "batches"


class BatchDesk(Desk):
    """There only for coordinators and administrators: see `batch_desk`."""

    def __init__(self, kit: Kit, preferences: PreferencesFile):
        super().__init__(kit)
        self._preferences = preferences
        self.sends = "tickets" in kit.me.parts
        kit.rooms.add(PART, lambda: self.page)
        self._recovered = False
        self._offer_lists()

    @cached_property
    def page(self) -> BatchesPage:
        """The board and the wizard, made when they are first wanted."""
        page = BatchesPage(self._operations, self._me, self._notice, self._drafts, self._clock)
        page.send_asked.connect(self.send)
        page.rewrite_asked.connect(self._rewrite)
        page.see_asked.connect(self._see)
        page.opened.connect(self.recover)
        return page

    def make_actions(self, frame: QWidget) -> None:
        """Ctrl+E and Ctrl+I."""
        actions.make(frame, "import_file", self.begin_import)
        if self.sends:
            actions.make(frame, "send_day", self.send)

    def commands(self) -> tuple[Command, ...]:
        """What the search offers."""
        sends = (Command("Exportar el envío del día", self.send, actions.shown("send_day")),) if self.sends else ()
        lists = [Command(f"Exportar {_said(choice)}", partial(self.export, *choice)) for choice in self._lists()]
        return (
            *sends,
            Command("Importar un archivo", self.begin_import, actions.shown("import_file")),
            Command("Lotes: lo importado y lo exportado", self.open_board),
            *lists,
        )

    @property
    def folder(self) -> Path:
        """Where files go."""
        return usual_folder(self._preferences.current.export_folder)

    def open_board(self) -> None:
        """The board of batches."""
        self._rooms.open_part(PART)

    def begin_import(self) -> None:
        """Ctrl+I."""
        self._rooms.enter(PART)
        self.page.begin_import()

    def send(self) -> None:
        """Ctrl+E."""
        dialog = SendDialog(self._operations, self._clock, self.folder, self._rooms.window())
        dialog.folder.changed.connect(self._remember)
        dialog.exported.connect(self._sent)
        dialog.open()

    def export(self, kind: str, name: str) -> None:
        """A list, as it is filtered now."""
        self._ask(self._choice(kind, name), listing.CASES if kind == "cases" else listing.TICKETS)

    def export_persons(self, persons: ContactList) -> None:
        """The list of persons, as it is narrowed now; its columns are chosen for once."""
        name = "open" if persons.open_only else "all"
        lines = _counted(persons.model.whole, persons.model.rowCount())
        chosen, narrowed = json.dumps({"text": persons.text}), bool(persons.text) or persons.open_only
        choice = ListChoice("", name, chosen, listing.PERSONS[name].lower(), narrowed, lines)
        self._ask(choice, listing.CONTACTS)

    def _ask(self, choice: ListChoice, source: Source[Any]) -> None:
        dialog = ListDialog(self._operations, self._clock, choice, source, self.folder, self._rooms.window())
        dialog.folder.changed.connect(self._remember)
        dialog.exported.connect(partial(self._exported, choice))
        dialog.open()

    # What is told afterwards

    def _sent(self, day: SentDay) -> None:
        said = f"Exportaste {formats.plural(day.tickets, 'mensaje', 'mensajes')} ({lot(day.batch_id)})"
        if day.left:
            said += f"; {formats.plural(day.left, 'cambió', 'cambiaron')} mientras tanto y quedaron como estaban"
        undo = partial(self.page.undoing.ask, day.batch_id)
        self._notice.show(said, undo=undo, beside=_file_verbs(day.path), undo_text="Deshacer lote")

    def _exported(self, choice: ListChoice, done: Exported) -> None:
        said = f"Exportaste {formats.plural(done.rows, 'fila', 'filas')} de {choice.said}"
        self._notice.show(said, beside=_file_verbs(done.path))

    def _remember(self, folder: Path) -> None:
        self._preferences.change(self._operations, export_folder=str(folder))

    # The board

    def _rewrite(self, batch: BatchRow) -> None:
        """Write the file of a batch that went out once more: where?"""
        dialog = QFileDialog(self._rooms, "Escribir de nuevo el archivo", str(self.folder), "Planilla (*.xlsx)")
        dialog.setObjectName("rewrite_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(batch.file_name)
        dialog.fileSelected.connect(lambda name: self.rewrite(batch.id, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def rewrite(self, batch_id: int, path: Path) -> None:
        """Write it there."""
        self._notice.tell(f"Escribiendo el archivo del {lot(batch_id)}…")
        writing = self._operations.run(self, careful(sending.write_again), batch_id, path)
        writing.then(partial(self._rewritten, batch_id))

    def _rewritten(self, batch_id: int, path: Path) -> None:
        self._notice.show(f"Escribiste de nuevo el archivo del {lot(batch_id)}", beside=_file_verbs(path))

    def recover(self) -> None:
        """Batches of one's own whose file is missing are written again, once a session."""
        if self._recovered or not self.sends:
            return
        self._recovered = True
        looking = self._operations.run(self, careful(sending.recover), self.folder)
        looking.then(self._tell_recovered).refused(self._notice.refuse).failed(lambda _error: self._forget_recovery())

    def _forget_recovery(self) -> None:
        self._recovered = False

    def _tell_recovered(self, paths: tuple[Path, ...]) -> None:
        if paths:
            files = "el archivo que faltaba" if len(paths) == 1 else f"{len(paths)} archivos que faltaban"
            self._notice.show(f"Escribimos de nuevo {files} de tus envíos", beside=_file_verbs(paths[0]))

    def _see(self, kind: str) -> None:
        """Show what an import brought, in the list where most of it is."""
        if kind == ImportKind.ANSWERS:
            self._rooms.open_state(TicketState.AWAITING_COMMUNICATION.value)
        elif kind == ImportKind.CLIENTS and self._rooms.cases is not None:
            self._rooms.open_list(CaseList.DELINQUENT.value)
        elif kind == ImportKind.CONTACTS and "contacts" in self._rooms.names:
            self._rooms.open_part("contacts")
        else:
            self.open_board()

    # Lists

    def _lists(self) -> tuple[tuple[str, str], ...]:
        cases = tuple(("cases", each.value) for each in CaseList) if self._rooms.cases is not None else ()
        tickets = tuple(("tickets", each.value) for each in TicketState) if self._rooms.tickets is not None else ()
        return (*cases, *tickets)

    def _choice(self, kind: str, name: str) -> ListChoice:
        rooms, said = self._rooms, _said((kind, name))
        if kind == "cases" and rooms.cases is not None:
            cases = rooms.cases.frames[CaseList(name)]
            chosen, narrowed = cases.filter.as_json(), not cases.filter.empty
            return ListChoice(kind, name, chosen, said, narrowed, _counted(cases.model.whole, cases.model.rowCount()))
        if rooms.tickets is not None:
            tickets = rooms.tickets.frames[TicketState(name)]
            chosen, narrowed = tickets.filter.as_json(), not tickets.filter.empty
            lines = _counted(tickets.model.whole, tickets.model.rowCount())
            return ListChoice(kind, name, chosen, said, narrowed, lines)
        raise LookupError(kind)

    def _export_cases(self) -> None:
        if self._rooms.cases is not None:
            self.export("cases", self._rooms.cases.frame.which.value)

    def _export_tickets(self) -> None:
        if self._rooms.tickets is not None:
            self.export("tickets", self._rooms.tickets.frame.state.value)

    def _offer_lists(self) -> None:
        self._rooms.persons_asked.connect(self.export_persons)
        if self._rooms.cases is not None:
            self._rooms.cases.export.show()
            self._rooms.cases.export_asked.connect(self._export_cases)
        if self._rooms.tickets is not None:
            self._rooms.tickets.export.show()
            self._rooms.tickets.export_asked.connect(self._export_tickets)


def batch_desk(kit: Kit, preferences: PreferencesFile) -> BatchDesk | None:
    """For those who take lists out and bring them in; others have neither button nor key."""
    if not supervises(kit.me):
        return None
    return BatchDesk(kit, preferences)


def _said(choice: tuple[str, str]) -> str:
    kind, name = choice
    return f"casos: {CaseList(name).label}" if kind == "cases" else f"mensajes: {LISTS[TicketState(name)]}"


def _counted(whole: bool, lines: int) -> str:
    """How many lines are known of; all of them are counted when the file is written."""
    return formats.plural(lines, "fila", "filas") if whole else f"más de {formats.count(lines)} filas" if lines else ""


def _file_verbs(path: Path) -> tuple[tuple[str, Callable[[], object]], ...]:
    return (("Abrir", partial(open_file, path)), ("Mostrar en carpeta", partial(show_in_folder, path)))
