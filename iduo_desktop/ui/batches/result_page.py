"""Page 4 of the import, «Resultado»: what was done, what was left out, and the way back."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.batches import UndoneRow
from iduo_desktop.services.importing import Done
from iduo_desktop.terms import ImportKind, TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.batches.words import NOUNS, counted, lot
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

UNDO_HINT = "Podés deshacerla hasta 30 días; lo que alguien haya cambiado después queda como está."


class ResultPage(QWidget):
    """`undo_asked`, `errors_asked`, `see_asked` and `another_asked` are for whoever does them."""

    undo_asked = Signal()
    errors_asked = Signal()
    see_asked = Signal()
    another_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import_result")
        self.setAccessibleName("Resultado")
        self.said = label("", "heading", "result_said")
        self.left = label("", "secondary", "result_left")
        self.hint = label(UNDO_HINT, "secondary", "undo_hint")
        self.undone = sentence("warning", "result_undone")
        self.see = button("Ver", "see_imported", self.see_asked.emit)
        self.errors = button("Descargar errores", "result_errors", self.errors_asked.emit)
        self.undo = button("Deshacer importación", "undo_import", self.undo_asked.emit)
        self.another = button("Importar otro archivo", "import_another", self.another_asked.emit)
        self.kept = UndoneRows("import_kept_rows")
        self._lay_out()

    def show_done(self, done: Done, kind: str, omitted: int, *, errors: bool) -> None:
        """What was imported."""
        self.said.setText(f"✔ {said(done, kind)}")
        wrong = done.refused + done.doubtful
        parts = [
            _part(done.unchanged, "sin cambios", "sin cambios"),
            _part(wrong, "fila no se importó", "filas no se importaron"),
            _part(omitted, "fila omitida", "filas omitidas"),
        ]
        rest = " · ".join(filter(None, parts))
        say(self.left, f"{rest}. Es el {lot(done.batch_id)}." if rest else f"Es el {lot(done.batch_id)}.")
        changed = done.created + done.updated
        name_button(self.see, see_text(kind, changed))
        self.see.setVisible(bool(changed))
        self.errors.setVisible(errors)
        self.undo.setVisible(bool(changed))
        self.hint.setVisible(bool(changed))
        say(self.undone, "")
        self.kept.show_undone(())

    def show_undone(self, left: Sequence[UndoneRow]) -> None:
        """It was taken back; some rows were changed since and stay."""
        self.undo.hide()
        self.hint.hide()
        self.see.hide()
        say(self.undone, undone_sentence(left), "warning" if left else "ok")
        self.kept.show_undone(left)

    def _lay_out(self) -> None:
        verbs = FlowLayout(spacing=8)
        for made in (self.see, self.errors, self.undo, self.another):
            made.setAutoDefault(True)
            verbs.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.said, self.left, self.undone, self.kept):
            column.addWidget(widget)
        column.addLayout(verbs)
        column.addWidget(self.hint)
        column.addStretch(1)


class UndoneRows(RowsTable[UndoneRow]):
    """The rows that undoing a batch left as they are; not there without any."""

    def __init__(self, name: str):
        columns: tuple[Column[UndoneRow], ...] = (
            Column("Fila", lambda row: formats.count(row.row), 64, right=True),
            Column("Número", lambda row: formats.ticket(row.number) if row.number else "", 110, right=True),
            Column("Quedó como está", lambda row: row.what),
        )
        super().__init__(name, "Filas que quedaron como están", columns)
        self.setMinimumHeight(110)
        self.hide()

    def show_undone(self, rows: Sequence[UndoneRow]) -> None:
        """Show these."""
        self.show_rows(rows)
        self.setVisible(bool(rows))


def said(done: Done, kind: str) -> str:
    """«131 respuestas importadas → «Pendiente de comunicación».»."""
    if not done.created + done.updated:
        return "Listo: no hubo nada para cambiar."
    ending = NOUNS[ImportKind(kind)][2]
    if kind == ImportKind.ANSWERS:
        state = TicketState.AWAITING_COMMUNICATION.label
        number = done.updated + done.created
        return f"{counted(number, kind)} {_agree('importada', number)} → «{state}»."
    new, changed = f"nuev{ending}", f"actualizad{ending}"
    parts = [
        f"{formats.count(number)} {_agree(word, number)}"
        for number, word in ((done.created, new), (done.updated, changed))
        if number
    ]
    return f"{ImportKind(kind).label}: {' y '.join(parts)}."


def see_text(kind: str, number: int) -> str:
    """«Ver las 131»."""
    article = {"a": "la", "o": "lo"}[NOUNS[ImportKind(kind)][2]]
    return f"Ver {article}s {formats.count(number)}" if number > 1 else "Verlo" if article == "lo" else "Verla"


def undone_sentence(left: Sequence[UndoneRow]) -> str:
    """What became of a batch that was taken back."""
    if not left:
        return "✔ Deshecho: todo quedó como antes."
    rows = formats.plural(len(left), "fila que alguien cambió después", "filas que alguien cambió después")
    return f"Deshecho, menos {rows}: {'queda' if len(left) == 1 else 'quedan'} como están."


def _agree(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"


def _part(number: int, one: str, many: str) -> str:
    return formats.plural(number, one, many) if number else ""
