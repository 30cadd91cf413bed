"""The card of a call, over the window's corner: who it may be, what is pending for him, and what to do next."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from iduo_desktop.services.calls import Caller
from iduo_desktop.services.tickets import TicketHit
from iduo_desktop.terms import CallOutcome, TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.intake.arrival import Arrival, Person, name_of
from iduo_desktop.ui.intake.head import option_text
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.keys import PLAIN
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.ticket_words import SIGNS, numbered

WIDTH, MARGIN, LINES, LINE = 528, 8, 4, 32
QUICK = 4
OUTCOMES = (
    CallOutcome.HUNG_UP,
    CallOutcome.SILENT,
    CallOutcome.WRONG_NUMBER,
    CallOutcome.TEST,
    CallOutcome.INFORMED,
    CallOutcome.ASSISTANT,
)


class CallCardView(QFrame):
    """Never takes the keyboard by itself: F4 goes there, Esc goes back to where one was. Decides nothing."""

    message_asked = Signal()
    attention_asked = Signal()
    ticket_asked = Signal(int)
    search_asked = Signal()
    number_asked = Signal()
    person_chosen = Signal(object)
    outcome_chosen = Signal(object)
    left = Signal()

    def __init__(self, clock: Clock, below: QWidget, parent: QWidget):
        super().__init__(parent)
        self.setObjectName("call_card")
        self.setAccessibleName("Llamada")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark(self, surface="popup")
        self._clock = clock
        self._below = below
        self._arrival: Arrival | None = None
        self._before: QWidget | None = None
        self._asks_why = False
        self._wanted = 0
        self._open_record: Callable[[int], object] | None = None
        self._make_parts()
        self._lay_out()
        self._placing = QTimer(self, singleShot=True, interval=0)
        self._placing.timeout.connect(self._place)
        self._ticks = QTimer(self, interval=1000)
        self._ticks.timeout.connect(self._tick)
        parent.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note_focus)
        below.installEventFilter(self)
        self.hide()

    def show_arrival(self, arrival: Arrival) -> None:
        """Show a call as far as it is known."""
        if arrival is not self._arrival:
            self._asks_why = False
        new = arrival is not self._arrival or self.isHidden()
        self._arrival = arrival
        self._fill(arrival)
        self.show()
        self.raise_()
        self._ticks.start()
        self._tick()
        self._placing.start()
        if new and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"Llamada: {arrival.who}"))

    def show_talk(self, text: str) -> None:
        """Say which colleague is speaking with who calls."""
        say(self.talk, text)

    def offer_record(self, open_: Callable[[int], object]) -> None:
        """Offer the record of who calls, by this way to it."""
        self._open_record = open_

    def offer_attention(self, *, alone: bool) -> None:
        """Offer an attention of the call, instead of a message where no messages are taken."""
        self.attention.show()
        self.message.setVisible(not alone)
        mark(self.attention, role="primary" if alone else "")

    def take_keyboard(self) -> None:
        """F4: go there."""
        first = self.attention if self.message.isHidden() else self.message
        target: QWidget = self.hits if self.hits.isVisible() and self.hits.current() is not None else first
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_away(self) -> None:
        """Out of the way; the keyboard goes back to where it was, if it was here."""
        focused = QApplication.focusWidget()
        here = self._is_mine(focused)
        before, self._before = self._before, None
        self._arrival = None
        self._ticks.stop()
        self.hide()
        if here and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif text.isdecimal() and 1 <= int(text) <= len(OUTCOMES) and event.modifiers() in PLAIN:
            self.outcome_chosen.emit(OUTCOMES[int(text) - 1])
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window or what stands above changed its size."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move} and self.isVisible():
            self._placing.start()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._placing.start()
        return super().event(event)

    def dismiss(self) -> None:
        """Esc: ask what became of the call; again, leave that for later."""
        if self._asks_why:
            self.put_away()
            self.left.emit()
        else:
            self._ask_why()
            self.reasons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _is_mine(self, widget: QWidget | None) -> bool:
        return widget is not None and self.isAncestorOf(widget)

    def _note_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Remember where one was before one came here, by key or by mouse."""
        if self._is_mine(new) and not self._is_mine(old):
            self._before = old

    def _make_parts(self) -> None:
        self.head = ElidedLabel("call_head")
        mark(self.head, role="heading")
        self.time = label("", "secondary", "call_time", wraps=False)
        self.number = label("", "heading", "call_number", wraps=False)
        self.keyed = ElidedLabel("call_keyed")
        mark(self.keyed, role="secondary")
        self.who = ElidedLabel("call_who")
        mark(self.who, role="heading")
        self.say = sentence("secondary", "call_says")
        self.talk = sentence("warning", "call_talk")
        self.hits = HitList("call_hits", "Quién puede ser y qué tiene pendiente", self)
        self.hits.chosen.connect(self._choose)
        self.communicate = button("", "call_communicate", self._communicate, role="primary")
        self.message = button("Nuevo mensaje", "call_message", self.message_asked.emit, key=shown("new_message"))
        self.attention = button(
            "Nueva atención", "call_attention", self.attention_asked.emit, key=shown("new_attention")
        )
        self.attention.hide()
        self.search = button(
            "Buscar por apellido o documento", "call_search", self.search_asked.emit, key=shown("search")
        )
        self.add = button(
            "Agregar este número a un contacto", "call_add_number", self.number_asked.emit, key=shown("add_number")
        )
        self.record = button("Ver ficha", "call_record", self._show_record)
        self.drop = button("Descartar", "call_dismiss", self.dismiss, key="Esc")
        self.reason_text = label("", "secondary", "call_reasons", wraps=False)
        self.reasons = [*self._reasons()]

    def _reasons(self) -> Iterator[QPushButton]:
        for digit, outcome in enumerate(OUTCOMES, 1):
            made = button(f"{digit} {outcome.label}", f"call_{outcome.value}", partial(self._press, outcome))
            made.setAccessibleName(f"{outcome.label}, tecla {digit}")
            yield made

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        for wide, narrow in ((self.head, self.time), (self.keyed, self.number)):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(wide, 1)
            row.insertWidget(0 if narrow is self.number else 1, narrow)
            column.addLayout(row)
        column.addWidget(self.who)
        column.addWidget(self.say)
        column.addWidget(self.talk)
        column.addWidget(self.hits)
        for widgets in (
            (self.communicate, self.message, self.attention, self.record, self.search, self.add, self.drop),
            self._why_row(),
        ):
            flow = FlowLayout(spacing=6)
            for widget in widgets:
                if isinstance(widget, QPushButton):
                    widget.setAutoDefault(True)  # Enter presses what has the focus
                flow.addWidget(widget)
            column.addLayout(flow)

    def _why_row(self) -> tuple[QWidget, ...]:
        return self.reason_text, *self.reasons

    def _fill(self, arrival: Arrival) -> None:
        ring = arrival.ring
        kind = "Llamada cargada a mano" if arrival.by_hand else "Llamada entrante"
        self.head.setText(" · ".join(filter(None, (f"☎ {kind}", option_text(ring.ivr)))))
        self.number.setText(arrival.number or "Número oculto")
        person = _person(arrival)
        keyed = f"empresa marcada: {ring.company}" if ring.company else ""
        self.keyed.setText(f"por {person.why}" if isinstance(person, Caller) and person.why else keyed)
        self.who.setText("" if person is None else name_of(person))
        self.who.setVisible(person is not None)
        say(self.say, _sentence(arrival), "warning" if arrival.problem else "secondary")
        self.record.setVisible(self._open_record is not None and person is not None and person.contact_id is not None)
        self._offer(arrival, several=person is None)
        if arrival.hung_up:
            self._ask_why()
        else:
            self._show_reasons()

    def _offer(self, arrival: Arrival, *, several: bool) -> None:
        card = arrival.card
        callers = card.callers if card is not None and several else ()
        tickets = card.tickets if card is not None else ()
        self.hits.show_lines([*map(_caller_line, callers), *(_ticket_line(hit, self._clock) for hit in tickets)])
        self.hits.setVisible(bool(callers or tickets))
        self._wanted = min(self.hits.wanted_height(), LINES * LINE + 8)
        ready = next((hit for hit in tickets if hit.state == TicketState.AWAITING_COMMUNICATION), None)
        self.communicate.setVisible(ready is not None)
        if ready is not None:
            name_button(self.communicate, f"Comunicar {numbered(ready.number, ready.check)}", "⏎")
        mark(self.message, role="" if ready is not None else "primary")
        unknown = card is not None and not card.callers and arrival.person is None
        self.search.setVisible(unknown)
        self.add.setVisible(unknown and bool(arrival.ring.caller))

    def _ask_why(self) -> None:
        self._asks_why = True
        self._show_reasons()

    def _show_reasons(self) -> None:
        over = self._arrival is not None and self._arrival.hung_up
        ask = "La llamada terminó. ¿Qué pasó?" if over else "¿Cómo terminó?"
        self.reason_text.setText(ask if self._asks_why else "Sin conversación:")
        for number, reason in enumerate(self.reasons):
            reason.setVisible(number < QUICK or self._asks_why)
        name_button(self.drop, "Más tarde" if self._asks_why else "Descartar", "Esc")

    def _press(self, outcome: CallOutcome) -> None:
        self.outcome_chosen.emit(outcome)

    def _choose(self, chosen: object) -> None:
        if isinstance(chosen, TicketHit):
            self.ticket_asked.emit(chosen.ticket_id)
        else:
            self.person_chosen.emit(chosen)
            self.take_keyboard()

    def _show_record(self) -> None:
        person = _person(self._arrival) if self._arrival is not None else None
        if self._open_record is not None and person is not None and person.contact_id is not None:
            self.put_away()
            self.left.emit()
            self._open_record(person.contact_id)

    def _communicate(self) -> None:
        card = self._arrival.card if self._arrival is not None else None
        for hit in card.tickets if card is not None else ():
            if hit.state == TicketState.AWAITING_COMMUNICATION:
                self.ticket_asked.emit(hit.ticket_id)
                return

    def _tick(self) -> None:
        if self._arrival is not None:
            self.time.setText(f"{lasted(self._arrival, self._clock)} · {shown('call_card')}")

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None or not self.isVisible():
            return
        top = self._below.mapTo(parent, QPoint(0, self._below.height())).y() + MARGIN
        width, room = min(WIDTH, parent.width() - 2 * MARGIN), parent.height() - top - MARGIN
        self.hits.setFixedHeight(self._wanted)
        wanted = self._column.totalHeightForWidth(width)
        if wanted > room:  # what has to be chosen from scrolls; the buttons are all seen
            self.hits.setFixedHeight(max(LINE + 6, self._wanted - (wanted - room)))
        self.setGeometry(parent.width() - width - MARGIN, top, width, min(wanted, room))


