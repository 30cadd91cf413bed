"""What is chosen in the agenda: how to reach the person without danger, at which number, and what can be done."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop.services.agenda import Activation, Item, Move
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.agenda.columns import phone
from iduo_desktop.ui.agenda.moves_box import MovesBox
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.history_lines import short_name
from iduo_desktop.ui.widgets.labels import label, say, sentence

ACTS = ("call", "done", "postpone", "reschedule", "open")
_TEXTS = {"call": "Llamar", "done": "Hecho", "postpone": "Posponer", "reschedule": "Reprogramar", "open": "Abrir caso"}


class AgendaPanel(QScrollArea):
    """`asked` tells by its name what somebody wants to do. Decides nothing."""

    asked = Signal(str)

    def __init__(self, clock: Clock):
        super().__init__(widgetResizable=True)
        self.setObjectName("agenda_panel")
        self.setAccessibleName("Detalle de la agenda")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clock = clock
        self.item: Item | None = None
        self.title = label("", "title", "agenda_title")
        self.moment = label("", "", "agenda_moment")
        self.person = sentence("heading", "agenda_person")
        self.number = sentence("title", "agenda_number")
        self.safe = sentence("warning", "agenda_safe")
        self.note = sentence("", "agenda_note")
        self.state = sentence("secondary", "agenda_state")
        self.moves = MovesBox(clock)
        self.buttons = {act: self._button(act) for act in ACTS}
        self._body = QWidget()
        self._lay_out()
        self.show_item(None)

    def show_item(self, item: Item | None) -> None:
        """Show something, or that nothing is chosen."""
        same = item is not None and self.item is not None and words.number(item) == words.number(self.item)
        self.item = item
        self._body.setVisible(item is not None)
        if item is None:
            return
        self.title.setText(item.title or words.WORDS[item.kind])
        self.moment.setText(self._moment(item))
        say(self.person, "" if item.person in item.title else item.person)
        number = phone(item)
        say(self.number, f"☎ {number}" if number else "")
        say(self.safe, f"⚠ {item.safe}" if item.safe else "")
        say(self.note, item.note if item.note != item.title else "")
        say(self.state, words.STATES.get(item.state, "").capitalize())
        if not same:
            self.moves.show_moves(())
        self._offer(item)

    def show_moves(self, moves: tuple[Move, ...]) -> None:
        """How often it was moved."""
        self.moves.show_moves(moves)

    def show_activation(self, activation: Activation) -> None:
        """Who asked for the route, and who saw it."""
        say(self.state, told(activation, self._clock))
        self.buttons["done"].setEnabled(activation.may_acknowledge and activation.acknowledged_at is None)

    def _moment(self, item: Item) -> str:
        due = formats.here(item.due_at)
        late = "VENCIDO · " if words.is_overdue(item, self._clock()) else ""
        again = ""
        if item.rings_at is not None and item.rings_at > max(item.due_at, self._clock()):
            again = f" · vuelve a avisar {formats.when(item.rings_at, self._clock())}"
        kind = words.WORDS[item.kind]
        return f"{late}{kind} · {formats.when(due, self._clock())} · Para: {words.whom(item)}{again}"

    def _offer(self, item: Item) -> None:
        is_open = item.state in {"planned", "open"}
        route = item.kind == "route"
        name_button(self.buttons["done"], "La tomo" if route else "Hecho", shown("done"))
        opens = "Abrir caso" if item.case_id is not None else "Abrir ficha"
        name_button(self.buttons["open"], opens, shown("open"))
        self.buttons["call"].setVisible(bool(item.phone) and is_open and not route)
        self.buttons["done"].setVisible(is_open)
        self.buttons["done"].setEnabled(True)
        for act in ("postpone", "reschedule"):
            self.buttons[act].setVisible(is_open and not route)
        self.buttons["open"].setVisible(item.case_id is not None or item.contact_id is not None)
        mark(self.buttons["done"], role="" if self.buttons["call"].isVisibleTo(self) else "primary")

    def _button(self, act: str) -> QPushButton:
        role = "primary" if act == "call" else ""
        return button(_TEXTS[act], f"agenda_{act}", self._ask(act), key=shown(act), role=role)

    def _ask(self, act: str) -> Callable[[], None]:
        return lambda: self.asked.emit(act)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for widget in (self.title, self.number, self.safe, self.moment, self.person, self.note, self.state):
            column.addWidget(widget)
        flow = FlowLayout(spacing=6)
        for made in self.buttons.values():
            flow.addWidget(made)
        column.addLayout(flow)
        column.addWidget(self.moves)
        column.addStretch(1)
        self.setWidget(self._body)
        self.viewport().setAutoFillBackground(False)


def told(activation: Activation, clock: Clock) -> str:
    """«La pidió M. García hoy 10:12 · La vio N. Pérez 10:21», «… · todavía no la vio nadie»."""
    at = formats.when(activation.activated_at, clock())
    asked = f"La pidió {short_name(activation.activated_by_name)} {at}"
    if activation.acknowledged_at is None:
        return f"{asked} · todavía no la vio nadie"
    return f"{asked} · {seen(activation)}"


def seen(activation: Activation) -> str:
    """«La vio N. Pérez 10:21»."""
    return f"La vio {short_name(activation.acknowledged_by_name)} {formats.clock(activation.acknowledged_at)}"
