"""Puts the whole window away behind another face, its dialogs too; then all is as it was."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

ABOVE = "above_the_curtain"
_WINDOWS = (Qt.WindowType.Window, Qt.WindowType.Dialog)


class Curtain(QStackedWidget):
    """Shows its content or one of its faces in front of it. What is hidden takes no keys.

    What had the keyboard gets it back, with its cursor where it was. Windows that open meanwhile wait behind it too,
    but for those that are `ABOVE`.
    """

    def __init__(self, content: QWidget, *faces: QWidget):
        super().__init__()
        self._content = content
        self._focus: QWidget | None = None
        self._dialogs: list[QWidget] = []
        self._late: list[QWidget] = []
        self._late_hides = QTimer(self, singleShot=True, interval=0)
        self._late_hides.timeout.connect(self._put_late_away)
        for page in (content, *faces):
            self.addWidget(page)

    @property
    def face(self) -> QWidget | None:
        """What stands in front; None while the content is seen."""
        return self.currentWidget() if self.currentWidget() is not self._content else None

    def draw(self, face: QWidget) -> None:
        """Put this in front; what already stands there makes room."""
        if self.face is None:
            self._put_away()
        self.setCurrentWidget(face)
        face.setFocus()

    def open(self) -> None:
        """Show the content again."""
        self._watch(on=False)
        self.setCurrentWidget(self._content)
        for dialog in filter(isValid, self._dialogs):
            if isinstance(dialog, QDialog):
                dialog.open()  # hiding took its modality away
            else:
                dialog.show()
        self._dialogs = []
        if self._focus is not None and isValid(self._focus):
            self._focus.window().activateWindow()
            self._focus.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._focus = None

    def _put_away(self) -> None:
        self._focus = QApplication.focusWidget()
        window = self.window()
        self._dialogs = [top for top in QApplication.topLevelWidgets() if top.isVisible() and top is not window]
        for dialog in self._dialogs:
            dialog.hide()
        self._watch(on=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window opens by itself, of an answer that came late: it waits."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and self._belongs_behind(watched):
            self._late.append(watched)
            self._late_hides.start()
        return super().eventFilter(watched, event)

    def _belongs_behind(self, widget: QWidget) -> bool:
        own = widget is self.window() or bool(widget.property(ABOVE))
        return widget.isWindow() and widget.windowType() in _WINDOWS and not own

    def _put_late_away(self) -> None:
        late, self._late = self._late, []
        for window in late:
            if self.face is not None and isValid(window) and window.isVisible():
                self._dialogs.append(window)
                window.hide()

    def _watch(self, *, on: bool) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.installEventFilter(self) if on else application.removeEventFilter(self)


class Hidden(QWidget):
    """The face of «Ocultar todo»: nothing to read, and the key that brings it back."""

    def __init__(self, key: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("hidden")
        self.setAccessibleName("Pantalla oculta")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        mark(self, surface="panel")
        text = label(f"Pantalla oculta. {key} la vuelve a mostrar.", "secondary", "hidden_text")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(text)
