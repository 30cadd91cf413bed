"""The texts that are written about a ticket, each for one command."""

from uuid import UUID

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import Database, tickets
from iduo_desktop.services.tickets import Answered
from iduo_desktop.ui.tickets.compose import Task
from iduo_desktop.ui.tickets.rights import Verb

_NOT_ANSWERED = {
    "wrong_state": "Otra persona ya lo respondió. Tu texto sigue acá.",
    "busy": "Otra persona lo está cambiando en este momento. Probá de nuevo en unos segundos.",
    "unknown": "Ese ticket ya no está. Tu texto sigue acá.",
}


def answer_one(database: Database, ticket_id: int, text: str, key: UUID) -> Answered:
    """Answer a ticket; UserError when it was not answered, so that the text is kept."""
    (answered,) = tickets.answer(database, (ticket_id,), text, key)
    if answered.outcome in _NOT_ANSWERED:
        raise UserError(_NOT_ANSWERED[answered.outcome])
    return answered


TASKS = (
    Task(
        Verb.INSIST,
        "Insistir: sumar reclamo",
        "Qué dice ahora",
        "Sumar el reclamo",
        "Escribí qué dice ahora.",
        tickets.insist,
    ),
    Task(
        Verb.ANSWER,
        "Responder",
        "La respuesta, como se le va a leer a quien llamó",
        "Responder",
        "Escribí la respuesta.",
        answer_one,
        lines=7,
        limit=4000,
    ),
    Task(
        Verb.SEND_BACK,
        "Devolver la respuesta",
        "Por qué no sirve y qué falta",
        "Devolver",
        "Escribí por qué no sirve.",
        tickets.send_back,
    ),
    Task(
        Verb.NOTE,
        "Nota interna",
        "Solo la ven quienes trabajan acá; no se le lee a quien llamó",
        "Guardar la nota",
        "Escribí la nota.",
        tickets.add_note,
    ),
)
