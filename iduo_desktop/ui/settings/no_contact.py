"""«No contactar»: lists that come as files, and single numbers and addresses; who takes one away says why."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from iduo_desktop.phones import reading
from iduo_desktop.services import pressure
from iduo_desktop.services.pressure import Loaded, NoContactEntry, NoContactList
from iduo_desktop.terms import Channel, Purpose
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.no_contact_dialogs import AddEntryDialog, RemoveEntryDialog, RemoveListDialog
from iduo_desktop.ui.settings.no_contact_load import LoadDialog
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.filter_box import FilterBox
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say

_LEAST = 132
_EVERY_PURPOSE, _EVERY_CHANNEL = "todas", "todos"


class NoContactPage(Page):
    """Two lists below each other; the search box belongs to the second."""

    name = "no_contact"
    title = "No contactar"
    hint = "A estos números y mails no se los contacta sin un motivo. Una lista de más de 30 días avisa, pero no frena."
    tables = frozenset({"no_contact", "no_contact_list", "no_contact_number"})

    def __init__(self, office: Office):
        super().__init__(office)
        self.lists: RowList[NoContactList] = RowList(
            "no_contact_lists", "Listas", self._list_columns(), lambda row: row.id
        )
        self.entries: RowList[NoContactEntry] = RowList(
            "no_contact_entries", "Números y mails sueltos", self._entry_columns(), lambda row: row.id
        )
        self.search = FilterBox("no_contact_search", "Número o mail…")
        self.search.setMinimumWidth(180)
        self.said = label("", "secondary", "no_contact_said", wraps=False)
        self.load_file = button("Cargar un archivo…", "no_contact_load", self.load_list, role="primary")
        self.drop_list = button("Quitar lista…", "no_contact_drop_list", self.remove_list)
        self.add = button("Agregar…", "no_contact_add", self.add_entry)
        self.drop = button("Quitar…", "no_contact_drop", self.remove_entry)
        self._lay_out_body()
        self.lists.opened.connect(self.load_list)
        self.lists.chosen.connect(self._follow)
        self.entries.opened.connect(self.remove_entry)
        self.entries.chosen.connect(self._follow)
        self.search.filtered.connect(lambda _text: self._find())
        self.search.left_down.connect(self.entries.setFocus)
        self._follow()

    def load(self) -> None:
        self.office.operations.run(self, pressure.no_contact_lists).then(self.lists.show_rows)
        self._find()

    def begin(self) -> None:
        self.lists.setFocus(Qt.FocusReason.TabFocusReason)

    def load_list(self) -> None:
        """Bring a list in, or the chosen one again."""
        dialog = LoadDialog(self.office, self.lists.row() if self.lists.hasFocus() else None, self)
        dialog.loaded.connect(self._loaded)
        self._open(dialog, self.lists)

    def remove_list(self) -> None:
        """Take the chosen list away."""
        row = self.lists.row()
        if row is not None:
            self._open(RemoveListDialog(self.office, row, self), self.lists)

    def add_entry(self) -> None:
        """One number or mail; what was looked for is begun with."""
        self._open(AddEntryDialog(self.office, self.search.text().strip(), self), self.entries)

    def remove_entry(self) -> None:
        """Let the chosen one be contacted again."""
        row = self.entries.row()
        if row is not None:
            self._open(RemoveEntryDialog(self.office, row, self), self.entries)

    def _open(self, dialog: QDialog, then: QWidget) -> None:
        dialog.destroyed.connect(then.setFocus)
        dialog.open()

    def _loaded(self, name: str, total: Loaded) -> None:
        parts = [formats.plural(total.added, "número o mail nuevo", "números y mails nuevos")]
        parts += [f"{formats.count(total.kept)} ya estaban"] if total.kept else []
        parts += [f"{formats.count(total.refused)} no se entendieron"] if total.refused else []
        self.office.notice.show(f"Cargaste «{name}»: {', '.join(parts)}")

    def _find(self) -> None:
        asked = self.office.operations.run(self, pressure.no_contact_entries, self.search.text().strip())
        asked.then(self._show_entries)

    def _show_entries(self, rows: tuple[NoContactEntry, ...]) -> None:
        self.entries.show_rows(rows)
        text = self.search.text().strip()
        nothing = f"Ninguno empieza con «{text}»." if text else "Todavía no hay ninguno."
        capped = len(rows) >= 200
        say(self.said, ("Se ven los 200 más nuevos." if capped else "") if rows else nothing)

    def _follow(self) -> None:
        self.drop_list.setEnabled(self.lists.row() is not None)
        self.drop.setEnabled(self.entries.row() is not None)

    def _list_columns(self) -> tuple[Column[NoContactList], ...]:
        return (
            Column("Lista", lambda row: row.name),
            Column("Finalidad", lambda row: purpose_word(row.purpose), 120),
            Column("Copia del", self._as_of, 230),
            Column("Entradas", lambda row: formats.count(row.entries), 110, right=True),
        )

    def _entry_columns(self) -> tuple[Column[NoContactEntry], ...]:
        return (
            Column("Número o mail", lambda row: reading(row.address), 230),
            Column("Medio", lambda row: channel_word(row.channel), 90),
            Column("Finalidad", lambda row: purpose_word(row.purpose), 100),
            Column("Por qué", lambda row: row.origin or formats.NOTHING),
            Column("Hasta", self._until, 110),
            Column("Cargado", self._entered, 190, spare=True),
        )

    def _as_of(self, row: NoContactList) -> str:
        day = formats.day(formats.here(row.as_of).date())
        return f"{day}  ⚠ vieja: solo avisa" if row.stale else day

    def _until(self, row: NoContactEntry) -> str:
        return "siempre" if row.until is None else formats.day(formats.here(row.until).date())

    def _entered(self, row: NoContactEntry) -> str:
        return f"{formats.when(row.at, self.office.clock())}, {row.by}"

    def _lay_out_body(self) -> None:
        for shown in (self.lists, self.entries):
            shown.setMinimumHeight(_LEAST)
        self.body.addLayout(_head("Listas", "no_contact_lists_title", self.load_file, self.drop_list))
        self.body.addWidget(self.lists, 1)
        title, name = "Números y mails sueltos", "no_contact_entries_title"
        self.body.addLayout(_head(title, name, self.search, self.add, self.drop))
        self.body.addWidget(self.entries, 2)
        self.body.addWidget(self.said)


def purpose_word(purpose: str) -> str:
    """«Cobranza», or «todas»."""
    return Purpose(purpose).label if purpose else _EVERY_PURPOSE


def channel_word(channel: str) -> str:
    """«Llamada», or «todos»."""
    return Channel(channel).label if channel else _EVERY_CHANNEL


def _head(title: str, name: str, *others: QWidget) -> FlowLayout:
    """A title and what goes with it; where it is narrow, below it."""
    row = FlowLayout(spacing=8)
    heading = label(title, "heading", name, wraps=False)
    heading.setContentsMargins(0, 0, 8, 0)
    for widget in (heading, *others):
        row.addWidget(widget)
    return row
