"""The routes that an operator can activate; what is not used any more is switched off, never deleted."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import attentions
from iduo_desktop.services.attentions import Route
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.settings.words import active_field, in_use
from iduo_desktop.ui.widgets.fields import fixed_field


class RoutesPage(ListPage[Route]):
    """Those that are switched off stand last."""

    name = "routes"
    title = "Rutas"
    hint = "Línea de ayuda: adónde se puede derivar a una persona. Coordinación se entera en cuanto se activa una."
    tables = frozenset({"route"})

    def columns(self) -> tuple[Column[Route], ...]:
        return (Column("Ruta", lambda route: route.label), Column("Estado", lambda route: in_use(route.active), 90))

    def key(self, row: Route) -> object:
        return row.id

    def load(self) -> None:
        self.office.operations.run(self, attentions.routes).then(self.show_rows)

    def dialog(self, row: Route | None) -> EditDialog:
        return RouteDialog(self.office, row, self)


class RouteDialog(EditDialog):
    """One route."""

    def __init__(self, office: Office, route: Route | None, parent: QWidget):
        self._route = route
        fields = (fixed_field("label", "Ruta", FieldKind.TEXT, required=True, max_length=80), active_field())
        known = {"label": route.label, "active": route.active} if route else {"active": True}
        title = f"Ruta: {route.label}" if route else "Agregar ruta"
        super().__init__(office, "route", route.id if route else "", title, "Guardar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        route, active = self._route.id if self._route else None, self.answers.get("active") is True
        return self.operations.run(self, attentions.save_route, route, self.text("label"), active)
