"""«Inicio»: what waits for me now, what is next, and the daily look at the two lists; every number opens its list."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop.services import Database, agenda, chats, messages, promises, supervision
from iduo_desktop.services.agenda import Day, Item
from iduo_desktop.services.chats import Queue
from iduo_desktop.services.messages import GatewayState
from iduo_desktop.services.staff import Me
from iduo_desktop.services.supervision import GreatReader
from iduo_desktop.terms import CaseList, Role, TicketState
from iduo_desktop.ui import formats, great_readers
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.pace import Pace
from iduo_desktop.ui.rights import supervises
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.moments import WEEKDAY_NAMES
from iduo_desktop.ui.widgets.tile import Tile

TABLES = {
    *("call", "task", "case", "promise", "callback_rest", "route_activation", "ticket", "attempt", "extension"),
    *("conversation", "chat"),
    great_readers.TABLE,
}
COLLECT_MS, REST_MS = 500, 5_000
MINUTE_MS = 60_000
NEXT = 5


class HomePage(QWidget):
    """It asks only while it is seen. The signals ask the window for the list behind a number."""

    list_asked = Signal(str, bool)
    tab_asked = Signal(str)
    state_asked = Signal(str)
    item_opened = Signal(object)
    extensions_asked = Signal()
    unattended_asked = Signal()
    chats_asked = Signal()

    def __init__(self, operations: Operations, me: Me, clock: Clock):
        super().__init__()
        self.setObjectName("home_page")
        self._operations = operations
        self._me = me
        self._clock = clock
        self._stale = True
        self._asking = False
        self.greeting = label("", "title", "home_greeting")
        self.problem = sentence("warning", "home_problem")
        self.reads = sentence("warning", "home_reads")
        self.tiles: dict[str, Tile] = {}
        self.next = HitList("home_next", "Lo que sigue hoy")
        self.done = label("", "secondary", "home_done")
        self._lay_out()
        self._pace = Pace(operations, COLLECT_MS, REST_MS, self)
        self._pace.due.connect(self._ask)
        self._minutes = QTimer(self, interval=MINUTE_MS)
        self._minutes.timeout.connect(self._ask)
        self._minutes.start()
        operations.changed.connect(self._note_change)
        operations.connection_changed.connect(lambda online: self._ask() if online else None)
        self.next.chosen.connect(self.item_opened)

    def begin(self) -> None:
        """It was opened."""
        self._ask()
        self.setFocus()

    def refresh(self) -> None:
        """Ask again."""
        self._ask()

    def zones(self) -> tuple[QWidget, ...]:
        """For F6, in their order on the screen."""
        return (self._body,)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        last = self._body.focusWidget()
        (last if isinstance(last, Tile | HitList) else next(iter(self.tiles.values()))).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._ask()

    def _note_change(self, table: str, _id: object) -> None:
        if table in TABLES:
            self._pace.note()

    def _ask(self) -> None:
        if not self.isVisible() or self._asking:
            self._stale = True
            return
        self._stale, self._asking = False, True
        self._pace.begin()
        asked = self._operations.refresh(self, _day).then(self._show)
        asked.refused(self._failed).failed(self._failed)
        if "extensions" in self.tiles:
            self._operations.refresh(self, _waiting).then(self._show_waiting).failed(lambda _error: None)
        if supervises(self._me):
            read = self._operations.refresh(self, supervision.great_readers).then(self._show_reads)
            read.refused(lambda _error: None).failed(lambda _error: None)
        if "chats" in self.tiles:
            self._operations.refresh(self, chats.queue).then(self._show_chats).failed(lambda _error: None)
        if "unattended" in self.tiles:
            self._operations.refresh(self, messages.gateway_state).then(self._show_gateway).failed(lambda _error: None)

    def _failed(self, error: Exception) -> None:
        self._asking = False
        say(self.problem, f"Estos números pueden ser viejos. {error}")

    def _show(self, found: tuple[Day, tuple[Item, ...]]) -> None:
        day, items = found
        self._asking = False
        say(self.problem, "")
        now = self._clock()
        name = self._me.full_name.partition(" ")[0]
        self.greeting.setText(f"{greeting(now.hour)}, {name} · {WEEKDAY_NAMES[now.weekday()]} {now:%d/%m}")
        self._show_numbers(day)
        lines = [_line(item, self._clock) for item in items[:NEXT]]
        self.next.show_lines(lines or [Line("No te queda nada para hoy.")])
        self.next.setFixedHeight(self.next.wanted_height())
        contacts = formats.plural(day.contacts_today, "contacto", "contactos")
        messages = formats.plural(day.messages_today, "mensaje", "mensajes")
        closed = formats.plural(day.closed_today, "caso cerrado", "casos cerrados")
        self.done.setText(f"Hoy llevás: {contacts} · {messages} · {closed}")
        if self._stale:
            self._ask()

    def _show_numbers(self, day: Day) -> None:
        plain = {"due_now": day.due_now, "mine": day.mine, "to_communicate": day.to_communicate}
        for name, count in {**plain, "overdue": day.overdue, "routes": day.routes}.items():
            if name in self.tiles:
                self.tiles[name].show_count(count, urgent=name in {"overdue", "routes"})
        looks = {"suspended": day.suspended_untouched, "delinquent": day.delinquent_untouched}
        for name, untouched in looks.items():
            if name in self.tiles:
                rest = f"{formats.count(untouched)} sin contactar hoy" if untouched else "✔ todos contactados hoy"
                self.tiles[name].show_count(getattr(day, name), rest)

    def _show_waiting(self, count: int) -> None:
        self.tiles["extensions"].show_count(count, urgent=count > 0)

    def _show_reads(self, found: tuple[GreatReader, ...]) -> None:
        say(self.reads, great_readers.told(found))

    def _show_gateway(self, found: GatewayState) -> None:
        """There is nothing to say where everything has its case, or nothing comes in."""
        self.tiles["unattended"].show_count(found.unattended, urgent=True)
        self.tiles["unattended"].setVisible(found.unattended > 0)

    def _show_chats(self, queue: Queue) -> None:
        since = queue.longest_wait_since
        longest = f"desde las {formats.clock(since)}" if since is not None else ""
        self.tiles["chats"].show_count(queue.waiting, longest, urgent=queue.waiting > 0)

    def _lay_out(self) -> None:
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.greeting)
        column.addWidget(self.problem)
        column.addWidget(self.reads)
        column.addLayout(self._flow(self._first()))
        column.addWidget(label("Lo que sigue hoy", "heading", "home_next_heading"))
        column.addWidget(self.next)
        looks = self._looks()
        if looks:
            column.addWidget(label("La mirada del día", "heading", "home_look_heading"))
            column.addLayout(self._flow(looks))
        column.addWidget(self.done)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _first(self) -> list[Tile]:
        parts = set(self._me.parts)
        tiles = [self._tile("due_now", "Para ahora", partial(self.tab_asked.emit, "today"))]
        tiles.append(self._tile("overdue", "Vencidos", partial(self.tab_asked.emit, "overdue")))
        if "cases" in parts or "helpline" in parts:
            tiles.append(self._tile("mine", "Mis casos", partial(self.list_asked.emit, CaseList.MINE.value, False)))
        if "tickets" in parts:
            ready = TicketState.AWAITING_COMMUNICATION.value
            tiles.append(self._tile("to_communicate", "Por comunicar", partial(self.state_asked.emit, ready)))
        if "tickets" in parts and Role.COORDINATOR in self._me.roles:
            tiles.append(self._tile("chats", "Chats en espera", self.chats_asked.emit))
        if "cases" in parts and Role.COORDINATOR in self._me.roles:
            tiles.append(self._tile("extensions", "Prórrogas por decidir", self.extensions_asked.emit))
        if {"cases", "helpline"} & parts and Role.COORDINATOR in self._me.roles:
            tiles.append(self._tile("unattended", "Mensajes sin caso", self.unattended_asked.emit))
            tiles[-1].hide()
        if "helpline" in parts:
            tiles.append(self._tile("routes", "Rutas sin tomar", partial(self.tab_asked.emit, "routes")))
        return tiles

    def _looks(self) -> list[Tile]:
        if "cases" not in self._me.parts:
            return []
        lists = (CaseList.SUSPENDED, CaseList.DELINQUENT)
        return [self._tile(each.value, each.label, partial(self._look, each.value)) for each in lists]

    def _look(self, name: str) -> None:
        """Those that are still untouched today; all of them where none is."""
        untouched = not self.tiles[name].more.text().startswith("✔")
        self.list_asked.emit(name, untouched)

    def _tile(self, name: str, what: str, act: Callable[[], None]) -> Tile:
        tile = self.tiles[name] = Tile(f"home_{name}", what)
        tile.clicked.connect(lambda _checked: act())
        return tile

    def _flow(self, tiles: list[Tile]) -> FlowLayout:
        flow = FlowLayout(spacing=12, centred=False)
        for tile in tiles:
            flow.addWidget(tile)
        return flow


def _line(item: Item, clock: Clock) -> Line:
    late = item.due_at <= clock()
    when = formats.when(item.due_at, clock()).removeprefix("hoy ")
    return Line(f"{when}  {item.title}", "vencido" if late else "", item, urgent=late)


def greeting(hour: int) -> str:
    """What one says at this hour of the day."""
    return "Buen día" if 5 <= hour < 13 else "Buenas tardes" if 13 <= hour < 20 else "Buenas noches"


def _day(database: Database) -> tuple[Day, tuple[Item, ...]]:
    overdue = agenda.items(database, "overdue", limit=NEXT)
    today = agenda.items(database, "today", limit=NEXT)
    items = {(item.kind, item.id): item for item in (*overdue, *today)}  # what is overdue today is in both
    return agenda.day(database), tuple(items.values())


def _waiting(database: Database) -> int:
    return len(promises.extensions_waiting(database))
