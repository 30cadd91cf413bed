"""Word of who reads more than anybody's work needs: told once to those who look after the others."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer

from iduo_desktop.services import supervision
from iduo_desktop.services.staff import Me
from iduo_desktop.services.supervision import GreatReader
from iduo_desktop.ui import formats
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import supervises

TABLE = "read_excess"
# The guard says it at once; where none runs, it is asked for now and then.
EVERY_MS = 300_000
NAMED = 2


class GreatReaders(QObject):
    """Tells who reached what he may read in an hour, and whoever is refused after that."""

    def __init__(self, operations: Operations, me: Me, notice: Notice, parent: QObject):
        super().__init__(parent)
        self._operations, self._notice = operations, notice
        self._told: set[tuple[str, object, bool]] = set()
        self._every = QTimer(self, interval=EVERY_MS)
        self._every.timeout.connect(self._ask)
        if supervises(me):
            operations.changed.connect(self._hear)
            self._every.start()

    def _hear(self, table: str, _id: object) -> None:
        if table == TABLE:
            self._ask()

    def _ask(self) -> None:
        asked = self._operations.refresh(self, supervision.great_readers)
        asked.then(self._tell).refused(lambda _error: None).failed(lambda _error: None)

    def _tell(self, found: tuple[GreatReader, ...]) -> None:
        latest = [line for line in found if line.hour == found[0].hour]
        new = [line for line in latest if (line.login, line.hour, line.refused > 0) not in self._told]
        self._told.update((line.login, line.hour, line.refused > 0) for line in latest)
        if new:
            self._notice.tell(told(new))


def told(readers: Iterable[GreatReader]) -> str:
    """A sentence for each of the first, and how many there are besides."""
    lines = [*map(_line, readers)]
    rest = len(lines) - NAMED
    return " ".join(lines[:NAMED] + ([f"Y {formats.plural(rest, 'persona más', 'personas más')}."] if rest > 0 else []))


def _line(reader: GreatReader) -> str:
    begun = formats.here(reader.hour)
    rows = formats.plural(reader.rows, "fila", "filas")
    day = "" if begun.date() == formats.now().date() else "ayer "
    when = f"{day}entre las {begun.hour} y las {begun.hour + 1}"
    if reader.refused:
        return f"{reader.name} llegó al máximo de lectura {when}: leyó {rows} y el programa no le mostró más."
    return f"{reader.name} leyó {rows} {when}: casi el máximo, que es de {formats.count(reader.allowed)}."
