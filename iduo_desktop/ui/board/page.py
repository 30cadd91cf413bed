"""«Tablero»: the day in figures and plots, who did what, and who is in; every number opens what is behind it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import catalogues, supervision
from iduo_desktop.services.staff import Me
from iduo_desktop.services.supervision import Bar, ChatFigures, Figures, OperatorLine, PersonIn
from iduo_desktop.terms import CaseList, Level
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.board.bar_chart import Way, level_colour
from iduo_desktop.ui.board.plot_card import PlotCard
from iduo_desktop.ui.board.spans import SpanRow
from iduo_desktop.ui.board.tables import operators_table, people_table
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.tile import Tile

EVERY_MS = 30_000
SLOW_MS = 1_000
WIDE = 900
TICKETS, CASES, PROMISES = ("ticket", "tickets"), ("caso", "casos"), ("promesa", "promesas")
TILES = {
    "calls": "Llamadas",
    "new_tickets": "Tickets nuevos",
    "contacts": "Contactos",
    "closed_cases": "Casos cerrados",
    "to_communicate": "Por comunicar",
    "not_contacted": "Sin contactar",
    "doubtful_messages": "No sabemos si salieron",
}
CHATS = {
    "chats_waiting": "Chats en espera",
    "chats_answered": "Chats atendidos",
    "chats_unanswered": "Chats sin respuesta",
}
NOW = {"to_communicate": "ahora", "not_contacted": "casos abiertos, ahora", "doubtful_messages": "mensajes, ahora"}
SHORT = 20
DAY = (8, 20)
OF_CASES = {"contacts", "closed_cases", "not_contacted", "doubtful_messages"}
OF_TICKETS = {"new_tickets", "to_communicate"}


class BoardPage(QWidget):
    """It asks only while it is seen; the signals ask the window for what is behind a number.

    `bar_chosen` brings the plot's name and the bar, `figure_chosen` a tile's name, `work_chosen` an operator's line,
    `person_chosen` somebody who is in.
    """

    bar_chosen = Signal(str, object)
    figure_chosen = Signal(str)
    work_chosen = Signal(object)
    person_chosen = Signal(object)
    export_asked = Signal()
    orphans_asked = Signal()

    def __init__(self, operations: Operations, me: Me, clock: Clock):
        super().__init__()
        self.setObjectName("board_page")
        self.setAccessibleName("Tablero")
        self._operations = operations
        self._me = me
        self._clock = clock
        self._stale = True
        self._asked: list[Operation[Any]] = []
        self._problem = ""
        self._online = True
        self._read_at: datetime | None = None
        self.span = SpanRow(clock)
        self.age = label("", "secondary", "board_age", wraps=False)
        self.problem = sentence("warning", "board_problem")
        self.export = button("Exportar…", "board_export", self.export_asked.emit)
        self.orphans = button("Casos sin quien los siga…", "board_orphans", self.orphans_asked.emit)
        if "cases" not in me.parts:
            self.orphans.hide()
        self.again = button("Actualizar", "board_again", self.refresh, key=actions.shown("refresh"))
        self.tiles = {name: self._tile(name, text) for name, text in TILES.items() if self._has(name)}
        self.chats = {name: self._tile(name, text) for name, text in CHATS.items() if "tickets" in me.parts}
        self.plots = self._make_plots()
        self.operators = operators_table()
        self.people = people_table(clock)
        self.operators.opened.connect(self._open_operator)
        self.people.opened.connect(self._open_person)
        self._lay_out()
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self.age.setText("Cargando…"))
        self._every = QTimer(self, interval=EVERY_MS)
        self._every.timeout.connect(self._ask_again)
        self._every.start()
        self.span.changed.connect(self._ask)
        operations.connection_changed.connect(self._note_connection)

    def begin(self) -> None:
        """It was opened."""
        self._operations.run(self, catalogues.teams).then(self.span.show_teams).failed(lambda _error: None)
        self._ask()
        self.setFocus()

    def refresh(self) -> None:
        """F5."""
        self._ask()

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through."""
        return (self._head, self._figures, *self._cards)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        next(iter(self.tiles.values())).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Asking

    def _ask_again(self) -> None:
        """Half a minute went by; whoever is still waiting for an answer goes on waiting."""
        if not self._asked:
            self._ask()

    def _ask(self) -> None:
        if not self.isVisible():
            self._stale = True
            return
        for asked in self._asked:
            asked.cancel()
        self._asked = []
        self._stale = False
        self._slow.start()
        span = self.span.span
        self._run(supervision.figures, self._show_figures, span)
        if self.chats:
            self._run(supervision.chat_figures, self._show_chats, span)
        if "hours" in self.plots:
            self._run(supervision.tickets_by_hour, self._show_hours, span)
            self._run(supervision.unanswered_by_age, self.plots["ages"].show_bars)
        if "levels" in self.plots:
            self._run(supervision.contacts_by_level, self._show_levels, CaseList.DELINQUENT.value)
            self._run(supervision.promises_by_day, self.plots["promises"].show_bars, span)
        self._run(supervision.operators, self._show_operators, span)
        self._run(supervision.people_in, self._show_people, span.team_id)

    def _run(self, function: Callable[..., Any], show: Callable[[Any], object], *values: object) -> None:
        asked = self._operations.run(self, function, *values)
        self._asked.append(asked)
        asked.then(partial(self._came, asked, show))
        asked.refused(partial(self._refused, asked)).failed(partial(self._failed, asked))

    def _came(self, asked: Operation[Any], show: Callable[[Any], object], found: object) -> None:
        show(found)
        self._read_at = self._clock()
        self._answered(asked, "")

    def _refused(self, asked: Operation[Any], error: UserError) -> None:
        self._answered(asked, error.message)

    def _failed(self, asked: Operation[Any], error: OperationError) -> None:
        self._answered(asked, f"{error.message} Lo que no se pudo leer queda como estaba.")

    def _answered(self, asked: Operation[Any], problem: str) -> None:
        """One of the answers; with the last one it is said how old the board is."""
        self._asked = [each for each in self._asked if each is not asked]
        self._problem = problem or (self._problem if self._asked else "")
        if problem:
            say(self.problem, problem)
        if not self._asked:
            self._slow.stop()
            self._tell_age()
            say(self.problem, self._problem if self._online else self._offline())
            self._problem = ""

    def _tell_age(self) -> None:
        self.age.setText(f"actualizado {self._read_at:%H:%M:%S}" if self._read_at is not None else "")

    def _note_connection(self, online: bool) -> None:
        self._online = online
        if online:
            self._ask()
        else:
            self._slow.stop()
            self._tell_age()
            say(self.problem, self._offline())

    def _offline(self) -> str:
        since = f" Los números son de las {self._read_at:%H:%M:%S}." if self._read_at is not None else ""
        return f"Sin conexión.{since}"

    # Showing

    def _show_figures(self, figures: Figures) -> None:
        late = figures.to_communicate_late
        days = self.span.words if len(self.span.words) < SHORT else "en esos días"
        for name, tile in self.tiles.items():
            urgent = name == "doubtful_messages" or (name == "to_communicate" and bool(late))
            more = NOW.get(name, days)
            if name == "to_communicate" and late:
                more = formats.plural(late, "demorado", "demorados")
            tile.show_count(getattr(figures, name), more, urgent=urgent)

    def _show_chats(self, figures: ChatFigures) -> None:
        since, first = figures.waiting_since, figures.first_answer_seconds
        waited = "ahora" if since is None else f"el que más espera, desde las {formats.clock(since)}"
        self.chats["chats_waiting"].show_count(figures.waiting, waited, urgent=since is not None)
        answered = self.span.words if len(self.span.words) < SHORT else "en esos días"
        took = f"primera respuesta: {first // 60}:{first % 60:02}" if first is not None else answered
        self.chats["chats_answered"].show_count(figures.answered, took)
        self.chats["chats_unanswered"].show_count(figures.unanswered, "se fueron antes")

    def _show_hours(self, bars: tuple[Bar, ...]) -> None:
        """The hours of a working day, and whatever else something happened in."""
        filled = [int(bar.key) for bar in bars if bar.value]
        first, last = min([*DAY, *filled]), max([*DAY, *filled])
        shown = (replace(bar, group=f"{bar.key} h") for bar in bars if first <= int(bar.key) <= last)
        self.plots["hours"].show_bars(tuple(shown))

    def _show_levels(self, bars: tuple[Bar, ...]) -> None:
        named = (replace(bar, group=f"{bar.key} {Level(int(bar.key)).label}") for bar in bars)
        self.plots["levels"].show_bars(tuple(named))

    def _show_operators(self, lines: tuple[OperatorLine, ...]) -> None:
        self.operators.show_rows(lines, at=max(self.operators.at, 0))

    def _show_people(self, people: tuple[PersonIn, ...]) -> None:
        self.people.show_rows(people, at=max(self.people.at, 0))

    def _open_operator(self) -> None:
        row = self.operators.row()
        if row is not None:
            self.work_chosen.emit(row)

    def _open_person(self) -> None:
        row = self.people.row()
        if row is not None:
            self.person_chosen.emit(row)

    def _has(self, name: str) -> bool:
        parts = set(self._me.parts)
        if name in OF_CASES:
            return bool(parts & {"cases", "helpline"})
        return "tickets" in parts if name in OF_TICKETS else True

    def _tile(self, name: str, text: str) -> Tile:
        tile = Tile(f"board_{name}", text)
        tile.clicked.connect(lambda _checked: self.figure_chosen.emit(name))
        return tile

    def _make_plots(self) -> dict[str, PlotCard]:
        made: dict[str, PlotCard] = {}
        lying, upright = Way.LYING, Way.UPRIGHT
        if "tickets" in self._me.parts:
            title = "Tickets nuevos por hora y canal"
            made["hours"] = PlotCard("by_hour", title, TICKETS, "Hora", upright, parts="Canal", late="")
        if "cases" in self._me.parts:
            title = "Morosos: casos por nivel de contacto"
            made["levels"] = PlotCard("by_level", title, CASES, "Nivel", lying, level_colour, late="en pausa")
        if "tickets" in self._me.parts:
            title = "Tickets sin respuesta por días hábiles de espera"
            made["ages"] = PlotCard("by_age", title, TICKETS, "Días", lying, parts="Estado")
        if "cases" in self._me.parts:
            title = "Promesas por día de pago"
            made["promises"] = PlotCard(
                "promises", title, PROMISES, "Día", upright, parts="Cómo quedó", late="vencidas"
            )
        for name, plot in made.items():
            plot.chosen.connect(partial(self._choose_bar, name))
        return made

    def _choose_bar(self, name: str, bar: Bar) -> None:
        self.bar_chosen.emit(name, bar)

    # Laying out

    def _lay_out(self) -> None:
        self._head = QWidget()
        head = FlowLayout(self._head, spacing=8)
        title = label("Tablero", "title", "board_title", wraps=False)
        for widget in (title, self.span, self.again, self.orphans, self.export, self.age):
            head.addWidget(widget)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._head)
        column.addWidget(self.problem)
        self._figures = QWidget()
        flow = FlowLayout(self._figures, spacing=8, centred=False)
        for tile in (*self.tiles.values(), *self.chats.values()):
            flow.addWidget(tile)
        column.addWidget(self._figures)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._cards = [*self.plots.values(), _card("Operadores", self.operators), _card("Quién está", self.people)]
        self._columns = 0
        self._arrange()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(FillingScroll(body))

    def _arrange(self) -> None:
        """Two beside each other where there is room; the tables have a line of their own."""
        columns = 2 if self.width() >= WIDE else 1
        if columns == self._columns:
            return
        self._columns = columns
        plots = len(self.plots)
        for number, card in enumerate(self._cards):
            if number < plots:
                self._grid.addWidget(card, number // columns, number % columns)
            else:
                self._grid.addWidget(card, plots + number, 0, 1, columns)


def _card(title: str, table: QWidget) -> QWidget:
    card = QWidget()
    card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    mark(card, surface="card")
    column = QVBoxLayout(card)
    column.setContentsMargins(12, 8, 12, 8)
    column.addWidget(label(title, "heading", f"{table.objectName()}_title"))
    column.addWidget(table)
    return card
