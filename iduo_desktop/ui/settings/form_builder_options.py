"""The options of a list field: in order, each with its label, digit, lists and parents; used ones are retired."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.forms import Option
from iduo_desktop.terms import FieldKind, ServiceStatus
from iduo_desktop.ui.settings.form_builder_answers import AnswersPicker
from iduo_desktop.ui.settings.form_builder_edits import new_key
from iduo_desktop.ui.settings.form_builder_pane import Pane
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import label

_LIST_HEIGHT = 168
_LISTS = tuple((status.value, f"{status.label}s") for status in ServiceStatus)
_DIGITS = tuple((str(digit), str(digit)) for digit in range(1, 10))
_HINT = "Una opción que ya se publicó no se borra: queda retirada y los registros viejos la conservan."


class OptionsPanel(QWidget):
    """`lists`: the form is for cases, and an option may belong to some lists only."""

    changed = Signal()

    def __init__(self, options: tuple[Option, ...], clock: Clock, *, lists: bool):
        super().__init__()
        self.options = [*options]
        self._at = -1
        self._painting = False
        self.pane: Pane[Option] = Pane("options", "Opciones", self._columns(lists), lambda option: option.key)
        self.pane.list.setFixedHeight(_LIST_HEIGHT)
        self.pane.add_button("add", "Agregar opción", self.add)
        self.pane.add_order(self.move_option)
        self.pane.add_button("retire", "Retirar", self.retire)
        self.pane.add_button("remove", "Quitar", self.remove)
        digit = fixed_field("option_digit", "Tecla", FieldKind.CHOICE, options=_DIGITS)
        name = fixed_field("option_label", "Opción", FieldKind.TEXT, required=True, max_length=120)
        where = fixed_field("option_lists", "Se ofrece en", FieldKind.SEVERAL, options=_LISTS, help="Ninguna: en todas")
        self.form = FormView([name, digit, where] if lists else [name, digit], clock)
        self.form.changed.connect(self._typed)
        self.parents = AnswersPicker("option_parents")
        self.parents.changed.connect(self._typed)
        self.pane.list.chosen.connect(self._choose)
        self._lay_out()
        self._show()

    def set_options(self, options: Iterable[Option]) -> None:
        """Show these."""
        self.options, self._at = [*options], -1
        self._show()

    def offer_parents(self, field_label: str, options: Iterable[Option]) -> None:
        """The answers of the field that the options depend on; none hides them."""
        keys = self.options[self._at].parents if self._at >= 0 else ()
        with QSignalBlocker(self.parents):
            self.parents.offer(f"Se ofrece con estas respuestas de «{field_label}» (ninguna: con todas)", options, keys)

    def problem(self) -> str:
        """What keeps the options from being saved; that option is chosen, and the sentence stands at it."""
        nameless = next((option for option in self.options if not option.label), None)
        if nameless is not None:
            self.pane.list.choose(nameless.key)
            self.form.show_error("option_label", "Escribí la opción, o quitala")
            return "Una opción no tiene nombre"
        return "" if any(option.active for option in self.options) else "Agregá al menos una opción"

    def add(self) -> None:
        """One more, to be named."""
        key = new_key("nueva", [option.key for option in self.options])
        self.options.append(Option(key, "", None, ()))
        self._show(key)
        self.form.rows[0].editor.input.setFocus()

    def move_option(self, step: int) -> None:
        """One place up or down."""
        to = self._at + step
        if self._at >= 0 and 0 <= to < len(self.options):
            moved = self.options.pop(self._at)
            self.options.insert(to, moved)
            self._show(moved.key)
            self.changed.emit()

    def retire(self) -> None:
        """Offer it no more, or again."""
        if self._at >= 0:
            option = self.options[self._at]
            self.options[self._at] = replace(option, active=not option.active, digit=None)
            self._show(option.key)
            self.changed.emit()

    def remove(self) -> None:
        """Take it out; what was published comes back retired."""
        if self._at >= 0:
            del self.options[self._at]
            self._show()
            self.changed.emit()

    def _columns(self, lists: bool) -> list[Column[Option]]:
        columns: list[Column[Option]] = [Column("Opción", lambda option: option.label or "(sin nombre)")]
        if lists:
            columns.append(Column("Se ofrece en", _where, 150))
        return [
            *columns,
            Column("Tecla", lambda option: str(option.digit or ""), 56),
            Column("Estado", lambda option: "Activa" if option.active else "Retirada", 84),
        ]

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Opciones", "heading", "options_title"))
        column.addWidget(self.pane)
        column.addWidget(self.form)
        column.addWidget(self.parents)
        column.addWidget(label(_HINT, "secondary", "options_hint"))

    def _show(self, chosen: str | None = None) -> None:
        """Show the options as they are now."""
        self._paint(chosen)
        self._choose()
        self.pane.follow()

    def _choose(self) -> None:
        """Another option: its data stand below the list."""
        if self._painting:
            return
        option = self.pane.list.row()
        keys = [each.key for each in self.options]
        self._at = keys.index(option.key) if option is not None and option.key in keys else -1
        shown = self.options[self._at] if self._at >= 0 else Option("", "", None, ())
        digit = str(shown.digit) if shown.digit else None
        with QSignalBlocker(self.form), QSignalBlocker(self.parents):
            self.form.set_values({"option_label": shown.label, "option_digit": digit, "option_lists": [*shown.lists]})
            self.parents.choose(shown.parents)
        self.form.rows[0].show_error("")
        self.form.setEnabled(self._at >= 0)
        self.parents.setEnabled(self._at >= 0)
        self._name_retire(shown)

    def _name_retire(self, option: Option) -> None:
        text = "Retirar" if option.active else "Activar"
        self.pane.buttons["retire"].setText(text)
        self.pane.buttons["retire"].setAccessibleName(text)

    def _typed(self) -> None:
        """What is typed below goes into the chosen option at once."""
        if self._at < 0:
            return
        values, before = self.form.values(), self.options[self._at]
        lists, digit = values.get("option_lists"), values.get("option_digit")
        self.options[self._at] = replace(
            before,
            label=str(values.get("option_label") or ""),
            digit=int(str(digit)) if digit else None,
            lists=tuple(lists) if isinstance(lists, list) else (),
            parents=self.parents.chosen() if not self.parents.isHidden() else before.parents,
        )
        self._paint(before.key)
        self.changed.emit()

    def _paint(self, chosen: str | None) -> None:
        """The lines anew; what is being typed below stays."""
        self._painting = True
        self.pane.list.show_rows(tuple(self.options))
        self.pane.list.choose(chosen)
        self._painting = False


def named(options: Iterable[Option], before: Iterable[Option]) -> tuple[Option, ...]:
    """The options with keys made from their labels, where they are new."""
    old = {option.key for option in before}
    made: list[Option] = []
    for option in options:
        taken = old | {other.key for other in made}
        made.append(option if option.key in old else replace(option, key=new_key(option.label, taken)))
    return tuple(made)


def _where(option: Option) -> str:
    return ", ".join(text for value, text in _LISTS if value in option.lists) or "Todas"
