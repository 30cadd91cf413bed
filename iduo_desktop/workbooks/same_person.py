"""Who is who among the assistants of a list: by WhatsApp, by mail, or by name and role."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from iduo_desktop.workbooks.company_row import CompanyRow, Mention
from iduo_desktop.workbooks.header import folded
from iduo_desktop.workbooks.row import bounded


@dataclass(slots=True)
class Person:
    """What all mentions together say of somebody; what is said first holds."""

    name: str
    whatsapp: str = ""
    e164: str | None = None
    email: str = ""
    email_valid: bool = False
    roles: set[str] = field(default_factory=set)

    def as_told(self, role: str) -> Mention:
        """In one of the roles."""
        return Mention(role, self.name, self.whatsapp, self.e164, self.email, self.email_valid)

    def add(self, mention: Mention) -> None:
        """Learn what was not known."""
        self.roles.add(mention.role)
        if not self.whatsapp or (self.e164 is None and mention.e164 is not None):
            self.whatsapp, self.e164 = mention.whatsapp, mention.e164
        if not self.email or (mention.email_valid and not self.email_valid):
            self.email, self.email_valid = mention.email, mention.email_valid


class People:
    """Everybody whom a list mentions, each once.

    Those of whom most is said come first, so that a row with less finds its person, wherever it stands. Who shares a
    mailbox but has a WhatsApp and a name of his own is somebody else.
    """

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._by_phone: dict[str, Person] = {}
        self._by_mail: dict[str, list[Person]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], Person] = {}
        self._of: dict[Mention, Person] = {}
        for mention in sorted(dict.fromkeys(mentions), key=lambda one: (one.e164 is None, not one.email_valid)):
            person = self._of[mention] = self._find(mention) or Person(mention.name)
            person.add(mention)
            self._keep(person)

    def settled(self, row: CompanyRow) -> CompanyRow:
        """The row with what the whole list says of its assistants, and a warning where the row said something else."""
        assistants = tuple(self._of[mention].as_told(mention.role) for mention in row.assistants)
        warnings = [*row.warnings]
        for mention, told in zip(row.assistants, assistants, strict=True):
            warnings += _differences(mention, told)
        return replace(row, assistants=assistants, warnings=bounded(warnings))

    def _find(self, mention: Mention) -> Person | None:
        if mention.e164 is not None and mention.e164 in self._by_phone:
            return self._by_phone[mention.e164]
        name = folded(mention.name)
        if mention.email_valid:
            same = [
                one
                for one in self._by_mail[mention.email]
                if mention.e164 is None or one.e164 is None or folded(one.name) == name
            ]
            if same:
                return next((one for one in same if folded(one.name) == name), same[0])
        if mention.e164 is None and not mention.email_valid:
            return self._by_name.get((name, mention.role))
        return None

    def _keep(self, person: Person) -> None:
        if person.e164 is not None:
            self._by_phone.setdefault(person.e164, person)
        if person.email_valid and person not in self._by_mail[person.email]:
            self._by_mail[person.email].append(person)
        for role in person.roles:
            self._by_name.setdefault((folded(person.name), role), person)


def _differences(said: Mention, told: Mention) -> Iterator[str]:
    if folded(said.name) != folded(told.name):
        yield f"«{said.name}» tiene el WhatsApp o el mail de «{told.name}»: se toma como la misma persona."
    if said.e164 is not None and said.e164 != told.e164:
        yield f"{told.name} tiene otro WhatsApp en otra fila: se toma «{told.whatsapp}»."
    if said.email_valid and said.email != told.email:
        yield f"{told.name} tiene otro mail en otra fila: se toma «{told.email}»."
