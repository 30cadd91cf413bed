"""Clients as a plain program has them: what the last list said of each, what was corrected here, and their cases."""

import copy
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]
FITS = ("suspended", "delinquent")
HELD = "Otra persona lo está cambiando en este momento: volvé a importar el archivo."


@dataclass
class Case:
    """One that a list opened. `worked` is what people did with it, `old` that it was closed long ago."""

    number: int
    list: str
    worked: tuple[str, ...] = ()
    open: bool = True
    old: bool = False


@dataclass
class Client:
    """One client; equal to how he was when nobody changed anything since, or took it back."""

    number: int
    said: Payload
    surname: str = ""
    street: str = ""
    debt: str | None = None
    corrected: bool = False
    phones: tuple[str, ...] = ()
    cases: list[Case] = field(default_factory=list)

    @property
    def open_case(self) -> Case | None:
        """That of the lists; there is one at most."""
        return next((case for case in self.cases if case.open), None)

    def needs_case(self, status: str) -> bool:
        """None is open, and he is in another state than before, or his last one was closed long ago."""
        recent = any(not case.open and not case.old for case in self.cases)
        return not self.open_case and (status != self.said["status"] or not recent)

    def take_in(self, row: Payload) -> None:
        """What the list says; what it leaves open, and what was corrected here, stays."""
        self.surname = row["surname"] or self.surname
        self.street = self.street if self.corrected or not row["street"] else row["street"]
        self.debt = self.debt if row["debt"] is None else row["debt"]
        self.phones += tuple(p["typed"] for p in row["phones"] if p["typed"] not in self.phones)
        self.said = row


@dataclass
class Row:
    """A row of a list, how it ended, and its client before and after."""

    row: int
    payload: Payload
    outcome: str = ""
    kept: bool = False
    held: bool = False
    before: Client | None = None
    after: Client | None = None

    @property
    def number(self) -> int:
        """Whom it means."""
        return int(self.payload["number"])


@dataclass
class Batch:
    """A list: staged, perhaps applied, perhaps undone."""

    id: int
    by: str
    file: str
    rows: list[Row]
    state: str = "staging"
    opened: int = 0
    moved: int = 0

    @property
    def undoable(self) -> str:
        """Why it cannot be undone."""
        if self.state == "undone":
            return "ya deshizo ese lote"
        return "" if self.state == "applied" else "Ese lote no se aplicó"


class Clients:
    """All of them, and the lists that brought them."""

    def __init__(self) -> None:
        self.clients: dict[int, Client] = {}
        self.batches: dict[int, Batch] = {}
        self.cases = 0

    def judge(self, batch: Batch, held: Collection[int] = ()) -> None:
        """How each row would end now; `held` are clients whom somebody is changing at this moment."""
        first: dict[int, int] = {}
        for row in batch.rows:
            client = self.clients.get(row.number)
            row.kept = row.held = False
            if row.payload["status"] not in FITS:
                row.outcome = "refused"
            elif first.setdefault(row.number, row.row) != row.row:
                row.outcome = "doubtful"
            else:
                row.kept = bool(client and client.corrected and row.payload["street"] != client.street)
                row.outcome = self._judged(row, client)
                row.held = row.outcome == "updated" and row.number in held
                row.outcome = "refused" if row.held else row.outcome

    @staticmethod
    def _judged(row: Row, client: Client | None) -> str:
        if not client:
            return "created"
        same = client.said == row.payload and not client.needs_case(row.payload["status"])
        return "unchanged" if same else "updated"

    def apply(self, batch: Batch, held: Collection[int] = ()) -> None:
        """All rows that may be, once."""
        self.judge(batch, held)
        batch.state = "applied"
        for row in batch.rows:
            if row.outcome not in ("created", "updated"):
                continue
            status = row.payload["status"]
            row.before = copy.deepcopy(self.clients.get(row.number))
            client = self.clients.setdefault(row.number, Client(row.number, row.payload))
            opens = row.before is None or row.before.needs_case(status)
            moves = row.before is not None and row.before.said["status"] != status
            client.take_in(row.payload)
            case = client.open_case
            if opens:
                self.cases += 1
                client.cases.append(Case(self.cases, status))
                batch.opened += 1
            elif moves and case and case.list != status:
                case.list = status
                batch.moved += 1
            row.after = copy.deepcopy(client)

    def undo(self, batch: Batch) -> int:
        """As it was before, but for whom somebody changed since; how many those are."""
        batch.state = "undone"
        changed = [row for row in batch.rows if row.outcome in ("created", "updated")]
        stays = [row for row in changed if not self._untouched(batch, row)]
        for row in changed:
            if row not in stays and row.before:
                self.clients[row.number] = copy.deepcopy(row.before)
            elif row not in stays:
                del self.clients[row.number]
        return len(stays)

    def _untouched(self, batch: Batch, row: Row) -> bool:
        others = (b for b in self.batches.values() if b is not batch and b.state == "applied")
        # whoever came new with this list, and was in another one since, is that one's too
        known = any(r.number == row.number and (r.held or r.outcome in _MEANT) for b in others for r in b.rows)
        return self.clients.get(row.number) == row.after and not (row.outcome == "created" and known)


_MEANT = ("created", "updated", "unchanged")
