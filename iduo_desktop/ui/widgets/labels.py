"""Labels dressed in one line: text, what part it plays, a name for tests and style."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from iduo_desktop.ui.theme import mark


def label(text: str = "", role: str = "", name: str = "", *, wraps: bool = True) -> QLabel:
    """A label of plain text; `role` is one of the theme's (title, heading, secondary, error, warning, ok)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    made.setWordWrap(wraps)
    if wraps:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if role:
        mark(made, role=role)
    return made


def sentence(role: str, name: str) -> QLabel:
    """A label that is there only while it says something: see `say`."""
    made = label("", role, name)
    made.hide()
    return made


def say(where: QLabel, text: str, role: str = "") -> None:
    """Show this text, or hide the label when there is none."""
    where.setText(text)
    where.setVisible(bool(text))
    if role and where.property("role") != role:
        mark(where, role=role)
