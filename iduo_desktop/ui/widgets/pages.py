"""Keyset pages of a list: which lines are here, where a line belongs, and which pages lie around what is seen."""

from bisect import bisect_right
from itertools import accumulate
from typing import Any, Generic, Protocol, TypeVar

Key = tuple[Any, ...]


class Row(Protocol):
    """What a list needs to know of a line: which it is, and where it stands."""

    @property
    def id(self) -> int:
        """The same thing has the same id, whatever changes."""

    @property
    def position(self) -> str:
        """What the database takes to give the lines after this one."""


R = TypeVar("R", bound=Row)


class Prepared(Generic[R]):
    """A line ready to be painted: for each role, a value for each column."""

    __slots__ = ("id", "key", "roles", "row")

    def __init__(self, row: R, key: Key, roles: dict[int, tuple[Any, ...]]):
        self.id = row.id
        self.row = row
        self.key = key
        self.roles = roles


class Page(Generic[R]):
    """Lines that follow `after`; `rows` is None while they are too far from what is seen to be kept.

    `fresh`: nothing has to be asked for again. `asked`: an answer is awaited.
    """

    __slots__ = ("after", "asked", "count", "fresh", "key", "rows")

    def __init__(self, after: str | None = None, key: Key = ()):
        self.after = after
        self.key = key
        self.count = 0
        self.rows: list[Prepared[R]] | None = None
        self.fresh = False
        self.asked = False

    def place(self, id: int) -> int:
        """Where in this page the line with this id is, which must be here."""
        return next(number for number, prepared in enumerate(self.rows or ()) if prepared.id == id)


class Pages(Generic[R]):
    """The pages of one list in one order, from its beginning to the last line that was ever asked for."""

    def __init__(self, descending: bool = False):
        self.descending = descending
        self.all: list[Page[R]] = []
        self.whole = False
        self.tail: str | None = None
        self.tail_key: Key = ()
        self._starts = [0]
        self._homes: dict[int, Page[R]] = {}

    @property
    def count(self) -> int:
        """Lines known so far."""
        return self._starts[-1]

    @property
    def held(self) -> list[Page[R]]:
        """The pages whose lines are here."""
        return [page for page in self.all if page.rows is not None]

    def line(self, number: int) -> Prepared[R] | None:
        """The line at `number`, None while its page is not here."""
        at = bisect_right(self._starts, number) - 1
        if not 0 <= at < len(self.all):
            return None
        rows = self.all[at].rows
        return None if rows is None else rows[number - self._starts[at]]

    def start(self, page: Page[R]) -> int:
        """The number of a page's first line."""
        return self._starts[self.all.index(page)]

    def home(self, id: int) -> Page[R] | None:
        """The page where the line with this id is, None when it is not here."""
        return self._homes.get(id)

    def number(self, id: int) -> int:
        """Where the line with this id stands, -1 when it is not here."""
        page = self._homes.get(id)
        return -1 if page is None else self.start(page) + page.place(id)

    def around(self, first: int, last: int) -> list[Page[R]]:
        """The pages with any of these lines, and the empty ones between them."""
        low = max(0, bisect_right(self._starts, max(0, first)) - 1)
        high = bisect_right(self._starts, max(0, last))
        while low > 0 and self.all[low - 1].count == 0:
            low -= 1
        return self.all[low:high]

    def before(self, one: Key, other: Key) -> bool:
        """True when `one` stands before `other` in this order."""
        return one > other if self.descending else one < other

    def target(self, key: Key) -> Page[R] | None:
        """The page where a line with this key belongs, None when it lies beyond what was ever asked for."""
        if not self.all or (not self.whole and self.before(self.tail_key, key)):
            return None
        low, high = 0, len(self.all) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.before(self.all[middle].key, key):
                low = middle
            else:
                high = middle - 1
        return self.all[low]

    def slot(self, page: Page[R], key: Key) -> int:
        """Where in a page that is here a line with this key belongs."""
        rows = page.rows or []
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            if self.before(rows[middle].key, key):
                low = middle + 1
            else:
                high = middle
        return low

    def put(self, page: Page[R], at: int, lines: list[Prepared[R]]) -> None:
        """Put lines into a page that is here."""
        rows = page.rows if page.rows is not None else []
        rows[at:at] = lines
        page.rows = rows
        self._homes.update((line.id, page) for line in lines)
        self._recount(page, len(rows))

    def take(self, page: Page[R], at: int, count: int) -> None:
        """Take lines out of a page that is here."""
        rows = page.rows or []
        for line in rows[at : at + count]:
            self._homes.pop(line.id, None)
        del rows[at : at + count]
        self._recount(page, len(rows))

    def replace(self, page: Page[R], at: int, line: Prepared[R]) -> None:
        """Put a line in the place of its older self."""
        if page.rows is not None:
            page.rows[at] = line

    def forget(self, page: Page[R]) -> None:
        """Let go of a page's lines; how many they are stays known."""
        for line in page.rows or ():
            self._homes.pop(line.id, None)
        page.rows, page.fresh = None, False

    def resize(self, page: Page[R], count: int) -> None:
        """A page that is not here has this many lines."""
        self._recount(page, count)

    def add(self, page: Page[R], behind: Page[R] | None = None) -> None:
        """Add a page at the end, or behind another."""
        self.all.insert(len(self.all) if behind is None else self.all.index(behind) + 1, page)
        self._recount(page, page.count)

    def following(self, page: Page[R]) -> Page[R] | None:
        """The page behind this one, None for the last."""
        at = self.all.index(page) + 1
        return self.all[at] if at < len(self.all) else None

    def _recount(self, page: Page[R], count: int) -> None:
        page.count = count
        at = self.all.index(page)
        counts = (other.count for other in self.all[at:])
        self._starts[at:] = accumulate(counts, initial=self._starts[at])
