"""Teams: people who are looked at together."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import catalogues
from iduo_desktop.services.catalogues import Team
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.settings.words import active_field, in_use
from iduo_desktop.ui.widgets.fields import fixed_field


class TeamsPage(ListPage[Team]):
    """Who is in which team is said at the person."""

    name = "teams"
    title = "Equipos"
    hint = "El equipo de cada persona se elige en Personas."
    tables = frozenset({"team", "staff"})

    def columns(self) -> tuple[Column[Team], ...]:
        return (
            Column("Equipo", lambda team: team.name),
            Column("Personas", lambda team: formats.count(team.people), 90, right=True),
            Column("Estado", lambda team: in_use(team.active), 110),
        )

    def key(self, row: Team) -> object:
        return row.id

    def load(self) -> None:
        self.office.operations.run(self, catalogues.teams).then(self.show_rows)

    def dialog(self, row: Team | None) -> EditDialog:
        return TeamDialog(self.office, row, self)


class TeamDialog(EditDialog):
    """One team."""

    def __init__(self, office: Office, team: Team | None, parent: QWidget):
        self._id = team.id if team else None
        fields = (fixed_field("name", "Nombre", FieldKind.TEXT, required=True, max_length=80), active_field())
        known = {"name": team.name, "active": team.active} if team else {"active": True}
        title = f"Equipo: {team.name}" if team else "Agregar equipo"
        super().__init__(office, "team", self._id or "", title, "Guardar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        made = Team(self._id, self.text("name"), self.answers.get("active") is True, 0)
        return self.operations.run(self, catalogues.save_team, made)
