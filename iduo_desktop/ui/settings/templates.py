"""Texts for mails, text messages, WhatsApp and the site's chat: with variables, and seen as a client would get them."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from iduo_desktop import sms
from iduo_desktop.services import messages
from iduo_desktop.services.forms import Field
from iduo_desktop.services.messages import Template, Variable
from iduo_desktop.terms import Channel, FieldKind, Purpose
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.settings.template_example import example, unknown
from iduo_desktop.ui.settings.words import active_field, in_use
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.inert import one_line
from iduo_desktop.ui.widgets.labels import label, say, sentence

CHANNELS = {each.value: each.label for each in (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.CHAT)}
PURPOSES = {each.value: each.label for each in Purpose}
_EVERY = "cualquiera"
_HINT = "Al cliente se le escribe de usted. Lo que va entre llaves se completa con los datos de cada uno."
_LINES = 7


class TemplatesPage(ListPage[Template]):
    """Those that are switched off stand last."""

    name = "templates"
    title = "Textos"
    hint = "Plantillas para los mails, SMS y WhatsApp (se ponen con Ctrl+J) y para el chat (con /)."
    tables = frozenset({"template"})

    def columns(self) -> tuple[Column[Template], ...]:
        return (
            Column("Nombre", lambda template: template.name, 246),
            Column("Medio", lambda template: CHANNELS[template.channel], 100),
            Column("Para qué", lambda template: PURPOSES.get(template.purpose, _EVERY), 120),
            Column("Texto", lambda template: one_line(template.text, 200), spare=True),
            Column("Estado", lambda template: in_use(template.active), 90),
        )

    def key(self, row: Template) -> object:
        return row.id

    def load(self) -> None:
        self.office.operations.run(self, messages.all_templates).then(self.show_rows)

    def dialog(self, row: Template | None) -> EditDialog:
        return TemplateDialog(self.office, row, self)


class TemplateDialog(EditDialog):
    """One text, with what it looks like for an invented client below it."""

    def __init__(self, office: Office, template: Template | None, parent: QWidget):
        self._template = template
        self._target = "text"
        self._known: tuple[Variable, ...] = ()
        title = f"Texto: {template.name}" if template else "Agregar texto"
        known = _known(template) if template else {"active": True}
        what = template.id if template else ""
        super().__init__(office, "template", what, title, "Guardar", _fields(), known, parent, _HINT)
        self._make_variables()
        self._make_preview()
        self.form.changed.connect(self._show_preview)
        self._show_preview()
        self.operations.run(self, messages.variables).then(self._offer)

    def ask(self) -> Operation[Any]:
        made = Template(
            id=self._template.id if self._template else 0,
            name=self.text("name"),
            channel=self.text("channel"),
            purpose=self.text("purpose"),
            subject=self.text("subject"),
            text=self.text("text"),
            active=self.answers.get("active") is True,
            version=self._template.version if self._template else 0,
        )
        return self.operations.run(self, messages.save_template, made)

    def wanted_width(self) -> int:
        return 720

    def _input(self, key: str) -> QWidget:
        return next(row.editor.input for row in self.form.rows if row.field.key == key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A variable goes where one was writing."""
        if event.type() == QEvent.Type.FocusIn and self.isVisible():
            self._target = next((key for key in ("subject", "text") if self._input(key) is watched), self._target)
        return super().eventFilter(watched, event)

    def _make_variables(self) -> None:
        self.variables = ChoiceBox()
        self.variables.setObjectName("variables")
        self.variables.setAccessibleName("Insertar una variable")
        self.variables.setToolTip("Se inserta donde estabas escribiendo")
        self.variables.setMinimumContentsLength(24)
        self.variables.setEnabled(False)
        line = self.variables.lineEdit()
        if line is not None:
            line.setPlaceholderText("Insertar una variable…")
            line.returnPressed.connect(self._insert)
        self.variables.entered.connect(self._insert)
        self.variables.activated.connect(lambda _row: self._insert())
        for key in ("subject", "text"):
            self._input(key).installEventFilter(self)

    def _make_preview(self) -> None:
        text = self._input("text")
        text.setFixedHeight(text.fontMetrics().lineSpacing() * _LINES + 18)
        self.unknown = sentence("error", "unknown_variables")
        self.preview = label("", "", "template_preview")
        self.preview.setMargin(8)
        self.preview.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self.preview, surface="card")
        self.length = sentence("secondary", "template_length")
        above = QHBoxLayout()
        above.addWidget(label("Así lo recibe Ana Gómez", "heading", wraps=False))
        above.addStretch(1)
        above.addWidget(self.variables)
        at = self.body.count() - 1
        self.body.insertLayout(at, above)
        for place, widget in enumerate((self.unknown, self.preview, self.length), at + 1):
            self.body.insertWidget(place, widget)

    def _offer(self, variables: tuple[Variable, ...]) -> None:
        self._known = variables
        self.variables.set_choices((each.name, f"{{{each.name}}} · {each.meaning}") for each in variables)
        self.variables.setEnabled(bool(variables))
        self._show_preview()

    def _insert(self) -> None:
        """Put the chosen variable where one was writing."""
        name = self.variables.key()
        if name is None:
            return
        QTimer.singleShot(0, self, lambda: self.variables.set_key(None))  # after the box itself has written its choice
        where = self._input(self._target)
        if isinstance(where, QPlainTextEdit):
            where.insertPlainText(f"{{{name}}}")
        elif isinstance(where, QLineEdit):
            where.insert(f"{{{name}}}")
        where.setFocus()

    def _show_preview(self) -> None:
        values = self.form.values()
        subject, text = str(values.get("subject") or ""), str(values.get("text") or "")
        of_mail = values.get("channel") == Channel.EMAIL
        shown = example(f"{subject}\n\n{text}" if of_mail and subject else text)
        self.preview.setText(shown or formats.NOTHING)
        wrong = unknown(f"{subject} {text}", [each.name for each in self._known]) if self._known else ()
        said = ", ".join(f"{{{name}}}" for name in wrong)
        say(self.unknown, f"No hay ninguna variable {said}. Elegila de la lista." if wrong else "")
        counted = sms.length(example(text))
        parts = formats.plural(counted.parts, "SMS", "SMS")
        say(self.length, f"{len(example(text))} letras · {parts}" if values.get("channel") == Channel.SMS else "")


def _fields() -> tuple[Field, ...]:
    purposes = tuple(PURPOSES.items())
    return (
        fixed_field("name", "Nombre", FieldKind.TEXT, required=True, max_length=80),
        fixed_field("channel", "Medio", FieldKind.CHOICE, required=True, options=tuple(CHANNELS.items())),
        fixed_field("purpose", "Para qué", FieldKind.CHOICE, options=purposes, help="Vacío: para cualquier cosa"),
        fixed_field("subject", "Asunto", FieldKind.TEXT, max_length=200, help="Solo de los mails"),
        fixed_field("text", "Texto", FieldKind.LONG_TEXT, required=True, max_length=4000),
        active_field(),
    )


def _known(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "channel": template.channel,
        "purpose": template.purpose or None,
        "subject": template.subject or None,
        "text": template.text,
        "active": template.active,
    }