def lasted(arrival: Arrival, clock: Clock) -> str:
    """«02:13»: how long the call has been there."""
    seconds = max(0, int((clock() - arrival.at).total_seconds()))
    return f"{seconds // 60:02}:{seconds % 60:02}"


def _person(arrival: Arrival) -> Person | None:
    """Who calls: chosen, or the only one who fits."""
    callers = arrival.card.callers if arrival.card is not None else ()
    return arrival.person or (callers[0] if len(callers) == 1 else None)


def _sentence(arrival: Arrival) -> str:
    if arrival.problem:
        return arrival.problem
    if arrival.card is None:
        return "Buscando quién llama…"
    if arrival.person is None and not arrival.card.callers:
        return "No encontramos este número." if arrival.ring.caller else "No se sabe quién llama."
    if arrival.person is None and len(arrival.card.callers) > 1:
        return f"{len(arrival.card.callers)} coincidencias: elegí con ↑↓ y ⏎."
    return ""


def _caller_line(caller: Caller) -> Line:
    return Line(name_of(caller), caller.why, caller)


def _ticket_line(hit: TicketHit, clock: Clock) -> Line:
    """«☎ 103 950 con respuesta sin comunicar», «○ 104 002 abierto (18/11)»."""
    state = TicketState(hit.state)
    ready = state is TicketState.AWAITING_COMMUNICATION
    what = "con respuesta sin comunicar" if ready else state.label.lower()
    day = formats.short_day(formats.here(hit.at).date(), formats.here(clock()).date())
    return Line(
        f"{SIGNS[state]} {numbered(hit.number, hit.check)} {what}", f"{hit.person} · {day}".strip(" ·"), hit, ready
    )
