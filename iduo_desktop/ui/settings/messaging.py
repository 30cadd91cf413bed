"""How messages go out: the gateway as it is now, and the day's batch by mail."""

from datetime import datetime

from PySide6.QtCore import QTimer

from iduo_desktop.services import messages
from iduo_desktop.services.messages import GatewayState
from iduo_desktop.services.settings import Setting
from iduo_desktop.terms import Channel
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.values import ELSEWHERE, ValuesPage
from iduo_desktop.ui.widgets.labels import label, say

_AGAIN_MS = 5_000
_BATCH = "El lote del día, por mail"
_NEVER = "La pasarela no está instalada: los mails y SMS se abren en el programa de cada PC."
_DOUBT = "No se sabe si salieron. Cada uno se ve en la conversación de su cliente, con [Reenviar]."
_HOW = "La instala y configura Informática con «iduo-admin gateway»; las contraseñas del correo quedan ahí."


class MessagingPage(ValuesPage):
    """Read at the top, changed below."""

    name = "messaging"
    title = "Mensajería"
    hint = "Los mails y SMS los manda un servicio al lado de la base, la pasarela, y trae las respuestas."
    tells_pc = False

    def __init__(self, office: Office):
        super().__init__(office)
        self.state = label("", "heading", "gateway_state")
        self.since = label("", "secondary", "gateway_since")
        self.counts = label("", "", "gateway_counts")
        self.complaint = label("", "warning", "gateway_complaint")
        self.doubt = label(_DOUBT, "secondary", "gateway_doubt")
        for line in (self.state, self.since, self.counts, self.doubt, self.complaint, label(_HOW, "secondary")):
            self.column.addWidget(line)
        self._again = QTimer(self, interval=_AGAIN_MS)
        self._again.timeout.connect(self._ask_state)
        self._again.start()

    def load(self) -> None:
        super().load()
        self._ask_state()

    def has(self, setting: Setting) -> bool:
        return setting.name.startswith(ELSEWHERE)

    def _ask_state(self) -> None:
        """A heartbeat is no news that the feed brings: one looks again while the page is seen."""
        if self.isVisible():
            asked = self.office.operations.run(self, messages.gateway_state)
            asked.then(self._show_state).failed(lambda _error: None)

    def _add_heading(self, _part: str) -> None:
        super()._add_heading(_BATCH)

    def _show_state(self, found: GatewayState) -> None:
        at = self.office.clock()
        state, role = gateway_words(found)
        say(self.state, state, role)
        say(self.since, _since(found, at))
        waiting = formats.plural(found.waiting, "mensaje por enviar", "mensajes por enviar")
        failed = formats.plural(found.failed_today, "no se pudo enviar hoy", "no se pudieron enviar hoy")
        doubtful = formats.plural(found.doubtful, "dudoso", "dudosos")
        self.counts.setText(f"{waiting} · {doubtful} · {failed}")
        self.doubt.setVisible(found.doubtful > 0)
        say(self.complaint, f"⚠ Último problema: {found.complaint}" if found.complaint else "")


def gateway_words(found: GatewayState) -> tuple[str, str]:
    """«● Funciona: Mail, SMS», and how it is painted."""
    names = ", ".join(Channel(each).label for each in found.channels)
    if found.beat_at is None:
        return f"○ {_NEVER}", "secondary"
    if found.running:
        return f"● Funciona: {names or 'sin canales configurados'}", "ok"
    return "⚠ La pasarela no da señales: los mensajes quedan por enviar hasta que vuelva.", "error"


def _since(found: GatewayState, at: datetime) -> str:
    if found.beat_at is None:
        return ""
    began = f"Desde {formats.when(found.started_at, at)}" if found.started_at else ""
    beat = f"última señal {formats.elapsed((at - found.beat_at).total_seconds())}"
    return " · ".join(filter(None, (began, beat)))
