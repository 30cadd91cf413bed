"""What an attention asks: the fields of its parts, and the words that their choices have."""

from iduo_desktop.services.forms import Field
from iduo_desktop.terms import Direction, FieldKind, Priority, Risk
from iduo_desktop.ui.widgets.fields import fixed_field

NEW_CASE = "new"
MINE, ANYBODY = "mine", "anybody"
NEVER = "-1"
REMIND = (("0", "a la hora"), ("5", "5 min antes"), ("10", "10 min antes"), ("15", "15 min antes"))
REMINDS = (*REMIND, ("30", "30 min antes"), ("60", "1 h antes"), (NEVER, "sin aviso"))
WHO = ((MINE, "Para mí"), (ANYBODY, "Para quien esté"))
PLANNED = (
    (Direction.OUTBOUND.value, "Saliente – Programada"),
    (Direction.INBOUND.value, "Entrante – Programada"),
)
PRIORITIES = tuple((each.value, each.label) for each in Priority)
RISKS = tuple((each.value, each.label) for each in Risk)
USUAL_CASE = {"priority": Priority.NORMAL.value, "risk": Risk.NONE.value}
USUAL_CALL = {"direction": Direction.OUTBOUND.value, "remind": "10", "who": MINE}


def contact_fields() -> tuple[Field, ...]:
    """Who calls, when nobody knew him yet."""
    return (
        fixed_field("surname", "Apellido", FieldKind.TEXT, max_length=120),
        fixed_field("names", "Nombre", FieldKind.TEXT, max_length=120),
        fixed_field("document", "Documento", FieldKind.TEXT, max_length=30),
        fixed_field("phone", "Teléfono", FieldKind.PHONE, max_length=60),
    )


def case_fields() -> tuple[Field, ...]:
    """Why he calls. The subject has a line of its own."""
    return (
        fixed_field("subject", "Tema", FieldKind.LONG_TEXT, required=True, max_length=200),
        fixed_field("priority", "Prioridad", FieldKind.CHOICE, required=True, options=PRIORITIES),
        fixed_field("risk", "Riesgo", FieldKind.CHOICE, required=True, options=RISKS),
        fixed_field("description", "Descripción", FieldKind.LONG_TEXT, max_length=4000),
    )


def follow_up_fields() -> tuple[Field, ...]:
    """The call that is planned."""
    return (
        fixed_field("at", "Cuándo", FieldKind.DATE, required=True, ahead=True),
        fixed_field("direction", "Tipo", FieldKind.CHOICE, required=True, options=PLANNED),
        fixed_field("remind", "Aviso", FieldKind.CHOICE, required=True, options=REMINDS),
        fixed_field("who", "Para quién", FieldKind.CHOICE, required=True, options=WHO),
        fixed_field("follow_note", "Nota", FieldKind.TEXT, max_length=500),
        fixed_field("safe_reason", "Por qué a esa hora", FieldKind.TEXT, max_length=500),
    )


def route_fields() -> tuple[Field, ...]:
    """The route that is asked for."""
    return (
        fixed_field("route", "Ruta", FieldKind.CHOICE, required=True),
        fixed_field("route_note", "Nota", FieldKind.TEXT, max_length=500),
    )
