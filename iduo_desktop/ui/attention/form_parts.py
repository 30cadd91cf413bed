"""What «Nueva atención» is made of, and where on the screen it stands."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.ui import actions
from iduo_desktop.ui.attention.call_block import CallBlock
from iduo_desktop.ui.attention.case_block import CaseBlock
from iduo_desktop.ui.attention.chain import align
from iduo_desktop.ui.attention.contact_block import ContactBlock
from iduo_desktop.ui.attention.follow_up_block import FollowUpBlock
from iduo_desktop.ui.attention.network_box import NetworkBox
from iduo_desktop.ui.attention.numbered import Numbered
from iduo_desktop.ui.attention.route_block import RouteBlock
from iduo_desktop.ui.attention.section_fold import SectionFold
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock, Warn
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import label, sentence
from iduo_desktop.ui.widgets.restored_line import RestoredLine
from iduo_desktop.ui.widgets.sender import KEY, Sender

KIND, TITLE, VERB = "attention", "Nueva atención", "Guardar todo"
NETWORK = "Red de apoyo"
SIDE = 16


class AttentionParts(QWidget):
    """Five parts one below the other, the sections of the record folded below them, and the buttons.

    `submit_asked`: Ctrl+Enter. `left`: Esc.
    """

    submit_asked = Signal()
    left = Signal()

    def __init__(self, operations: Operations, drafts: Drafts, clock: Clock, area_code: str, warn: Warn):
        super().__init__()
        self.setObjectName("attention_form")
        self.operations = operations
        self.drafts = drafts
        self.clock = clock
        self.area_code = area_code
        self.draft = FormDraft(drafts, KIND, 0, TITLE)
        self.sections: list[SectionFold] = []
        self.contact = ContactBlock(operations, clock, area_code)
        self.case = CaseBlock(clock)
        self.call = CallBlock(clock)
        self.follow_up = FollowUpBlock(clock, warn)
        self.route = RouteBlock(clock)
        self.network = NetworkBox(operations, clock, area_code)
        self.saved_label = sentence("secondary", "attention_saved")
        self._message = sentence("error", "message")
        self.sent: dict[str, Any] = {}
        self._lay_out()
        self.sending = Sender(self, [self.content], self.submit_button, self._message, VERB)
        self._row.insertWidget(self._row.count() - 1, self.sending.later)
        QWidget.setTabOrder(self.submit_button, self.sending.later)
        QWidget.setTabOrder(self.sending.later, self.cancel_button)
        actions.make(self, "save", self.submit_asked.emit)
        actions.make(self, "new_contact", self.contact.change)

    def copy_text(self) -> None:
        """«Copiar el texto»: into the clipboard, while it cannot be saved."""
        said = (self.case.new.text("subject"), self.case.new.text("description"), self.case.more.text("call_note"))
        QGuiApplication.clipboard().setText("\n".join(filter(None, said)))

    def forms(self) -> list[FormView]:
        """All forms, in reading order."""
        return [
            self.contact.form,
            *self.case.forms(),
            self.follow_up.form,
            self.route.form,
            *(each.view for each in self.sections),
        ]

    def parts(self) -> tuple[QWidget, ...]:
        """What F6 goes through."""
        return (*self._numbered, self._buttons)

    def scroll_to(self, cell: QWidget, target: QWidget) -> None:
        """Focus it and make sure that it can be seen, with what is said under it."""
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(cell, 0, 12))

    def place_sections(self) -> None:
        """The folded sections, the support network with the section of its name or after all of them."""
        own = next((each for each in self.sections if each.title == NETWORK), None)
        self.network_fold.setVisible(own is None)
        if own is None:
            self.network_place.addWidget(self.network)
        else:
            own.below.addWidget(self.network)
        for at, each in enumerate(self.sections):
            self.section_place.insertWidget(at, each)
        self._order()
        self.align()

    def align(self) -> None:
        """Labels as wide as the widest of what is always there."""
        align([self.contact.form, *self.case.forms(), self.follow_up.form, self.route.form])

    def _order(self) -> None:
        """Tab goes through what came later, too, before the buttons."""
        before: QWidget = self.route.form.rows[-1].editor.input
        for each in self.sections:
            QWidget.setTabOrder(before, each.fold)
            before = each.fold

    def _lay_out(self) -> None:
        self.content = QWidget()
        self.content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.content.setMinimumWidth(1)
        mark(self.content, surface="background")
        column = QVBoxLayout(self.content)
        column.setContentsMargins(SIDE, 8, SIDE, 8)
        column.setSpacing(7)
        column.addLayout(self._head())
        self._numbered = self._make_numbered()
        for at, part in enumerate(self._numbered):
            if at:
                column.addWidget(_line())
            column.addWidget(part)
        column.addStretch(1)
        self.area = FillingScroll(self.content)
        self.area.setObjectName("attention_scroll")
        self.area.setAccessibleName("Datos de la atención")
        below = QVBoxLayout()
        below.setContentsMargins(SIDE, 4, SIDE, 8)
        below.setSpacing(4)
        below.addLayout(self._remarks())
        below.addWidget(self._make_buttons())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        whole.addLayout(below)

    def _make_numbered(self) -> tuple[Numbered, ...]:
        more = QWidget()
        self.section_place = QVBoxLayout(more)
        self.section_place.setContentsMargins(0, 0, 0, 0)
        self.section_place.setSpacing(0)
        inside = QWidget()
        self.network_place = QVBoxLayout(inside)
        self.network_place.setContentsMargins(8, 4, 0, 4)
        self.network_fold = Fold(NETWORK, inside)
        self.network_fold.setObjectName("network_fold")
        self.section_place.addWidget(self.network_fold)
        self.section_place.addWidget(inside)
        return (
            Numbered("contact", "1 Contacto", self.contact),
            Numbered("case", "2 Caso", self.case),
            Numbered("call", "3 Esta llamada", self.call),
            Numbered("follow_up", "4 Seguimiento", self.follow_up),
            Numbered("route", "5 Ruta", self.route),
            Numbered("sections", "Ficha", more),
        )

    def _head(self) -> QHBoxLayout:
        self.time = label("", "secondary", "attention_time", wraps=False)
        self.restored = RestoredLine()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(TITLE, "title", "attention_title", wraps=False))
        head.addWidget(self.restored, 1)
        head.addStretch(0)
        head.addWidget(self.time)
        return head

    def _remarks(self) -> QHBoxLayout:
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._message, 1)
        self.copy_button = button("Copiar el texto", "copy_text", self.copy_text, role="link")
        self.copy_button.hide()
        said.addWidget(self.copy_button)
        return said

    def _make_buttons(self) -> QWidget:
        self._buttons = QWidget()
        self.cancel_button = button("Cancelar", "cancel", self.left.emit, key="Esc")
        self.submit_button = button(VERB, "submit", self.submit_asked.emit, key=KEY, role="primary")
        row = self._row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.saved_label, 1)
        row.addStretch(0)
        row.addWidget(self.cancel_button)
        row.addWidget(self.submit_button)
        return self._buttons


def _line() -> QWidget:
    made = QWidget()
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    mark(made, surface="bottom")
    made.setFixedHeight(1)
    return made
