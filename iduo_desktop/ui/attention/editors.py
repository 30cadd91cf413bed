"""Inputs that several parts of an attention need: a short text, a choice whose options come later."""

from collections.abc import Iterable

from iduo_desktop.services.forms import Field
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import ChoiceEditor, LongTextEditor, Value

LINES = 2


class ShortTextEditor(LongTextEditor):
    """A few lines."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self.text.setObjectName(f"field_{field.key}")
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * LINES + 18)


class OfferEditor(ChoiceEditor):
    """One of what the database offers; what was chosen before the list came is chosen when it comes."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self.input.setObjectName(f"field_{field.key}")
        self._wanted: str | None = None
        self._known: frozenset[str] = frozenset()

    def offer_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these."""
        found = list(choices)
        self._known = frozenset(key for key, _ in found)
        chosen = self.box.key() or self._wanted
        self.box.set_choices(found)
        self.set_value(chosen)

    def value(self) -> Value:
        found = super().value()
        return found if found is not None or not self.is_blank() else self._wanted

    def set_value(self, value: Value) -> None:
        wanted = None if value is None else str(value)
        self._wanted = None if wanted in self._known else wanted
        super().set_value(wanted)
