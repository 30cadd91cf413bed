"""The forms of the settings: the page, a field with options, a quick closing, the preview, and what is refused."""

from PySide6.QtWidgets import QWidget

from iduo_desktop.services.forms import Option
from iduo_desktop.ui.settings.form_builder import QUICK, FormBuilderPage
from iduo_desktop.ui.settings.form_builder_field import FieldDialog
from iduo_desktop.ui.settings.form_builder_preview import PreviewDialog
from tests.ui.screens_settings import opened
from tests.ui.stage import Stage


def form_builder(stage: Stage) -> QWidget:
    """The closing form with a change that is not published."""
    page = forms_page(stage)
    page.fields.list.choose("status")
    page.move_field(1)
    stage.wait(lambda: page.definition is not None and page.definition.draft)
    return stage.shown(page.window())


def form_builder_quick(stage: Stage) -> QWidget:
    """The quick closings."""
    page = forms_page(stage)
    page.tabs.setCurrentIndex(QUICK)
    return stage.shown(page.window())


def form_builder_refused(stage: Stage) -> QWidget:
    """A field that cannot stand where it was moved."""
    page = forms_page(stage)
    page.fields.list.choose("contact_reason")
    page.edit_field()
    dialog = stage.dialog_of(FieldDialog)
    dialog.form.set_values({**dialog.form.values(), "needed": "depends", "required_if": "reason"})
    dialog.when.choose(["paid"])
    dialog.submit()
    stage.settle()
    page.fields.list.choose("contact_reason")
    page.move_field(-1)
    stage.wait(page.problem.text)
    return stage.shown(page.window())


def form_builder_field(stage: Stage) -> QWidget:
    """A list with its options, of which one depends and one is retired."""
    page = forms_page(stage)
    page.fields.list.choose("contact_reason")
    page.edit_field()
    dialog = stage.dialog_of(FieldDialog)
    dialog.form.set_values(
        {**dialog.form.values(), "needed": "depends", "required_if": "reason", "options_if": "reason"}
    )
    panel = dialog.panel
    panel.set_options([*panel.options, Option("old", "Reclamo viejo", None, (), ("delinquent",), active=False)])
    panel.pane.list.choose("old")
    return stage.shown(dialog)


def form_builder_template(stage: Stage) -> QWidget:
    """What a digit fills."""
    page = forms_page(stage)
    page.tabs.setCurrentIndex(QUICK)
    page.templates.list.choose(1)
    page.edit_template()
    return stage.dialog()


def form_builder_preview(stage: Stage) -> QWidget:
    """The form as operators would have it, with what is missing."""
    page = forms_page(stage)
    page.preview()
    dialog = stage.dialog_of(PreviewDialog)
    dialog.check()
    return stage.shown(dialog)


def form_builder_new(stage: Stage) -> QWidget:
    """A new survey."""
    page = forms_page(stage)
    page.add_form()
    return stage.dialog()


def forms_page(stage: Stage) -> FormBuilderPage:
    """The page of the forms, loaded."""
    page = opened(stage, "Formularios").page
    assert isinstance(page, FormBuilderPage)
    stage.wait(lambda: page.definition is not None)
    return page


SCREENS = (
    form_builder,
    form_builder_quick,
    form_builder_refused,
    form_builder_field,
    form_builder_template,
    form_builder_preview,
    form_builder_new,
)
