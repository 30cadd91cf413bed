"""The dialogs about a case, each as it opens and as it looks when something is missing, and data corrected in place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QListWidget, QWidget

from iduo_desktop.database.errors import InDoubt
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.forms import Field, Form, Option
from iduo_desktop.terms import CaseList, FieldKind, Level
from iduo_desktop.ui.cases.close_dialog import CloseDialog
from iduo_desktop.ui.cases.create_dialog import CreateDialog
from iduo_desktop.ui.cases.extend_dialog import ExtendDialog
from iduo_desktop.ui.cases.move_dialog import MoveDialog
from iduo_desktop.ui.cases.reason_dialog import ReasonDialog
from iduo_desktop.ui.cases.reopen_dialog import ReopenDialog
from iduo_desktop.ui.cases.take_over_dialog import TakeOverDialog
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.operations import Operations
from tests.ui.screens_cases import choose, listed, stage_focus
from tests.ui.stage import Stage, pause

D = TypeVar("D", bound=QDialog)
Change = Callable[[CloseDialog], object]
LONG = "Paga hoy por transferencia. Dijo que el lunes manda el comprobante y que prefiere que lo llamen a la tarde."


def close_dialog(stage: Stage) -> QWidget:
    """As it opens."""
    return closing(stage)


def close_dialog_filled(stage: Stage) -> QWidget:
    """After a digit, with the part for a next contact."""

    def fill(dialog: CloseDialog) -> None:
        QTest.keyClick(stage_focus(), Qt.Key.Key_2)
        dialog.set_values({**dialog.values(), "best_time": "Después de las 18", "next_date": "2027-01-04"})

    return closing(stage, fill)


def close_dialog_incomplete(stage: Stage) -> QWidget:
    """Nothing answered, and sent."""
    return closing(stage, CloseDialog.submit)


def close_dialog_three(stage: Stage) -> QWidget:
    """A form of three fields."""
    return closing(stage, form=lambda form: replace(form, fields=form.fields[:3], templates=()))


def close_dialog_fifteen(stage: Stage) -> QWidget:
    """A form of fifteen fields of every kind, one of them wrong."""

    def fill(dialog: CloseDialog) -> None:
        dialog.set_values({"reason": "paid", "description": LONG, "f_date": "2026-11-20", "f_several": ["b"]})
        money = next(row for row in dialog.forms[0].rows if row.field.key == "f_money")
        money.editor.input.setFocus()
        QTest.keyClicks(money.editor.input, "mucho")
        dialog.submit()

    return closing(stage, fill, lambda form: replace(form, fields=form.fields[:4] + every_kind()))


def close_dialog_recovered(stage: Stage) -> QWidget:
    """With what was typed before the program ended."""
    window = case_window(stage)
    first = CloseDialog(*parts(window))
    opened(stage, first)
    first.set_values({"reason": "paid", "description": LONG})
    first.keep()
    first.reject()
    stage.settle()
    again = opened(stage, CloseDialog(*parts(window)))
    stage.wait(lambda: again.forms)
    return stage.shown(again)


def move_dialog(stage: Stage) -> QWidget:
    """With a day in words."""
    dialog = about_case(stage, MoveDialog)
    dialog.set_values({"to": "suspended", "reason": "Espera la factura corregida."})
    until = dialog.forms[0].rows[2].editor.input
    until.setFocus()
    QTest.keyClicks(until, "fin de semana")
    return stage.shown(dialog)


def move_dialog_incomplete(stage: Stage) -> QWidget:
    """Without list and reason."""
    dialog = about_case(stage, MoveDialog)
    dialog.submit()
    return stage.shown(dialog)


def extend_dialog(stage: Stage) -> QWidget:
    """More time before the cut-off, with the bounds of the organisation."""
    dialog = about_case(stage, ExtendDialog)
    assert isinstance(dialog, ExtendDialog)
    stage.wait(dialog.rules.text)
    dialog.set_values({"reason": "Cobra el lunes y pasa por la oficina."})
    until = dialog.forms[0].rows[0].editor.input
    until.setFocus()
    QTest.keyClicks(until, "+9d")
    return stage.shown(dialog)


def take_over_dialog(stage: Stage) -> QWidget:
    """Why one takes it from somebody."""
    return about_case(stage, TakeOverDialog)


def take_over_dialog_in_doubt(stage: Stage) -> QWidget:
    """The line broke while it was being saved."""
    dialog = about_case(stage, TakeOverDialog)
    dialog.set_values({"reason": "Terminó su turno."})
    dialog.draft.keep(dialog.values())
    dialog._sender._failed(InDoubt())
    return stage.shown(dialog)


def reopen_dialog(stage: Stage) -> QWidget:
    """Why a closed case is opened again."""
    window = listed(stage, CaseList.CLOSED, "coordinador")
    stage.wait(lambda: window.cases.reader.card is not None)
    return opened(stage, ReopenDialog(*parts(window)))


def create_dialog(stage: Stage) -> CreateDialog:
    """While a client is looked for."""
    window = stage.window()
    dialog = opened(stage, CreateDialog(window._operations, window.drafts, window))
    QTest.keyClicks(stage_focus(), "gom")
    found = dialog.findChild(QListWidget, "clients")
    assert found is not None
    stage.wait(found.isVisible)
    return stage.shown(dialog)


def create_dialog_incomplete(stage: Stage) -> QWidget:
    """A client is chosen, the rest is missing."""
    dialog = create_dialog(stage)
    QTest.keyClick(stage_focus(), Qt.Key.Key_Return)
    dialog.submit()
    return stage.shown(dialog)


def strip_callback(stage: Stage) -> QWidget:
    """When to call again."""
    return strip(stage, "5", "lun 15")


def strip_promise(stage: Stage) -> QWidget:
    """How much and when, incomplete."""
    window = strip(stage, "3", "48.310,50")
    window.cases.strip.save()
    return stage.shown(window)


def strip_paused(stage: Stage) -> QWidget:
    """A client who was contacted too often: only with a reason."""
    window = listed(stage, CaseList.DELINQUENT, "coordinador")
    choose(stage, window.cases, lambda row: row.level == Level.PAUSED)
    return begin(stage, window, "1")


def data_edited(stage: Stage) -> QWidget:
    """An address being typed, and a telephone that does not exist."""
    window = case_window(stage)
    data = window.cases.panel.data
    data.phones.add()
    QTest.keyClicks(stage_focus(), "15 99")
    QTest.keyClick(stage_focus(), Qt.Key.Key_Return)
    stage.settle()
    data._places["street"].begin()
    return stage.shown(window)


class OtherForm(CloseDialog):
    """The dialog with a form as an administrator may have made it."""

    def __init__(self, change: Callable[[Form], Form], *about: Any):
        self._other = change
        super().__init__(*about)

    def _show_form(self, form: Form) -> None:
        super()._show_form(self._other(form))


def closing(
    stage: Stage, change: Change | None = None, form: Callable[[Form], Form] = lambda form: form
) -> CloseDialog:
    """The closing dialog on one's own case."""
    dialog = OtherForm(form, *parts(case_window(stage)))
    opened(stage, dialog)
    stage.wait(lambda: dialog.forms)
    stage.shown(dialog)
    if change is not None:
        change(dialog)
    pause(0.1)
    return stage.shown(dialog)


