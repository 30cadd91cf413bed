"""One answer for several tickets at once."""

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from iduo_desktop.services import Database, tickets
from iduo_desktop.services.tickets import Answered, TicketRow
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.tickets.commands import outcome_sentence
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.ticket_words import numbered

KIND = "ticket_answer_many"
SHOWN = 5


class ManyDialog(FormDialog):
    """`answered` tells what became of each. With some that a colleague was changing, it stays open for those."""

    answered = Signal(object)

    def __init__(
        self, operations: Operations, drafts: Drafts, rows: tuple[TicketRow, ...], clock: Clock, parent: QWidget
    ) -> None:
        self._rows = rows
        title = f"Responder {formats.plural(len(rows), 'mensaje', 'mensajes')} con el mismo texto"
        super().__init__(operations, FormDraft(drafts, KIND, 0, title), title, "Responder", parent)
        self.setObjectName("many_dialog")
        self._which = label("", "secondary", "which_tickets")
        self.body.addWidget(self._which)
        field = fixed_field("answer", "Respuesta", FieldKind.LONG_TEXT, required=True, max_length=4000)
        form = FormView([field], clock)
        self.forms = [form]
        self.body.addWidget(form)
        self.body.addStretch(1)
        self._show_rows()
        self.ready()
        first = form.first()
        if first is not None:
            first.setFixedHeight(first.fontMetrics().lineSpacing() * 7 + 18)
            first.setFocus()

    def ask(self) -> Operation[tuple[Answered, ...]]:
        ids = tuple(row.id for row in self._rows)
        return self.operations.run(self, _answer, ids, str(self.draft.values()["answer"]), self.draft.key)

    def _done(self, result: object) -> None:
        outcomes = tuple(result) if isinstance(result, tuple) else ()
        self.answered.emit(outcomes)
        busy = {each.ticket_id for each in outcomes if each.outcome == "busy"}
        if not busy:
            super()._done(result)
            return
        self._rows = tuple(row for row in self._rows if row.id in busy)
        self._show_rows()
        self.draft.keep(self.values())
        self._sender.say(f"{outcome_sentence(outcomes)}. Probá de nuevo con lo que falta.", "warning")

    def _show_rows(self) -> None:
        shown = [f"{numbered(row.number, row.check)} · {row.person or row.phone}" for row in self._rows[:SHOWN]]
        rest = len(self._rows) - len(shown)
        say(self._which, "\n".join([*shown, *([f"y {rest} más"] if rest else [])]))

    def wanted_width(self) -> int:
        return 680


def _answer(database: Database, ids: tuple[int, ...], text: str, key: UUID) -> tuple[Answered, ...]:
    return tickets.answer(database, ids, text, key)
