"""Cases as a plain program has them: who holds which, in which list, in what order they are worked, and why not."""

import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

HERE = timezone(timedelta(hours=-3))
LISTS = ("suspended", "delinquent", "withdrawn", "active")
LABELS = {"active": "Activos", "suspended": "Suspendidos", "delinquent": "Morosos", "withdrawn": "Retirados"}
RISKS = ("none", "low", "medium", "high")
LIMIT = 3
WORKERS = ("ana", "juan", "marta")
UNDOABLE = ("taken", "released", "moved", "attempt", "closed", "rated")


@dataclass
class Step:
    """One thing that happened with a case, with the case as it was before."""

    id: int
    kind: str
    by: str
    case: int
    before: "Case"
    version: int
    undone: bool = False
    old: bool = False


@dataclass
class Case:
    """One case. `turn` says when its client was last spoken to: 0 never, then 1, 2, 3 …"""

    id: int
    company: int
    list: str
    collection: bool = False
    state: str = "open"
    holder: str | None = None
    due: datetime | None = None
    turn: int = 0
    attempts: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    risk: str = "none"
    priority: str = "normal"
    lapsed: bool = False
    version: int = 1
    closed: int = 0


def morning(day: date) -> datetime:
    """When a case comes back on that day."""
    return datetime.combine(day, time(9), HERE)


def today() -> date:
    """The day that it is here."""
    return datetime.now(HERE).date()


class Cases:
    """All of them."""

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.steps: dict[int, Step] = {}
        self.turns = 0

    def held(self, who: str) -> list[Case]:
        """What somebody has open."""
        return [case for case in self.cases.values() if case.state == "open" and case.holder == who]

    def full(self, who: str) -> str:
        """Why somebody can have no more."""
        return f"Ya tenés {LIMIT} casos abiertos" if len(self.held(who)) >= LIMIT else ""

    def of(self, list: str, who: str) -> list[Case]:
        """What somebody sees in a list, in its order."""
        if list == "closed":
            return sorted((case for case in self.cases.values() if case.state == "closed"), key=lambda c: -c.closed)
        found = self.held(who) if list == "mine" else [c for c in self.cases.values() if c.list == list]
        return self.ordered([case for case in found if case.state == "open"])

    @staticmethod
    def ordered(cases: list[Case]) -> list[Case]:
        """Work order: what is due first, then who was never spoken to, then the longest ago."""
        now = datetime.now(UTC)
        due = sorted((c for c in cases if c.due and c.due <= now), key=lambda c: (c.due, c.id))
        return due + sorted((c for c in cases if not (c.due and c.due <= now)), key=lambda c: (c.turn, c.id))

    def conflict(self, case: Case) -> bool:
        """Its client has another collection case open."""
        others = (c for c in self.cases.values() if c.company == case.company and c.state == "open")
        return case.collection and any(c.collection for c in others)

    def step(self, event: int, kind: str, by: str, case: Case, before: Case) -> None:
        """Note what happened; every move counts."""
        case.version += 1
        assert event not in self.steps
        self.steps[event] = Step(event, kind, by, case.id, before, case.version)

    def not_own(self, who: str, case: Case, coordinator: bool) -> str:
        """Why somebody cannot work on it."""
        if case.state != "open":
            return "El caso ya está cerrado."
        if case.holder == who or (coordinator and who == "marta"):
            return ""
        return f"Lo está atendiendo {case.holder.title()}." if case.holder else "Primero tomá el caso"

    def not_taken(self, who: str, case: Case) -> str:
        """Why somebody cannot take it."""
        if full := self.full(who):
            return full
        if case.state != "open":
            return "El caso ya está cerrado."
        if case.holder == who:
            return "Ya es tuyo"
        return f"{case.holder.title()} lo está atendiendo" if case.holder and not case.lapsed else ""

    def next(self, who: str, list: str) -> tuple[int | None, bool, str]:
        """Which case somebody gets, whether it is his own due callback, or why none."""
        now = datetime.now(UTC)
        own = sorted((c for c in self.held(who) if c.due and c.due <= now), key=lambda c: (c.due, c.id))
        if own:
            return own[0].id, True, ""
        if full := self.full(who):
            return None, False, full
        free = [c for c in self.of(list, who) if c.holder is None or c.lapsed]
        return (free[0].id if free else None), False, ""

    def not_undone(self, who: str, step: Step) -> str:
        """Why somebody cannot take it back."""
        case = self.cases[step.case]
        if step.by != who:
            return "Solo podés deshacer lo que hiciste vos."
        if step.undone:
            return ""
        reasons = (
            (step.kind not in UNDOABLE, "Eso no se puede deshacer."),
            (step.old, "Ya pasaron más de 5 minutos"),
            (case.version != step.version, "El caso cambió después"),
            (step.kind == "closed" and self.conflict(case), "El cliente ya tiene otro caso abierto"),
            (step.kind in ("released", "closed") and step.before.holder == who and self.full(who), "Ya tenés"),
            (who != "marta" and RISKS.index(step.before.risk) < RISKS.index(case.risk), "Solo un coordinador baja"),
        )
        return next((why for refused, why in reasons if refused), "")

    def undo(self, step: Step) -> None:
        """As it was before; the count of moves goes on."""
        case = self.cases[step.case]
        back = copy.copy(step.before)
        back.version = case.version + 1
        if step.kind == "taken":
            back.holder = None
        self.cases[case.id] = back
        step.undone = True
