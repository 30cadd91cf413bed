"""Before somebody is called: which number, whether that is safe, what to say, and afterwards what became of it."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services import agenda, pressure
from iduo_desktop.services.agenda import Scheduled
from iduo_desktop.services.contact_records import ContactRecord, RecordEmail, RecordPhone
from iduo_desktop.services.pressure import Party, Pressure
from iduo_desktop.terms import Channel, Direction
from iduo_desktop.ui.contacts.words import phone_number, rules
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import name_button, small
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import flow
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.pressure_words import hindrance, warnings

Way = RecordPhone | RecordEmail
KIND = "contact_call"
_WORDS = {Channel.CALL: "Llamar", Channel.WHATSAPP: "WhatsApp", Channel.EMAIL: "Mail", Channel.SMS: "SMS"}
_NO_RULES = "Nadie anotó cómo contactarla sin riesgo: no digas de dónde llamás hasta saber con quién hablás."


class ReachBox(QWidget):
    """`begin` with a channel. An unsafe number is not copied before somebody says so. `left`: it was put away.

    The note waits as a draft until the call is kept. `using` brings channel and number while it is used, until `ended`.
    """

    left = Signal()
    grown = Signal()
    using = Signal(str, str)
    ended = Signal()

    def __init__(self, operations: Operations, notice: Notice, drafts: Drafts, clock: Clock):
        super().__init__()
        self._operations = operations
        self._notice = notice
        self._drafts = drafts
        self._draft: FormDraft | None = None
        self._clock = clock
        self._record: ContactRecord | None = None
        self._channel = Channel.CALL
        self._chosen: Way | None = None
        self._began = clock()
        self._key = uuid4()
        self._others: list[QPushButton] = []
        self.setObjectName("reach_box")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="card")
        self.title = label("", "heading", "reach_title")
        self.warning = sentence("error", "reach_warning")
        self.pressure = sentence("warning", "reach_pressure")
        self.rules = label("", "", "reach_rules")
        self.note = QLineEdit(maxLength=500)
        self.note.setObjectName("reach_note")
        self.note.setAccessibleName("Nota de la llamada")
        self.note.setPlaceholderText("Nota (opcional)")
        self.note.textEdited.connect(self._keep)
        self.anyway = small("Usarlo igual", "reach_anyway", self._go_on)
        self.held = small("Se habló", "reach_held", partial(self._finish, held=True), "primary", "Ctrl+⏎")
        self.missed = small("No atendió", "reach_missed", partial(self._finish, held=False))
        self.close_ = small("Cerrar", "reach_close", self.leave, key="Esc")
        self._lay_out()
        self.hide()

    def begin(self, record: ContactRecord, channel: Channel) -> None:
        """Get ready to reach this person: the number that his rules name first, else the safest."""
        ways: tuple[Way, ...] = record.emails if channel is Channel.EMAIL else record.phones
        if not ways:
            what = "ningún mail" if channel is Channel.EMAIL else "ningún teléfono"
            self._notice.tell(f"{record.person} no tiene {what}. Agregalo en sus datos.")
            return
        self._record, self._channel = record, channel
        self._began, self._key = self._clock(), uuid4()
        self._draft = FormDraft(self._drafts, KIND, record.id, f"Llamada — {record.person}")
        self.note.setText(str(self._draft.values().get("note", "")))
        self._choose(_first(record, ways))

    def show_record(self, record: ContactRecord) -> None:
        """The record changed: the rules may have too. Somebody else's record puts the box away."""
        if self._record is not None and record.id != self._record.id:
            self.put_away()
        elif self._record is not None:
            self._record = record
            self._show_rules(record)

    def put_away(self) -> None:
        """Without any word; the note waits."""
        self._record = self._chosen = self._draft = None
        self.hide()
        self.ended.emit()

    def leave(self) -> None:
        """Esc."""
        self.put_away()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in ENTER
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.held.isVisible():
            self._finish(held=True)
        else:
            super().keyPressEvent(event)

    def _choose(self, way: Way) -> None:
        self._chosen = way
        self._ask_pressure(way)
        self._show(asking=way.safe is False)
        if way.safe is not False:
            self._copy(way)

    def _go_on(self) -> None:
        """«Usarlo igual»: he read why not."""
        if self._chosen is not None:
            self._show(asking=False)
            self._copy(self._chosen)

    def _copy(self, way: Way) -> None:
        QGuiApplication.clipboard().setText(_text(way))
        self.using.emit(self._channel.value, _address(way))

    def _ask_pressure(self, way: Way) -> None:
        """Whether he was contacted too often, or is not to be at this hour."""
        say(self.pressure, "")
        if self._record is not None:
            party = Party(contact_id=self._record.id, address=_address(way))
            asked = self._operations.run(self, pressure.pressure, party, self._channel.value)
            asked.then(partial(self._show_pressure, way)).refused(lambda _: None).failed(lambda _: None)

    def _show_pressure(self, way: Way, found: Pressure) -> None:
        if self._chosen is way:
            say(self.pressure, "\n".join(filter(None, (hindrance(found), warnings(found)))))
            QTimer.singleShot(0, self, self.grown.emit)

    def _show(self, *, asking: bool) -> None:
        record, way = self._record, self._chosen
        if record is None or way is None:
            return
        call = self._channel is Channel.CALL
        state = f"¿usar {_text(way)}?" if asking else f"copiaste {_text(way)}"
        self.title.setText(f"{_WORDS[self._channel]}: {state}")
        say(self.warning, _warning(way), "error" if way.safe is False else "warning")
        self._show_rules(record)
        self._offer_others(record, way)
        self.anyway.setVisible(asking)
        for made in (self.held, self.missed, self.note):
            made.setVisible(call and not asking)
        name_button(self.close_, "Cancelar" if asking else "Cerrar", "Esc")
        self.show()
        first = self.close_ if asking else self.note if call else self.close_
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, self, self.grown.emit)

    def _show_rules(self, record: ContactRecord) -> None:
        self.rules.setText("\n".join(rules(record)) or _NO_RULES)

    def _offer_others(self, record: ContactRecord, way: Way) -> None:
        for old in self._others:
            old.hide()
            old.deleteLater()
        ways: tuple[Way, ...] = record.emails if self._channel is Channel.EMAIL else record.phones
        self._others = []
        for other in ways:
            if other.id != way.id:
                sign = {True: "✔ ", False: "⛔ ", None: ""}[other.safe]
                made = small(
                    f"{sign}Usar {_text(other)}", f"reach_other_{other.id}", partial(self._choose, other), "link"
                )
                self._others.append(made)
                layout = self._acts.layout()
                if layout is not None:
                    layout.addWidget(made)

    def _keep(self, note: str) -> None:
        if self._draft is not None:
            self._draft.keep({"note": note} if note.strip() else {})

    def _finish(self, *, held: bool) -> None:
        """Keep the call in the history; the box closes when it is kept."""
        record, draft = self._record, self._draft
        if record is None or draft is None:
            return
        opened = [case.id for case in record.cases if not case.closed]
        minutes = int((self._clock() - self._began).total_seconds() // 60) if held else 0
        values = (opened[0] if len(opened) == 1 else None, record.id, self._began, minutes, Direction.OUTBOUND.value)
        asked = self._operations.run(self, agenda.record_call, *values, held, self.note.text().strip(), self._key)
        asked.busy(self).then(partial(self._kept, record, draft, held=held))

    def _kept(self, record: ContactRecord, draft: FormDraft, _scheduled: Scheduled, *, held: bool) -> None:
        draft.discard()
        what = "realizada" if held else "no realizada"
        self._notice.show(f"Llamada a {record.person} registrada: {what}")
        if self._record is not None and self._record.id == record.id:
            self.leave()

    def _lay_out(self) -> None:
        self._acts = flow((self.held, self.missed, self.anyway, self.close_))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        for widget in (self.title, self.warning, self.pressure, self.rules, self.note, self._acts):
            column.addWidget(widget)


def _first(record: ContactRecord, ways: tuple[Way, ...]) -> Way:
    """The one that the rules name, else a safe one, else one of which nothing is known."""
    named = next((way for way in ways if isinstance(way, RecordPhone) and way.id == record.call_first), None)
    return named or min(ways, key=lambda way: {True: 0, None: 1, False: 2}[way.safe])


def _text(way: Way) -> str:
    return way.address if isinstance(way, RecordEmail) else phone_number(way)


def _address(way: Way) -> str:
    return way.address if isinstance(way, RecordEmail) else way.e164 or way.typed


def _warning(way: Way) -> str:
    what = "Esta dirección" if isinstance(way, RecordEmail) else "Este teléfono"
    if way.safe is False:
        return f"⛔ {what} figura como no seguro: puede verlo o atender otra persona."
    return f"? No se sabe si {what[0].lower()}{what[1:]} es seguro." if way.safe is None else ""
