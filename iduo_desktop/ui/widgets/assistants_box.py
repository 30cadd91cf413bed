"""A company's assistants: names for everybody to see, how to reach them only for a reason that is kept."""

from collections.abc import Callable
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import assistants
from iduo_desktop.services.assistants import Assistant, AssistantData
from iduo_desktop.terms import DisclosureReason
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.assistant_card import AssistantCard
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.labels import label, say, sentence

ROOM = 4
_ACCEPTED = "Aceptó contactar a su asistente"


class Known(Protocol):
    """What has to be known of a company; services.assistants.DeskCompany is one."""

    @property
    def company_id(self) -> int:
        """Which company it is."""

    @property
    def offer(self) -> bool:
        """Whether its assistants are to be offered first."""

    @property
    def offer_why(self) -> str:
        """Why, or why not."""

    @property
    def assistants(self) -> tuple[Assistant, ...]:
        """Who they are."""


class AssistantsBox(QWidget):
    """Ctrl+Shift+D, a digit for the reason, and their data are there until another company is shown.

    `told_to` says who hears them; `about` the ticket and the call, if any. `disclosed` brings the reason once they are
    read, `accepted` follows when the caller is going to write to them himself, `left` Esc. `looked_at` brings what
    is to be seen whole now.
    """

    disclosed = Signal(str)
    accepted = Signal()
    left = Signal()
    looked_at = Signal(object)

    def __init__(
        self,
        operations: Operations,
        told_to: Callable[[], str],
        about: Callable[[], tuple[int | None, int | None]],
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setObjectName("assistants_box")
        self.setAccessibleName("Asistentes")
        self._operations = operations
        self._told_to = told_to
        self._about = about
        self._company: Known | None = None
        self._key: UUID = uuid4()
        self._keyed: tuple[object, ...] = ()
        self._before: QWidget | None = None
        self._cards: list[AssistantCard] = []
        self._acceptance = False
        self._lay_out()

    @property
    def shown(self) -> bool:
        """True while telephone and mail are on the screen."""
        return bool(self._cards)

    def show_company(self, company: Known | None) -> None:
        """Show the names of its assistants; data of another company go."""
        other = company is None or self._company is None or company.company_id != self._company.company_id
        self._company = company
        if other:
            self._forget()
        self._show()

    def allow_acceptance(self, *, on: bool) -> None:
        """Whether there is a call that ends when the caller goes to his assistant."""
        self._acceptance = on
        self._show()

    def ask(self) -> None:
        """Ctrl+Shift+D: ask for the reason; the digit that follows is it."""
        if self._company is None or not self._company.assistants:
            return
        focused = QApplication.focusWidget()
        if focused is not None and not self.isAncestorOf(focused):
            self._before = focused
        if self._cards:
            self._cards[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._reasons.show()
        self._open.hide()
        self._show()
        self._buttons[self._offered()[0]].setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, self, lambda: self.looked_at.emit(self._reasons))

    def leave(self) -> None:
        """Esc: back to what one was typing."""
        self._reasons.hide()
        self._show()
        before, self._before = self._before, None
        self.left.emit()
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        reasons = self._offered()
        typed = event.text()
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif self._reasons.isVisible() and typed.isdecimal() and 1 <= int(typed) <= len(reasons):
            self._disclose(reasons[int(typed) - 1])
        elif typed.lower() == "a" and self._accept.isVisible():
            self.accepted.emit()
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self._cards:
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _offered(self) -> list[DisclosureReason]:
        """The reasons of the moment; what is offered first has its own."""
        offered = self._company is not None and self._company.offer
        return [each for each in DisclosureReason if each is not DisclosureReason.OFFERED or offered]

    def _step(self, by: int) -> None:
        at = next((place for place, card in enumerate(self._cards) if card.hasFocus()), 0)
        self._cards[(at + by) % len(self._cards)].setFocus(Qt.FocusReason.TabFocusReason)

    def _disclose(self, reason: DisclosureReason) -> None:
        if self._company is None:
            return
        question = (self._company.company_id, reason.value, self._told_to() or "Quien llama", *self._about())
        say(self._problem, "")
        asked = self._operations.run(self, assistants.disclose, *question, self._key_of(question))
        asked.busy(self._reasons).then(partial(self._read, self._company.company_id, reason))
        asked.refused(self._fail).failed(self._fail)

    def _key_of(self, question: tuple[object, ...]) -> UUID:
        """The same for the same question, whose answer may have been lost; another question is not that one again."""
        if question != self._keyed:
            self._keyed, self._key = question, uuid4()
        return self._key

    def _read(self, company_id: int, reason: DisclosureReason, data: tuple[AssistantData, ...]) -> None:
        if self._company is None or self._company.company_id != company_id:
            return
        self._keyed = ()
        for each in data:
            card = AssistantCard(each)
            self._cards.append(card)
            self._given.addWidget(card)
            card.show()  # before it takes the keyboard
        self._reasons.hide()
        self._show()
        if self._cards:
            self._cards[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
            QTimer.singleShot(0, self, lambda: self.looked_at.emit(self))
        self.disclosed.emit(reason.value)

    def _fail(self, error: UserError | OperationError) -> None:
        say(self._problem, error.message, "error")

    def _forget(self) -> None:
        cards, self._cards = self._cards, []
        for card in cards:
            self._given.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._reasons.hide()
        say(self._problem, "")

    def _show(self) -> None:
        company = self._company
        self.setVisible(company is not None)
        if company is None:
            return
        names = "\n".join(f"{each.role_label}: {each.name}" for each in company.assistants)
        asking = not self._reasons.isHidden()
        say(self._names, "" if self._cards or asking else names)
        say(self._hint, "" if self._cards else company.offer_why, "warning" if company.offer else "secondary")
        self._open.setVisible(bool(company.assistants) and not self._cards and not asking)
        name_button(self._accept, _ACCEPTED, "A" if self._cards or asking else "")
        self._accept.setVisible(self._acceptance and bool(company.assistants))
        for number, reason in enumerate(DisclosureReason, 1):
            offered = self._offered()
            self._buttons[reason].setVisible(reason in offered)
            self._buttons[reason].setText(f"{number}  {reason.label}")

    def _lay_out(self) -> None:
        self._title = label("Asistentes", "heading")
        self._names = sentence("", "assistant_names")
        self._hint = sentence("secondary", "assistants_hint")
        self._problem = sentence("error", "assistants_problem")
        self._open = button("Mostrar teléfono y mail", "show_assistants", self.ask, key=shown("assistants"))
        self._reasons = QWidget()
        reasons = QVBoxLayout(self._reasons)
        reasons.setContentsMargins(0, 0, 0, 0)
        reasons.setSpacing(ROOM)
        reasons.addWidget(label("¿Por qué se los das? Apretá el número.", "secondary"))
        self._buttons = {
            reason: button(reason.label, f"reason_{reason.value}", partial(self._disclose, reason))
            for reason in DisclosureReason
        }
        for each in self._buttons.values():
            each.setStyleSheet("text-align: left")
            reasons.addWidget(each)
        self._reasons.hide()
        self._given = QVBoxLayout()
        self._given.setSpacing(ROOM)
        self._accept = button(_ACCEPTED, "accepted_assistant", self.accepted.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ROOM)
        for widget in (self._title, self._names, self._hint, self._open, self._reasons, self._problem):
            column.addWidget(widget)
        column.addLayout(self._given)
        column.addWidget(self._accept)
        self.hide()
