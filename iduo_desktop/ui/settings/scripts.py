"""What is said in each situation: the situations are the program's, the words the organisation's."""

from itertools import groupby
from typing import Any

from iduo_desktop.services import catalogues
from iduo_desktop.services.catalogues import Script
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.knob import Knob
from iduo_desktop.ui.settings.typed_page import TypedPage
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import Values
from iduo_desktop.ui.widgets.labels import label


class ScriptsPage(TypedPage):
    """Sentences in usted, for the caller; what stands in braces is filled in."""

    name = "scripts"
    title = "Guion"
    hint = "Se le dice al cliente, de usted. {operador}, {cliente}, {organización} y {plan} se completan solos."
    tables = frozenset({"script"})

    def load(self) -> None:
        self.office.operations.run(self, catalogues.scripts).then(self._show)

    def store(self, changed: Values) -> Operation[Any]:
        texts = tuple((situation, str(text or "")) for situation, text in changed.items())
        return self.office.operations.run(self, catalogues.save_scripts, texts)

    def _show(self, found: tuple[Script, ...]) -> None:
        if not self.rows:
            self._make(found)
        self.receive({script.situation: script.text for script in found})

    def _make(self, found: tuple[Script, ...]) -> None:
        for part, of_part in groupby(found, lambda script: script.part):
            self.column.addWidget(label(part, "heading", "script_part"))
            for script in of_part:
                field = fixed_field(
                    script.situation, script.meaning, FieldKind.LONG_TEXT, required=True, max_length=1000
                )
                knob = Knob(field, self.office.clock, script.shipped, has_history=False)
                self.column.addWidget(knob)
                self.follow_rows((knob.row,))
        self.column.addStretch(1)
