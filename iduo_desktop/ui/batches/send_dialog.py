"""«Envío del día» (Ctrl+E, Enter): the messages that were not sent go out as a numbered batch."""

from datetime import date
from pathlib import Path
from uuid import uuid4

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from iduo_desktop.services import sending
from iduo_desktop.services.sending import SentDay, Unsent
from iduo_desktop.terms import TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.batches.columns_choice import ColumnsChoice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock, DateBox
from iduo_desktop.ui.widgets.export_parts import ExportDialog, FolderLine
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.work import careful
from iduo_desktop.workbooks import sent

TITLE = "Exportar mensajes del día"
OPEN, TODAY, RANGE = "open", "today", "range"
NOTHING = "No hay mensajes para enviar: todos los abiertos ya salieron en otro lote."


class SendDialog(ExportDialog):
    """`exported` brings the SentDay."""

    def __init__(self, operations: Operations, clock: Clock, folder: Path, parent: QWidget):
        super().__init__(operations, "send_dialog", TITLE, parent)
        self.export_asked.connect(self.export)
        self._clock = clock
        self._key = uuid4()
        self.whats = {
            OPEN: QRadioButton("Abiertos sin enviar"),
            TODAY: QRadioButton("Los de hoy"),
            RANGE: QRadioButton("Los de estos días:"),
        }
        self._group = QButtonGroup(self)
        self.first, self.last = DateBox(clock, beside=False), DateBox(clock, beside=False)
        self.folder = FolderLine(folder)
        self.move_on = QCheckBox(f"Pasarlos a «{TicketState.AWAITING_ANSWER.label}»")
        titles = {key: column.title for key, column in sent.COLUMNS.items()}
        self.columns = ColumnsChoice(operations, "sending", titles, sent.NEEDED)
        self._fill()
        self._count()
        self.columns.fold.toggled_open.connect(lambda _open: self._fits.start())
        self.primary.setFocus()
        self.fit()

    @property
    def what(self) -> str:
        """Which messages go."""
        return next(name for name, radio in self.whats.items() if radio.isChecked())

    def export(self) -> None:
        """Enter: write the file, then move the states."""
        problem = self._problem()
        if problem:
            self.complain(problem)
            return
        meter = self.start("Preparando el envío")
        if meter is not None:
            days = self._days()
            values = (self.folder.folder, *days, self.move_on.isChecked(), self.columns.keys(), self._key, meter)
            self.follow(self.operations.run(self, careful(sending.send_day), *values), self._finish)

    def _finish(self, day: SentDay) -> None:
        if day.tickets:
            self.exported.emit(day)
            self.accept()
        else:
            self.complain(NOTHING)

    def _count(self) -> None:
        """How many wait; the dialog does not."""
        counting = self.operations.run(self, sending.unsent)
        counting.then(self._show_count).refused(lambda _: None).failed(lambda _: None)

    def _show_count(self, unsent: Unsent) -> None:
        count = formats.count(unsent.count, capped=unsent.capped)
        self.whats[OPEN].setText(f"Abiertos sin enviar: {count}, y los que volvieron a insistir")

    def _problem(self) -> str:
        if self.what != RANGE:
            return ""
        for box in (self.first, self.last):
            if box.problem() or box.moment() is None:
                box.edit.setFocus()
                return box.problem() or "Escribí desde qué día y hasta qué día."
        first, last = self._days()
        return "El primer día es posterior al último." if first and last and first > last else ""

    def _days(self) -> tuple[date | None, date | None]:
        if self.what == OPEN:
            return None, None
        if self.what == TODAY:
            return self._clock().date(), self._clock().date()
        moments = (self.first.moment(), self.last.moment())
        first, last = (moment.date() if moment is not None else None for moment in moments)
        return first, last

    def _another(self) -> None:
        """Something else is asked for: with another key."""
        self._key = uuid4()
        self.complain("")
        for box in (self.first, self.last):
            box.setEnabled(self.what == RANGE)

    def _fill(self) -> None:
        self.body.addWidget(label("Qué", "heading", wraps=False))
        self.whats[OPEN].setChecked(True)
        for name, radio in self.whats.items():
            radio.setObjectName(f"send_{name}")
            self._group.addButton(radio)
            radio.toggled.connect(self._another)
        self.body.addWidget(self.whats[OPEN])
        self.body.addWidget(self.whats[TODAY])
        row = FlowLayout(spacing=8)
        between = (self.whats[RANGE], self.first, label("a", wraps=False), self.last)
        for widget in between:
            row.addWidget(widget)
        for box, name, spoken in ((self.first, "send_first", "Desde"), (self.last, "send_last", "Hasta")):
            box.edit.setObjectName(name)
            box.edit.setAccessibleName(spoken)
            box.setFixedWidth(150)
            box.setEnabled(False)
            box.changed.connect(self._another)
        self.body.addLayout(row)
        self.move_on.setObjectName("send_move")
        self.move_on.setChecked(True)
        file = sent.file_name(0, self._clock()).replace("0000", "…")
        self.file = label(f"Archivo  {file}, con el número de lote que le toque", "secondary", "send_file")
        for part in (self.move_on, self.columns, self.folder, self.file):
            self.body.addWidget(part)
        self.body.addStretch(1)
