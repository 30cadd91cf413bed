"""Where the board meets the window: what is behind its numbers, work that goes to other hands, its export."""

import json
from collections.abc import Callable
from datetime import date
from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from iduo_desktop.services import Database, cases, staff, supervision
from iduo_desktop.services.cases import CaseFilter, CaseRow
from iduo_desktop.services.listing import Exported
from iduo_desktop.services.staff import Person
from iduo_desktop.services.supervision import Bar, Moved, OperatorLine, OrphanCase, PersonIn, Span
from iduo_desktop.services.tickets import TicketFilter
from iduo_desktop.terms import CaseList, TicketState
from iduo_desktop.ui.batches.opening import open_file, show_in_folder, usual_folder
from iduo_desktop.ui.board.cases_dialog import MOST, CasesDialog, Source
from iduo_desktop.ui.board.export_dialog import BoardExportDialog
from iduo_desktop.ui.board.moving import (
    PASS_ON,
    REASSIGN,
    EndPauseDialog,
    MoveDialog,
    PassOnDialog,
    cases_of,
    told,
    told_back,
)
from iduo_desktop.ui.board.page import CHATS, BoardPage
from iduo_desktop.ui.board.work_dialog import KINDS, Behind, WorkDialog
from iduo_desktop.ui.desk import Desk, Kit
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.omnibox import Command
from iduo_desktop.ui.preferences import PreferencesFile
from iduo_desktop.ui.rights import coordinates, supervises

PART = "board"
PAGE = 200
WORKED = (CaseList.SUSPENDED, CaseList.DELINQUENT, CaseList.WITHDRAWN, CaseList.ACTIVE)
ORPHANS = (
    Source(
        "Sin próxima acción",
        lambda database: supervision.orphan_cases(database, "no_action"),
        "Ningún caso asignado quedó sin próxima acción.",
    ),
    Source(
        "De personas que no están",
        lambda database: supervision.orphan_cases(database, "absent"),
        "Nadie que esté ausente tiene casos.",
    ),
)
PEOPLE_KINDS = tuple(kind for kind in KINDS if kind not in {"pending", "doubtful", "calls"})


