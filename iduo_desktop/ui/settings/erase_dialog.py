"""The data of one client are blanked for good: what is lost, why, and his number once more."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import records
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.forms import Field
from iduo_desktop.services.records import Erased
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.fields import fixed_field

LOST = (
    "Se borran para siempre su nombre, documento, domicilio, teléfonos y mails, sus mensajes y llamadas, y todo lo que "
    "se escribió sobre esta persona en casos, contactos, cierres y encuestas, también en la auditoría y en las "
    "importaciones. Quedan los hechos: cuándo, por qué medio, con qué resultado y quién. No se puede deshacer: "
    "si pidió una copia, prepará antes su archivo."
)


class EraseDialog(EditDialog):
    """Nothing happens before the number was typed again."""

    def __init__(self, office: Office, hit: CompanyHit, parent: QWidget):
        self.hit = hit
        title = f"Borrar los datos de {hit.client}"
        super().__init__(
            office, "erase_person", hit.company_id, title, "Borrar sus datos", self.fields(), {}, parent, LOST
        )

    def fields(self) -> tuple[Field, ...]:
        """Why, and whose."""
        nameless = "No pongas su nombre: el motivo queda guardado."
        again = f"Escribí {self.hit.number} para confirmar."
        return (
            fixed_field("reason", "Por qué", FieldKind.TEXT, required=True, max_length=500, help=nameless),
            fixed_field("number", "Número de cliente", FieldKind.TEXT, required=True, max_length=20, help=again),
        )

    def ask(self) -> Operation[Any]:
        typed = "".join(filter(str.isdigit, self.text("number")))
        return self.operations.run(
            self, records.erase_person, self.text("reason"), self.hit.company_id, int(typed[:15] or 0)
        )


def erased_words(hit: CompanyHit, done: Erased) -> str:
    """What to say afterwards, without his name."""
    if not done.rows and not done.entries:
        return f"Los datos del cliente {hit.number} ya estaban borrados"
    return f"Borraste los datos del cliente {hit.number}"
