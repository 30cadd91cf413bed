"""«Formularios»: the forms at the left, the draft of one in the middle; tried out, discarded or published."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QStackedWidget, QTabBar, QVBoxLayout

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import form_builder
from iduo_desktop.services.form_builder import Definition, FormRow, Made
from iduo_desktop.services.forms import Field, Template
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings import form_builder_edits as edits
from iduo_desktop.ui.settings.form_builder_edits import Edit, Found
from iduo_desktop.ui.settings.form_builder_field import FieldDialog
from iduo_desktop.ui.settings.form_builder_forms import CLOSING, KINDS, NewFormDialog, RenameFormDialog, in_order, used
from iduo_desktop.ui.settings.form_builder_pane import Pane
from iduo_desktop.ui.settings.form_builder_preview import PreviewDialog
from iduo_desktop.ui.settings.form_builder_template import TemplateDialog
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label, say, sentence

FIELDS, QUICK = 0, 1
_FORMS_WIDTH, _FORMS_HEIGHT, _WIDE, _ANY = 212, 180, 560, 16777215
_PUBLISHED = "Publicado: cada puesto lo ve la próxima vez que lo abre"
_NOT_YET = "Nunca se publicó: se va el formulario entero"


class FormBuilderPage(Page):
    """Every change goes into the draft at once; operators see it when it is published, never under an open dialog."""

    name = "form_builder"
    title = "Formularios"
    tables = frozenset({"form", "form_version", "form_field", "form_option", "form_template"})

    def __init__(self, office: Office):
        super().__init__(office)
        self.definition: Definition | None = None
        self._new_field = ""
        self._problem_at = ""
        self.forms = self._make_forms()
        self.fields = self._make_fields()
        self.templates = self._make_templates()
        self.state = label("", "secondary", "form_state", wraps=False)
        self.usage = sentence("secondary", "form_used")
        self.problem = sentence("error", "form_problem")
        self.tabs = QTabBar()
        self.tabs.setObjectName("form_tabs")
        self.tabs.setAccessibleName("Partes del formulario")
        self.stack = QStackedWidget()
        self._fill_head()
        self._fill_body()

    def begin(self) -> None:
        self.fields.list.setFocus(Qt.FocusReason.TabFocusReason)

    def load(self) -> None:
        chosen = self.forms.list.row()
        self.office.operations.run(self, edits.read, chosen.id if chosen else None).then(self._show)

    def change_draft(self, edit: Edit) -> None:
        """Put one change into the draft; a refusal stands at the field that it speaks of."""
        if self.definition is not None:
            saving = self.office.operations.run(self, edits.change, self.definition.form_id, edit)
            saving.then(lambda _: self._say("")).refused(self._refused)

    def add_form(self) -> None:
        """A survey, a section, or what goes with tickets."""
        dialog = NewFormDialog(self.office, self)
        dialog.saved.connect(self._open_made)
        self.open(dialog, self.forms)

    def rename_form(self) -> None:
        """Its title, and whether it is in use."""
        row = self.forms.list.row()
        if row is not None:
            self.open(RenameFormDialog(self.office, row, self), self.forms)

    def edit_field(self, new: bool = False) -> None:
        """Change the chosen field, or add one."""
        field = None if new else self.fields.list.row()
        if self.definition is not None and (new or field is not None):
            dialog = FieldDialog(self.office, self.definition, field, self)
            dialog.saved.connect(lambda: self._saved_field(dialog.key))
            self.open(dialog, self.fields)

    def move_field(self, step: int) -> None:
        """One place up or down."""
        field = self.fields.list.row()
        if field is not None:
            self.change_draft(edits.move_field(field.key, step))

    def remove_field(self) -> None:
        """Take the chosen field out of the draft; what was filled in keeps it."""
        field = self.fields.list.row()
        if field is not None:
            self.change_draft(edits.remove_field(field.key))

    def edit_template(self, new: bool = False) -> None:
        """Change the chosen quick closing, or add one."""
        template = None if new else self.templates.list.row()
        if self.definition is not None and (new or template is not None):
            self.open(TemplateDialog(self.office, self.definition, template, self), self.templates)

    def remove_template(self) -> None:
        """Take the chosen quick closing out."""
        template = self.templates.list.row()
        if template is not None:
            self.change_draft(edits.remove_template(template.digit))

    def preview(self) -> None:
        """The form as operators would have it."""
        if self.definition is not None:
            shown = PreviewDialog(self.definition, self.office.clock, self)
            self.open(shown, self.fields)

    def discard_draft(self) -> None:
        """Go back to what is published; the notice brings the draft back."""
        before = self.definition
        if before is None:
            return
        row = self.forms.list.row()
        never = row is not None and row.published_version is None
        said = (
            f"Descartaste «{before.title}», que nunca se publicó" if never else "Descartaste los cambios sin publicar"
        )
        undo = partial(self._make_again if never else self._bring_back, before)
        doing = self.office.operations.run(self, form_builder.discard_draft, before.form_id)
        doing.then(lambda _: self.office.notice.show(said, undo))
        doing.refused(self._refused).busy(self.discard_button, self.publish_button)

    def publish(self) -> None:
        """From now on dialogs open with the draft."""
        if self.definition is not None:
            doing = self.office.operations.run(self, edits.publish, self.definition)
            doing.then(lambda _: self._published()).refused(self._refused)
            doing.busy(self.discard_button, self.publish_button)

    def open(self, dialog: QDialog, pane: Pane[FormRow] | Pane[Field] | Pane[Template]) -> None:
        """Show a dialog; the list has the keyboard again when it is gone."""
        self._say("")
        dialog.destroyed.connect(pane.list.setFocus)
        dialog.open()

    def _make_forms(self) -> Pane[FormRow]:
        columns: tuple[Column[FormRow], ...] = (Column("Formulario", _form_text),)
        pane: Pane[FormRow] = Pane("forms", "Formularios", columns, lambda row: row.id)
        pane.add_button("add", "Nuevo", self.add_form)
        pane.add_button("rename", "Editar", self.rename_form)
        pane.list.opened.connect(self.rename_form)
        pane.list.chosen.connect(self._choose_form)
        pane.setMinimumWidth(_FORMS_WIDTH)
        return pane

    def _make_fields(self) -> Pane[Field]:
        columns: tuple[Column[Field], ...] = (
            Column("Campo", lambda field: field.label),
            Column("Qué guarda", _kind, 112),
            Column("Obligatorio", self._needed, 112),
        )
        pane: Pane[Field] = Pane("fields", "Campos", columns, lambda field: field.key)
        pane.add_button("add", "Agregar", partial(self.edit_field, new=True))
        pane.add_button("change", "Editar", self.edit_field, key="⏎")
        pane.add_order(self.move_field)
        pane.add_button("remove", "Quitar", self.remove_field)
        pane.list.opened.connect(self.edit_field)
        pane.list.removed.connect(self.remove_field)
        return pane

    def _make_templates(self) -> Pane[Template]:
        columns: tuple[Column[Template], ...] = (
            Column("Tecla", lambda each: str(each.digit), 56),
            Column("Cierre rápido", lambda each: each.label, 170),
            Column("Completa", self._filled),
        )
        pane: Pane[Template] = Pane("templates", "Cierres rápidos", columns, lambda each: each.digit)
        pane.add_button("add", "Agregar", partial(self.edit_template, new=True))
        pane.add_button("change", "Editar", self.edit_template, key="⏎")
        pane.add_button("remove", "Quitar", self.remove_template)
        pane.list.opened.connect(self.edit_template)
        pane.list.removed.connect(self.remove_template)
        return pane

    def _fill_head(self) -> None:
        self.preview_button = button("Vista previa", "form_preview", self.preview)
        self.discard_button = button("Descartar", "form_discard", self.discard_draft)
        self.publish_button = button("Publicar", "form_publish", self.publish, role="primary")
        for widget in (self.state, self.preview_button, self.discard_button, self.publish_button):
            self.head.addWidget(widget)

    def _fill_body(self) -> None:
        self.stack.addWidget(self.fields)
        self.stack.addWidget(self.templates)
        self.tabs.addTab("Campos")
        self.tabs.addTab("Cierres rápidos")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        middle = QVBoxLayout()
        middle.setSpacing(8)
        for widget in (self.usage, self.problem, self.tabs):
            middle.addWidget(widget)
        middle.addWidget(self.stack, 1)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(16)
        self._sides.addWidget(self.forms)
        self._sides.addLayout(middle, 1)
        self.body.addLayout(self._sides, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where both have room, else one above the other."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self.forms.setMaximumWidth(_FORMS_WIDTH if wide else _ANY)
        self.forms.setMaximumHeight(_ANY if wide else _FORMS_HEIGHT)

    def _show(self, found: Found) -> None:
        self.forms.list.show_rows(in_order(found.forms))
        row = self.forms.list.row()
        if row is None or found.definition is None or found.definition.form_id != row.id:
            self._choose_form()
            return
        other = self.definition is None or self.definition.form_id != row.id
        self.definition = found.definition
        self._show_state(row, found.definition)
        self.tabs.setVisible(row.kind == CLOSING)
        if row.kind != CLOSING:
            self.tabs.setCurrentIndex(FIELDS)
        if other:
            self._say("")
        self.fields.list.show_rows(found.definition.fields)
        self.templates.list.show_rows(found.definition.templates)
        self._point()

    def _show_state(self, row: FormRow, definition: Definition) -> None:
        published = f"Publicado el {formats.day(formats.here(row.published_at).date())}" if row.published_at else ""
        state = "Cambios sin publicar" if definition.draft else published
        say(self.state, state, "warning" if definition.draft else "secondary")
        say(self.usage, used(row))
        self.publish_button.setEnabled(definition.draft)
        self.discard_button.setEnabled(definition.draft)
        self.discard_button.setToolTip("" if row.published_version is not None else _NOT_YET)

    def _point(self) -> None:
        """Choose the field that was just added, or that something is wrong with."""
        wanted, self._new_field = self._new_field or self._problem_at, ""
        if wanted:
            self.fields.list.choose(wanted)

    def _choose_form(self) -> None:
        row = self.forms.list.row()
        if row is not None and (self.definition is None or self.definition.form_id != row.id):
            self.load()

    def _open_made(self, made: Made) -> None:
        self.definition = None
        self.office.operations.run(self, edits.read, made.form_id).then(partial(self._show_made, made.form_id))

    def _show_made(self, form_id: int, found: Found) -> None:
        self.forms.list.blockSignals(True)
        self.forms.list.show_rows(in_order(found.forms))
        self.forms.list.choose(form_id)
        self.forms.list.blockSignals(False)
        self.forms.follow()
        self._show(found)

    def _saved_field(self, key: str) -> None:
        self._new_field = key
        self._say("")

    def _published(self) -> None:
        self._say("")
        self.office.notice.show(_PUBLISHED)

    def _bring_back(self, before: Definition) -> None:
        doing = self.office.operations.run(self, edits.change, before.form_id, edits.bring_back(before))
        doing.refused(self._refused)

    def _make_again(self, before: Definition) -> None:
        doing = self.office.operations.run(self, edits.make_again, before, uuid4())
        doing.then(self._open_made).refused(self._refused)

    def _refused(self, error: UserError) -> None:
        """Say it at the field it speaks of; whatever somebody else did meanwhile is shown."""
        self._say(error.message)
        self._problem_at = error.field or ""
        if error.field is not None:
            self.tabs.setCurrentIndex(FIELDS)
            self.fields.list.choose(error.field)
        self.load()

    def _say(self, problem: str) -> None:
        say(self.problem, problem)
        self._problem_at = ""

    def _needed(self, field: Field) -> str:
        if field.required:
            return "Sí"
        labels = {each.key: each.label for each in (self.definition.fields if self.definition else ())}
        return f"Según {labels.get(field.required_if_field, '')}" if field.required_if_field else formats.NOTHING

    def _filled(self, template: Template) -> str:
        labels = {each.key: each.label for each in (self.definition.fields if self.definition else ())}
        return ", ".join(labels.get(value.field, "") for value in template.values) or formats.NOTHING


def _form_text(row: FormRow) -> str:
    """«Satisfacción · encuesta», with a star while there is something to publish."""
    kind = f" · {KINDS[row.kind].lower()}" if row.kind in KINDS else ""
    kind += ", reservada" if row.reserved else ""
    draft = "● " if row.draft_version is not None else ""
    return f"{draft}{row.title}{kind}" + ("" if row.active else " (desactivado)")


def _kind(field: Field) -> str:
    part = "" if field.part == "closing" else " · próx."
    options = sum(option.active for option in field.options)
    return FieldKind(field.kind).label + (f" ({options})" if field.options else "") + part
