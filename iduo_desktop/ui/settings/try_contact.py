"""«¿Puedo llamar ahora a …?»: what the policies say of somebody, by a channel, for a purpose, at a moment."""

from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from iduo_desktop.services import pressure
from iduo_desktop.services.pressure import Pressure
from iduo_desktop.terms import Channel, FieldKind, Purpose
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.settings.party_editor import PartyEditor
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.chip import Chip
from iduo_desktop.ui.widgets.fields import MomentEditor, fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.pressure_words import warnings
from iduo_desktop.ui.widgets.sender import KEY

_CHANNELS = tuple((each.value, each.label) for each in Channel if each is not Channel.CHAT)
_PURPOSES = tuple((each.value, each.label) for each in Purpose)
_VERBS = {
    Channel.CALL: "llamar",
    Channel.WHATSAPP: "escribir por WhatsApp",
    Channel.EMAIL: "escribir un mail",
    Channel.SMS: "mandar un SMS",
}
_COUNTED = (
    ("calls", "llamada", "llamadas"),
    ("whatsapps", "WhatsApp", "WhatsApp"),
    ("emails", "mail", "mails"),
    ("sms", "SMS", "SMS"),
)


class TryContactPage(Page):
    """Nothing is registered: it is for whoever decides the policies."""

    name = "try_contact"
    title = "¿Puedo llamar a…?"
    hint = "Probá qué dicen la escala, los horarios, los feriados y las listas. No queda registrado como contacto."
    tables = frozenset({"contact_policy", "quiet_hours", "holiday", "no_contact", "no_contact_list"})

    def __init__(self, office: Office):
        super().__init__(office)
        fields = (
            fixed_field("party", "A quién", FieldKind.TEXT, required=True),
            fixed_field("channel", "Por qué medio", FieldKind.CHOICE, required=True, options=_CHANNELS),
            fixed_field("purpose", "Para qué", FieldKind.CHOICE, required=True, options=_PURPOSES),
            fixed_field("at", "Cuándo", FieldKind.TEXT, help="Vacío: ahora"),
        )
        self.party = PartyEditor(fields[0], office.clock, office.operations, office.me.area_code)
        self.at = MomentEditor(fields[3], office.clock, beside=False)
        self.at.input.setObjectName("field_at")
        self.form = FormView(fields, office.clock, editors={"party": self.party, "at": self.at})
        self.party.watch_keys()
        self.form.set_values({"channel": Channel.CALL.value, "purpose": Purpose.COLLECTION.value})
        self.form.finished.connect(self.ask)
        self.form.changed.connect(self._forget)
        self.ask_button = button("Preguntar", "try_ask", self.ask, key=KEY, role="primary")
        self.head.addWidget(self.ask_button)
        self.answer = self._make_answer()
        self.body.addWidget(self.form)
        self.body.addWidget(self.answer)
        self.body.addStretch(1)
        self._asked = False
        self.answer.hide()

    def load(self) -> None:
        """What was decided changed: the answer may be another one."""
        if self._asked:
            self.ask()

    def save(self) -> None:
        """Ctrl+Enter."""
        self.ask()

    def begin(self) -> None:
        self.party.line.setFocus()

    def ask(self) -> None:
        """Ask for the answer."""
        wrong = self.form.check()
        party = self.party.party
        if wrong or party is None:
            (wrong[0].editor.input if wrong else self.party.line).setFocus()
            return
        typed = self.form.values()
        at = datetime.fromisoformat(str(typed["at"])) if "at" in typed else self.office.clock()
        values = (party, str(typed["channel"]), str(typed["purpose"]), at)
        asked = self.office.operations.run(self, pressure.pressure_at, *values).busy(self.ask_button)
        asked.then(lambda found: self._show(found, Channel(values[1])))

    def _show(self, found: Pressure, channel: Channel) -> None:
        self._asked = True
        verb = _VERBS[channel]
        answer = f"Sí, se puede {verb}." if found.allowed else f"No se puede {verb} sin un motivo."
        say(self.verdict, f"{'✔' if found.allowed else '⛔'} {answer}")
        self.chip.show_level(_Shown(found))
        self.counts.setText(_counted(found))
        say(self.reason, found.reason)
        say(self.next_at, _next(found))
        say(self.warnings, warnings(found))
        self.answer.show()

    def _forget(self) -> None:
        """Something else is asked by now."""
        self._asked = False
        self.answer.hide()

    def _make_answer(self) -> QFrame:
        made = QFrame()
        made.setObjectName("try_answer")
        made.setAccessibleName("Respuesta")
        mark(made, surface="card")
        self.verdict = sentence("heading", "try_verdict")
        self.chip = Chip()
        self.counts = label("", "secondary", "try_counts")
        self.reason = sentence("", "try_reason")
        self.next_at = sentence("", "try_next")
        self.warnings = sentence("warning", "try_warnings")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.chip)
        row.addWidget(self.counts, 1)
        column = QVBoxLayout(made)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.verdict)
        column.addLayout(row)
        for line in (self.reason, self.next_at, self.warnings):
            column.addWidget(line)
        return made


class _Shown:
    """What a chip shows of an answer."""

    def __init__(self, found: Pressure):
        self.level, self.attempts = found.level, found.attempts
        self.calls, self.whatsapps, self.emails, self.sms = found.calls, found.whatsapps, found.emails, found.sms
        self.paused_until: datetime | None = None


def _counted(found: Pressure) -> str:
    """«3 contactos: 2 llamadas, 1 mail»."""
    if not found.attempts:
        return "Ningún contacto en la ventana"
    parts = [formats.plural(getattr(found, name), one, many) for name, one, many in _COUNTED if getattr(found, name)]
    total = formats.plural(found.attempts, "contacto", "contactos")
    return f"{total} en la ventana: {', '.join(parts)}" if parts else f"{total} en la ventana"


def _next(found: Pressure) -> str:
    if found.allowed:
        return ""
    if found.next_at is None:
        return "Mientras siga así, nunca sin un motivo."
    return f"Próximo momento en que se puede: {formats.exact(found.next_at)}."
