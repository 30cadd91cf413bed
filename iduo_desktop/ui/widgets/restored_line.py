"""What somebody had typed is there again: said above a form, with the way to begin anew."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label


class RestoredLine(QWidget):
    """«Recuperamos lo que habías escrito (21/11 13:58).  Descartar»; not there when nothing was restored."""

    discard_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._said = label("", "secondary", "restored")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._said, 1)
        row.addWidget(button("Descartar", "discard_draft", self.discard_asked.emit, role="link"))
        self.hide()

    def tell(self, draft: FormDraft) -> None:
        """Say when the draft was kept, if it was restored."""
        at = draft.restored_at
        if at is not None:
            self._said.setText(f"Recuperamos lo que habías escrito ({formats.here(at):%d/%m %H:%M}).")
        self.setVisible(at is not None)
