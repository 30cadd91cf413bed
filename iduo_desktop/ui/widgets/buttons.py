"""Buttons dressed in one line: what they say, their key, a name for tests, and what they do."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from iduo_desktop.ui.theme import mark


def button(text: str, name: str, action: Callable[[], object], *, key: str = "", role: str = "") -> QPushButton:
    """A button; `key` is written beside the text, and screen readers hear the text alone."""
    made = QPushButton()
    made.setObjectName(name)
    made.clicked.connect(lambda _checked: action())
    if role:
        mark(made, role=role)
    name_button(made, text, key)
    return made


def small(text: str, name: str, action: Callable[[], object], role: str = "", key: str = "") -> QPushButton:
    """A button of little height, as heads and panels have them; a click leaves the keyboard where it is."""
    made = button(text, name, action, key=key, role=role)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    mark(made, small=True)
    return made


def name_button(made: QPushButton, text: str, key: str = "") -> None:
    """Say what the button does, with its key."""
    made.setText(f"{text}  {key}" if key else text)
    made.setAccessibleName(text)
