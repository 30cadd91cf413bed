"""«Ofrecer asistentes»: for a client whose company is known, folded until somebody asks for it."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services import assistants
from iduo_desktop.services.assistants import DeskCompany
from iduo_desktop.services.catalogues import Script
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.assistants_box import AssistantsBox
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.labels import say, sentence


class OfferBox(QWidget):
    """Names are read when it is unfolded; telephone and mail when a reason was given. `told_to`: who hears them.

    `grown`: there is more to see.
    """

    grown = Signal()

    def __init__(self, operations: Operations, told_to: Callable[[], str], parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("offer_box")
        self._operations = operations
        self._card: TicketCard | None = None
        self._asking = False
        self._script = sentence("", "assistants_script")
        self.box = AssistantsBox(operations, told_to, self._about)
        self.box.disclosed.connect(lambda _reason: self.grown.emit())
        self._content = QWidget()
        inside = QVBoxLayout(self._content)
        inside.setContentsMargins(8, 0, 0, 0)
        inside.setSpacing(4)
        inside.addWidget(self._script)
        inside.addWidget(self.box)
        self.fold = Fold(f"Ofrecer asistentes  {shown('assistants')}", self._content)
        self.fold.setObjectName("fold_assistants")
        self.fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fold.toggled_open.connect(self._read)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._content)

    def offer(self, scripts: Iterable[Script]) -> None:
        """The organisation's sentences."""
        said = next((script.text for script in scripts if script.situation == "assistants"), "")
        say(self._script, f"«{said}»" if said else "")

    def show_card(self, card: TicketCard) -> None:
        """What was unfolded for another ticket is folded again."""
        if self._card is None or self._card.id != card.id:
            self._card = card
            self._asking = False
            self.box.show_company(None)
            self.fold.open(False)
        self._card = card

    def ask(self) -> None:
        """Ctrl+Shift+D: unfold and ask for the reason."""
        if self.fold.is_open and self.box.isVisible():
            self.box.ask()
            self.grown.emit()
        else:
            self._asking = True
            self.fold.open(True)

    def _about(self) -> tuple[int | None, int | None]:
        return (self._card.id if self._card is not None else None, None)

    def _read(self, is_open: bool) -> None:
        if is_open and self._card is not None and self._card.company_id is not None:
            self._operations.run(self, assistants.company, self._card.company_id).then(self._show)

    def _show(self, company: DeskCompany) -> None:
        if self._card is None or self._card.company_id != company.company_id or not self.fold.is_open:
            return
        self.box.show_company(company)
        asking, self._asking = self._asking, False
        if asking:
            self.box.ask()
        self.grown.emit()
