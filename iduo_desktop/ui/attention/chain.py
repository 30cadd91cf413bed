"""Forms of an attention: Enter goes to what is still to be asked, Tab passes everything."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from iduo_desktop.services.forms import Field
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Editor
from iduo_desktop.ui.widgets.form import FieldRow, FormView


class ChainForm(FormView):
    """In two columns as soon as there is room. Enter leaves out the fields in `passed`, which hold what is usual."""

    few = 1

    def __init__(
        self,
        fields: Iterable[Field],
        clock: Clock,
        editors: Mapping[str, Editor] | None = None,
        passed: Iterable[str] = (),
    ):
        self.passed = frozenset(passed)
        super().__init__(fields, clock, None, editors)

    def row(self, key: str) -> FieldRow:
        """The line of a field."""
        return self._by_key[key]

    def text(self, key: str) -> str:
        """What was typed into a field; empty when nothing was."""
        return str(self.row(key).editor.value() or "")

    def focus_first(self) -> None:
        """Begin at the first field that Enter goes to."""
        first = next((row for row in self.rows if row.field.key not in self.passed), None)
        if first is not None:
            first.editor.input.setFocus(Qt.FocusReason.TabFocusReason)

    def _advance(self, watched: QObject) -> None:
        at = next(index for index, row in enumerate(self.rows) if row.editor.input is watched)
        self.rows[at].editor.settle()
        later = [row for row in self.rows[at + 1 :] if row.field.key not in self.passed]
        if later:
            later[0].editor.input.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.finished.emit()


def align(forms: Iterable[FormView]) -> None:
    """Labels of all forms as wide as the widest."""
    aligned = list(forms)
    width = max((form.label_width() for form in aligned), default=0)
    for form in aligned:
        form.align_labels(width)


def go_to(widget: QWidget | None) -> None:
    """Give it the keyboard, if there is anything."""
    if widget is not None:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
