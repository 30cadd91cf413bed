"""A page with a short list: lines to add, to change in a dialog, and to put in order."""

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton

from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button

Row = TypeVar("Row")
UP, DOWN = -1, 1


class ListPage(Page, Generic[Row]):
    """A subclass says what is asked, what is shown, and which dialog changes a line; `order` lets lines be moved."""

    add_verb = "Agregar"
    order: Callable[..., None] | None = None

    def __init__(self, office: Office):
        super().__init__(office)
        self.list: RowList[Row] = RowList(f"{self.name}_list", self.title, self.columns(), self.key)
        self.list.opened.connect(self.change)
        self.list.chosen.connect(self.follow)
        self.body.addWidget(self.list, 1)
        self.buttons: dict[str, QPushButton] = {}
        self.add_button("add", self.add_verb, self.add, role="primary")
        self.add_button("change", "Editar", self.change, key="⏎")
        if self.order is not None:
            self.add_button("up", "Subir", partial(self.move_row, UP))
            self.add_button("down", "Bajar", partial(self.move_row, DOWN))
        self.follow()

    def columns(self) -> tuple[Column[Row], ...]:
        """What is shown of a line."""
        raise NotImplementedError  # each page has its own

    def key(self, row: Row) -> object:
        """What tells a line from the others."""
        raise NotImplementedError  # each page has its own

    def dialog(self, row: Row | None) -> QDialog:
        """The dialog for a line, or for a new one."""
        raise NotImplementedError  # each page has its own

    def begin(self) -> None:
        self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show what the database answered."""
        self.list.show_rows(rows)

    def add_button(self, name: str, text: str, action: Callable[[], object], *, role: str = "", key: str = "") -> None:
        """One more button above the list."""
        self.buttons[name] = button(text, f"{self.name}_{name}", action, role=role, key=key)
        self.head.addWidget(self.buttons[name])
        self.setTabOrder(self.buttons[name], self.list)

    def add(self) -> None:
        """A new line."""
        self.open(self.dialog(None))

    def change(self) -> None:
        """Change the chosen line."""
        row = self.list.row()
        if row is not None:
            self.open(self.dialog(row))

    def open(self, dialog: QDialog) -> None:
        """Show a dialog; the list has the keyboard again when it is gone."""
        dialog.destroyed.connect(self.list.setFocus)
        dialog.open()

    def move_row(self, step: int) -> None:
        """One place up or down."""
        row = self.list.row()
        if row is not None and self.order is not None:
            moving = self.office.operations.run(self, self.order, self.key(row), step)
            moving.busy(self.buttons["up"], self.buttons["down"])

    def follow(self) -> None:
        """Another line was chosen: what can be done with it?"""
        chosen = self.list.row() is not None
        for name, made in self.buttons.items():
            made.setEnabled(chosen or name == "add")
