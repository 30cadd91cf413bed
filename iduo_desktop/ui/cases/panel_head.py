"""The top of the panel: who it is, how he stands, and a button for everything one may do."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.pressure import Pressure
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import Channel, Level, ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.cases.rights import Case, Verb, right
from iduo_desktop.ui.rights import Right
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, small
from iduo_desktop.ui.widgets.chip import Chip, colour_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import flow
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.pressure_words import ANYWAY, hindrance, pause_words, warnings
from iduo_desktop.ui.widgets.tips import tip

_CHANNELS = (
    (Channel.CALL, "Llamar", "call"),
    (Channel.WHATSAPP, "WhatsApp", "whatsapp"),
    (Channel.EMAIL, "Mail", "email"),
    (Channel.SMS, "SMS", "sms"),
)
_VERBS = (
    (Verb.TAKE, "Tomar", "take"),
    (Verb.CLOSE, "Cerrar", "close_case"),
    (Verb.RELEASE, "Liberar", "take"),
    (Verb.TAKE_OVER, "Quitar a otro…", ""),
    (Verb.MOVE, "Mover a…", ""),
    (Verb.EXTEND, "Prórroga…", ""),
    (Verb.REOPEN, "Reabrir…", ""),
)


class PanelHead(QWidget):
    """Shows a card, or at once what the line of the list tells of it."""

    contact_asked = Signal(str)
    anyway_asked = Signal(str)
    verb_asked = Signal(object)

    def __init__(self, me: Me, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self._me = me
        self._clock = clock
        self._case: Case | None = None
        self._pressures: Mapping[str, Pressure] = {}
        self._wanted = ""
        self.setObjectName("panel_head")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="top")
        self.title = ElidedLabel("panel_client")
        mark(self.title, role="title")
        self.chip = Chip()
        self.number = label("", "secondary", "panel_number")
        self.status = label("", "", "panel_status")
        self.holder = sentence("secondary", "panel_holder")
        self.talk = sentence("warning", "panel_talk")
        self.pause = sentence("warning", "panel_pause")
        self.warnings = sentence("warning", "panel_warnings")
        self.anyway = button(ANYWAY, "contact_anyway", self._contact_anyway)
        self.channels = {channel: self._channel(channel, text, key) for channel, text, key in _CHANNELS}
        self.verbs = {verb: self._verb(verb, text, key) for verb, text, key in _VERBS}
        self._lay_out()

    def show_case(self, case: Case) -> None:
        """Show who it is, how he stands, and what may be done."""
        if self._case is None or self._case.id != case.id:
            self._pressures, self._wanted = {}, ""
            self.show_talk("")
        self._case = case
        self.title.setText(case.client)
        self.chip.show_level(case)
        document = formats.document(case.document) if isinstance(case, CaseCard) and case.document else ""
        number = f"Nro {case.company_number}" if case.company_number is not None else ""
        self.number.setText(" · ".join(filter(None, (number, document and f"Doc. {document}"))))
        self.status.setText(self._status(case))
        say(self.holder, self._holder(case))
        for verb, shown_button in self.verbs.items():
            _grant(shown_button, right(verb, case, self._me), _tip(verb))
        self._show_channels(case)

    def show_pressures(self, found: Mapping[str, Pressure]) -> None:
        """Show by which channels the client may be contacted now, and why not by the others."""
        self._pressures = found
        if self._case is not None:
            self._show_channels(self._case)

    def show_talk(self, text: str) -> None:
        """Say which colleague is speaking with him."""
        say(self.talk, text)

    def choose_anyway(self, channel: str) -> None:
        """By which channel «Contactar igual…» goes on."""
        self._wanted = channel

    def _show_channels(self, case: Case) -> None:
        """The buttons in the colour of the level; those that are hindered are closed, with the reason below."""
        contact = right(Verb.CONTACT, case, self._me)
        objections = {} if case.closed else {each: self._objection(case, each) for each, _text, _key in _CHANNELS}
        level = Level.NONE if case.closed else Level(case.level)
        for channel, text, key in _CHANNELS:
            given = Right(contact.offered, contact.reason or objections.get(channel, ""))
            _grant(self.channels[channel], given, f"{text} ({shown(key)})")
            colour_button(self.channels[channel], level)
        said = [] if case.closed else [warnings(found) for found in self._pressures.values()]
        say(self.pause, _together(objections))
        say(self.warnings, "\n".join(dict.fromkeys(filter(None, said))))
        self.anyway.setVisible(contact.granted and any(objections.values()))

    def _objection(self, case: Case, channel: Channel) -> str:
        """Why he is not to be contacted so; what the list knows of it while nothing else is known."""
        found = self._pressures.get(channel)
        if found is not None:
            return hindrance(found)
        if case.level < Level.PAUSED:
            return ""
        why = f": {case.pause_reason}" if isinstance(case, CaseCard) and case.pause_reason else ""
        return f"⛔ {pause_words(case.paused_until)}{why}"

    def _status(self, case: Case) -> str:
        parts = [
            ServiceStatus(case.list).label
            if not case.closed
            else f"Cerrado {formats.when(case.closed_at, self._clock())}"
        ]
        if case.closed and case.closing_reason:
            parts.append(case.closing_reason)
        if case.debt is not None:
            parts.append(f"debe {formats.money(case.debt)}" if case.debt else "sin deuda")
        if case.next_action_at is not None and not case.closed:
            due = case.next_action_at <= self._clock()
            words = "llamada pendiente desde" if due else "próximo contacto"
            parts.append(f"{words} {formats.when(case.next_action_at, self._clock())}")
        return " · ".join(parts)

    def _holder(self, case: Case) -> str:
        parts = []
        if case.assigned_to is not None and not case.closed:
            who = "Es tuyo" if case.assigned_to == self._me.login else f"{case.holder} lo está atendiendo"
            since = formats.when(case.assigned_at, self._clock()) if isinstance(case, CaseCard) else ""
            parts.append(f"{who} desde {since}" if since else who)
        if case.viewers:
            parts.append(f"Lo tiene abierto {case.viewers}")
        return " · ".join(parts)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.chip)
        line.addWidget(self.number, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addLayout(line)
        for widget in (self.status, self.holder, self.talk, self.pause, self.warnings):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addWidget(flow((*self.channels.values(), self.anyway)))
        column.addWidget(flow(self.verbs.values()))

    def _channel(self, channel: Channel, text: str, key: str) -> QPushButton:
        return self._button(text, f"contact_{channel.value}", partial(self.contact_asked.emit, channel.value), key)

    def _verb(self, verb: Verb, text: str, key: str) -> QPushButton:
        return self._button(text, f"verb_{verb.value}", partial(self.verb_asked.emit, verb), key)

    @staticmethod
    def _button(text: str, name: str, act: Callable[[], object], key: str) -> QPushButton:
        return small(text, name, act, key=shown(key) if key else "")

    def _contact_anyway(self) -> None:
        self.anyway_asked.emit(self._wanted)


def _grant(which: QPushButton, given: Right, otherwise: str) -> None:
    which.setVisible(given.offered)
    which.setEnabled(given.granted)
    which.setToolTip(tip(given.reason or otherwise))


def _together(objections: Mapping[Channel, str]) -> str:
    """One sentence where all channels have the same; else one for each that is closed, by its name."""
    by_sentence: dict[str, list[str]] = {}
    for channel, text in objections.items():
        if text:
            by_sentence.setdefault(text, []).append(channel.label)
    if len(by_sentence) == 1 and all(objections.values()):
        return next(iter(by_sentence))
    return "\n".join(f"{text} ({', '.join(channels)})" for text, channels in by_sentence.items())


def _tip(verb: Verb) -> str:
    return next(
        f"{text.rstrip('…')} ({shown(key)})" if key else text.rstrip("…") for each, text, key in _VERBS if each is verb
    )
