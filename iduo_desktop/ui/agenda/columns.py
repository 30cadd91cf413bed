"""The columns of the agenda: when, what, whom to call where, for whom it is."""

from PySide6.QtGui import QBrush, QColor, QGuiApplication

from iduo_desktop import phones
from iduo_desktop.services.agenda import Item
from iduo_desktop.ui import formats
from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.agenda.lines import Line
from iduo_desktop.ui.theme import tokens
from iduo_desktop.ui.widgets.columns import Badge, Column
from iduo_desktop.ui.widgets.date_box import Clock


def columns(clock: Clock) -> tuple[Column[Line], ...]:
    """All of them; where it is narrow the last ones are hidden."""
    return (_when(clock), _what(), _phone(), _whom())


def phone(item: Item) -> str:
    """The telephone to call, as it is read."""
    return phones.shown(item.phone_e164) if item.phone_e164 else item.phone


def _when(clock: Clock) -> Column[Line]:
    def colour(row: Line) -> QBrush | None:
        worn = tokens(QGuiApplication.palette())
        return QBrush(QColor(worn.warning)) if words.is_overdue(row.item, clock()) else None

    def spoken(row: Line) -> str:
        late = "vencido, " if words.is_overdue(row.item, clock()) else ""
        return late + formats.when(row.item.due_at, clock())

    return Column(
        "when",
        "Cuándo",
        156,
        lambda row: words.when(row.item, clock()),
        right=True,
        tip=lambda row: formats.exact(row.item.due_at),
        spoken=spoken,
        colour=colour,
    )


def _what() -> Column[Line]:
    return Column(
        "what",
        "Qué",
        200,
        lambda row: f"{words.SIGNS[row.item.kind]} {words.title(row.item)}",
        main=True,
        stretch=True,
        tip=lambda row: "\n".join(filter(None, (words.WORDS[row.item.kind], words.title(row.item), row.item.note))),
        spoken=lambda row: f"{words.WORDS[row.item.kind]}, {words.title(row.item)}",
        badges=_badges,
    )


def _badges(row: Line) -> tuple[Badge, ...]:
    moved = row.item.moved
    return (Badge("again", str(moved), f"reprogramado {formats.plural(moved, 'vez', 'veces')}"),) if moved else ()


def _phone() -> Column[Line]:
    def text(row: Line) -> str:
        shown = phone(row.item)
        return f"⚠ {shown}".strip() if row.item.safe else shown or formats.NOTHING

    return Column(
        "phone",
        "Teléfono",
        180,
        text,
        tip=lambda row: "\n".join(filter(None, (phone(row.item), row.item.safe))),
        spoken=lambda row: ", ".join(filter(None, (phone(row.item), row.item.safe))),
    )


def _whom() -> Column[Line]:
    return Column("whom", "Para", 120, lambda row: words.whom(row.item))
