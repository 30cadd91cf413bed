"""The list of persons by name: who has an open case, what comes next, and what everybody must see."""

import json
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent

from iduo_desktop.services import contact_records
from iduo_desktop.services.contact_records import ContactRow
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.columns import Column
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.pages import Key
from iduo_desktop.ui.widgets.placeholder import Choice
from iduo_desktop.ui.widgets.table_frame import TableFrame
from iduo_desktop.ui.widgets.table_model import Source, TableModel

COLLECT_MS = 300
EDGE = 24
_TABLES = {"contact", "contact_phone", "contact_flag", "case"}
_LESS = ("company", "document", "phone")


class ContactList(TableFrame[ContactRow]):
    """Remembers what it is narrowed to. `new_asked`: nobody is found, and somebody wants to add a person."""

    filter_cleared = Signal()
    new_asked = Signal()

    def __init__(self, operations: Operations, clock: Clock):
        model: TableModel[ContactRow] = TableModel(operations, _columns(clock), "")
        super().__init__(operations, model, clock, "contactos")
        self.text, self.open_only = "", False
        self.started = False
        self.setObjectName("list_contacts")
        self.view.setObjectName("contacts")
        self.view.setAccessibleName("Personas")
        self.set_empty(self._say_empty)
        self.show_order("Orden: por apellido", usual=True)
        # a line of this list is asked for by its name and not by its id: the whole page comes again
        self._late = QTimer(self, singleShot=True, interval=COLLECT_MS)
        self._late.timeout.connect(self.model.reload)
        operations.changed.connect(self._note_change)

    def begin(self) -> None:
        """Ask for the list the first time that it is looked at."""
        if not self.started:
            self.started = True
            self._ask()

    def narrow(self, text: str, *, open_only: bool) -> None:
        """Show only those whose name begins so."""
        if (text, open_only) != (self.text, self.open_only):
            self.text, self.open_only = text, open_only
            if self.started:
                self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = self.model.columns
        missing = sum(column.width for column in columns) + EDGE - event.size().width()
        for key in _LESS:  # the record tells it
            number = next(number for number, column in enumerate(columns) if column.key == key)
            self.view.setColumnHidden(number, missing > 0)
            missing -= columns[number].width if missing > 0 else 0

    def _ask(self) -> None:
        self.model.show_source(source(self.text, open_only=self.open_only))

    def _note_change(self, table: str, _id: object) -> None:
        if self.started and table in _TABLES and not self._late.isActive():
            self._late.start()

    def _say_empty(self) -> tuple[str, tuple[Choice, ...]]:
        new: Choice = ("Contacto nuevo", self.new_asked.emit)
        if self.text:
            return f"No encontramos “{self.text}”. Probá con menos letras del apellido.", (new,)
        if self.open_only:
            return "Nadie tiene un caso abierto.", (("Ver a todas las personas", self.filter_cleared.emit),)
        return "Todavía no hay contactos. Importalos desde Excel o cargá el primero.", (new,)


def source(text: str, *, open_only: bool) -> Source[ContactRow]:
    """How the list is asked for."""

    def page(database: Any, after: str | None, limit: int) -> tuple[ContactRow, ...]:
        return contact_records.page(database, text, open_only, after, limit)

    return Source(page, lambda _database, _ids: (), _key)


def _key(row: ContactRow) -> Key:
    return tuple(json.loads(row.position))


def _columns(clock: Clock) -> tuple[Column[ContactRow], ...]:
    return (
        Column("person", "Persona", 200, lambda row: row.person, main=True, stretch=True, tip=_tip),
        Column("flags", "Avisos", 170, lambda row: f"⚠ {row.flags}" if row.flags else ""),
        Column("document", "Documento", 110, lambda row: formats.document(row.document), right=True),
        Column("phone", "Teléfono", 170, lambda row: row.phone or formats.NOTHING),
        Column("company", "Empresa", 160, lambda row: row.company or formats.NOTHING),
        Column(
            "cases",
            "Casos",
            64,
            lambda row: formats.count(row.open_cases) if row.open_cases else formats.NOTHING,
            right=True,
            spoken=lambda row: formats.plural(row.open_cases, "caso abierto", "casos abiertos"),
        ),
        Column(
            "next",
            "Próximo",
            120,
            lambda row: formats.when(row.next_at, clock()),
            right=True,
            tip=lambda row: formats.exact(row.next_at),
        ),
    )


def _tip(row: ContactRow) -> str:
    document = f"Doc. {formats.document(row.document)}" if row.document else ""
    return "\n".join(part for part in (row.person, document, row.phone, row.company, row.flags) if part)
