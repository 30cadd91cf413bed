"""Words that several pages of the settings share."""

from collections.abc import Iterable

from iduo_desktop.services.forms import Field
from iduo_desktop.terms import CaseList, FieldKind, ServiceStatus
from iduo_desktop.ui.widgets.fields import fixed_field

LISTS = tuple((status.value, CaseList(status.value).label) for status in ServiceStatus)
_EVERY = "todas"


def lists_field() -> Field:
    """To which lists something applies."""
    return fixed_field("lists", "Listas", FieldKind.SEVERAL, options=LISTS, help="Sin marcar ninguna: todas")


def active_field() -> Field:
    """Whether something is in use; what was used is switched off, never deleted."""
    return fixed_field("active", "En uso", FieldKind.YES_NO, help="Lo que ya se usó se apaga, no se borra")


def named_lists(lists: Iterable[str]) -> str:
    """«Morosos, Suspendidos», or «todas»."""
    return ", ".join(CaseList(each).label for each in lists) or _EVERY


def in_use(active: bool) -> str:
    """«✔ en uso» or «apagado»."""
    return "✔ en uso" if active else "apagado"
