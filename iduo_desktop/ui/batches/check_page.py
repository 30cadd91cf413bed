"""Page 3 of the import, «Simulación»: what it would do, and what to do about the rows that deserve a look."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.importing import Check, Group
from iduo_desktop.ui import formats
from iduo_desktop.ui.batches.problems_box import ProblemsBox
from iduo_desktop.ui.batches.words import row_list
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

_SIGNS = {"error": "✖ Error", "warning": "⚠ Aviso", "kept": "= Se conserva"}
_COUNTS = (
    ("created", "ok", "✔ {} se agregan", "✔ {} se agrega"),
    ("updated", "ok", "✔ {} se actualizan", "✔ {} se actualiza"),
    ("unchanged", "secondary", "= {} sin cambios", "= {} sin cambios"),
    ("doubtful", "warning", "⚠ {} dudosas", "⚠ {} dudosa"),
    ("refused", "error", "✖ {} con error", "✖ {} con error"),
)
NOTHING_WRONG = "Ninguna fila necesita que la mires."


class CheckPage(QWidget):
    """`corrected` (problem, text), `omitted` (rows) and `errors_asked` are for whoever does them."""

    corrected = Signal(object, str)
    omitted = Signal(object)
    errors_asked = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import_check")
        self.setAccessibleName("Simulación")
        self.check: Check | None = None
        self.counts = {name: label("", role, f"count_{name}", wraps=False) for name, role, _, _ in _COUNTS}
        self.looked_at = label("", "secondary", "looked_at", wraps=False)
        self.already = sentence("warning", "already")
        self.nothing = sentence("secondary", "nothing_wrong")
        columns: tuple[Column[Group], ...] = (
            Column("", lambda group: _SIGNS.get(group.severity, ""), 110),
            Column("Qué pasa", lambda group: group.sentence, least=300),
            Column("Filas", lambda group: formats.count(len(group.problems)), 70, right=True),
            Column("Ejemplo", example, 190, spare=True),
            Column("Qué hacer", lambda group: group.advice, spare=True),
        )
        self.groups = RowsTable("import_groups", "Grupos de filas", columns)
        self.problems = ProblemsBox()
        self.errors = button("Descargar Excel con los errores", "download_errors", self.errors_asked.emit)
        self.errors.setAutoDefault(True)
        self._lay_out()
        self.groups.chosen.connect(self._follow)
        self.groups.opened.connect(self.problems.table.setFocus)
        self.problems.corrected.connect(self.corrected)
        self.problems.omitted.connect(self.omitted)
        self.problems.replace_changed.connect(self.changed)

    @property
    def replace(self) -> tuple[int, ...]:
        """The rows that go over what is there already."""
        return tuple(sorted(self.problems.replace))

    @property
    def changes(self) -> int:
        """How many rows an import would change now."""
        return self.check.created + self.check.updated + len(self.replace) if self.check is not None else 0

    @property
    def has_errors(self) -> bool:
        """True while rows cannot be imported as they are."""
        return self.check is not None and any(group.severity == "error" for group in self.check.groups)

    def show_check(self, check: Check) -> None:
        """Show what came out; the group and the row that were looked at stay in sight."""
        fresh = self.check is None or check.batch_id != self.check.batch_id
        if fresh:
            self.problems.forget_choices()
        group, line, row = self.groups.row(), self.groups.at, self.problems.table.at
        self.check = check
        self._show_counts(check)
        place = next((at for at, each in enumerate(check.groups) if group and same(each, group)), line)
        self.groups.show_rows(check.groups, at=0 if fresh else place)
        shown = self.groups.row()
        stays = not fresh and group is not None and shown is not None and same(shown, group)
        self.problems.show_group(shown, at=row if stays else 0)
        self.changed.emit()

    def forget(self) -> None:
        """Nothing was looked at."""
        self.check = None
        self.problems.forget_choices()

    def begin(self) -> None:
        """Take the keyboard, where there is something to do."""
        self.groups.setFocus()

    def _show_counts(self, check: Check) -> None:
        for name, _, many, one in _COUNTS:
            number = int(getattr(check, name))
            say(self.counts[name], (one if number == 1 else many).format(formats.count(number)) if number else "")
        seconds = f"{check.seconds:.1f}".replace(".", ",")
        rows = formats.plural(check.rows, "fila revisada", "filas revisadas")
        self.looked_at.setText(f"{rows}, el 100 %, en {seconds} s")
        say(self.already, already_imported(check))
        say(self.nothing, "" if check.groups else NOTHING_WRONG)
        self.groups.setVisible(bool(check.groups))
        self.errors.setVisible(self.has_errors)

    def _follow(self) -> None:
        if self.groups.row() is not self.problems.group:
            self.problems.show_group(self.groups.row())

    def _lay_out(self) -> None:
        counts = FlowLayout(spacing=16)
        for made in (*self.counts.values(), self.looked_at):
            counts.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("No se guarda nada todavía.", "secondary", "not_saved"))
        column.addLayout(counts)
        column.addWidget(self.already)
        column.addWidget(self.nothing)
        self.groups.setMinimumHeight(110)
        column.addWidget(self.groups, 2)
        column.addWidget(self.problems, 3)
        foot = FlowLayout(spacing=8)
        foot.addWidget(self.errors)
        column.addLayout(foot)
        column.addStretch()


def same(group: Group, other: Group) -> bool:
    """Whether two groups are about the same, though their rows may differ."""
    return (group.code, group.sentence) == (other.code, other.sentence)


def example(group: Group) -> str:
    """«fila 88: 140237», or which rows."""
    first = next(iter(group.problems), None)
    if first is None:
        return ""
    rows = row_list(problem.row for problem in group.problems[:200])
    value = first.value[:40]
    return f"{rows}: {value}" if value and len(group.problems) == 1 else rows


def already_imported(check: Check) -> str:
    """The same file came before."""
    if check.already is None:
        return ""
    return f"Este archivo ya se importó el {formats.here(check.already):%d/%m/%Y %H:%M}: 0 cambios."
