"""«Agregar este número a un contacto»: look for the person, Enter, and the caller is known from now on."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from iduo_desktop import phones
from iduo_desktop.services import Database, contacts
from iduo_desktop.services.contacts import ContactHit, Kept
from iduo_desktop.ui import formats
from iduo_desktop.ui.intake.arrival import name_of
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.find_dialog import FindDialog, Words
from iduo_desktop.ui.widgets.hit_list import Line

MOST = 8
Found = tuple[ContactHit, ...]


class AddNumberDialog(FindDialog[Found]):
    """`added` brings the contact who has the number now."""

    added = Signal(object)

    def __init__(self, operations: Operations, typed: str, shown: str, area_code: str, parent: QWidget | None = None):
        words = Words(
            f"Agregar {shown} a un contacto",
            f"¿De quién es el {shown}?",
            "Apellido o documento del contacto",
            "Apellido, documento u otro teléfono…",
            "Contactos",
            "Agregar",
        )
        super().__init__(operations, "add_number", words, _search, _lines, parent)
        self.chosen.connect(self._choose)
        self._typed = typed
        self._area_code = area_code
        self._keys: dict[int, UUID] = {}

    def _choose(self, chosen: object) -> None:
        """Once for each contact: the key stays the same when it is tried again."""
        if isinstance(chosen, ContactHit):
            key = self._keys.setdefault(chosen.contact_id, uuid4())
            values = (chosen.contact_id, self._typed, self._area_code, key)
            self.operations.run(self, _keep, *values).busy(self.box).then(lambda _: self._added(chosen))

    def _added(self, hit: ContactHit) -> None:
        self.added.emit(hit)
        self.accept()


def _search(database: Database, text: str) -> Found:
    return contacts.find(database, text, None, MOST)


def _lines(found: Found) -> Iterable[Line]:
    return map(_line, found)


def _line(hit: ContactHit) -> Line:
    return Line(name_of(hit), f"doc. {formats.document(hit.document)}" if hit.document else hit.why, hit)


def _keep(database: Database, contact_id: int, typed: str, area_code: str, key: UUID) -> Kept:
    number = phones.parse(typed, area_code)
    return contacts.add_phone(
        database, contact_id, typed, number.e164, number.search_key, number.kind, number.valid, key
    )