class BoardDesk(Desk):
    """There only for coordinators and administrators: see `board_desk`. Only coordinators move work."""

    def __init__(self, kit: Kit, preferences: PreferencesFile):
        super().__init__(kit)
        self._preferences = preferences
        rooms = kit.rooms
        self.moves = coordinates(kit.me) and rooms.cases is not None
        rooms.add(PART, lambda: self.page)
        if self.moves and rooms.cases is not None:
            rooms.cases.several_asked.connect(self.move_list)
            rooms.resumes[REASSIGN] = self._resume_move
            rooms.resumes[PASS_ON] = lambda draft: self.pass_on(draft.kind.partition(":")[2])

    @cached_property
    def page(self) -> BoardPage:
        """The board, made when it is first wanted."""
        page = BoardPage(self._operations, self._me, self._clock)
        page.bar_chosen.connect(self._open_bar)
        page.figure_chosen.connect(self._open_figure)
        page.work_chosen.connect(self._offer_operator)
        page.person_chosen.connect(self._offer_person)
        page.export_asked.connect(self.export)
        page.orphans_asked.connect(self.open_orphans)
        return page

    def commands(self) -> tuple[Command, ...]:
        """What the search offers."""
        lists = [Command("Exportar el tablero", self.export)]
        if self._rooms.cases is not None:
            lists.append(Command("Casos sin quien los siga", self.open_orphans))
        if self.moves:
            lists.append(Command("Pasar varios casos de la lista a otra persona", self.move_list))
        return tuple(lists)

    # What is behind a number

    def _open_bar(self, plot: str, bar: Bar) -> None:
        span = self.page.span.span
        if plot == "hours":
            said = f"Tickets de las {bar.group}, {bar.series}: {self.page.span.words}"
            self._open_work("tickets", Behind(said, span, None, bar.key, bar.series_key))
        elif plot == "promises":
            day = date.fromisoformat(bar.key)
            said = f"Promesas {bar.series.lower()} para el {day:%d/%m/%Y}"
            self._open_work(bar.series_key, Behind(said, Span(day, day, span.team_id)))
        elif plot == "levels":
            self._open_cases((CaseList.DELINQUENT,), CaseFilter(level=int(bar.key)))
        elif plot == "ages":
            first, _, last = bar.key.partition("/")
            self._open_tickets(TicketState(bar.series_key), TicketFilter(first=_day(first), last=_day(last)))

    def _open_figure(self, name: str) -> None:
        span, words = self.page.span.span, self.page.span.words
        behind = {"new_tickets": "tickets", "contacts": "contacts", "closed_cases": "closed", "calls": "calls"}
        behind["doubtful_messages"] = "doubtful"
        if name == "to_communicate":
            self._open_tickets(TicketState.AWAITING_COMMUNICATION, TicketFilter())
        elif name in CHATS and "chats" in self._rooms.names:
            self._rooms.open_part("chats")
        elif name == "not_contacted":
            self._open_cases(WORKED, CaseFilter(never_contacted=True))
        elif name in behind:
            kind = behind[name]
            said = KINDS[kind] if kind == "doubtful" else f"{KINDS[kind]}: {words}"
            self._open_work(kind, Behind(said, span))

    def _open_work(self, kind: str, behind: Behind, kinds: tuple[str, ...] = ()) -> None:
        offered = {each: KINDS[each] for each in kinds or (kind,)}
        dialog = WorkDialog(self._operations, self._clock, behind, offered, self._rooms.window())
        dialog.choose(kind)
        dialog.case_asked.connect(self._open_case)
        dialog.ticket_asked.connect(self._rooms.open_ticket)
        dialog.open()

    def _open_cases(self, lists: tuple[CaseList, ...], chosen: CaseFilter) -> None:
        """The first of these lists; all of them are narrowed."""
        page = self._rooms.cases
        if page is None:
            return
        for which in lists:
            page.frames[which].narrow(chosen)
        self._rooms.open_list(lists[0].value)
        if len(lists) > 1:
            self._notice.tell("El mismo filtro quedó puesto en las cuatro listas: pasá de una a otra con las pestañas.")

    def _open_tickets(self, state: TicketState, chosen: TicketFilter) -> None:
        page = self._rooms.tickets
        if page is not None:
            page.filters.narrow(chosen)
            self._rooms.open_state(state.value)

    def _open_case(self, case_id: int) -> None:
        if self._rooms.cases is not None:
            self._rooms.open_cases()
            self._rooms.cases.open_case(case_id)

    # Whose line it is

    def _offer_operator(self, line: OperatorLine) -> None:
        menu = self._menu("operator_menu", line.login, line.name)
        menu.popup(self._place(self.page.operators))

    def _offer_person(self, person: PersonIn) -> None:
        menu = self._menu("person_menu", person.login, person.name)
        if coordinates(self._me) and person.state == "pause":
            menu.addAction("Terminar su pausa…", partial(self.end_pause, person)).setObjectName("menu_end_pause")
        menu.popup(self._place(self.page.people))

    def _menu(self, name: str, login: str, full_name: str) -> QMenu:
        """What somebody did, and his work for somebody else; it goes away by itself."""
        menu = QMenu(self.page)
        menu.setObjectName(name)
        menu.setAccessibleName(full_name)
        menu.aboutToHide.connect(menu.deleteLater)
        show = menu.addAction(f"Ver lo que hizo {full_name}", partial(self.show_work, login, full_name))
        show.setObjectName("menu_work")
        if self.moves:
            pass_on = menu.addAction("Pasar todo su trabajo…", partial(self.pass_on, login))
            pass_on.setObjectName("menu_pass_on")
        menu.setActiveAction(show)
        return menu

    def show_work(self, login: str, name: str) -> None:
        """What somebody did, of one kind after the other."""
        parts = set(self._me.parts)
        kinds = tuple(kind for kind in PEOPLE_KINDS if parts & _parts_of(kind))
        self._open_work(kinds[0], Behind(f"{name}: {self.page.span.words}", self.page.span.span, login), kinds)

    @staticmethod
    def _place(table: QTableView) -> QPoint:
        """Below the chosen line."""
        rect = table.visualRect(table.currentIndex())
        return table.viewport().mapToGlobal(QPoint(48, rect.bottom()))

    # Work for other hands

    def open_orphans(self) -> None:
        """Cases that nobody will come back to."""
        self._show_cases("Casos sin quien los siga", ORPHANS)

    def move_list(self) -> None:
        """The list of cases that is seen, as it is filtered: several of them at once."""
        page = self._rooms.cases
        if page is None:
            return
        which, chosen = page.frame.which, page.frame.filter
        title = f"{which.label}{', como está filtrada' if not chosen.empty else ''}"
        ask = partial(_listed, which.value, chosen, page.frame.sort, page.frame.descending)
        self._show_cases(f"Pasar casos: {title}", (Source(title, ask, "No hay casos en esta lista."),))

    def _show_cases(self, title: str, sources: tuple[Source, ...]) -> None:
        dialog = CasesDialog(self._operations, self._clock, title, sources, self._rooms.window(), may_move=self.moves)
        dialog.case_asked.connect(self._open_case)
        dialog.move_asked.connect(partial(self.move, dialog))
        dialog.open()

    def move(self, over: QWidget, chosen: tuple[int, ...]) -> None:
        """Ask who takes these cases."""
        self._operations.run(over, staff.people).then(partial(self._ask_mover, over, chosen))

    def _ask_mover(self, over: QWidget, chosen: tuple[int, ...], people: tuple[Person, ...]) -> None:
        dialog = MoveDialog(self._operations, self._drafts, self._clock, chosen, people, over)
        dialog.saved.connect(partial(self._moved, dialog, people, False))
        dialog.open()

    def pass_on(self, login: str) -> None:
        """Ask who takes all that somebody has open."""
        self._operations.run(self, staff.people).then(partial(self._ask_heir, login))

    def _ask_heir(self, login: str, people: tuple[Person, ...]) -> None:
        if all(each.login != login for each in people):
            self._notice.tell("Esa persona ya no está.")
            return
        window = self._rooms.window()
        dialog = PassOnDialog(self._operations, self._drafts, self._clock, login, people, window)
        dialog.saved.connect(partial(self._moved, dialog, people, True))
        dialog.open()

    def _moved(
        self, dialog: MoveDialog | PassOnDialog, people: tuple[Person, ...], everything: bool, moved: Moved
    ) -> None:
        names = {each.login: each.full_name for each in people}
        said = told(moved, names.get(dialog.to or "", ""), everything=everything)
        key = dialog.key
        self._notice.show(said, undo=partial(self._undo, key) if moved.moved else None)

    def _undo(self, key: object) -> None:
        self._operations.run(self, supervision.undo_reassign, key).then(
            lambda moved: self._notice.tell(told_back(moved))
        )

    def _resume_move(self, draft: Draft) -> None:
        """A form about several cases was left half typed."""
        self.move(self._rooms.window(), cases_of(json.loads(draft.values)))

    def end_pause(self, person: PersonIn) -> None:
        """Ask why somebody's pause ends."""
        window = self._rooms.window()
        dialog = EndPauseDialog(
            self._operations, self._drafts, self._clock, person.login, person.name, person.doing, window
        )
        dialog.saved.connect(lambda _done: self._notice.show(f"Terminaste la pausa de {person.name}"))
        dialog.saved.connect(lambda _done: self.page.refresh())
        dialog.open()

    # Out of the house

    def export(self) -> None:
        """The board as it is seen."""
        self._rooms.enter(PART)
        span = self.page.span
        folder = usual_folder(self._preferences.current.export_folder)
        window = self._rooms.window()
        dialog = BoardExportDialog(self._operations, self._clock, span.span, span.words, folder, window)
        dialog.folder.changed.connect(self._remember)
        dialog.exported.connect(self._exported)
        dialog.open()

    def _remember(self, folder: Path) -> None:
        self._preferences.change(self._operations, export_folder=str(folder))

    def _exported(self, done: Exported) -> None:
        verbs: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Abrir", partial(open_file, done.path)),
            ("Mostrar en carpeta", partial(show_in_folder, done.path)),
        )
        self._notice.show("Exportaste el tablero", beside=verbs)


def board_desk(kit: Kit, preferences: PreferencesFile) -> BoardDesk | None:
    """For those who look after others; operators have no board."""
    if not supervises(kit.me):
        return None
    return BoardDesk(kit, preferences)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _parts_of(kind: str) -> set[str]:
    return {"tickets"} if kind in {"tickets", "communicated"} else {"cases", "helpline"}


def _listed(which: str, chosen: CaseFilter, sort: str, descending: bool, database: Database) -> tuple[OrphanCase, ...]:
    """The beginning of a list, in its order, page after page."""
    found: list[CaseRow] = []
    after: str | None = None
    while len(found) < MOST:
        page = cases.page(database, which, chosen, sort, descending, after=after, limit=PAGE)
        found += page
        if len(page) < PAGE:
            break
        after = page[-1].position
    return tuple(
        OrphanCase(row.id, row.client, row.list, row.assigned_to, row.holder or "", row.last_contact_at, row.debt)
        for row in found[:MOST]
    )
