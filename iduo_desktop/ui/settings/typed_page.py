"""A page on which one types in place: it knows what is kept, what was changed, and saves the changes together."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.fields import Value
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.form import FieldRow, Values
from iduo_desktop.ui.widgets.labels import say, sentence
from iduo_desktop.ui.widgets.sender import KEY


class Content(QWidget):
    """As high as its width asks for; the least height of texts that wrap is that of much narrower ones."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(layout.totalMinimumSize().width() if layout is not None else 0, 0)


class TypedPage(Page):
    """A subclass fills `column`, hands its fields over with `follow_rows`, and says in `store` how they are saved."""

    def __init__(self, office: Office):
        super().__init__(office)
        self.rows: dict[str, FieldRow] = {}
        self.kept: Values = {}
        self._sent: Values = {}
        self._awaited = False
        self.content = Content()
        self.column = QVBoxLayout(self.content)
        self.column.setContentsMargins(0, 0, 12, 0)
        self.column.setSpacing(12)
        self.area = FillingScroll(self.content)
        self.message = sentence("error", f"{self.name}_message")
        self.body.addWidget(self.area, 1)
        self.body.addWidget(self.message)
        self.body.addLayout(self._buttons())

    def store(self, changed: Values) -> Operation[Any]:
        """Start saving what was changed; a field that was emptied is there as None."""
        raise NotImplementedError  # each page has its own

    def follow_rows(self, rows: Iterable[FieldRow]) -> None:
        """Watch these fields from now on."""
        for row in rows:
            self.rows[row.field.key] = row
            row.editor.changed.connect(lambda row=row: self._follow(row))

    def receive(self, kept: Mapping[str, Value]) -> None:
        """Show what is kept; a field that is being changed keeps what was typed."""
        for key, row in self.rows.items():
            changed = key in self.kept and self._is_changed(key)
            self.kept[key] = kept.get(key)
            if not changed:
                row.editor.set_value(self.kept[key])
                row.show_error("")
        self._show_dirty()
        if self._awaited:
            self._awaited = False
            # what was just made takes the keyboard only when it is on the screen
            QTimer.singleShot(0, self, self.begin)

    def changes(self) -> Values:
        """What was changed and not saved."""
        return {key: row.editor.value() for key, row in self.rows.items() if key in self.kept and self._is_changed(key)}

    def is_dirty(self) -> bool:
        return bool(self.changes())

    def save(self) -> None:
        changed = self.changes()
        wrong = [self.rows[key] for key in changed if self.rows[key].check()]
        if wrong:
            self.point(wrong[0])
        elif changed and self._primary.isEnabled():
            say(self.message, "")
            self._sent = changed
            saving = self.store(changed).busy(self.content, self._primary, self._back)
            saving.then(self._stored).refused(self.refuse).failed(self._failed)

    def discard(self) -> None:
        for key, row in self.rows.items():
            row.editor.set_value(self.kept.get(key))
            row.show_error("")
        say(self.message, "")
        self._show_dirty()

    def refuse(self, error: UserError) -> None:
        """Say at its field, or at the foot, why it was not saved."""
        row = self.rows.get(error.field or "")
        if row is not None:
            row.show_error(error.message)
            self.point(row)
        else:
            say(self.message, error.message)

    def point(self, row: FieldRow) -> None:
        """Go to a field, and see what is said under it."""
        row.editor.input.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(row.cell, 0, 12))

    def begin(self) -> None:
        self._awaited = not self.rows
        for row in [*self.rows.values()][:1]:
            row.editor.input.setFocus(Qt.FocusReason.TabFocusReason)

    def _buttons(self) -> QHBoxLayout:
        self._back = button("Descartar", f"{self.name}_discard", self.discard)
        self._primary = button("Guardar cambios", f"{self.name}_save", self.save, key=KEY, role="primary")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._back)
        row.addWidget(self._primary)
        for made in (self._back, self._primary):
            made.setEnabled(False)
        return row

    def _is_changed(self, key: str) -> bool:
        editor = self.rows[key].editor
        return editor.value() != self.kept[key] or (self.kept[key] is None and not editor.is_blank())

    def _follow(self, row: FieldRow) -> None:
        if row.wrong:
            row.check()
        self._show_dirty()

    def _show_dirty(self) -> None:
        dirty = self.is_dirty()
        for made in (self._back, self._primary):
            made.setEnabled(dirty)

    def _stored(self, _result: object) -> None:
        self.kept |= self._sent
        self._show_dirty()
        self.office.notice.show("Cambios guardados")
        self.saved.emit()

    def _failed(self, error: OperationError) -> None:
        say(self.message, f"{error.message} Lo que escribiste sigue acá.")
