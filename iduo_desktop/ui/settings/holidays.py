"""Holidays: a short list, with a dialog to add, rename or take away one."""

from datetime import date
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services import catalogues
from iduo_desktop.services.catalogues import Holiday
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.moments import show_day

_LEAST = 150


class HolidayList(QWidget):
    """From a year ago on."""

    def __init__(self, office: Office):
        super().__init__()
        self._office = office
        columns: tuple[Column[Holiday], ...] = (
            Column("Día", lambda holiday: show_day(holiday.day), 170),
            Column("Feriado", lambda holiday: holiday.name),
        )
        self.list = RowList("holidays", "Feriados", columns, lambda holiday: holiday.day)
        self.list.setMinimumHeight(_LEAST)
        self.list.opened.connect(self.change)
        self.list.chosen.connect(self._follow)
        self.add = button("Agregar feriado", "holiday_add", lambda: self._open(None))
        self._change = button("Editar", "holiday_change", self.change, key="⏎")
        self.remove = button("Quitar", "holiday_remove", self._remove)
        row = QHBoxLayout()
        row.setSpacing(8)
        for made in (self.add, self._change, self.remove):
            row.addWidget(made)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        self._follow()

    def change(self) -> None:
        """Rename the chosen one."""
        holiday = self.list.row()
        if holiday is not None:
            self._open(holiday)

    def _open(self, holiday: Holiday | None) -> None:
        dialog = HolidayDialog(self._office, holiday, self)
        dialog.destroyed.connect(self.list.setFocus)
        dialog.open()

    def _remove(self) -> None:
        holiday = self.list.row()
        if holiday is not None:
            run, notice = self._office.operations.run, self._office.notice
            removing = run(self, catalogues.save_holiday, Holiday(holiday.day, "")).busy(self.remove)
            back = Holiday(holiday.day, holiday.name)
            said = f"Quitaste el feriado {holiday.name}, {formats.day(holiday.day)}"
            removing.then(lambda _: notice.show(said, undo=lambda: run(self, catalogues.save_holiday, back)))

    def _follow(self) -> None:
        for made in (self._change, self.remove):
            made.setEnabled(self.list.row() is not None)


class HolidayDialog(EditDialog):
    """One holiday; its day is its name in the database, so an existing one is only renamed."""

    def __init__(self, office: Office, holiday: Holiday | None, parent: QWidget):
        self._day = holiday.day if holiday else None
        day = fixed_field("day", "Día", FieldKind.DATE, required=True)
        name = fixed_field("name", "Nombre", FieldKind.TEXT, required=True, max_length=120)
        title = f"Feriado del {formats.day(holiday.day)}" if holiday else "Agregar feriado"
        known = {"name": holiday.name} if holiday else {}
        fields = (name,) if holiday else (day, name)
        super().__init__(office, "holiday", self._day or "", title, "Guardar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        day = self._day or date.fromisoformat(self.text("day"))
        return self.operations.run(self, catalogues.save_holiday, Holiday(day, self.text("name")))
