"""The results of a contact (tipificaciones): their keys, what follows from them, their lists and their order."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import catalogues
from iduo_desktop.services.catalogues import Result
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.settings.words import active_field, in_use, lists_field, named_lists
from iduo_desktop.ui.widgets.fields import fixed_field

FLAGS = {
    "reached": "Se habló con el cliente",
    "final": "Termina la gestión",
    "promise": "Pide importe y fecha de pago",
    "callback": "Pide cuándo volver a llamar",
    "wrong_number": "El número está mal",
    "do_not_contact": "No quiere que lo contacten",
}
_SHORT = {
    "reached": "habló",
    "final": "termina",
    "promise": "promesa",
    "callback": "volver a llamar",
    "wrong_number": "nro equivocado",
    "do_not_contact": "no contactar",
}


class ResultsPage(ListPage[Result]):
    """Those that are switched off stand last."""

    name = "results"
    title = "Resultados"
    hint = "Cómo puede terminar un contacto. La tecla lo elige al registrarlo."
    tables = frozenset({"disposition"})
    order = staticmethod(catalogues.move_result)

    def columns(self) -> tuple[Column[Result], ...]:
        return (
            Column("Tecla", lambda result: str(result.digit or formats.NOTHING), 56),
            Column("Resultado", lambda result: result.label),
            Column("Consecuencias", _consequences, 230),
            Column("Listas", lambda result: named_lists(result.lists), 170, spare=True),
            Column("Estado", lambda result: in_use(result.active), 90),
        )

    def key(self, row: Result) -> object:
        return row.id

    def load(self) -> None:
        self.office.operations.run(self, catalogues.results).then(self.show_rows)

    def dialog(self, row: Result | None) -> EditDialog:
        return ResultDialog(self.office, row, self)


class ResultDialog(EditDialog):
    """One result."""

    def __init__(self, office: Office, result: Result | None, parent: QWidget):
        self._result = result
        keys = tuple((str(digit), str(digit)) for digit in range(1, 10))
        fields = (
            fixed_field("label", "Resultado", FieldKind.TEXT, required=True, max_length=80),
            fixed_field("digit", "Tecla", FieldKind.CHOICE, options=keys, help="Vacío: sin tecla"),
            fixed_field("flags", "Consecuencias", FieldKind.SEVERAL, options=tuple(FLAGS.items())),
            lists_field(),
            active_field(),
        )
        title = f"Resultado: {result.label}" if result else "Agregar resultado"
        known = _known(result) if result else {"active": True}
        super().__init__(office, "result", result.id if result else "", title, "Guardar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        flags = {*self.several("flags")}
        made = Result(
            id=self._result.id if self._result else None,
            label=self.text("label"),
            digit=int(self.text("digit")) if self.text("digit") else None,
            position=self._result.position if self._result else None,
            lists=self.several("lists"),
            active=self.answers.get("active") is True,
            **{flag: flag in flags for flag in FLAGS},
        )
        return self.operations.run(self, catalogues.save_result, made)

    def wanted_width(self) -> int:
        return 640


def _known(result: Result) -> dict[str, Any]:
    flags = [flag for flag in FLAGS if getattr(result, flag)]
    digit = str(result.digit) if result.digit else None
    return {"label": result.label, "digit": digit, "flags": flags, "lists": [*result.lists], "active": result.active}


def _consequences(result: Result) -> str:
    return ", ".join(word for flag, word in _SHORT.items() if getattr(result, flag)) or formats.NOTHING
