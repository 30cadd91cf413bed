"""The form to narrow the lists by any field that was taken; the number itself is looked for with F3."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services.catalogues import Topic
from iduo_desktop.services.forms import Field
from iduo_desktop.services.tickets import TicketFilter
from iduo_desktop.terms import CallerKind, FieldKind, Labelled, TicketChannel, TicketKind
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView, Values
from iduo_desktop.ui.widgets.keys import ENTER

TITLES = {
    "surname": "Apellido",
    "document": "Documento",
    "phone_key": "Teléfono",
    "email": "Mail",
    "company_number": "Empresa (número)",
    "text": "Palabras",
    "topic_id": "Tema",
    "kind": "Tipo",
    "channel": "Canal",
    "caller_kind": "Quién llama",
    "first": "Desde",
    "last": "Hasta",
    "taken_by": "Lo tomó",
}
KINDS: dict[str, type[Labelled]] = {"kind": TicketKind, "channel": TicketChannel, "caller_kind": CallerKind}
_DATES = ("first", "last")
_HELP = {
    "text": "De la consulta o de la respuesta",
    "surname": "Alcanza con el comienzo",
    "taken_by": "Nombre y apellido, o usuario",
}


class FilterDialog(QDialog):
    """`chosen` brings the filter. Enter filters from any field."""

    chosen = Signal(object)

    def __init__(
        self, shown: TicketFilter, topics: Iterable[Topic], area_code: str, clock: Clock, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._area_code = area_code
        self.setObjectName("filter_dialog")
        self.setWindowTitle("Filtrar mensajes")
        self.setAccessibleName("Filtrar mensajes")
        self.form = FormView(_fields(topics), clock, enter_advances=False)
        self.form.set_values(_values(shown))
        self._lay_out()
        self.finished.connect(self.deleteLater)
        self.form.take_keyboard()

    def apply(self) -> None:
        """Enter: narrow the lists."""
        if not self.form.check():
            self.chosen.emit(_filter(self.form.values(), self._area_code))
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.apply()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(self.form)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 12)
        row.setSpacing(8)
        row.addWidget(button("Vaciar", "empty_filter", lambda: self.form.set_values({}), role="link"))
        row.addStretch(1)
        row.addWidget(button("Cancelar", "cancel", self.reject, key="Esc"))
        row.addWidget(button("Filtrar", "apply_filter", self.apply, key="⏎", role="primary"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        column.addWidget(scroll, 1)
        column.addLayout(row)
        room = self.screen().availableGeometry()
        self.resize(min(760, room.width() - 24), min(480, room.height() - 48))


def _fields(topics: Iterable[Topic]) -> tuple[Field, ...]:
    offered = tuple((str(topic.id), topic.label) for topic in topics)
    choices = {"topic_id": offered} | {
        key: tuple((each.value, each.label) for each in kind) for key, kind in KINDS.items()
    }
    return tuple(
        fixed_field(key, title, _kind(key), options=choices.get(key, ()), help=_HELP.get(key, ""), max_length=100)
        for key, title in TITLES.items()
    )


def _kind(key: str) -> FieldKind:
    if key in _DATES:
        return FieldKind.DATE
    return FieldKind.CHOICE if key in KINDS or key == "topic_id" else FieldKind.TEXT


def _values(shown: TicketFilter) -> Values:
    found = {key: getattr(shown, key) for key in TITLES}
    return {key: str(value) for key, value in found.items() if value not in {None, ""}}


def _filter(values: Values, area_code: str) -> TicketFilter:
    found: dict[str, Any] = {**values}
    if "phone_key" in found:
        found["phone_key"] = phones.parse(str(found["phone_key"]), area_code).search_key
    if "topic_id" in found:
        found["topic_id"] = int(str(found["topic_id"]))
    found |= {key: date.fromisoformat(str(found[key])) for key in _DATES if key in found}
    return replace(TicketFilter(), **found)
