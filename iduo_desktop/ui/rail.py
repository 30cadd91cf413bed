"""The left rail: the parts of the program, an icon and a word each; wider, lines with the lists and their counts."""

from collections.abc import Iterable, Iterator
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from iduo_desktop.services.cases import ListCount
from iduo_desktop.services.tickets import StateCount
from iduo_desktop.terms import CaseList, TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.icons import icon
from iduo_desktop.ui.rooms import WORDS, Parts
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.ticket_words import LISTS

NARROW, WORDS_ONLY, WIDE, WIDEST = 88, 108, 216, 264
BADGE = QSize(30, 16)
LINE, TALL = 32, 62
QWIDGETSIZE_MAX = 16777215


class Rail(QWidget):
    """«Call Center Operador» with its six lists, «Mensajes» with its four; what a role cannot use is absent."""

    list_requested = Signal(str)
    cases_requested = Signal()
    state_requested = Signal(str)
    tickets_requested = Signal()
    settings_requested = Signal()
    part_requested = Signal(str)
    help_requested = Signal()
    expanded_changed = Signal(bool)

    def __init__(self, expanded: bool, parts: Parts, rooms: Iterable[str] = ()):
        super().__init__()
        self.setObjectName("rail")
        self.setAccessibleName("Partes del programa")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="side")
        self.expanded = expanded
        self._width = WIDEST if parts.tickets else WIDE
        self.parts: dict[str, _Part] = {}
        self.lists: dict[CaseList, _ListButton] = {}
        self.states: dict[TicketState, _ListButton] = {}
        self.headings: list[QLabel] = []
        self._part_seen = ""
        self._seen = {"cases": "", "tickets": ""}
        self._rooms = [name for name in WORDS if name in set(rooms)]
        self._make_parts(parts)
        self.toggle = _Part("", "rail_toggle", "expand")
        self.toggle.clicked.connect(lambda: self.expand(not self.expanded))
        self._lay_out()
        self.expand(expanded)

    def expand(self, on: bool) -> None:
        """Wide with the lists, or narrow with the icons."""
        self.expanded = on
        self._fit()
        self.expanded_changed.emit(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_counts(self, counts: Iterable[ListCount]) -> None:
        """How many cases each list has."""
        for counted in counts:
            self.lists[CaseList(counted.list)].show_count(formats.count(counted.count, capped=counted.capped))

    def show_states(self, counts: Iterable[StateCount]) -> None:
        """How many messages stand in each state; the answers to be read out are the work to do."""
        for counted in counts:
            state, text = TicketState(counted.state), formats.count(counted.count, capped=counted.capped)
            self.states[state].show_count(text)
            if state is TicketState.AWAITING_COMMUNICATION:
                self.parts["tickets"].show_badge(counted.count, "para comunicar")

    def show_list(self, name: str) -> None:
        """Which list is being looked at."""
        self._seen["cases"] = name
        self._mark()

    def show_state(self, name: str) -> None:
        """Which of the messages are being looked at."""
        self._seen["tickets"] = name
        self._mark()

    def show_part(self, name: str) -> None:
        """Which part is being looked at."""
        self._part_seen = name
        self._mark()

    def _mark(self) -> None:
        for name, button in self.parts.items():
            button.setChecked(name == self._part_seen)
        for kind, line in self.lists.items():
            line.setChecked(self._part_seen == "cases" and self._seen["cases"] == kind)
        for state, line in self.states.items():
            line.setChecked(self._part_seen == "tickets" and self._seen["tickets"] == state)

    def _fit(self) -> None:
        """The lists need some height; where it is missing, the tabs have to do."""
        low = self.height() < self._needed()
        on = self.expanded and not low
        self.toggle.setVisible(not low)
        tight = not on and self.height() < len(self.parts) * TALL
        self.setFixedWidth(self._width if on else WORDS_ONLY if tight else NARROW)
        for name, lists in (("cases", self.lists), ("tickets", self.states)):
            if name in self.parts:
                self.parts[name].setVisible(not (on and lists))
        for widget in (*self.headings, *self.lists.values(), *self.states.values()):
            widget.setVisible(on)
        for part in (*self.parts.values(), self.toggle):
            part.lie(on=on, tight=tight)
        self.toggle.rename("Menos" if on else "Más")
        self.toggle.setAccessibleName("Angostar la barra" if on else "Ensanchar la barra")
        self.toggle.setToolTip("" if on else "Ver las listas con sus cantidades")
        self.toggle.setIcon(icon("collapse" if on else "expand"))

    def _needed(self) -> int:
        heights = [widget.sizeHint().height() for widget in self.headings]
        whole = [name for name in self.parts if name not in {"cases", "tickets"}]
        heights += [LINE] * (len(self.lists) + len(self.states) + len(whole) + 1)
        return sum(heights) + 2 * len(heights) + 16

    def _make_parts(self, parts: Parts) -> None:
        for name in self._rooms:
            self._part(name, WORDS[name], name, None)
            self.parts[name].clicked.connect(partial(self.part_requested.emit, name))
        if parts.cases:
            self._part("cases", "Casos", "cases", self.cases_requested)
            self.lists = {kind: self._line(kind.value, kind.label, self.list_requested) for kind in CaseList}
            for kind, button in self.lists.items():
                button.setToolTip(f"{kind.label} ({shown(f'list_{kind.value}')})")
        if parts.tickets:
            self._part("tickets", "Mensajes", "messages", self.tickets_requested)
            self.states = {state: self._line(state.value, LISTS[state], self.state_requested) for state in TicketState}
        if parts.settings:
            self._part("settings", "Configurar", "settings", self.settings_requested)
            self.parts["settings"].setAccessibleName("Configuración")
        self._part("help", "Ayuda", "help", self.help_requested)
        self.parts["help"].setToolTip(f"Ayuda y atajos de esta pantalla ({shown('help')})")
        self.parts["help"].setCheckable(False)

    def _part(self, name: str, text: str, drawing: str, signal: SignalInstance | None) -> None:
        button = self.parts[name] = _Part(text, f"rail_{name}", drawing)
        button.setCheckable(True)
        if signal is not None:
            button.clicked.connect(signal)
        button.clicked.connect(self._mark)

    def _line(self, name: str, text: str, signal: SignalInstance) -> "_ListButton":
        button = _ListButton(f"rail_list_{name}", text)
        button.clicked.connect(lambda: signal.emit(name))
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 8)
        layout.setSpacing(2)
        for widget in (*self._upper(), *self._lower()):
            layout.addWidget(widget)
        layout.addStretch()
        layout.addWidget(self.parts["help"])
        layout.addWidget(self.toggle)

    def _upper(self) -> Iterator[QWidget]:
        """What one works in all day: the first page, the cases, the messages."""
        if "home" in self.parts:
            yield self.parts["home"]
        if self.lists:
            yield self.parts["cases"]
            yield self._heading("Call Center", "heading", "rail_call_center")
            yield self._heading("Operador (casos)", "secondary", "rail_operator")
            yield from self.lists.values()
        if self.states:
            yield self.parts["tickets"]
            yield self._heading("Mensajes", "heading", "rail_messages")
            yield from self.states.values()

    def _lower(self) -> Iterator[QWidget]:
        for name in (*self._rooms, "settings"):
            if name in self.parts and name != "home":
                yield self.parts[name]

    def _heading(self, text: str, role: str, name: str) -> QLabel:
        made = label(text, role, name, wraps=False)
        made.setContentsMargins(8, 2, 8, 2)
        self.headings.append(made)
        return made


