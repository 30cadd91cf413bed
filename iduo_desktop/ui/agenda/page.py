"""The page of the agenda: four tabs, how to reach whom, and one key for everything that is done with it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication

from iduo_desktop.services import agenda
from iduo_desktop.services.agenda import Activation, Counts, Item, Move
from iduo_desktop.services.staff import Me
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.agenda import postpone, words
from iduo_desktop.ui.agenda.commands import Commands
from iduo_desktop.ui.agenda.parts import AgendaParts
from iduo_desktop.ui.agenda.reminders import TABLES
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.placeholder import Choice

COLLECT_MS = 300
MINUTE_MS = 60_000


class AgendaPage(AgendaParts):
    """The signals ask the window for other pages: a case, a person, or the box that puts something in."""

    open_case = Signal(int)
    open_contact = Signal(int)
    tab_opened = Signal(str)

    def __init__(self, operations: Operations, me: Me, commands: Commands, clock: Clock):
        super().__init__(operations, me, clock)
        self._operations = operations
        self._clock = clock
        self._commands = commands
        self._counts: Counts | None = None
        self._routes: dict[int, Activation] = {}
        self._collecting = QTimer(self, singleShot=True, interval=COLLECT_MS)
        self._collecting.timeout.connect(self._reload)
        self._minutes = QTimer(self, interval=MINUTE_MS)
        self._minutes.timeout.connect(self._turn_minute)
        self._minutes.start()
        self._make_keys()
        self._connect()
        self._stack.setCurrentWidget(self.frames["today"])

    # What the window asks for

    def begin(self) -> None:
        """It was opened: what is overdue first, if nobody has looked at anything yet."""
        fresh = not any(frame.started for frame in self.frames.values())
        if fresh and self._counts is not None and self._counts.overdue:
            self.open_tab("overdue")
        else:
            self.open_tab(self.frame.tab)

    def open_tab(self, tab: str) -> None:
        """Show one of the four tabs."""
        self._stack.setCurrentWidget(self.frames[tab])
        self.tabs.choose(tab)
        self.frame.begin()
        self.frame.view.setFocus()
        self._follow()
        self.tab_opened.emit(tab)

    def show_counts(self, counts: Counts) -> None:
        """How much stands in each tab."""
        self._counts = counts
        self.tabs.show_counts(counts)

    def show_routes(self, routes: tuple[Activation, ...]) -> None:
        """What is known of the routes that were asked for."""
        self._routes = {each.id: each for each in routes}
        self._follow()

    def refresh(self) -> None:
        """Ask for everything that is shown again."""
        for frame in self.frames.values():
            if frame.started:
                frame.model.reload()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.frame.view.setFocus()

    @property
    def item(self) -> Item | None:
        """What is chosen."""
        row = self.frame.view.current_row()
        return row.item if row is not None else None

    def do(self, act: str) -> None:
        """Do something with what is chosen: call, done, postpone, reschedule, open."""
        item = self.item
        if item is None:
            return
        if act != "open" and item.state not in {"planned", "open"}:
            return
        ways: dict[str, Callable[[Item], object]] = {
            "call": self._commands.call,
            "done": self._commands.finish,
            "postpone": self._postpone,
            "reschedule": self._commands.reschedule,
        }
        if item.kind == "route" and act in {"call", "postpone", "reschedule"}:
            return
        ways.get(act, self.open)(item)

    def open(self, item: Item) -> None:
        """The case or the person that it is about."""
        if item.case_id is not None:
            self.open_case.emit(item.case_id)
        elif item.contact_id is not None:
            self.open_contact.emit(item.contact_id)

    # Connections

    def _make_keys(self) -> None:
        actions.make(self, "next_record", partial(self._step, 1))
        actions.make(self, "previous_record", partial(self._step, -1))
        for frame in self.frames.values():
            for name in ("call", "done", "postpone", "reschedule", "open"):
                actions.make(frame.view, name, partial(self.do, name))

    def _connect(self) -> None:
        self.tabs.tab_chosen.connect(self.open_tab)
        self.panel.asked.connect(self.do)
        self.mine.clicked.connect(partial(self._show_for, "mine"))
        self.everybody.clicked.connect(partial(self._show_for, "everybody"))
        self._operations.changed.connect(self._note_change)
        for frame in self.frames.values():
            frame.view.current_changed.connect(lambda _id, frame=frame: self._follow() if frame is self.frame else None)
            frame.view.opened.connect(lambda _id: self.do("open"))
            frame.model.answered.connect(lambda frame=frame: self._follow() if frame is self.frame else None)
            frame.nowhere = partial(self._elsewhere, frame.tab)

    def _follow(self) -> None:
        """Show beside the list what is chosen in it."""
        item = self.item
        before = self.panel.item
        self.panel.show_item(item)
        if item is None:
            return
        if item.kind == "route" and item.id in self._routes:
            self.panel.show_activation(self._routes[item.id])
        if item.moved and (
            before is None or (before.kind, before.id, before.moved) != (item.kind, item.id, item.moved)
        ):
            asked = self._operations.run(self, agenda.moves, item.kind, item.id)
            asked.then(partial(self._show_moves, item)).failed(lambda _error: None)

    def _show_moves(self, item: Item, moves: tuple[Move, ...]) -> None:
        shown = self.panel.item
        if shown is not None and words.number(shown) == words.number(item):
            self.panel.show_moves(moves)

    def _step(self, by: int) -> None:
        self.frame.view.setFocus()
        self.frame.view.step(by)

    def _postpone(self, item: Item) -> None:
        """The menu stands below its button, or below the line where the button cannot be seen."""
        made = self.panel.buttons["postpone"]
        focused = QApplication.focusWidget()
        near_button = made.isVisible() and not made.visibleRegion().isEmpty() and focused is not self.frame.view
        view = self.frame.view
        place = view.viewport().mapToGlobal(QPoint(120, view.visualRect(view.currentIndex()).bottom()))
        corner = made.mapToGlobal(made.rect().bottomLeft()) if near_button else place
        postpone.pop(self, corner, self._clock, partial(self._commands.postpone, item))

    def _show_for(self, whose: str) -> None:
        for frame in self.frames.values():
            frame.show_for(whose)
        self.frame.view.setFocus()

    # What changes by itself

    def _note_change(self, table: str, _id: object) -> None:
        if table in TABLES and not self._collecting.isActive():
            self._collecting.start()

    def _reload(self) -> None:
        self.refresh()
        if self.isVisible():
            self.tab_opened.emit(self.frame.tab)

    def _turn_minute(self) -> None:
        """With time things become overdue."""
        self.frame.model.prepare_again()
        self.frame.model.reload_top()
        self.panel.show_item(self.item)

    def _elsewhere(self, tab: str) -> tuple[Choice, ...]:
        """What to offer where a tab is empty."""
        counts = self._counts
        others = ("overdue", "today", "week")
        full = next((each for each in others if counts is not None and each != tab and getattr(counts, each)), None)
        choices: tuple[Choice, ...] = (("Agendar", self.schedule_asked.emit),) if tab != "routes" else ()
        if full is None:
            return choices
        count = formats.count(getattr(counts, full))
        return ((f"Ver {words.TABS[full]} ({count})", partial(self.open_tab, full)), *choices)
