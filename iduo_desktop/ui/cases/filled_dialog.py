"""A form that was filled: its questions and answers as they were then, whatever the form is like today."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop.services.forms import Field, FilledForm
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.amounts import show_number
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label

_LABEL_WIDTH = 180


class FilledDialog(QDialog):
    """Only to read; what was not answered is left out."""

    def __init__(self, filled: FilledForm, parent: QWidget):
        super().__init__(parent)
        self.setObjectName("filled_dialog")
        self.setWindowTitle(filled.title)
        self.setAccessibleName(filled.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        form = QFormLayout(content)
        form.setContentsMargins(16, 8, 16, 8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        for key, title, said in answers(filled):
            name = label(title, "secondary")
            name.setFixedWidth(_LABEL_WIDTH)
            text = label(said, "", f"filled_{key}")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setAccessibleName(f"{title}: {said}")
            form.addRow(name, text)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(filled.title)
        scroll.setWidget(content)
        head = label(f"{filled.by_name} · {formats.exact(filled.at)}", "heading", "filled_by")
        head.setContentsMargins(16, 12, 16, 0)
        done = button("Listo", "filled_done", self.accept, key="Esc")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.addWidget(head)
        column.addWidget(scroll, 1)
        column.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        column.setAlignment(done, Qt.AlignmentFlag.AlignHCenter)
        room = self.screen().availableGeometry()
        width = min(600, room.width() - 24)
        self.resize(width, min(content.heightForWidth(width) + 140, room.height() - 48))
        done.setFocus()


def answers(filled: FilledForm) -> list[tuple[str, str, str]]:
    """Key, question and answer in words, in the form's order."""
    values: dict[str, Any] = json.loads(filled.answers)
    return [
        (field.key, field.label, spoken(field, values[field.key])) for field in filled.fields if field.key in values
    ]


def spoken(field: Field, value: Any) -> str:
    """An answer as people read it."""
    labels = {option.key: option.label for option in field.options}
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, list):
        return ", ".join(labels.get(each, str(each)) for each in value)
    if field.kind == FieldKind.MONEY:
        return formats.money(Decimal(str(value)))
    if field.kind == FieldKind.NUMBER:
        return show_number(Decimal(str(value)))
    if field.kind == FieldKind.DATE:
        return formats.day(date.fromisoformat(value))
    return labels.get(value, str(value))
