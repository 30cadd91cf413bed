"""Give a client more time before the cut-off, or ask a coordinator for it."""

from datetime import date
from uuid import UUID

from iduo_desktop.services import Database, promises
from iduo_desktop.services.forms import Field
from iduo_desktop.services.promises import Extended, ExtensionRules
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.reason_dialog import Answers, Command, ReasonDialog
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.labels import label


class ExtendDialog(ReasonDialog):
    """Asks until when and why; says the organisation's bounds as soon as they are here."""

    kind = "extend"
    verb = "Dar prórroga"

    def explain(self) -> str:
        self.rules = label("", "secondary", "extension_rules")
        self.body.addWidget(self.rules)
        self.operations.run(self, promises.extension_rules).then(self._show_rules)
        cutoff = self.card.cutoff_date
        return f"El corte es el {formats.day(cutoff)}." if cutoff else "No tiene fecha de corte."

    def fields(self) -> tuple[Field, ...]:
        return (
            fixed_field("until", "Hasta", FieldKind.DATE, required=True, ahead=True),
            fixed_field("reason", "Por qué", FieldKind.LONG_TEXT, required=True, max_length=500),
        )

    def command(self) -> Command:
        return _extend

    def _show_rules(self, rules: ExtensionRules) -> None:
        days = formats.plural(rules.most_days, "día", "días")
        year = formats.plural(rules.most_a_year, "vez", "veces")
        asked = " La aprueba un coordinador." if rules.needs_approval else ""
        self.rules.setText(f"Hasta {days} desde hoy, {year} por año.{asked}")


def _extend(database: Database, case_id: int, values: Answers, key: UUID) -> Extended:
    until = date.fromisoformat(str(values["until"]))
    return promises.extend(database, case_id, until, str(values["reason"]), key)
