"""What one may do with a case, and why not; the database decides, this only keeps buttons honest."""

from enum import Enum

from iduo_desktop.services.cases import CaseCard, CaseRow
from iduo_desktop.services.staff import Me
from iduo_desktop.ui.rights import Right, coordinates, works

Case = CaseRow | CaseCard

CLOSED = "El caso está cerrado."
FREE = "Primero tomá el caso (Ctrl+T)."
ONLY_COORDINATORS_REOPEN = "Solo un coordinador puede reabrir casos."


class Verb(Enum):
    """What can be done with a case."""

    CONTACT = "contact"
    CLOSE = "close"
    TAKE = "take"
    RELEASE = "release"
    TAKE_OVER = "take_over"
    MOVE = "move"
    EXTEND = "extend"
    REOPEN = "reopen"


def right(verb: Verb, case: Case, me: Me) -> Right:
    """Whether I may do this with the case as it is."""
    if not works(me):
        return Right(offered=False)
    if verb is Verb.REOPEN:
        return Right(case.closed, "" if coordinates(me) else ONLY_COORDINATORS_REOPEN)
    mine, free = case.assigned_to == me.login, case.assigned_to is None
    if verb in {Verb.TAKE, Verb.RELEASE, Verb.TAKE_OVER}:
        offered = {Verb.TAKE: not mine, Verb.RELEASE: mine, Verb.TAKE_OVER: coordinates(me) and not (mine or free)}[
            verb
        ]
        return Right(offered and not case.closed, "" if verb is not Verb.TAKE or free else held_by(case))
    if case.closed or (verb is Verb.EXTEND and case.company_id is None):
        return Right(offered=False, reason=CLOSED if case.closed else "")
    if mine or (coordinates(me) and verb is not Verb.CLOSE):
        return Right(offered=True)
    return Right(offered=True, reason=FREE if free else held_by(case))


def held_by(case: Case) -> str:
    """«Juan Paz lo está atendiendo.»."""
    return f"{case.holder or case.assigned_to} lo está atendiendo."
