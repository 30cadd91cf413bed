"""Promotions: what is offered, since when, until when, for which plans and in which lists."""

from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import catalogues
from iduo_desktop.services.catalogues import Promotion
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.settings.words import active_field, in_use, lists_field, named_lists
from iduo_desktop.ui.widgets.fields import fixed_field

_EVERY = "todos"


class PromotionsPage(ListPage[Promotion]):
    """Those that are switched off stand last."""

    name = "promotions"
    title = "Promociones"
    hint = "Lo que se le puede ofrecer a un cliente, según su plan y la lista en la que está."
    tables = frozenset({"promotion"})

    def columns(self) -> tuple[Column[Promotion], ...]:
        return (
            Column("Promoción", lambda promotion: promotion.title),
            Column("Vigencia", self._validity, 190),
            Column("Planes", lambda promotion: ", ".join(promotion.plans) or _EVERY, 150, spare=True),
            Column("Listas", lambda promotion: named_lists(promotion.lists), 150, spare=True),
            Column("Estado", self._state, 90),
        )

    def key(self, row: Promotion) -> object:
        return row.id

    def load(self) -> None:
        self.office.operations.run(self, catalogues.promotions).then(self.show_rows)

    def dialog(self, row: Promotion | None) -> EditDialog:
        return PromotionDialog(self.office, row, self)

    def _validity(self, promotion: Promotion) -> str:
        first, last = promotion.valid_from, promotion.valid_until
        parts = [f"desde {formats.day(first)}" if first else "", f"hasta {formats.day(last)}" if last else ""]
        if first and last:
            return f"{formats.day(first)} a {formats.day(last)}"
        return " ".join(filter(None, parts)) or "siempre"

    def _state(self, promotion: Promotion) -> str:
        over = promotion.valid_until is not None and promotion.valid_until < self.office.clock().date()
        return "vencida" if over and promotion.active else in_use(promotion.active)


class PromotionDialog(EditDialog):
    """One promotion."""

    def __init__(self, office: Office, promotion: Promotion | None, parent: QWidget):
        self._id = promotion.id if promotion else None
        fields = (
            fixed_field("title", "Nombre", FieldKind.TEXT, required=True, max_length=120),
            fixed_field("text", "Qué se ofrece", FieldKind.LONG_TEXT, required=True, max_length=2000),
            fixed_field("valid_from", "Desde", FieldKind.DATE, help="Vacío: desde ya"),
            fixed_field("valid_until", "Hasta", FieldKind.DATE, help="Vacío: sin fin"),
            fixed_field(
                "plans", "Planes", FieldKind.TEXT, max_length=2000, help="Separados por coma. Vacío: todos los planes"
            ),
            lists_field(),
            active_field(),
        )
        title = f"Promoción: {promotion.title}" if promotion else "Agregar promoción"
        known = _known(promotion) if promotion else {"active": True}
        super().__init__(office, "promotion", self._id or "", title, "Guardar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        made = Promotion(
            id=self._id,
            title=self.text("title"),
            text=self.text("text"),
            valid_from=_day(self.text("valid_from")),
            valid_until=_day(self.text("valid_until")),
            plans=tuple(filter(None, (plan.strip() for plan in self.text("plans").split(",")))),
            lists=self.several("lists"),
            active=self.answers.get("active") is True,
        )
        return self.operations.run(self, catalogues.save_promotion, made, self.draft.key)

    def wanted_width(self) -> int:
        return 640


def _known(promotion: Promotion) -> dict[str, Any]:
    return {
        "title": promotion.title,
        "text": promotion.text,
        "valid_from": promotion.valid_from.isoformat() if promotion.valid_from else None,
        "valid_until": promotion.valid_until.isoformat() if promotion.valid_until else None,
        "plans": ", ".join(promotion.plans) or None,
        "lists": [*promotion.lists],
        "active": promotion.active,
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
