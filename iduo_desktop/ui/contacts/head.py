"""The top of a record: who it is, what everybody must see, and a button for everything one may begin from here."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services.contact_records import ContactRecord
from iduo_desktop.terms import Channel, Level
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import small
from iduo_desktop.ui.widgets.chip import Chip, colour_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import flow
from iduo_desktop.ui.widgets.labels import label, say, sentence

CHANNELS = (
    (Channel.CALL, "Llamar", "call"),
    (Channel.WHATSAPP, "WhatsApp", "whatsapp"),
    (Channel.EMAIL, "Mail", "email"),
    (Channel.SMS, "SMS", "sms"),
)

_DOCUMENTS = {"dni": "DNI", "cuit": "CUIT"}


class RecordHead(QWidget):
    """Tells what was asked for: `channel_asked` brings the channel's name."""

    channel_asked = Signal(str)
    list_asked = Signal()
    attention_asked = Signal()
    schedule_asked = Signal()
    message_asked = Signal()

    def __init__(self, clock: Clock, *, attends: bool, helpline: bool, tickets: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self._attends = attends
        self.setObjectName("record_head")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="top")
        self.back = small("← Volver a la lista", "record_back", self.list_asked.emit, key="Esc")
        self.title = ElidedLabel("record_person")
        mark(self.title, role="title")
        self.chip = Chip()
        self.about = label("", "secondary", "record_about")
        self.flags = sentence("warning", "record_flags")
        mark(self.flags, role="warning")
        self.talk = sentence("warning", "record_talk")
        self.channels = {
            channel: small(
                text, f"record_{channel.value}", partial(self.channel_asked.emit, channel.value), key=shown(key)
            )
            for channel, text, key in CHANNELS
        }
        self.attention = small(
            "Nueva atención", "record_attention", self.attention_asked.emit, key=shown("new_attention")
        )
        self.schedule = small("Agendar", "record_schedule", self.schedule_asked.emit, key=shown("schedule"))
        self.message = small("Nuevo mensaje", "record_message", self.message_asked.emit, key=shown("new_message"))
        for made, part in ((self.attention, helpline), (self.schedule, True), (self.message, tickets)):
            if not (attends and part):
                made.hide()
        self._lay_out()

    def show_record(self, record: ContactRecord) -> None:
        """Show who it is and what may be begun."""
        self.title.setText(record.person)
        self.chip.show_word(record.level)
        self.about.setText(" · ".join(self._about(record)))
        say(self.flags, "\n".join(f"⚠ {self._flag(record, number)}" for number in range(len(record.flags))))
        for channel, text, key in CHANNELS:
            ways = record.emails if channel is Channel.EMAIL else record.phones
            made = self.channels[channel]
            made.setVisible(self._attends)
            made.setEnabled(bool(ways))
            missing = "No tiene ningún mail" if channel is Channel.EMAIL else "No tiene ningún teléfono"
            made.setToolTip(f"{text} ({shown(key)})" if ways else missing)
            colour_button(made, Level(record.level))

    def show_talk(self, text: str) -> None:
        """Say which colleague is speaking with this person."""
        say(self.talk, text)

    def _about(self, record: ContactRecord) -> list[str]:
        kind = _DOCUMENTS.get(record.document_type, "Doc.")
        parts = [f"{kind} {formats.document(record.document)}"] if record.document else []
        if record.birth_date is not None:
            parts.append(years(record, self._clock))
        if record.company:
            parts.append(f"{record.company} ({record.company_number})" if record.company_number else record.company)
        return parts or ["Sin documento"]

    def _flag(self, record: ContactRecord, number: int) -> str:
        flag = record.flags[number]
        until = f" (hasta el {formats.short_day(flag.until, self._clock().date())})" if flag.until else ""
        return f"{flag.text}{until}"

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.back)
        first.addWidget(self.title)
        first.addWidget(self.chip)
        first.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(first)
        column.addWidget(self.about)
        column.addWidget(self.flags)
        column.addWidget(self.talk)
        column.addWidget(flow((*self.channels.values(), self.attention, self.schedule, self.message)))
        self.title.setAlignment(Qt.AlignmentFlag.AlignVCenter)


def years(record: ContactRecord, clock: Clock) -> str:
    """«51 años»."""
    born, today = record.birth_date, clock().date()
    if born is None:
        return ""
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return formats.plural(max(0, age), "año", "años")
