"""Asks what to do with what was typed and not saved: three verbs, on the page itself."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label


class Unsaved(Protocol):
    """Something with changes that can be saved or thrown away."""

    @property
    def saved(self) -> SignalInstance:
        """Told when the changes were saved."""

    def save(self) -> None:
        """Save the changes."""

    def discard(self) -> None:
        """Throw the changes away."""


class UnsavedBar(QWidget):
    """Shown only while it asks. «Guardar» goes on when the save worked; an error keeps one where one is.

    `goes`: what is asked about goes by itself once it is saved, as a dialog does.
    """

    def __init__(self, *, goes: bool = False):
        super().__init__()
        self._goes = goes
        self.setObjectName("unsaved")
        self.setAccessibleName("Cambios sin guardar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="notice")
        self._what: Unsaved | None = None
        self._go: Callable[[], object] | None = None
        self._before: QWidget | None = None
        self._save = button("Guardar", "unsaved_save", self._save_first, role="primary")
        around = QVBoxLayout(self)
        around.setContentsMargins(12, 6, 12, 6)
        row = FlowLayout()
        around.addLayout(row)
        row.addWidget(label("Tenés cambios sin guardar.", name="unsaved_sentence", wraps=False))
        row.addWidget(self._save)
        row.addWidget(button("Descartar", "unsaved_discard", self._discard))
        row.addWidget(button("Seguir editando", "unsaved_stay", self.stay))
        self.hide()

    def ask(self, what: Unsaved, go: Callable[[], object]) -> None:
        """Ask, and `go` when the answer is to save or to discard."""
        self._what, self._go = what, go
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.show()
        self._save.setFocus(Qt.FocusReason.OtherFocusReason)

    def stay(self) -> None:
        """Go back to what was being typed."""
        self._go = None
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.stay()
        else:
            super().keyPressEvent(event)

    def _discard(self) -> None:
        what, go = self._what, self._go
        self.hide()
        if what is not None and go is not None:
            what.discard()
            go()

    def _save_first(self) -> None:
        what = self._what
        self.hide()
        if what is not None:
            if not self._goes:
                what.saved.connect(self._saved, Qt.ConnectionType.SingleShotConnection)
            what.save()

    def _saved(self) -> None:
        go, self._go = self._go, None
        if go is not None:
            go()
