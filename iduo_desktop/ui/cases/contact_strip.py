"""Ctrl+L: register a contact with a client in two keys, without leaving the list."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from iduo_desktop.database.errors import UserError
from iduo_desktop.phones import reading
from iduo_desktop.services import activities, policies
from iduo_desktop.services.activities import Attempt, Logged
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.policies import Disposition
from iduo_desktop.services.pressure import Pressure
from iduo_desktop.terms import Channel, Direction, Level
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.cases.contact_extras import OVERRIDE, ContactExtras
from iduo_desktop.ui.cases.results_bar import ResultsBar
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FittingScroll
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.form import Values
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.pressure_words import hindrance, pause_words
from iduo_desktop.ui.widgets.sender import KEY, Sender

KIND = "contact"
CHANNELS = (Channel.CALL, Channel.WHATSAPP, Channel.EMAIL, Channel.SMS)
_LOW = 600
_LEAST = 104


class ContactStrip(QWidget):
    """Medium, result, what the result asks for, a note. `logged` follows a save, `closed` Esc.

    `put_off`: it goes by itself when there is a line again, by its case.
    `channel_changed`: another medium was chosen. `reason_given`: Enter after the reason that was asked for first.
    """

    logged = Signal(object)
    put_off = Signal(int)
    closed = Signal()
    channel_changed = Signal()
    reason_given = Signal()

    def __init__(
        self, operations: Operations, drafts: Drafts, parent: QWidget | None = None, clock: Clock = formats.now
    ):
        super().__init__(parent)
        self._operations = operations
        self._drafts = drafts
        self._card: CaseCard | None = None
        self._draft: FormDraft | None = None
        self._channel = Channel.CALL
        self._address = ""
        self._restoring = False
        self._needs_reason = False
        self._pressures: Mapping[str, Pressure] = {}
        self.setObjectName("contact_strip")
        self.setAccessibleName("Registrar contacto")
        self._make_inputs(clock)
        self._lay_out()
        self._connect()
        self.setEnabled(False)
        self._operations.run(self, policies.dispositions).then(self._offer)
        self._operations.changed.connect(self._refresh)
        self._drafts.recovered.connect(self._recover)
        self._drafts.resumed.connect(self._recover)
        self._adapt()

    @property
    def channel(self) -> str:
        """The medium that is chosen."""
        return self._channel.value

    @property
    def direction(self) -> str:
        """Who began it."""
        return (Direction.INBOUND if self._inbound.isChecked() else Direction.OUTBOUND).value

    def show_card(self, card: CaseCard | None) -> None:
        """Register contacts of this case; what was typed for it before and not saved comes back."""
        same = card is not None and self._card is not None and card.id == self._card.id
        self._card = card
        if not same:
            self._pressures = {}
        self.setEnabled(card is not None and not card.closed)
        if card is not None and not same:
            self._take_draft(card)
        self._adapt()

    def show_pressures(self, found: Mapping[str, Pressure]) -> None:
        """By which channels the client may be contacted now."""
        self._pressures = found
        self._adapt()

    def begin(self, channel: str = "", address: str = "") -> None:
        """Get ready for a contact by this medium (else the last one), with the focus on the results."""
        if self._card is None or not self.isEnabled():
            return
        self.show()
        if channel:
            self._choose_channel(Channel(channel))
            self._address = address
            say(self._to, reading(address))
        self._results.focus()

    def ask_reason(self) -> None:
        """Ask first why somebody is contacted nevertheless; with Enter one goes on."""
        self._extras.focus_reason("Escribilo y Enter para llamar")

    def save(self) -> None:
        """Ctrl+Enter: register the contact."""
        if self._card is None or self._draft is None or self._sender.running:
            return
        if self._draft.sent or self._check():
            if not self._draft.sent:
                self._draft.keep(self._values())
            self._sender.send(partial(self._ask, self._card.id, self._draft))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self._extras.reason_ready:
            self._results.focus()
            self.reason_given.emit()
        elif event.key() in ENTER:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif not self._typed(event):
            super().keyPressEvent(event)

    def _typed(self, event: QKeyEvent) -> bool:
        """Outside the texts, a digit is a result, and a letter begins the note."""
        text, modifiers = event.text(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not text.isprintable() or text.strip() == "" or modifiers not in _TYPING:
            return False
        if text.isdecimal():
            return self._press(int(text))
        self._note.setFocus()
        self._note.insert(text)
        return True

    def _press(self, digit: int) -> bool:
        """Choose a result by its digit; what it asks for has the focus then."""
        known = self._results.press(digit)
        if known:
            self._extras.focus_first()
        return known

    def _make_inputs(self, clock: Clock) -> None:
        self._channels = QButtonGroup(self)
        self._inbound = QCheckBox("Se comunicó el cliente")
        self._inbound.setObjectName("inbound")
        self._results = ResultsBar()
        self._extras = ContactExtras(clock)
        self._note = QLineEdit()
        self._note.setMaxLength(2000)
        self._note.setObjectName("note")
        self._note.setAccessibleName("Nota")
        self._note.setPlaceholderText("Nota")
        self._to = sentence("secondary", "address")
        self._to.setWordWrap(False)
        self._pause = sentence("warning", "pause")
        self._message = sentence("error", "message")

    def _lay_out(self) -> None:
        top = FlowLayout(spacing=16)
        top.addWidget(label("Registrar contacto", "heading", wraps=False))
        for channel in CHANNELS:
            radio = QRadioButton(channel.label)
            radio.setObjectName(f"channel_{channel.value}")
            self._channels.addButton(radio, CHANNELS.index(channel))
            top.addWidget(radio)
        top.addWidget(self._to)
        top.addWidget(self._inbound)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self._note, 1)
        self._button = button("Guardar y seguir", "save_contact", self.save, key=KEY, role="primary")
        bottom.addWidget(self._button)
        self._bottom = bottom
        self._content = QWidget()
        self._column = column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self._results)
        column.addWidget(self._pause)
        column.addWidget(self._extras)
        self._whole = whole = QVBoxLayout(self)
        whole.addWidget(FittingScroll(self._content, _LEAST))
        whole.addLayout(bottom)
        whole.addWidget(self._message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._breathe(6 if self.window().height() >= _LOW else 3)

    def _breathe(self, space: int) -> None:
        """Less air on a low screen, so that the list keeps a line."""
        self._whole.setContentsMargins(12, space + 1, 12, space + 1)
        for layout in (self._whole, self._column):
            layout.setSpacing(space)

    def _connect(self) -> None:
        self._sender = Sender(self, [self._content, self._note], self._button, self._message, "Guardar y seguir")
        self._sender.done.connect(self._saved)
        self._sender.refused.connect(self._refused)
        self._sender.put_off.connect(self._put_off)
        self._bottom.insertWidget(1, self._sender.later)
        self._channels.idToggled.connect(self._changed)
        self._inbound.toggled.connect(self._changed)
        self._results.chosen.connect(self._changed)
        self._note.textChanged.connect(self._changed)
        self._extras.changed.connect(self._changed)
        self._choose_channel(self._channel)
        actions.make(self, "save", self.save)

    def _choose_channel(self, channel: Channel) -> None:
        self._channels.button(CHANNELS.index(channel)).setChecked(True)

    def _changed(self) -> None:
        """Something was chosen or typed: show what goes with it, and keep the draft."""
        if self._channels.checkedId() >= 0 and CHANNELS[self._channels.checkedId()] != self._channel:
            self._channel = CHANNELS[self._channels.checkedId()]
            self._address = ""
            say(self._to, "")
            self.channel_changed.emit()
        self._adapt()
        if self._draft is not None and not self._restoring:
            self._sender.say("")
            self._draft.keep(self._values() if self._touched() else {})

    def _adapt(self) -> None:
        """Show the inputs that the chosen result, or a client who is not to be contacted now, asks for."""
        hindered = "" if self._inbound.isChecked() else self._hindrance()
        asks = self._needs_reason and not self._inbound.isChecked()
        self._extras.ask_for(self._results.result(), paused=bool(hindered) or asks)
        say(self._pause, hindered)

    def _hindrance(self) -> str:
        found = self._pressures.get(self._channel)
        if found is not None:
            return hindrance(found)
        if self._card is None or self._card.level < Level.PAUSED:
            return ""
        return f"⛔ {pause_words(self._card.paused_until)}"

    def _touched(self) -> bool:
        return bool(self._note.text() or self._results.result() or self._inbound.isChecked())

    def _values(self) -> Values:
        result = self._results.result()
        return {
            **self._extras.values(),
            "channel": self._channel.value,
            "address": self._address,
            "direction": self.direction,
            "disposition": str(result.id) if result else "",
            "#result": result.label if result else "",
            "note": self._note.text().strip(),
        }

    def _set_values(self, values: dict[str, Any]) -> None:
        self._restoring = True
        if "channel" in values:
            self._choose_channel(Channel(values["channel"]))
        self._address = values.get("address", "")
        say(self._to, reading(self._address))
        self._inbound.setChecked(values.get("direction") == Direction.INBOUND)
        self._results.choose(int(values["disposition"]) if values.get("disposition") else None)
        self._extras.set_values(values)
        self._note.setText(values.get("note", ""))
        self._restoring = False

    def _check(self) -> bool:
        if self._results.result() is None:
            self._sender.say("Elegí el resultado")
            self._results.focus()
            return False
        return self._extras.check()

    def _ask(self, case_id: int, draft: FormDraft) -> Operation[Logged]:
        return self._operations.run(self, activities.log_attempt, case_id, attempt_of(draft.values()), draft.key)

    def _saved(self, logged: Logged) -> None:
        self._set_values({})
        self._card = None
        self.logged.emit(logged)

    def _put_off(self) -> None:
        case_id = self._card.id if self._card is not None else 0
        self._set_values({})
        self._card = None
        self.put_off.emit(case_id)

    def _refused(self, error: UserError) -> None:
        # the client may have come to a pause since this card was read
        self._needs_reason = self._needs_reason or error.field == OVERRIDE
        self._adapt()
        if self._extras.refuse(error.field or "", error.message):
            self._sender.say("")
        elif error.field == "note":
            self._note.setFocus()

    def _take_draft(self, card: CaseCard) -> None:
        self._needs_reason = False
        self._draft = FormDraft(self._drafts, KIND, card.id, f"Registrar contacto — {card.client}")
        self._set_values(self._draft.values())
        self._sender.take(self._draft)

    def _recover(self) -> None:
        """What an earlier run left was read after this client had been shown."""
        if self._card is not None and not self._touched() and not self._sender.running:
            self._take_draft(self._card)

    def _refresh(self, table: str, _id: object) -> None:
        if table == "disposition":
            self._operations.run(self, policies.dispositions).then(self._offer)

    def _offer(self, dispositions: tuple[Disposition, ...]) -> None:
        """Show the results that can be chosen now; Tab goes on in reading order."""
        self._results.offer(dispositions)
        above = [*self._channels.buttons(), self._inbound, *self._results.inputs()]
        for before, after in pairwise([*above, *self._extras.inputs(), self._note, self._button]):
            QWidget.setTabOrder(before, after)


def attempt_of(values: Mapping[str, Any]) -> Attempt:
    """The contact that these answers are."""
    amount, due, callback = (values.get(key) for key in ("promise_amount", "promise_date", "callback_at"))
    return Attempt(
        channel=values["channel"],
        disposition_id=int(values["disposition"]),
        note=values["note"],
        direction=values["direction"],
        address=values["address"],
        promise_amount=Decimal(amount) if amount else None,
        promise_date=date.fromisoformat(due) if due else None,
        callback_at=datetime.fromisoformat(callback) if callback else None,
        override_reason=values.get("override_reason", ""),
    )


_TYPING = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
