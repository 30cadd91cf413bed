"""The columns of each of the six lists: at most eight, in the words of source S3."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from PySide6.QtGui import QBrush, QColor, QGuiApplication, QIcon

from iduo_desktop.services.cases import CaseRow
from iduo_desktop.terms import CaseList, ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.inbox import Inbox
from iduo_desktop.ui.theme import tokens
from iduo_desktop.ui.widgets import chip
from iduo_desktop.ui.widgets.columns import Badge, Column
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.history_lines import short_name

CaseColumn = Column[CaseRow]
Speaking = Callable[[int | None, int | None], str]


def nobody(_company: int | None, _contact: int | None) -> str:
    """No colleague is speaking with anybody."""
    return ""


def case_columns(
    which: CaseList, clock: Clock, login: str = "", speaking: Speaking = nobody, inbox: Inbox | None = None
) -> tuple[CaseColumn, ...]:
    """The columns of one list, as the person with this login sees them; `speaking` names who speaks with a client.

    `inbox` knows what was written in one's own cases.
    """
    made = _all_columns(clock, login, speaking)
    if inbox is not None:
        made["messages"] = _messages(inbox)
    return tuple(replace(made[key], least=_LEAST.get(key, 0)) for key in _COLUMNS[which] if key in made)


_COLUMNS = {
    CaseList.MINE: ("client", "level", "messages", "next", "debt", "contact"),
    CaseList.SUSPENDED: ("client", "level", "debt", "reason", "until", "contact", "holder"),
    CaseList.DELINQUENT: ("client", "level", "debt", "cutoff", "extension", "contact", "holder"),
    CaseList.WITHDRAWN: ("client", "level", "debt", "withdrawn", "withdrawal", "contact", "holder"),
    CaseList.ACTIVE: ("client", "level", "plan", "promotion", "contact", "holder"),
    CaseList.CLOSED: ("client", "debt", "closed", "closing_reason", "closing_status", "closed_by"),
}

# on a small screen; what is cut there is told by the cell's tip
_LEAST = {
    "client": 160,
    "level": 164,
    "messages": 104,
    "holder": 84,
    "reason": 84,
    "until": 80,
    "withdrawn": 90,
    "withdrawal": 80,
    "plan": 84,
    "promotion": 110,
    "closing_reason": 110,
}


def _all_columns(clock: Clock, login: str, speaking: Speaking) -> dict[str, CaseColumn]:
    columns = (*_client_columns(clock, login, speaking), *_moment_columns(clock), *_text_columns())
    return {column.key: column for column in columns}


def _client_columns(clock: Clock, login: str, speaking: Speaking) -> tuple[CaseColumn, ...]:
    badges = partial(_badges, clock=clock, speaking=speaking)
    return (
        Column(
            "client",
            "Cliente",
            200,
            lambda row: row.client,
            sort="client",
            main=True,
            stretch=True,
            tip=lambda row: "\n".join((row.client, *_number(row), *map(_spoken_badge, badges(row)))),
            spoken=lambda row: ", ".join((row.client, *map(_spoken_badge, badges(row)))),
            badges=badges,
        ),
        Column(
            *("level", "Contactos", 172, chip.by_channel),
            tip=chip.tip,
            spoken=chip.spoken,
            icon=_chip,
            prose=True,
            about=chip.LEGEND,
        ),
        Column("debt", "Deuda", 112, lambda row: formats.money(row.debt), right=True, sort="debt", descending=True),
        Column(
            "holder",
            "Lo tiene",
            104,
            lambda row: short_name(_holder(row, login)),
            tip=lambda row: _holder(row, login),
            spoken=lambda row: _holder(row, login) or "libre",
        ),
    )


def _moment_columns(clock: Clock) -> tuple[CaseColumn, ...]:
    return (
        _day("cutoff", "Corte", 90, lambda row: row.cutoff_date, clock, sort="cutoff"),
        _day("until", "Hasta", 90, lambda row: row.move_until, clock),
        _day("withdrawn", "Fecha de baja", 108, lambda row: row.withdrawn_on, clock),
        _moment("contact", "Últ. contacto", 114, lambda row: row.last_contact_at, clock, sort="contact"),
        _moment("next", "Próximo", 126, lambda row: row.next_action_at, clock),
        _moment("closed", "Cierre", 114, lambda row: row.closed_at, clock),
        Column(
            "extension",
            "Prórr.",
            66,
            lambda row: "Sí" if _extended(row, clock) else "No",
            tip=lambda row: formats.day(row.extended_until) if _extended(row, clock) else "Sin prórroga vigente",
        ),
    )


def _text_columns() -> tuple[CaseColumn, ...]:
    return (
        _text("list", "Lista", 96, lambda row: ServiceStatus(row.list).label),
        _text("plan", "Plan", 110, lambda row: row.plan),
        _text("locality", "Localidad", 118, lambda row: row.locality),
        _text("promotion", "Promoción sugerida", 164, lambda row: row.promotion),
        _text("reason", "Motivo", 120, lambda row: row.move_reason),
        _text("withdrawal", "Motivo de baja", 114, lambda row: row.move_reason),
        _text("closing_reason", "Motivo", 160, lambda row: row.closing_reason),
        _text("closing_status", "Estatus", 124, lambda row: row.closing_status),
        Column(
            "closed_by",
            "Operador",
            112,
            lambda row: short_name(row.closed_by or "") or formats.NOTHING,
            tip=lambda row: row.closed_by or "",
            spoken=lambda row: row.closed_by or "",
        ),
    )


def _messages(inbox: Inbox) -> CaseColumn:
    """What was written last; an answer that nobody read stands out."""
    return Column(
        *("messages", "Mensajes", 190, inbox.words),
        tip=inbox.tip,
        spoken=inbox.spoken,
        prose=True,
        colour=lambda row: QBrush(QColor(tokens(QGuiApplication.palette()).accent)) if inbox.waits(row) else None,
    )


def _text(key: str, title: str, width: int, value: Callable[[CaseRow], str | None]) -> CaseColumn:
    return Column(key, title, width, lambda row: value(row) or formats.NOTHING, prose=True)


def _day(
    key: str, title: str, width: int, value: Callable[[CaseRow], date | None], clock: Clock, sort: str = ""
) -> CaseColumn:
    return Column(
        key,
        title,
        width,
        lambda row: formats.short_day(value(row), clock().date()),
        right=True,
        sort=sort,
        tip=lambda row: formats.day_and_distance(value(row), clock().date()),
    )


def _moment(
    key: str, title: str, width: int, value: Callable[[CaseRow], datetime | None], clock: Clock, sort: str = ""
) -> CaseColumn:
    return Column(
        key,
        title,
        width,
        lambda row: formats.when(value(row), clock()),
        right=True,
        sort=sort,
        tip=lambda row: formats.exact(value(row)),
    )


def _holder(row: CaseRow, login: str) -> str:
    return "vos" if login and row.assigned_to == login else row.holder or ""


def _extended(row: CaseRow, clock: Clock) -> bool:
    return row.extended_until is not None and row.extended_until >= clock().date()


def _badges(row: CaseRow, *, clock: Clock, speaking: Speaking) -> tuple[Badge, ...]:
    talks = speaking(row.company_id, row.contact_id)
    due = row.next_action_at is not None and row.next_action_at <= clock() and not row.closed
    return (
        *((Badge("clock", "", formats.when(row.next_action_at, clock())),) if due else ()),
        *((Badge("talk", initials(talks), talks),) if talks else ()),
        *((Badge("eye", initials(row.viewers), row.viewers),) if row.viewers and row.viewers != talks else ()),
    )


def _number(row: CaseRow) -> tuple[str, ...]:
    """Persons who are no clients have none."""
    return () if row.company_number is None else (f"Nro {row.company_number}",)


def _spoken_badge(badge: Badge) -> str:
    words = {"clock": "llamada pendiente desde", "talk": "está hablando con él", "eye": "lo tiene abierto"}
    return f"{words[badge.kind]} {badge.meaning}"


def initials(names: str) -> str:
    """«Juan Paz, Ana Gil» is «JP AG»."""
    return " ".join("".join(word[0] for word in name.split())[:2].upper() for name in names.split(", ") if name)


def _chip(row: CaseRow) -> QIcon:
    screen = QGuiApplication.primaryScreen()
    colours = tokens(QGuiApplication.palette()).levels[row.level]
    return chip.chip_icon(row.level, row.attempts, colours, max(1.0, screen.devicePixelRatio()))
