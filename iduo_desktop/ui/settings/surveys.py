"""«Encuestas»: how often each answer was given between two days, and all answers in a file; promotions likewise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from iduo_desktop.services import promotions, surveys
from iduo_desktop.services.surveys import OptionCount, SurveyAnswer, SurveyTitle
from iduo_desktop.terms import FieldKind, Role
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings import files
from iduo_desktop.ui.settings.consult_page import period
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.fields import ChoiceEditor, fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.sender import KEY

PROMOTIONS = "promotions"
_FIRST = "Elegí qué contar y apretá Contar."
_NONE = "Nadie respondió en esos días."


@dataclass(frozen=True, slots=True)
class Line:
    """A count, with its part of all answers to its question."""

    label: str
    option: str
    count: int
    share: int


class SurveysPage(Page):
    """Choose a survey, or the promotions, and two days; either may be left open."""

    name = "surveys"
    title = "Encuestas"
    tables = frozenset({"form", "form_version"})
    roles = frozenset({Role.ADMIN, Role.COORDINATOR})

    def __init__(self, office: Office):
        super().__init__(office)
        self.found: tuple[Line, ...] = ()
        what = fixed_field("what", "Qué", FieldKind.CHOICE, required=True)
        self.what = ChoiceEditor(what, office.clock)
        self.what.input.setObjectName("field_what")
        self.form = FormView((what, *period()), office.clock, editors={"what": self.what})
        self.form.finished.connect(self.count)
        self.list: RowList[Line] = RowList("surveys_list", self.title, _COLUMNS, lambda line: (line.label, line.option))
        self.said = label(_FIRST, "secondary", "surveys_said")
        self.counter = button("Contar", "surveys_count", self.count, key=KEY, role="primary")
        self.keeper = button("Guardar las cuentas", "surveys_file", self.keep_counts)
        self.taker = button("Guardar las respuestas", "surveys_answers", self.keep_answers)
        for made in (self.counter, self.keeper, self.taker):
            self.head.addWidget(made)
        for widget in (self.form, self.said):
            self.body.addWidget(widget)
        self.body.addWidget(self.list, 1)
        self._show(())
        say(self.said, _FIRST)

    def load(self) -> None:
        self.office.operations.run(self, surveys.every).then(self._offer)

    def refresh(self) -> None:
        """F5 counts again when it was counted before."""
        self.load()
        if self.found:
            self.count()

    def save(self) -> None:
        """Ctrl+Enter."""
        self.count()

    def begin(self) -> None:
        self.what.input.setFocus(Qt.FocusReason.TabFocusReason)

    def count(self) -> None:
        """Ask how often each answer was given."""
        if self._complete():
            self._ask_counts().busy(self.counter).then(self._count)

    def keep_counts(self) -> None:
        """Write the counts into a file."""
        self._choose_file("cuentas", self.write_counts)

    def keep_answers(self) -> None:
        """Write every answer into a file."""
        if self._complete():
            self._choose_file("respuestas", self.write_answers)

    def write_counts(self, name: str) -> None:
        """What is shown, as a list for a spreadsheet."""
        rows = [[column.cell(line) for column in _COLUMNS] for line in self.found]
        self._write(name, [column.title for column in _COLUMNS], rows)

    def write_answers(self, name: str) -> None:
        """One line for each filled survey, one column for each question."""
        asked = self.office.operations.run(self, surveys.answers, int(self._chosen()), *self._days())
        asked.busy(self.taker).then(lambda found: self._write(name, *table(found)))

    def _offer(self, found: tuple[SurveyTitle, ...]) -> None:
        chosen = [(str(each.form_id), each.title + ("" if each.active else " (desactivada)")) for each in found]
        self.what.box.set_choices([*chosen, (PROMOTIONS, "Promociones")])
        if self.what.is_blank():
            self.what.set_value(chosen[0][0] if chosen else PROMOTIONS)

    def _complete(self) -> bool:
        wrong = self.form.check()
        if wrong:
            wrong[0].editor.input.setFocus()
        return not wrong

    def _chosen(self) -> str:
        return str(self.form.values().get("what") or "")

    def _days(self) -> tuple[date | None, date | None]:
        typed = self.form.values()
        first, last = (str(typed.get(key) or "") for key in ("first", "last"))
        return date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None

    def _ask_counts(self) -> Operation[tuple[OptionCount, ...]]:
        run, what = self.office.operations.run, self._chosen()
        if what == PROMOTIONS:
            return run(self, promotions.counts, *self._days())
        return run(self, surveys.counts, int(what), *self._days())

    def _count(self, counts: tuple[OptionCount, ...]) -> None:
        self._show(tuple(shares(counts)))
        answers = sum(line.count for line in self.found)
        say(self.said, formats.plural(answers, "respuesta", "respuestas") if self.found else _NONE)
        if self.found:
            self.list.setFocus()

    def _show(self, lines: tuple[Line, ...]) -> None:
        self.found = lines
        self.list.show_rows(lines)
        self.keeper.setEnabled(bool(lines))
        self.taker.setEnabled(bool(lines) and self._chosen() != PROMOTIONS)

    def _choose_file(self, what: str, write: Callable[[str], object]) -> None:
        dialog = QFileDialog(self, "Guardar en un archivo", "", "Planilla (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"encuesta_{what}_{self.office.clock():%Y-%m-%d}.csv")
        dialog.fileSelected.connect(write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, name: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        writing = self.office.operations.run_local(self, files.write_list, Path(name), titles, rows)
        lines = formats.plural(len(rows), "línea", "líneas")
        writing.then(lambda path: self.office.notice.show(f"Guardaste {lines} en {path.name}"))


_COLUMNS: tuple[Column[Line], ...] = (
    Column("Pregunta", lambda line: line.label),
    Column("Respuesta", lambda line: line.option),
    Column("Veces", lambda line: formats.count(line.count), 90, right=True),
    Column("De cada 100", lambda line: str(line.share), 100, right=True),
)


def shares(counts: Sequence[OptionCount]) -> list[Line]:
    """Each count with its part of the answers to its question, of each hundred."""
    totals: dict[str, int] = {}
    for one in counts:
        totals[one.field] = totals.get(one.field, 0) + one.count
    return [Line(one.label, one.option_label, one.count, round(100 * one.count / totals[one.field])) for one in counts]


def table(found: Sequence[SurveyAnswer]) -> tuple[list[str], list[list[str]]]:
    """Titles and rows of a file with the answers; questions of every version have their column."""
    questions = [*dict.fromkeys(answer.label for one in found for answer in one.answers)]
    rows = []
    for one in found:
        said = {answer.label: answer.text for answer in one.answers}
        rows.append(
            [
                f"{formats.here(one.at):%d/%m/%Y %H:%M}",
                one.by_name,
                str(one.company_number or ""),
                one.client,
                *(said.get(question, "") for question in questions),
            ]
        )
    return ["Cuándo", "Quién", "Número", "Cliente", *questions], rows
