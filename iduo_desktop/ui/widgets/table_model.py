"""The model of a list as long as it likes: asks for the pages around what is seen, and for what changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.database.errors import UserError
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.pace import Pace
from iduo_desktop.ui.widgets.columns import Column
from iduo_desktop.ui.widgets.pages import Key, Page, Pages, Prepared, R
from iduo_desktop.ui.widgets.table_lines import TableLines

PAGE = 200
KEPT = 3 * PAGE
TOP = 50
COLLECT_MS, PAUSE_MS = 100, 2_000
REST_MS = 60_000
MANY = 200


@dataclass(frozen=True, slots=True)
class Source(Generic[R]):
    """How a list is asked for. `page` and `only` run in a worker, with the database as their first argument."""

    page: Callable[[Any, str | None, int], tuple[R, ...]]
    only: Callable[[Any, tuple[int, ...]], tuple[R, ...]]
    key: Callable[[R], Key]
    descending: bool = False


class TableModel(TableLines[R]):
    """The lines of one list. Whoever shows it says what is seen (`look`); the rest is forgotten and asked for again."""

    begun = Signal()
    asking = Signal()
    answered = Signal()
    failed = Signal(object)
    ended = Signal()

    def __init__(self, operations: Operations, columns: Sequence[Column[R]], table: str, parent: QObject | None = None):
        super().__init__(columns, parent)
        self._operations = operations
        self._table = table
        self._source: Source[R] | None = None
        self._coming: Source[R] | None = None
        self._asked: list[Operation[tuple[R, ...]]] = []
        self._first: Page[R] | None = None
        self._live = True
        self._stale = False
        self._ending = False
        self._seen = (0, 0)
        self._changed: set[int] = set()
        self._pace = Pace(operations, COLLECT_MS, PAUSE_MS, self)
        self._pace.due.connect(self._ask_changed)
        # what was refused is asked for again when somebody asks, or now and then
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.reload)
        operations.changed.connect(self._take_change)

    @property
    def beginning(self) -> bool:
        """True while the first lines of a list are awaited."""
        return self._first is not None

    @property
    def ending(self) -> bool:
        """True while page after page is asked for, up to the last line."""
        return self._ending

    def go_to_end(self) -> None:
        """Ask until the last line is known; `ended` tells. Of what lies between, only how much it is is kept."""
        self._ending = True
        self._note_end()
        self.look(*self._seen)

    def stay(self) -> None:
        """Go no further towards the end."""
        if self._ending:
            self._ending = False
            self.answered.emit()

    def show_source(self, source: Source[R]) -> None:
        """Show another list, or the same in another order; the old lines stay until the new ones are here."""
        self._cancel()
        self._rest.stop()
        self._ending = False
        self._coming = source
        self._first = Page()
        self._ask_page(self._first, source)

    def reload(self) -> None:
        """Ask again for what is seen, keeping the place; for the rest when it is looked at."""
        if not self._live:
            self._stale = True
        elif self._coming is not None:
            self.show_source(self._coming)
        elif self._source is not None:
            self._cancel()
            self._rest.stop()
            for page in self._pages.held:
                page.fresh = False
            self.look(*self._seen)

    def reload_top(self) -> None:
        """Ask again for the first lines: with time, lines become due without having changed."""
        source = self._source
        if self._live and self._coming is None and source is not None and not self._rest.isActive():
            self._await(self._operations.refresh(self, source.page, None, TOP), self._put)

    def set_live(self, live: bool) -> None:
        """While False, changes are only remembered; they are asked for once it is True again."""
        self._live = live
        if not live:
            self.stay()
        if live and self._stale:
            self._stale = False
            self.reload()

    def stop(self) -> None:
        """Wait no more for what was asked; the lines that are here stay."""
        self._cancel()
        self._first = None
        if self.started:
            self._coming = None
        self.answered.emit()

    def look(self, first: int, last: int) -> None:
        """Have the pages of these lines and one ahead, and forget those far away."""
        self._seen = (first, last)
        source = self._source
        if not self._live or self._coming is not None or source is None or self._rest.isActive():
            return
        end = self._pages.all[-1]
        needed = self._pages.around(first - PAGE // 2, last + PAGE)
        for page in (*needed, end) if self._ending and end not in needed else needed:
            if not page.fresh and not page.asked:
                self._ask_page(page, source)
        if not self._pages.whole and end.fresh and (self._ending or last + PAGE >= self._pages.count):
            behind: Page[R] = Page(self._pages.tail, self._pages.tail_key)
            self._pages.add(behind)
            self._ask_page(behind, source)
        self._forget_far(first - KEPT, last + KEPT)

    def look_again(self, ids: Sequence[int]) -> None:
        """Ask what became of these lines, as if word had come that they changed."""
        self._changed.update(ids)
        if self._changed:
            self._pace.note()

    def _take_change(self, table: str, id: int | None) -> None:
        if table != self._table:
            return
        if id is None:
            self._stale = True
        else:
            self._changed.add(id)
        self._pace.note(unseen=id is not None and not self._pages.whole and self._pages.home(id) is None)

    def _ask_changed(self) -> None:
        if self._first is not None:
            self._pace.note()
        elif self._rest.isActive():
            self._stale = True
        elif self._stale or not self._live or len(self._changed) > MANY:
            self._stale = not self._live
            self._changed.clear()
            self.reload()
        elif self._changed and self._source is not None and self._coming is None:
            ids = tuple(sorted(self._changed))
            self._changed.clear()
            self._pace.begin()
            asked = self._operations.refresh(self, self._source.only, ids)
            self._await(asked, lambda rows: self._apply(ids, rows))
        else:
            self._changed.clear()

    def _ask_page(self, page: Page[R], source: Source[R]) -> None:
        page.asked = True
        self._await(self._operations.run(self, source.page, page.after, PAGE), lambda rows: self._fill(page, rows))
        self.asking.emit()

    def _await(self, asked: Operation[tuple[R, ...]], use: Callable[[tuple[R, ...]], object]) -> None:
        self._asked.append(asked)
        asked.then(lambda rows: self._settle(asked, lambda: use(rows)))
        asked.failed(lambda error: self._settle_failure(asked, error))
        asked.refused(lambda error: self._settle_failure(asked, error))

    def _settle(self, asked: Operation[tuple[R, ...]], use: Callable[[], object]) -> None:
        if asked not in self._asked:
            return
        self._asked.remove(asked)
        use()
        if not self._asked:
            self.answered.emit()
        self._note_end()
        self.look(*self._seen)

    def _note_end(self) -> None:
        if self._ending and self._pages.whole and self._coming is None:
            self._ending = False
            self.ended.emit()

    def _settle_failure(self, asked: Operation[tuple[R, ...]], error: Exception) -> None:
        if asked in self._asked:
            self._cancel()
            self._ending = False
            self._first = None
            self._stale = True
            if isinstance(error, UserError):
                self._rest.start()
            self.failed.emit(error)

    def _cancel(self) -> None:
        asked, self._asked = self._asked, []
        for operation in asked:
            operation.cancel()
        for page in self._pages.all:
            page.asked = False

    def _forget_far(self, first: int, last: int) -> None:
        near = set(map(id, self._pages.around(first, last)))
        if self._ending:
            near.add(id(self._pages.all[-1]))
        for page in self._pages.held:
            if id(page) not in near:
                self._pages.forget(page)

    def _prepare(self, row: R) -> Prepared[R]:
        return Prepared(row, self._source.key(row) if self._source is not None else (), self._roles(row))

    def _fill(self, page: Page[R], rows: Sequence[R]) -> None:
        page.asked, page.fresh = False, True
        if page is self._first:
            self._source, self._coming = self._coming, None
        lines = [self._prepare(row) for row in rows]
        with self._update():
            if page is self._first:
                self._begin(page, lines)
                return
            following = self._pages.following(page)
            if following is None:
                self._extend(page, lines)
            else:
                self._bound(page, lines, following)

    def _begin(self, page: Page[R], lines: list[Prepared[R]]) -> None:
        self.beginResetModel()
        self._first = None
        self._pages = Pages(self._source.descending if self._source is not None else False)
        self._pages.add(page)
        self._pages.put(page, 0, lines)
        self._note_tail(lines)
        self.endResetModel()
        self.begun.emit()

    def _extend(self, page: Page[R], lines: list[Prepared[R]]) -> None:
        self._note_tail(lines)
        self._merge(page, lines)

    def _note_tail(self, lines: list[Prepared[R]]) -> None:
        self._pages.whole = len(lines) < PAGE
        if lines:
            self._pages.tail, self._pages.tail_key = lines[-1].row.position, lines[-1].key

    def _bound(self, page: Page[R], lines: list[Prepared[R]], following: Page[R]) -> None:
        kept = [line for line in lines if not self._pages.before(following.key, line.key)]
        self._merge(page, kept)
        # More lines than a page holds came between since then: a page of their own.
        if len(kept) == PAGE and self._pages.before(kept[-1].key, following.key):
            between: Page[R] = Page(kept[-1].row.position, kept[-1].key)
            self._pages.add(between, behind=page)

    def _put(self, rows: Sequence[R]) -> None:
        with self._update():
            for row in rows:
                self._place(self._pages.home(row.id), self._prepare(row))

    def _apply(self, ids: Sequence[int], rows: Sequence[R]) -> None:
        """These lines changed: `rows` are those that belong in the list now."""
        found = {row.id: row for row in rows}
        with self._update():
            for asked in ids:
                home = self._pages.home(asked)
                if asked in found:
                    self._place(home, self._prepare(found[asked]))
                elif home is not None:
                    self._remove(home, home.place(asked))
