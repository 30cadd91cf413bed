"""Beside the message: the company that calls, its newest tickets, and its assistants."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services.assistants import DeskCompany
from iduo_desktop.services.tickets import TicketHit
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.assistants_box import AssistantsBox
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.ticket_words import numbered, stated
from iduo_desktop.ui.widgets.tips import tip

WIDTH = 350
TICKETS = 5
NOBODY = "Acá vas a ver la empresa, sus tickets y sus asistentes."


class CompanyPanel(QWidget):
    """What the operator should know while he listens. `ticket_requested` tells which ticket to open."""

    ticket_requested = Signal(int)

    def __init__(
        self,
        operations: Operations,
        clock: Clock,
        told_to: Callable[[], str],
        about: Callable[[], tuple[int | None, int | None]],
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setObjectName("company_panel")
        self.setAccessibleName("Datos de la empresa")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="panel")
        self._clock = clock
        self.company: DeskCompany | None = None
        self.assistants = AssistantsBox(operations, told_to, about)
        self._name = label("", "title", "company_title")
        self._facts = label("", "", "company_facts")
        self._note = label("", "", "company_note")
        self._note.setContentsMargins(8, 6, 8, 6)
        mark(self._note, surface="notice")
        self._nobody = label(NOBODY, "secondary", "company_nobody")
        self._tickets_title = label("Últimos tickets", "heading")
        self._none = sentence("secondary", "company_no_tickets")
        self._tickets = QWidget()
        self._lay_out()
        self.show_company(None)

    def show_company(self, company: DeskCompany | None) -> None:
        """Show a company, or that there is none yet."""
        self.company = company
        self._nobody.setVisible(company is None)
        for widget in (self._name, self._facts, self._tickets_title, self._tickets):
            widget.setVisible(company is not None)
        self.assistants.show_company(company)
        say(self._note, company.note if company is not None else "")
        say(self._none, "" if company is None or company.tickets else "Todavía no dejó ningún mensaje.")
        if company is not None:
            self._name.setText(company.name)
            self._facts.setText(_facts(company, self._clock))
            self._show_tickets(company.tickets[:TICKETS])

    def _show_tickets(self, hits: tuple[TicketHit, ...]) -> None:
        column = self._list
        while (item := column.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for hit in hits:
            column.addWidget(self._ticket(hit))

    def _ticket(self, hit: TicketHit) -> QPushButton:
        """«104 002 ○ Abierto · 18/11»."""
        day = formats.short_day(formats.here(hit.at).date(), self._clock().date())
        text = f"{numbered(hit.number, hit.check)}  {stated(hit.state)} · {day}"
        made = button(text, f"ticket_{hit.ticket_id}", partial(self.ticket_requested.emit, hit.ticket_id), role="link")
        made.setStyleSheet("text-align: left; padding: 5px 0px")
        made.setToolTip(tip(f"{hit.person} · {formats.exact(hit.at)}" if hit.person else formats.exact(hit.at)))
        return made

    def _lay_out(self) -> None:
        content = QWidget()
        content.setMinimumWidth(1)
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        self._list = QVBoxLayout(self._tickets)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._nobody)
        for widget in (self._name, self._facts, self._note):
            column.addWidget(widget)
        column.addSpacing(6)
        column.addWidget(self.assistants)
        column.addSpacing(6)
        column.addWidget(self._tickets_title)
        column.addWidget(self._none)
        column.addWidget(self._tickets)
        column.addStretch(1)
        scroll = FillingScroll(content)
        self.assistants.looked_at.connect(lambda widget: _look(scroll, content, widget))
        scroll.setObjectName("company_scroll")
        scroll.setAccessibleName("Datos de la empresa")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)


def _look(scroll: FillingScroll, content: QWidget, widget: QWidget) -> None:
    """Scroll to the end of it, and then, where it is too high, back to its beginning."""
    top = widget.mapTo(content, QPoint()).y()
    scroll.ensureVisible(0, top + widget.height(), 0, 4)
    scroll.ensureVisible(0, top, 0, 4)


def _facts(company: DeskCompany, clock: Clock) -> str:
    """Number, unit, CUIT, plan and how its service stands, a line each that has something to say."""
    status = ServiceStatus(company.service_status).label
    cut = formats.day_and_distance(company.cutoff_date, clock().date()) if company.cutoff_date else ""
    paper = "CUIT" if len(company.tax_id) == 11 else "Doc."
    lines = (
        " · ".join(part for part in (f"Nro {company.number}", company.management_unit) if part),
        f"{paper} {formats.document(company.tax_id)}" if company.tax_id else "",
        " · ".join(part for part in (f"Plan {company.plan}" if company.plan else "", status) if part),
        f"Corte {cut}" if cut else "",
    )
    return "\n".join(line for line in lines if line)
