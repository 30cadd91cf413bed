"""Whom a contact would be for: a client or a person found by the usual search, or a number or address as typed."""

from iduo_desktop import phones
from iduo_desktop.services import Database, search
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.forms import Field
from iduo_desktop.services.pressure import Party
from iduo_desktop.services.search import Wanted
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.editor import Value
from iduo_desktop.ui.widgets.finding_editor import FIRST, FindingEditor
from iduo_desktop.ui.widgets.hit_list import Line

LIMIT = 6
_WANTED = Wanted(tickets=False)
_HINT = "Apellido, documento, número de cliente, teléfono o mail"
_UNKNOWN = "Elegí a alguien de la lista, o escribí un número o un mail completo"
Hit = CompanyHit | ContactHit


class PartyEditor(FindingEditor):
    """Its value is what is written; `party` is who is meant, None while nobody is."""

    def __init__(self, field: Field, clock: Clock, operations: Operations, area_code: str):
        super().__init__(field, clock, _HINT, "parties", "Clientes y personas que coinciden", preselects=False)
        self._operations = operations
        self._area_code = area_code
        self._found: Party | None = None
        self._list.chosen.connect(self._take)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)

    @property
    def party(self) -> Party | None:
        """Who is meant: who was chosen, else the number or address that was typed."""
        return self._found or self._typed()

    def value(self) -> Value:
        return self.line.text().strip() or None

    def set_value(self, value: Value) -> None:
        self._forget()
        self._found = None
        self.line.setText(str(value or ""))
        self._explain()

    def problem(self) -> str:
        return _UNKNOWN if self.party is None and not self.is_blank() else ""

    def _typed(self) -> Party | None:
        text = self.line.text().strip()
        if "@" in text:
            return Party(address=text)
        number = phones.parse(text, self._area_code) if any(map(str.isdecimal, text)) else None
        return Party(address=number.e164) if number is not None and number.e164 else None

    def _type(self, text: str) -> None:
        self._forget()
        self._found = None
        self._explain()
        if len(text.strip()) >= FIRST:
            self._pause.start()
        self.changed.emit()

    def _ask(self) -> None:
        self._follow(self._operations.run(self, _hits, self.line.text().strip()), self._show)

    def _show(self, found: tuple[Hit, ...]) -> None:
        self._list.offer([Line(_named(hit), hit.why, hit) for hit in found])

    def _take(self, hit: Hit) -> None:
        if isinstance(hit, CompanyHit):
            self._found = Party(company_id=hit.company_id)
        else:
            self._found = Party(contact_id=hit.contact_id)
        self.line.setText(_named(hit))
        self._explain()
        self.changed.emit()

    def _explain(self) -> None:
        typed = None if self._found is not None else self._typed()
        if self._found is not None:
            text = "✔ Por cliente o persona, con todos sus números"
        elif typed is None:
            text = ""
        else:
            text = f"✔ Por número: {phones.shown(typed.address)}" if "@" not in typed.address else "✔ Por mail"
        self.meaning.setText(text)


def _hits(database: Database, text: str) -> tuple[Hit, ...]:
    found = search.everything(database, text, _WANTED, LIMIT)
    return (*found.companies, *found.contacts)


def _named(hit: Hit) -> str:
    if isinstance(hit, CompanyHit):
        return f"{hit.client} · Nro {hit.number}"
    name = ", ".join(filter(None, (hit.surname.upper(), hit.names))) or formats.document(hit.document)
    return f"{name} · {hit.company}" if hit.company else name