def opened(stage: Stage, dialog: D) -> D:
    """A dialog on the screen, with the keyboard."""
    dialog.open()
    pause(0.1)  # the offscreen platform activates only what it has drawn
    return stage.shown(dialog)


def about_case(stage: Stage, kind: type[ReasonDialog]) -> ReasonDialog:
    """A dialog with a reason, about one's own case."""
    window = case_window(stage)
    dialog = kind(*parts(window))
    return opened(stage, dialog)


def strip(stage: Stage, *typed: str) -> MainWindow:
    """The strip on one's own case, with keys pressed one after the other."""
    return begin(stage, case_window(stage), *typed)


def begin(stage: Stage, window: MainWindow, *typed: str) -> MainWindow:
    """Ctrl+L, and these keys."""
    window.cases.strip.show()
    window.cases.strip.begin()
    stage.settle()
    for text in typed:
        QTest.keyClicks(stage_focus(), text)
    return stage.shown(window)


def case_window(stage: Stage) -> MainWindow:
    """The window with one of one's own cases chosen and read."""
    window = listed(stage, CaseList.MINE)
    stage.wait(lambda: window.cases.reader.card is not None)
    return stage.shown(window)


def parts(window: MainWindow) -> tuple[Operations, Drafts, CaseCard, QWidget]:
    """What a dialog about the chosen case is made with."""
    card = window.cases.reader.card
    assert card is not None
    return window._operations, window.drafts, card, window


def every_kind() -> tuple[Field, ...]:
    """Eleven fields, one of each kind and one more."""
    options = tuple(
        Option(key, label, None, ())
        for key, label in (("a", "Deuda"), ("b", "Servicio técnico"), ("c", "Mudanza"), ("d", "Promociones"))
    )
    labels = {
        FieldKind.TEXT: "¿Quién atendió?",
        FieldKind.LONG_TEXT: "Observaciones internas",
        FieldKind.CHOICE: "Medio de pago",
        FieldKind.SEVERAL: "Temas conversados",
        FieldKind.NUMBER: "Cantidad de cuotas",
        FieldKind.MONEY: "Importe",
        FieldKind.DATE: "Fecha de pago",
        FieldKind.TIME: "Hora del pago",
        FieldKind.YES_NO: "¿Verificó los datos de contacto?",
        FieldKind.PHONE: "Otro teléfono",
    }
    made = [
        Field(f"f_{kind.value}", "closing", label, kind, number % 2 == 0, None, (), None, "", 200, options)
        for number, (kind, label) in enumerate(labels.items())
    ]
    return (*made, replace(made[0], key="f_more", label="Número de comprobante", help="Lo trae el mail del banco"))


SCREENS = (
    close_dialog,
    close_dialog_filled,
    close_dialog_incomplete,
    close_dialog_three,
    close_dialog_fifteen,
    close_dialog_recovered,
    move_dialog,
    move_dialog_incomplete,
    extend_dialog,
    take_over_dialog,
    take_over_dialog_in_doubt,
    reopen_dialog,
    create_dialog,
    create_dialog_incomplete,
    strip_callback,
    strip_promise,
    strip_paused,
    data_edited,
)
