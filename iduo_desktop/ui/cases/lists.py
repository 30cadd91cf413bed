"""One of the six lists: what it asks for, in which order, and what it says when it is empty."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseFilter, CaseRow, ListCount
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.columns import case_columns, nobody
from iduo_desktop.ui.cases.inbox import Inbox
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.talks import Talks
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.pages import Key
from iduo_desktop.ui.widgets.placeholder import Choice
from iduo_desktop.ui.widgets.table_frame import TableFrame
from iduo_desktop.ui.widgets.table_model import Source, TableModel

WORK = "work"
_EMPTY = {
    CaseList.MINE: "No tenés casos asignados. Tomá uno de una lista con F8.",
    CaseList.SUSPENDED: "No hay casos suspendidos.",
    CaseList.DELINQUENT: "No quedan morosos.",
    CaseList.WITHDRAWN: "No hay casos retirados.",
    CaseList.ACTIVE: "No hay casos activos.",
    CaseList.CLOSED: "Todavía no se cerró ningún caso.",
}
_NOT_MINE = "Los casos son de operadores y coordinadores. Acá podés mirar los de cada lista."
_NONE_FRESH = {
    CaseList.MINE: "No te quedan casos",
    CaseList.SUSPENDED: "No quedan suspendidos",
    CaseList.DELINQUENT: "No quedan morosos",
    CaseList.WITHDRAWN: "No quedan retirados",
    CaseList.ACTIVE: "No quedan activos",
    CaseList.CLOSED: "No quedan cerrados",
}
_ORDER = "Orden: llamadas pendientes, sin contactar y después el contacto más viejo (orden de trabajo)"
_ORDERS = {CaseList.CLOSED: "Orden: el cierre más nuevo primero"}
_SPOKEN_SORTS = {"client": "Cliente", "debt": "Deuda", "cutoff": "Corte", "contact": "Último contacto"}


class CaseListFrame(TableFrame[CaseRow]):
    """Remembers its own filter and order. `filter_cleared` asks whoever shows the filter to show it empty."""

    filter_cleared = Signal()

    def __init__(
        self,
        operations: Operations,
        which: CaseList,
        clock: Clock,
        login: str,
        talks: Talks | None = None,
        inbox: Inbox | None = None,
    ):
        columns = case_columns(which, clock, login, talks.name_of if talks is not None else nobody, inbox)
        model: TableModel[CaseRow] = TableModel(operations, columns, "case")
        super().__init__(operations, model, clock, "casos")
        self._spoken_with: set[int] = set()
        self._talks = talks
        if talks is not None:
            talks.changed.connect(self._mark_talks)
        if inbox is not None:
            inbox.changed.connect(self.model.prepare_again)
            self.model.begun.connect(inbox.ask)
        self.which = which
        self.filter = CaseFilter()
        self.sort, self.descending = WORK, False
        self.works = True
        self.nowhere: Callable[[], tuple[Choice, ...]] = tuple
        self.setObjectName(f"list_{which.value}")
        self.view.setObjectName(f"cases_{which.value}")
        self.view.setAccessibleName(f"Casos: {which.label}")
        self.set_empty(self._say_empty)
        self.view.sort_asked.connect(self.sort_by)
        self.work_order_asked.connect(self.restore_order)
        self.model.begun.connect(self._show_order)
        self.started = False

    def _mark_talks(self) -> None:
        """Lines about whom somebody began or ceased to speak are made anew."""
        if self._talks is None or not self.started:
            return
        talks = self._talks
        now = {row.id for row in self.model.loaded() if talks.name_of(row.company_id, row.contact_id)}
        self.model.look_again([*(now ^ self._spoken_with)])
        self._spoken_with = now

    def begin(self) -> None:
        """Ask for the list the first time that it is looked at."""
        if not self.started:
            self.started = True
            self._ask()

    def narrow(self, chosen: CaseFilter) -> None:
        """Show only what fits the filter."""
        if chosen != self.filter:
            self.filter = chosen
            self._ask()

    def sort_by(self, sort: str) -> None:
        """A header was clicked: its natural order first, then the other way round, then the order of work again."""
        column = next(column for column in self.model.columns if column.sort == sort)
        if sort != self.sort:
            self.sort, self.descending = sort, column.descending
        elif self.descending == column.descending:
            self.descending = not self.descending
        else:
            self.sort, self.descending = WORK, False
        self._ask()

    def order_by(self, sort: str) -> None:
        """By a column, or in the order of work."""
        if sort == WORK:
            self.restore_order()
        else:
            self.sort_by(sort)

    def restore_order(self) -> None:
        """Back to the order of work."""
        self.sort, self.descending = WORK, False
        self._ask()
        self.view.setFocus()

    def _ask(self) -> None:
        self.model.show_source(source(self.which, self.filter, self.sort, self.descending))

    def _show_order(self) -> None:
        self.model.show_sort(self.sort, descending=self.descending)
        name = _SPOKEN_SORTS.get(self.sort)
        self.show_order(f"Lista ordenada por {name}." if name else _ORDERS.get(self.which, _ORDER), usual=not name)

    def _say_empty(self) -> tuple[str, tuple[Choice, ...]]:
        if self.filter == CaseFilter(not_contacted_today=True):
            return f"{_NONE_FRESH[self.which]} sin contactar hoy.", (("Ver contactados", self.filter_cleared.emit),)
        if not self.filter.empty:
            return "Ningún caso con esos filtros.", (("Quitar filtros", self.filter_cleared.emit),)
        if self.which is CaseList.MINE and not self.works:
            return _NOT_MINE, self.nowhere()
        return _EMPTY[self.which], self.nowhere()


def way_to_work(
    which: CaseList, counts: Mapping[str, ListCount], go: Callable[[str], object]
) -> tuple[tuple[str, Callable[[], object]], ...]:
    """Another list with work in it, if there is one."""
    others = (each for each in CaseList if each not in {which, CaseList.MINE, CaseList.CLOSED})
    full = next((counts[each] for each in others if each in counts and counts[each].count), None)
    if full is None:
        return ()
    text = f"Ir a {CaseList(full.list).label} ({formats.count(full.count, capped=full.capped)})"
    return ((text, partial(go, full.list)),)


def source(which: CaseList, chosen: CaseFilter, sort: str, descending: bool) -> Source[CaseRow]:
    """How a list is asked for. Closed cases come newest first when nobody says otherwise."""

    def page(database: Any, after: str | None, limit: int) -> tuple[CaseRow, ...]:
        return cases.page(database, which.value, chosen, sort, descending, after=after, limit=limit)

    def only(database: Any, ids: tuple[int, ...]) -> tuple[CaseRow, ...]:
        return cases.page(database, which.value, chosen, sort, descending, only=ids)

    return Source(page, only, _key, descending != (which is CaseList.CLOSED and sort == WORK))


def _key(row: CaseRow) -> Key:
    """Part, key and id; the moment at the end of a position says when it was asked, not where it stands."""
    return cases.sort_key(row)[:3]
