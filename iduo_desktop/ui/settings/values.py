"""The organisation's settings, by part; and what Informática fixed on this PC, locked, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from PySide6.QtWidgets import QLabel

from iduo_desktop import config
from iduo_desktop.config import Config, Source
from iduo_desktop.services import settings
from iduo_desktop.services.forms import Field
from iduo_desktop.services.settings import SavedSetting, Setting
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.history_dialog import HistoryDialog
from iduo_desktop.ui.settings.knob import Knob
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.typed_page import TypedPage
from iduo_desktop.ui.widgets.amounts import show_number
from iduo_desktop.ui.widgets.fields import Value, fixed_field
from iduo_desktop.ui.widgets.form import Values
from iduo_desktop.ui.widgets.labels import label

ELSEWHERE = ("batch_mail_",)
_KINDS = {
    "number": FieldKind.NUMBER,
    "text": FieldKind.TEXT,
    "yes_no": FieldKind.YES_NO,
    "choice": FieldKind.CHOICE,
}
_CHOICES = {
    "service": "Servicio",
    "collection": "Cobranza",
    "promotion": "Promoción",
    "register_first": "Tomar el mensaje primero",
    "refer_first": "Dar los asistentes primero",
}
_REASONS = {
    Source.POLICY: "🔒 Lo fijó Informática con una política: acá no se puede cambiar",
    Source.MACHINE: "🔒 Lo fijó Informática al instalar: acá no se puede cambiar",
    Source.USER: "De tu archivo de ajustes",
    Source.DEFAULT: "De fábrica",
}


class ValuesPage(TypedPage):
    """Every setting with its meaning; saved together, refused each at its place."""

    name = "values"
    title = "Ajustes"
    tables = frozenset({"setting"})
    tells_pc = True

    def __init__(self, office: Office):
        super().__init__(office)
        self._known: dict[str, Setting] = {}

    def load(self) -> None:
        self.office.operations.run(self, settings.settings).then(self._show)

    def has(self, setting: Setting) -> bool:
        """Whether a setting is changed here; some have a page of their own."""
        return not setting.name.startswith(ELSEWHERE)

    def store(self, changed: Values) -> Operation[Any]:
        values = tuple(SavedSetting(name, _written(value)) for name, value in changed.items())
        return self.office.operations.run(self, settings.save_all, values)

    def _show(self, every: tuple[Setting, ...]) -> None:
        found = tuple(setting for setting in every if self.has(setting))
        if not self.rows:
            self._make(found)
        if not self._known and self.tells_pc:
            self.office.operations.run_local(self, config.load).then(self._show_this_pc)
        self._known = {setting.name: setting for setting in found}
        self.receive({setting.name: _read(setting, setting.value) for setting in found})

    def _make(self, found: tuple[Setting, ...]) -> None:
        for part, of_part in groupby(found, lambda setting: setting.part):
            self._add_heading(part)
            for setting in of_part:
                knob = Knob(_field(setting), self.office.clock, _read(setting, setting.shipped))
                knob.history_requested.connect(self._show_history)
                self.column.addWidget(knob)
                self.follow_rows((knob.row,))
        self.column.addStretch(1)

    def _show_history(self, name: str) -> None:
        setting = self._known[name]
        HistoryDialog(self.office, setting, lambda value: spoken(setting, value), self).open()

    def _show_this_pc(self, known: Config) -> None:
        at = self.column.count() - 1
        lines: list[QLabel] = [label("Esta PC", "heading", "values_part")]
        for fixed in this_pc(known):
            shown = label(f"{fixed.meaning}: {fixed.value}", name=f"fixed_{fixed.key}")
            lines += [shown, label(fixed.reason, "secondary", f"reason_{fixed.key}")]
        for line in reversed(lines):
            self.column.insertWidget(at, line)

    def _add_heading(self, part: str) -> None:
        heading = label(part, "heading", "values_part")
        heading.setContentsMargins(0, 8 if self.rows else 0, 0, 0)
        self.column.addWidget(heading)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value of this PC, and who decided it."""

    key: str
    meaning: str
    value: str
    reason: str


def this_pc(known: Config) -> Iterable[Fixed]:
    """What was decided for this PC."""
    profile = known.profile
    where = f"profiles.{profile.name}"
    hosts = ", ".join(f"{name}:{port}" for name, port in profile.hosts)
    server = ("directory", str(profile.directory)) if profile.embedded else ("hosts", hosts)
    values = (
        ("profile", "profile", "Base con la que se trabaja", profile.name),
        ("server", f"{where}.{server[0]}", "Servidor", server[1]),
        ("remember_password", "remember_password", "Recordar la contraseña", _yes_no(known.remember_password)),
    )
    return [Fixed(name, meaning, value, _REASONS[known.source_of(key)]) for name, key, meaning, value in values]


def spoken(setting: Setting, value: str | None) -> str:
    """A value as people read it."""
    if value is None:
        return formats.NOTHING
    if setting.kind == "yes_no":
        return _yes_no(value == "true")
    return show_number(Decimal(value)) if setting.kind == "number" else _CHOICES.get(value, value) or formats.NOTHING


def _field(setting: Setting) -> Field:
    return fixed_field(
        setting.name,
        setting.meaning,
        _KINDS[setting.kind],
        options=tuple((choice, _CHOICES.get(choice, choice)) for choice in setting.choices),
        help=f"De fábrica: {spoken(setting, setting.shipped)}",
        max_length=setting.maximum or 200,
    )


def _read(setting: Setting, value: str) -> Value:
    return value == "true" if setting.kind == "yes_no" else value or None


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _yes_no(value: bool) -> str:
    return "Sí" if value else "No"
