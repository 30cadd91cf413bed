"""A person whom one knows already, to be read only: who he is, and what must not be overlooked."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from iduo_desktop import phones
from iduo_desktop.services.contact_records import ContactRecord, Flag
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, say, sentence


class KnownCard(QFrame):
    """`change_asked`: it is somebody else."""

    change_asked = Signal()

    def __init__(self, clock: Clock):
        super().__init__()
        self.setObjectName("attention_known")
        self.setAccessibleName("Contacto conocido")
        mark(self, surface="card")
        self._clock = clock
        self.person = label("", "heading", "known_person")
        self.reach = label("", "secondary", "known_reach")
        self.flags = sentence("warning", "known_flags")
        self.safe = sentence("warning", "known_safe")
        self.open = sentence("secondary", "known_open")
        self.change = button("Cambiar", "known_change", self.change_asked.emit, key=shown("new_contact"), role="link")
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.person)
        first.addWidget(self.reach, 1)
        first.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 4)
        column.setSpacing(2)
        column.addLayout(first)
        for line in (self.flags, self.safe, self.open):
            line.setWordWrap(True)
            column.addWidget(line)

    def show_name(self, person: str) -> None:
        """Who it is, before more is known."""
        self.person.setText(f"✔ {person}")
        self.reach.setText("")
        for line in (self.flags, self.safe, self.open):
            say(line, "")

    def show_record(self, record: ContactRecord) -> None:
        """What is known of him."""
        self.show_name(record.person)
        self.reach.setText(_reach(record))
        say(self.flags, " · ".join(_flag(each) for each in record.flags))
        say(self.safe, safe_words(record))
        say(self.open, _open(record, formats.when(record.next_at, self._clock()) if record.next_at else ""))


def safe_words(record: ContactRecord) -> str:
    """How he may be reached without danger; empty where nobody said anything of it."""
    parts = (
        record.safe_when,
        record.safe_where,
        f"si atiende otra persona: «{record.safe_words}»" if record.safe_words else "",
    )
    said = " · ".join(filter(None, parts))
    return f"⚠ Contacto seguro: {said}" if said else ""


def _reach(record: ContactRecord) -> str:
    document = f"doc. {formats.document(record.document)}" if record.document else ""
    first = next((each for each in record.phones if each.id == record.call_first), None) or next(
        iter(record.phones), None
    )
    phone = "" if first is None else phones.shown(first.e164) if first.e164 else first.typed
    return " · ".join(filter(None, (document, phone, record.company)))


def _flag(flag: Flag) -> str:
    return f"⚑ {flag.text}" + (f" (hasta el {formats.day(flag.until)})" if flag.until else "")


def _open(record: ContactRecord, when: str) -> str:
    cases = sum(not case.closed for case in record.cases)
    parts = (
        formats.plural(cases, "caso abierto", "casos abiertos") if cases else "",
        f"Ruta activa: {record.route}" if record.route else "",
        f"Próximo: {when} {record.next_what}".strip() if when else "",
    )
    return " · ".join(filter(None, parts))
