"""One number or mail that is not to be contacted, its removal with a reason, and the removal of a whole list."""

from datetime import date, datetime, time
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import clocks, pressure
from iduo_desktop.services.pressure import NoContactEntry, NoContactList
from iduo_desktop.terms import Channel, FieldKind, Purpose
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.fields import fixed_field

EVERY = "every"
PURPOSES = ((EVERY, "Todas"), *((each.value, each.label) for each in Purpose))
CHANNELS = ((EVERY, "Todos"), *((each.value, each.label) for each in Channel if each is not Channel.CHAT))
_LAST_MINUTE = time(23, 59)


class AddEntryDialog(EditDialog):
    """Without a day it is for ever."""

    def __init__(self, office: Office, address: str, parent: QWidget):
        fields = (
            fixed_field("address", "Número o mail", FieldKind.TEXT, required=True, max_length=254),
            fixed_field("channel", "Medio", FieldKind.CHOICE, required=True, options=CHANNELS),
            fixed_field("purpose", "Finalidad", FieldKind.CHOICE, required=True, options=PURPOSES),
            fixed_field("origin", "Por qué", FieldKind.TEXT, required=True, max_length=200),
            fixed_field("until", "Hasta", FieldKind.DATE, help="Vacío: para siempre", ahead=True),
        )
        known = {"address": address or None, "channel": EVERY, "purpose": EVERY}
        super().__init__(office, "no_contact_entry", "", "No contactar a…", "Agregar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        values = (self.text("address"), chosen(self.text("channel")), chosen(self.text("purpose")), self.text("origin"))
        until = date.fromisoformat(self.text("until")) if self.text("until") else None
        end = None if until is None else datetime.combine(until, _LAST_MINUTE, clocks.zone())
        return self.operations.run(self, pressure.add_no_contact, *values, end)


class RemoveEntryDialog(EditDialog):
    """Asks why."""

    def __init__(self, office: Office, entry: NoContactEntry, parent: QWidget):
        self._entry = entry
        fields = (fixed_field("reason", "Por qué", FieldKind.TEXT, required=True, max_length=500),)
        title = f"Volver a contactar a {entry.address}"
        super().__init__(office, "no_contact_remove", entry.id, title, "Quitar", fields, {}, parent)

    def ask(self) -> Operation[Any]:
        return self.operations.run(self, pressure.remove_no_contact, self._entry.id, self.text("reason"))


class RemoveListDialog(EditDialog):
    """Says how many may be contacted again."""

    def __init__(self, office: Office, row: NoContactList, parent: QWidget):
        self._list = row
        numbers = formats.plural(row.entries, "número o mail", "números y mails")
        hint = f"Sus {numbers} se pueden volver a contactar. Para recuperarla hay que cargar el archivo de nuevo."
        title = f"Quitar la lista «{row.name}»"
        super().__init__(office, "no_contact_list", row.id, title, "Quitar lista", (), {}, parent, hint)

    def ask(self) -> Operation[Any]:
        return self.operations.run(self, pressure.remove_no_contact_list, self._list.id)


def chosen(key: str) -> str:
    """A choice as the database takes it, where all of them have no name."""
    return "" if key == EVERY else key
