"""Small buttons in lines of their own, as the heads of records have them."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout


def small(text: str, name: str, act: Callable[[], object], role: str = "", key: str = "") -> QPushButton:
    """A button of little height; a click leaves the keyboard where it is."""
    made = button(text, name, act, key=key, role=role)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setStyleSheet("padding: 4px 0px; text-align: left" if role == "link" else "padding: 4px 8px")
    return made


def flow(widgets: Iterable[QWidget]) -> QWidget:
    """Widgets side by side, on more lines where there is no room."""
    holder = QWidget()
    layout = FlowLayout(holder, 6)
    for each in widgets:
        layout.addWidget(each)
    return holder
