"""The board into a workbook: what is counted of the days and the team, a sheet for each plot, and no client in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iduo_desktop.database.connection import Database
from iduo_desktop.services import catalogues, clocks, supervision
from iduo_desktop.services.importing import Progress
from iduo_desktop.services.listing import Exported
from iduo_desktop.services.supervision import Bar, Span
from iduo_desktop.terms import CaseList
from iduo_desktop.workbooks.board import BoardSheet, write_board
from iduo_desktop.workbooks.places import put_in_place
from iduo_desktop.workbooks.writing import Column, Value

LISTS: Final = (CaseList.SUSPENDED, CaseList.DELINQUENT, CaseList.WITHDRAWN, CaseList.ACTIVE)
FIGURES: Final = {
    "calls": ("Llamadas", "llamadas del período"),
    "new_tickets": ("Tickets nuevos", "tickets del período"),
    "contacts": ("Contactos", "contactos del período"),
    "closed_cases": ("Casos cerrados", "casos del período"),
    "to_communicate": ("Por comunicar", "tickets, ahora"),
    "to_communicate_late": ("Por comunicar, demorados", "tickets, ahora"),
    "not_contacted": ("Sin contactar", "casos abiertos, ahora"),
    "doubtful_messages": ("No sabemos si salieron", "mensajes, ahora"),
}
OPERATORS: Final = {
    "name": Column("Operador", 28),
    "team": Column("Equipo", 18),
    "contacts": Column("Contactos", 11, "number"),
    "reached": Column("Contactados", 12, "number"),
    "promises": Column("Promesas", 10, "number"),
    "kept": Column("Cumplidas", 11, "number"),
    "broken": Column("Incumplidas", 12, "number"),
    "closed": Column("Casos cerrados", 14, "number"),
    "tickets": Column("Tickets tomados", 15, "number"),
    "communicated": Column("Comunicados", 13, "number"),
    "overrides": Column("Contactados igual, con motivo", 18, "number"),
}
PAUSES: Final = (
    *(Column("Persona", 28), Column("Equipo", 18), Column("Motivo", 18), Column("Minutos previstos", 12, "number")),
    *(Column("Desde", 17, "moment"), Column("Hasta", 17, "moment"), Column("La terminó", 24), Column("Por qué", 40)),
)


@dataclass(frozen=True, slots=True)
class OpenedBoard:
    """A committed trace of an export of the board, and how many operators it shows."""

    receipt: int
    rows: int


def export_board(database: Database, path: Path, span: Span, reason: str, progress: Progress | None = None) -> Exported:
    """Write the board of these days; the trace comes first. Cancelled from `progress` leaves no file.

    Slow: never on the UI thread.
    """
    _open(database, span, reason)
    makers: tuple[Callable[[Database, Span, str], BoardSheet], ...] = (
        *(_figures, _tickets_by_hour, _contacts_by_level, _unanswered, _promises, _operators, _pauses),
    )
    when = _told(database, span)
    sheets = []
    for done, make in enumerate(makers, 1):
        sheets.append(make(database, span, when))
        if progress is not None:
            progress("Exportando", done, len(makers))
    path.parent.mkdir(parents=True, exist_ok=True)
    with put_in_place(path) as part:
        written = write_board(part, sheets, clocks.now())
    return Exported(path, written)


def _open(database: Database, span: Span, reason: str) -> OpenedBoard:
    return database.one(
        OpenedBoard, "open_board_export", first=span.first, last=span.last, team=span.team_id, reason=reason
    )


def _told(database: Database, span: Span) -> str:
    """Which days and whose, as people write it."""
    days = f"{span.first:%d/%m/%Y}" if span.first == span.last else f"{span.first:%d/%m/%Y} al {span.last:%d/%m/%Y}"
    team = next((found.name for found in catalogues.teams(database) if found.id == span.team_id), "")
    return f"{days}, {f'equipo {team}' if span.team_id is not None else 'todos los equipos'}"


def _figures(database: Database, span: Span, when: str) -> BoardSheet:
    shown = supervision.figures(database, span)
    columns = (Column("Cifra", 30), Column("Cantidad", 12, "number"), Column("De qué", 28))
    rows = tuple((title, getattr(shown, name), unit) for name, (title, unit) in FIGURES.items())
    return BoardSheet("Resumen", f"Tablero: {when}", columns, rows)


def _tickets_by_hour(database: Database, span: Span, when: str) -> BoardSheet:
    found = supervision.tickets_by_hour(database, span)
    return _crossed("Tickets por hora", f"Tickets nuevos por hora y canal (tickets): {when}", "Hora", found)


def _contacts_by_level(database: Database, _span: Span, _when: str) -> BoardSheet:
    lists = [[bar.value for bar in supervision.contacts_by_level(database, each.value)] for each in LISTS]
    columns = (Column("Nivel", 10, "number"), *(Column(each.label, 14, "number") for each in LISTS))
    rows = tuple((level, *counts) for level, counts in enumerate(zip(*lists, strict=True)))
    title = f"Casos abiertos por nivel de contacto de su cliente (casos): {clocks.now():%d/%m/%Y %H:%M}"
    return BoardSheet("Contactos por nivel", title, columns, rows)


def _unanswered(database: Database, _span: Span, _when: str) -> BoardSheet:
    title = f"Tickets sin respuesta por días hábiles de espera (tickets): {clocks.now():%d/%m/%Y %H:%M}"
    found = supervision.unanswered_by_age(database)
    sheet = _crossed("Sin respuesta", title, "Días", found)
    late = {group: sum(bar.value for bar in found if bar.group == group and bar.late) for group in _groups(found)}
    rows = tuple((*row, late[str(row[0])]) for row in sheet.rows)
    return BoardSheet(sheet.name, sheet.title, (*sheet.columns, Column("Demorados", 12, "number")), rows)


def _promises(database: Database, span: Span, when: str) -> BoardSheet:
    found = supervision.promises_by_day(database, span)
    return _crossed("Promesas", f"Promesas por día de vencimiento (promesas): {when}", "Día", found)


def _operators(database: Database, span: Span, when: str) -> BoardSheet:
    found = supervision.operators(database, span)
    rows = tuple(tuple(getattr(line, name) for name in OPERATORS) for line in found)
    return BoardSheet("Operadores", f"Operadores (cantidades): {when}", tuple(OPERATORS.values()), rows)


def _pauses(database: Database, span: Span, when: str) -> BoardSheet:
    def row(line: supervision.PauseTaken) -> tuple[Value, ...]:
        until = clocks.on_the_wall(line.until) if line.until is not None else None
        taken = (line.name, line.team, line.label, line.minutes)
        return (*taken, clocks.on_the_wall(line.since), until, line.ended_by, line.reason)

    rows = tuple(row(line) for line in supervision.pauses(database, span))
    return BoardSheet("Pausas", f"Pausas: {when}", PAUSES, rows)


def _groups(bars: tuple[Bar, ...]) -> Iterator[str]:
    """Where bars stand, each once, in their order."""
    return iter(dict.fromkeys(bar.group for bar in bars))


def _crossed(name: str, title: str, head: str, bars: tuple[Bar, ...]) -> BoardSheet:
    """A line for each group, a column for each series, and all of them together."""
    series = [*dict.fromkeys(bar.series for bar in bars)]
    count = {(group, each): 0 for group in _groups(bars) for each in series}
    for bar in bars:
        count[bar.group, bar.series] += bar.value
    rows: list[tuple[Value, ...]] = []
    for group in _groups(bars):
        values = [count[group, each] for each in series]
        rows.append((group, *values, sum(values)))
    columns = (Column(head, 12), *(Column(each, 16, "number") for each in series), Column("Total", 10, "number"))
    return BoardSheet(name, title, columns, tuple(rows))
