"""How often is too often: for each purpose the window, the weights, the limits, and what they look like."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import settings
from iduo_desktop.services.forms import Field
from iduo_desktop.services.settings import ContactScale
from iduo_desktop.terms import FieldKind, Level
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.typed_page import TypedPage
from iduo_desktop.ui.widgets.amounts import show_number
from iduo_desktop.ui.widgets.chip import Chip
from iduo_desktop.ui.widgets.fields import Value, fixed_field
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.form import FieldRow, FormView, Values
from iduo_desktop.ui.widgets.labels import label

_PURPOSES = {"collection": "Cobranza", "service": "Servicio", "promotion": "Promoción"}
_WEIGHTS = {
    "weight_call": "Peso de una llamada",
    "weight_whatsapp": "Peso de un WhatsApp",
    "weight_email": "Peso de un mail",
    "weight_sms": "Peso de un SMS",
    "weight_chat": "Peso de un chat",
}
# The field at which the database's words about several are said.
_FIRST_OF = {"weights": "weight_call", "limits": "limit_1"}
_INTEGERS = {"window_days", "limit_1", "limit_2", "limit_3", "limit_4", "limit_5", "daily_limit", "weekly_limit"}
_OWN = {"purpose", "gap_hours", "holidays_quiet"}


@dataclass(frozen=True, slots=True)
class Example:
    """A client who was called so often."""

    level: int
    attempts: int
    calls: int
    whatsapps: int = 0
    emails: int = 0
    sms: int = 0
    paused_until: datetime | None = None


class ScalesPage(TypedPage):
    """One tab for each purpose; all are saved together."""

    name = "scales"
    title = "Escala de contactos"
    hint = "Cuántos contactos en la ventana hacen cada nivel. En pausa no se contacta sin un motivo."
    tables = frozenset({"contact_policy"})

    def __init__(self, office: Office):
        super().__init__(office)
        self.tabs = QTabBar()
        self.tabs.setObjectName("scale_purposes")
        self.tabs.setAccessibleName("Finalidad")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.stack = QStackedWidget()
        self.column.addWidget(self.tabs)
        self.column.addWidget(self.stack, 1)
        self.views: dict[str, ScaleView] = {}
        for purpose, title in _PURPOSES.items():
            self.views[purpose] = ScaleView(purpose, office)
            self.tabs.addTab(title)
            self.stack.addWidget(self.views[purpose])
            self.follow_rows(self.views[purpose].form.rows)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)

    def load(self) -> None:
        self.office.operations.run(self, settings.contact_scales).then(self._show)

    def store(self, changed: Values) -> Operation[Any]:
        purposes = sorted({key.split(".")[0] for key in changed})
        scales = tuple(self.views[purpose].scale() for purpose in purposes)
        return self.office.operations.run(self, settings.save_contact_scales, scales)

    def refuse(self, error: UserError) -> None:
        purpose, _, name = (error.field or "").partition(".")
        super().refuse(UserError(error.message, f"{purpose}.{_FIRST_OF.get(name, name)}"))

    def point(self, row: FieldRow) -> None:
        self.tabs.setCurrentIndex([*_PURPOSES].index(row.field.key.split(".")[0]))
        super().point(row)

    def begin(self) -> None:
        self.tabs.setFocus()

    def _show(self, scales: tuple[ContactScale, ...]) -> None:
        found = {scale.purpose: scale for scale in scales}
        self.receive({key: _read(found, key) for key in self.rows})


class ScaleView(QWidget):
    """The fields of one purpose, and the six chips as they would be."""

    def __init__(self, purpose: str, office: Office):
        super().__init__()
        self._purpose = purpose
        self.form = FormView(_fields(purpose), office.clock)
        self.chips = [Chip() for _ in Level]
        self.example = label("", "secondary", f"{purpose}_example")
        shown = FlowLayout()
        for level, chip in zip(Level, self.chips, strict=True):
            chip.setObjectName(f"{purpose}_chip_{level.value}")
            shown.addWidget(chip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(12)
        column.addLayout(shown)
        column.addWidget(self.example)
        column.addWidget(self.form)
        column.addStretch(1)
        self.form.changed.connect(self._preview)

    def scale(self) -> ContactScale:
        """What was typed."""
        names = [field.name for field in fields(ContactScale) if field.name not in _OWN]
        typed = {name: self._number(name) for name in names}
        whole = {name: None if typed[name] is None else int(typed[name] or 0) for name in _INTEGERS}
        return ContactScale(
            purpose=self._purpose,
            gap_hours=int(self._number("gap_hours") or 0),
            holidays_quiet=self.form.values().get(f"{self._purpose}.holidays_quiet") is True,
            **{**typed, **whole},  # type: ignore[arg-type]  # named by its fields
        )

    def _number(self, name: str) -> Decimal | None:
        value = self.form.values().get(f"{self._purpose}.{name}")
        return None if value is None else Decimal(str(value))

    def _preview(self) -> None:
        limits = [Decimal(0), *(self._number(f"limit_{level}") or Decimal(0) for level in range(1, 6))]
        for level, (chip, limit) in enumerate(zip(self.chips, limits, strict=True)):
            chip.show_level(Example(level, int(limit), int(limit)))
        days = self._number("window_days")
        total = 2 * (self._number("weight_call") or 0) + 2 * (self._number("weight_email") or 0)
        level = max((level for level, limit in enumerate(limits) if total >= limit), default=0)
        rising = all(one < other for one, other in pairwise(limits))
        said = f"suman {show_number(Decimal(total).normalize() + 0)}: {Level(level).label.lower()}."
        self.example.setText(
            f"Por ejemplo, 2 llamadas y 2 mails en {days or '…'} días {said}"
            if rising
            else "Cada nivel tiene que empezar con más contactos que el anterior."
        )


def _fields(purpose: str) -> tuple[Field, ...]:
    limits = {f"limit_{level.value}": f"{level.label} desde" for level in Level if level}
    names = {"window_days": "Ventana, en días", **_WEIGHTS, **limits}
    asked = [fixed_field(f"{purpose}.{name}", title, FieldKind.NUMBER, required=True) for name, title in names.items()]
    number = FieldKind.NUMBER
    day, week = "Vacío: sin máximo. Al llegar queda en pausa", "Vacío: sin máximo. De lunes a domingo"
    gap = "Descanso después de hablar"
    return (
        *asked,
        fixed_field(f"{purpose}.daily_limit", "Máximo por día", number, help=day),
        fixed_field(f"{purpose}.weekly_limit", "Máximo por semana", number, help=week),
        fixed_field(f"{purpose}.gap_hours", gap, number, required=True, help="En horas. 0: sin descanso"),
        fixed_field(f"{purpose}.holidays_quiet", "No contactar en feriados", FieldKind.YES_NO, required=True),
    )


def _read(found: Mapping[str, ContactScale], key: str) -> Value:
    purpose, _, name = key.partition(".")
    value = getattr(found[purpose], name)
    if isinstance(value, bool):
        return value
    return None if value is None else f"{Decimal(value).normalize() + 0:f}"
