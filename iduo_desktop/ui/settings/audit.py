"""Who did what: the audit log, narrowed to a person, a table or some days; each change before and after."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from iduo_desktop.services import clocks, records
from iduo_desktop.services.forms import Field
from iduo_desktop.services.records import AccessLine, AuditEntry, AuditFilter, AuditLine
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.column_words import OPERATIONS, TABLES, column_word, shown, table_word
from iduo_desktop.ui.settings.consult_page import ConsultPage, period
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.labels import label

_WHAT = {"audit": "auditoría", "person": "datos de una persona"}
_SUBJECTS = {"log": "quién hizo qué", "access": "quién consultó"}
Change = tuple[str, str, str]


class AuditPage(ConsultPage[AuditLine]):
    """Enter shows the row before and after the change."""

    name = "audit"
    title = "Auditoría"

    def __init__(self, office: Office):
        super().__init__(office)
        self.list.opened.connect(self.open_change)

    def filters(self) -> tuple[Field, ...]:
        tables = fixed_field("table", "Qué", FieldKind.CHOICE, options=tuple(TABLES.items()), help="Vacío: todo")
        return (*super().filters(), tables, *period())

    def columns(self) -> tuple[Column[AuditLine], ...]:
        return (
            Column("Cuándo", lambda line: formats.when(line.at, self.office.clock()), 120),
            Column("Quién", lambda line: line.actor_name, 150),
            Column("Qué", lambda line: f"{OPERATIONS[line.operation]}: {table_word(line.table_name)}", 200),
            Column("Registro", lambda line: line.row_key, 90, spare=True),
            Column("Campos", lambda line: ", ".join(map(column_word, line.changed))),
        )

    def key(self, row: AuditLine) -> int:
        return row.id

    def ask(self, before: int | None) -> Operation[tuple[AuditLine, ...]]:
        return self.office.operations.run(self, records.consult_log, self.reason, self.narrowed(), before)

    def narrowed(self) -> AuditFilter:
        """What the fields say."""
        typed = self.form.values()
        first, last = typed.get("first"), typed.get("last")
        return AuditFilter(
            actor=self.actor.box.key(),
            table=str(typed["table"]) if typed.get("table") else None,
            first=_midnight(str(first)) if first else None,
            last=_midnight(str(last)) + timedelta(days=1) if last else None,
        )

    def open_change(self) -> None:
        """The chosen change, column by column."""
        line = self.list.row()
        if line is not None and not self.form.check():
            asking = self.office.operations.run(self, records.consult_change, self.reason, line)
            asking.then(lambda entry: self._open(ChangeDialog(line, entry, self)))

    def _open(self, dialog: "ChangeDialog") -> None:
        dialog.destroyed.connect(self.list.setFocus)
        dialog.open()


class AccessPage(ConsultPage[AccessLine]):
    """Who looked at what is reserved, and what for."""

    name = "access"
    title = "Consultas"

    def columns(self) -> tuple[Column[AccessLine], ...]:
        return (
            Column("Cuándo", lambda line: formats.when(line.at, self.office.clock()), 120),
            Column("Quién", lambda line: line.actor_name, 150),
            Column("Qué", _looked_at, 220),
            Column("Para qué", lambda line: line.reason),
            Column("Desde", lambda line: line.address or formats.NOTHING, 120, spare=True),
        )

    def key(self, row: AccessLine) -> int:
        return row.id

    def ask(self, before: int | None) -> Operation[tuple[AccessLine, ...]]:
        return self.office.operations.run(self, records.consult_accesses, self.reason, self.actor.box.key(), before)


class ChangeDialog(QDialog):
    """Column, before and after; those that changed stand first and are marked."""

    def __init__(self, line: AuditLine, entry: AuditEntry, parent: QWidget):
        super().__init__(parent)
        self.setObjectName("change_dialog")
        self.setWindowTitle(f"{table_word(line.table_name)} {line.row_key}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns: tuple[Column[Change], ...] = (
            Column("Campo", lambda change: change[0], 170),
            Column("Antes", lambda change: change[1]),
            Column("Después", lambda change: change[2]),
        )
        self.list = RowList("change", "Antes y después", columns, lambda change: change[0])
        self.list.show_rows(side_by_side(entry))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        said = f"{line.actor_name} {OPERATIONS[line.operation]} · {formats.exact(line.at)}"
        column.addWidget(label(said, "heading", "change_title"))
        column.addWidget(self.list, 1)
        done = button("Listo", "change_done", self.accept, key="Esc")
        column.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        room = self.screen().availableGeometry()
        self.resize(min(820, room.width() - 24), min(480, room.height() - 48))
        self.list.setFocus()


def side_by_side(entry: AuditEntry) -> tuple[Change, ...]:
    """Each column with its value before and after, what changed first, with a mark."""
    before, after = _row(entry.before), _row(entry.after)
    names = sorted({*before, *after}, key=lambda name: (before.get(name) == after.get(name), column_word(name)))
    return tuple(
        (
            ("● " if before.get(name) != after.get(name) else "") + column_word(name),
            shown(before.get(name)),
            shown(after.get(name)),
        )
        for name in names
    )


def _row(text: str | None) -> dict[str, Any]:
    return {} if text is None else dict(json.loads(text))


def _looked_at(line: AccessLine) -> str:
    what = _WHAT.get(line.what, line.what)
    table, colon, key = line.subject.partition(":")
    subject = f"{table_word(table)} {key}" if colon else _SUBJECTS.get(line.subject, line.subject)
    return f"{what}: {subject}"


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), tzinfo=clocks.zone())
