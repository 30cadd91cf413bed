"""«Vista previa»: the form of a draft as operators will have it, to be filled and checked, saving nothing."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop.services.form_builder import Definition
from iduo_desktop.services.forms import Field, Form, Template
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.ui.settings.form_builder_forms import CLOSING
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence

_HINT = "Así lo va a ver cada operador. Acá no se guarda nada."
_FITS = "✔ Con estas respuestas se guardaría."


class PreviewDialog(QDialog):
    """The draft with its rules and, for the closing form, its digits and the options of one list."""

    def __init__(self, definition: Definition, clock: Clock, parent: QWidget):
        super().__init__(parent)
        self.definition, self._clock = definition, clock
        self.setObjectName("preview_dialog")
        self.setWindowTitle(f"Vista previa — {definition.title}")
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.forms: list[FormView] = []
        self.verdict = sentence("ok", "preview_verdict")
        self._content = QWidget()
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list = ChoiceBox()
        self.list.setObjectName("preview_list")
        self.list.setAccessibleName("Como se ve en la lista")
        self.list.set_choices((status.value, f"{status.label}s") for status in ServiceStatus)
        self.list.set_key(ServiceStatus.DELINQUENT.value)
        self._lay_out()
        self._show_form()
        self.list.changed.connect(self._show_form)
        self._fit()
        self.forms[0].take_keyboard()

    def check(self) -> None:
        """What the dialog would say of these answers."""
        wrong = [row for form in self.forms for row in form.check()]
        say(self.verdict, "" if wrong else _FITS, "ok")
        if wrong:
            wrong[0].editor.input.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in ENTER:
            self.focusNextChild() if plain else self.check()
        elif event.text().isdecimal() and plain:
            self._fill(int(event.text()))
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 12)
        top = QHBoxLayout()
        top.setContentsMargins(16, 0, 16, 0)
        top.addWidget(label(_HINT, "secondary", "preview_hint"), 1)
        if self.definition.kind == CLOSING:
            top.addWidget(label("Lista:", wraps=False))
            top.addWidget(self.list)
        column.addLayout(top)
        column.addWidget(self._scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.addWidget(self.verdict, 1)
        foot.addStretch(0)
        foot.addWidget(button("Cerrar", "preview_close", self.reject, key="Esc"))
        foot.addWidget(button("Probar", "preview_check", self.check, key="Ctrl+⏎", role="primary"))
        column.addLayout(foot)

    def _show_form(self) -> None:
        """The form anew, with what was typed so far."""
        kept = {key: value for form in self.forms for key, value in form.values().items()}
        form = preview_form(self.definition, self.list.key())
        self._content = QWidget()
        body = QVBoxLayout(self._content)
        body.setContentsMargins(16, 8, 16, 8)
        body.setSpacing(12)
        if form.templates:
            body.addWidget(self._quick_bar(form.templates))
        closing = FormView((field for field in form.fields if field.part == "closing"), self._clock)
        future = FormView((field for field in form.fields if field.part != "closing"), self._clock)
        self.forms = [closing, future]
        width = max(each.label_width() for each in self.forms)
        body.addWidget(closing)
        if future.rows:
            body.addWidget(Fold("Para un próximo contacto (opcional)", future))
        body.addWidget(future)
        body.addStretch(1)
        for each in self.forms:
            each.align_labels(width)
            each.set_values(kept)
            each.changed.connect(self.verdict.hide)
            each.digit_typed.connect(self._fill)
        self._scroll.setWidget(self._content)

    def _quick_bar(self, templates: tuple[Template, ...]) -> QWidget:
        bar = QWidget()
        flow = FlowLayout(bar)
        flow.addWidget(label("Cierre rápido:", "secondary", wraps=False))
        for template in templates:
            fill = partial(self._fill, template.digit)
            quick = button(f"{template.digit} {template.label}", f"quick_{template.digit}", fill)
            quick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            quick.setAutoDefault(False)
            flow.addWidget(quick)
        return bar

    def _fill(self, digit: int) -> None:
        template = next((each for each in self.definition.templates if each.digit == digit), None)
        if template is not None:
            for form in self.forms:
                form.fill(template)

    def _fit(self) -> None:
        screen = self.screen().availableGeometry()
        wanted = self._content.sizeHint().height() + 140
        self.resize(min(860, screen.width() - 24), min(wanted, screen.height() - 48))


def preview_form(definition: Definition, list: str | None) -> Form:
    """A draft as the dialogs would have it in a list: without what is retired or belongs to other lists."""
    fields = tuple(_offered(field, list) for field in definition.fields)
    return Form(definition.version, definition.title, fields, definition.templates)


def _offered(field: Field, list: str | None) -> Field:
    offered = (option for option in field.options if option.active)
    here = tuple(option for option in offered if not option.lists or list is None or list in option.lists)
    values = {name: getattr(field, name) for name in field.__slots__}
    return Field(**{**values, "options": here})
