"""A list without a database, for the widgets that show lists: it changes when a test says so, and says what changed."""

import bisect
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from iduo_desktop.ui.widgets.columns import Column
from iduo_desktop.ui.widgets.table_model import Source


@dataclass(frozen=True, slots=True)
class Book:
    """A line: it stands by `key`, then by its id."""

    id: int
    key: int
    title: str

    @property
    def position(self) -> str:
        """What the shelf takes to go on after this one."""
        return f"{self.key}/{self.id}"


COLUMNS: tuple[Column[Book], ...] = (
    Column("title", "Título", 200, lambda book: book.title, sort="title", main=True, stretch=True),
    Column("key", "Lugar", 80, lambda book: str(book.key), right=True, spoken=lambda book: f"lugar {book.key}"),
    Column("nothing", "Nada", 80, lambda _book: "—"),
)


class NoDatabase:
    """Stands where a connection would."""

    def close(self) -> None:
        """Nothing to close."""

    def cancel(self) -> None:
        """Nothing to cancel."""

    def wait(self, seconds: float) -> bool:
        """Nothing ever happens."""
        return seconds < 0

    def wake(self) -> None:
        """Nobody to wake."""


@dataclass
class Shelf:
    """All the lines, and how often they were asked for. While `gate` is closed, nobody gets an answer."""

    books: dict[int, Book] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    def fill(self, count: int) -> "Shelf":
        """So many lines, with room between them."""
        for number in range(1, count + 1):
            self.put(number, number * 10)
        return self

    def put(self, id: int, key: int, title: str = "") -> None:
        """Add a line or change it."""
        self.books[id] = Book(id, key, title or f"Libro {id}")

    def sorted(self) -> list[Book]:
        """The lines in their order."""
        return sorted(self.books.values(), key=place)

    def page(self, _database: object, after: str | None, limit: int) -> tuple[Book, ...]:
        """The lines after a position."""
        self._answer(after)
        ordered = self.sorted()
        start = 0 if after is None else bisect.bisect_right(ordered, _read(after), key=place)
        return tuple(ordered[start : start + limit])

    def only(self, _database: object, ids: Iterable[int]) -> tuple[Book, ...]:
        """Those of these lines that are here."""
        self._answer(tuple(ids))
        return tuple(book for book in self.sorted() if book.id in set(ids))

    def source(self) -> Source[Book]:
        """How a model asks."""
        return Source(self.page, self.only, place)

    def _answer(self, what: object) -> None:
        self.asked.append(what)
        self.gate.wait(10)
        if self.error is not None:
            raise self.error


def place(book: Book) -> tuple[int, int]:
    """Where a line stands."""
    return book.key, book.id


def _read(position: str) -> tuple[int, int]:
    key, _, number = position.partition("/")
    return int(key), int(number)