class _Part(QToolButton):
    """An icon with a word below, and perhaps how much there is to do in a corner."""

    def __init__(self, text: str, name: str, drawing: str):
        super().__init__()
        self.setText(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setIcon(icon(drawing))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._badge = label("", name=f"{name}_badge", wraps=False)
        self._badge.setParent(self)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark(self._badge, surface="badge")
        self._badge.hide()
        self._word, self._much = text, ""
        self._lies = self._tight = False
        self.lie(on=False)

    def lie(self, *, on: bool, tight: bool = False) -> None:
        """A line with the word beside the icon, or the icon with its word below; the word alone where it is `tight`."""
        self._lies, self._tight = on, tight
        style = Qt.ToolButtonStyle.ToolButtonTextOnly if tight else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon if on else style)
        self.setIconSize(QSize(20, 20) if on else QSize(24, 24))
        self.setMinimumHeight(LINE if on else 28 if tight else 52)
        self.setMaximumHeight(LINE if on or tight else QWIDGETSIZE_MAX)
        mark(self, role="rail_line" if on else "rail")
        self._place_badge()
        self._say()

    def show_badge(self, count: int, what: str) -> None:
        """«3», or «99+»."""
        self._much = "" if count <= 0 else str(count) if count < 100 else "99+"
        self.setAccessibleName(f"{self._word}, {formats.count(count)} {what}" if count else self._word)
        self._say()

    def rename(self, word: str) -> None:
        """Another word for it."""
        self._word = word
        self._say()

    def _say(self) -> None:
        """Where there is no room for a badge, the word says how much there is."""
        self.setText(f"{self._word} {self._much}".strip() if self._tight else self._word)
        self._badge.setText(self._much)
        self._badge.setVisible(bool(self._much) and not self._tight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_badge()

    def _place_badge(self) -> None:
        left, top = (
            (self.width() - BADGE.width() - 8, (LINE - BADGE.height()) // 2)
            if self._lies
            else (
                self.width() // 2 + 4,
                3,
            )
        )
        self._badge.setGeometry(left, top, BADGE.width(), BADGE.height())


class _ListButton(QToolButton):
    """A list by name at the left, its count at the right."""

    def __init__(self, name: str, text: str):
        super().__init__()
        self._name = text
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(LINE)
        self._word = QLabel(text, self)
        self._count = QLabel(self)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_count(self, count: str) -> None:
        """«212»."""
        self._count.setText(count)
        self.setAccessibleName(f"{self._name}, {count}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.rect().adjusted(10, 0, -10, 0)
        self._word.setGeometry(room)
        self._count.setGeometry(room)

    def sizeHint(self) -> QSize:
        width = self._word.sizeHint().width() + self._count.sizeHint().width() + 36
        return QSize(width, LINE)
