"""«5 Ruta»: which one is asked for; coordinators are told of it as soon as it is saved."""

from collections.abc import Iterable

from iduo_desktop.services.attentions import Route
from iduo_desktop.ui.attention.chain import ChainForm
from iduo_desktop.ui.attention.editors import OfferEditor
from iduo_desktop.ui.attention.fields import route_fields
from iduo_desktop.ui.attention.toggled import Toggled
from iduo_desktop.ui.widgets.date_box import Clock

TOLD = "→ Avisa a coordinación al guardar"
NONE = "No hay rutas cargadas: pedile a tu administrador que las agregue."


class RouteBlock(Toggled):
    """With one route only there is nothing to choose."""

    def __init__(self, clock: Clock):
        fields = route_fields()
        self.route = OfferEditor(fields[0], clock)
        super().__init__("route_on", "Activar ruta", ChainForm(fields, clock, {"route": self.route}), {})
        self.say(TOLD)

    def offer(self, routes: Iterable[Route]) -> None:
        """Those that are in use."""
        found = [(str(route.id), route.label) for route in routes if route.active]
        self.route.offer_choices(found)
        if len(found) == 1 and self.route.is_blank():
            self.route.set_value(found[0][0])
        self.say(TOLD if found else NONE, "secondary" if found else "warning")
