"""The inputs of the message form that no other form has: buttons to choose by, and topics with their kind."""

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton

from iduo_desktop.services.catalogues import Topic
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import TicketKind
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Editor, Value
from iduo_desktop.ui.widgets.labels import label, say


class RadioEditor(Editor):
    """One of a few options, all of them seen; one Tab stop, the arrows choose."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self._group = QButtonGroup(self)
        self._buttons = {option.key: QRadioButton(option.label) for option in field.options}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(4)
        for key, button in self._buttons.items():
            button.setObjectName(f"{field.key}_{key}")
            self._group.addButton(button)
            row.addWidget(button)
            button.toggled.connect(self._follow)
        row.addStretch(1)
        first = next(iter(self._buttons))
        self.setFocusProxy(self._buttons[first])

    def value(self) -> Value:
        return next((key for key, button in self._buttons.items() if button.isChecked()), None)

    def set_value(self, value: Value) -> None:
        button = self._buttons.get(str(value))
        if button is not None:
            button.setChecked(True)

    def _follow(self, on: bool) -> None:
        checked = self._group.checkedButton()
        if on and checked is not None:
            self.setFocusProxy(checked)
            self.changed.emit()


class TopicEditor(Editor):
    """A topic, found by typing any part of it; its kind is said below."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self._kinds: dict[str, str] = {}
        self.box = ChoiceBox()
        self.box.setObjectName(f"field_{field.key}")
        self._kind = label("", "secondary", "topic_kind")
        self._hold(self.box)
        self.aside = self._kind
        self.box.changed.connect(self._follow)

    def offer(self, topics: tuple[Topic, ...]) -> None:
        """Show these; what was chosen before the list came is chosen now."""
        known = [(str(topic.id), topic) for topic in topics if topic.active]
        self._kinds = {key: TicketKind(topic.kind).label for key, topic in known}
        typed = self.box.currentText()
        self.box.set_choices((key, topic.label) for key, topic in known)
        if typed and self.box.key() is None:
            self.box.setEditText(typed)
        self._follow()

    def value(self) -> Value:
        return self.box.key()

    def set_value(self, value: Value) -> None:
        self.box.set_key(None if value is None else str(value))

    def problem(self) -> str:
        return "Elegí un tema de la lista, o borralo" if self.value() is None and not self.is_blank() else ""

    def is_blank(self) -> bool:
        return self.box.is_blank()

    def settle(self) -> None:
        self.box.settle()

    def _follow(self) -> None:
        say(self._kind, self._kinds.get(self.box.key() or "", ""))
        self.changed.emit()
