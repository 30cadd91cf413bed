"""The dialogs for a person: to add one with a password made here, and to change what he may do."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import passwords, staff
from iduo_desktop.services.catalogues import Team
from iduo_desktop.services.forms import Field
from iduo_desktop.services.staff import Person
from iduo_desktop.terms import FieldKind, Role
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.fields import fixed_field

_ROLES = tuple((role.value, role.label.capitalize()) for role in Role)
_LOGIN_HELP = "Minúsculas, números, punto o guion; por ejemplo mgarcia"
_HINT = "Al guardar te mostramos una contraseña para darle. La cambia la primera vez que entra."


def _fields(teams: tuple[Team, ...]) -> tuple[Field, ...]:
    choices = tuple((str(team.id), team.name) for team in teams if team.active)
    return (
        fixed_field("full_name", "Nombre completo", FieldKind.TEXT, required=True, max_length=120),
        fixed_field("roles", "Roles", FieldKind.SEVERAL, required=True, options=_ROLES),
        fixed_field("team", "Equipo", FieldKind.CHOICE, options=choices),
        fixed_field(
            "area_code",
            "Código de área",
            FieldKind.TEXT,
            max_length=4,
            help="De 2 a 4 números, sin el 0. Vacío: el de la organización",
        ),
    )


class _PersonDialog(EditDialog):
    """What both have: how the answers are read."""

    @property
    def team(self) -> int | None:
        """The team that was chosen."""
        return int(self.text("team")) if self.text("team") else None


class AddPersonDialog(_PersonDialog):
    """`password` is the one that was made for him, `login` and `full_name` what was sent."""

    def __init__(self, office: Office, teams: tuple[Team, ...], parent: QWidget):
        self.password = passwords.new_password()
        self.login = self.full_name = ""
        login = fixed_field("login", "Usuario", FieldKind.TEXT, required=True, max_length=40, help=_LOGIN_HELP)
        full_name, *rest = _fields(teams)
        fields = (full_name, login, *rest)
        super().__init__(office, "add_person", "", "Agregar persona", "Agregar", fields, {}, parent, _HINT)

    def ask(self) -> Operation[Any]:
        self.login, self.full_name = self.text("login"), self.text("full_name")
        roles, area = self.several("roles"), self.text("area_code")
        return self.operations.run(
            self, passwords.add_person, self.login, self.full_name, roles, area, self.team, self.password
        )


class ChangePersonDialog(_PersonDialog):
    """Name, roles, team and area code; the login stays for ever."""

    def __init__(self, office: Office, person: Person, teams: tuple[Team, ...], parent: QWidget):
        self.person = person
        team = str(person.team_id) if person.team_id is not None else None
        known = {"full_name": person.full_name, "roles": [*person.roles], "team": team, "area_code": person.area_code}
        title = f"Editar a {person.full_name} ({person.login})"
        super().__init__(office, "person", person.login, title, "Guardar", _fields(_with(teams, person)), known, parent)

    def ask(self) -> Operation[Any]:
        roles, area = self.several("roles"), self.text("area_code")
        return self.operations.run(self, staff.save, self.person.login, self.text("full_name"), roles, area, self.team)


def _with(teams: tuple[Team, ...], person: Person) -> tuple[Team, ...]:
    """The teams, the person's own among them even when it was switched off."""
    if person.team_id is None or any(team.id == person.team_id and team.active for team in teams):
        return teams
    return (*teams, Team(person.team_id, person.team or "", active=True, people=0))
