"""What is said of batches, their rows and their files."""

from collections.abc import Iterable

from iduo_desktop.services.batches import BatchRow
from iduo_desktop.terms import ImportKind
from iduo_desktop.ui import formats

SENT = "sent"
# what a row of each kind is called: one, many, and how it agrees
# rows that are told by their number
NAMED = 4
NOUNS = {
    ImportKind.ANSWERS: ("respuesta", "respuestas", "a"),
    ImportKind.CLIENTS: ("cliente", "clientes", "o"),
    ImportKind.COMPANIES: ("empresa", "empresas", "a"),
    ImportKind.CONTACTS: ("contacto", "contactos", "o"),
}
OUTCOMES = {
    "created": "nuevo",
    "updated": "actualizado",
    "unchanged": "sin cambios",
    "doubtful": "dudoso",
    "refused": "rechazado",
    "answered": "respondido",
    "same": "ya tenía la misma",
    "conflict": "ya tenía otra respuesta",
    "wrong_state": "no esperaba respuesta",
    "wrong_code": "no coincide el control",
    "busy": "alguien lo estaba usando",
    "unknown": "el ticket no existe",
    "empty": "sin respuesta",
    "omitted": "omitida",
}
FILES = "Planillas (*.xlsx *.xlsm *.xls *.ods *.csv *.txt)"


def lot(batch_id: int) -> str:
    """«lote 0412»."""
    return f"lote {batch_id:04}"


def kind_word(kind: str) -> str:
    """What came in or went out."""
    return "Envío de mensajes" if kind == SENT else ImportKind(kind).label


def state_word(batch: BatchRow) -> str:
    """What became of a batch."""
    if batch.undone_at is not None:
        return f"Deshecho el {formats.here(batch.undone_at):%d/%m}"
    if batch.applied_at is None:
        return "Sin terminar"
    if batch.kind != SENT:
        return "Importado"
    return "Respondido" if batch.rows and batch.answered >= batch.rows else "Esperando respuestas"


def share(part: int, whole: int) -> str:
    """«73 %»; nothing when there is nothing to share."""
    return f"{part * 100 // whole} %" if whole else ""


def counted(number: int, kind: str) -> str:
    """«131 respuestas»."""
    one, many, _ = NOUNS[ImportKind(kind)]
    return formats.plural(number, one, many)


def row_list(rows: Iterable[int]) -> str:
    """«fila 88», «filas 12, 40 y 3 más»."""
    known = sorted(set(rows))
    if not known:
        return ""
    text = ", ".join(map(str, known[:NAMED]))
    more = f" y {formats.count(len(known) - NAMED)} más" if len(known) > NAMED else ""
    return f"{'fila' if len(known) == 1 else 'filas'} {text}{more}"
