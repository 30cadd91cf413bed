"""What an import would leave undone, or do otherwise than the file says: grouped by what there is to do about it."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from iduo_desktop.services.answers import AnswerOutcome
from iduo_desktop.services.batches import Outcome
from iduo_desktop.workbooks.drafts import Draft

ERROR, WARNING, KEPT = "error", "warning", "kept"
STATUSES: Final = ("Activo", "Moroso", "Suspendido", "Retirado")
EXPECTED: Final = {
    "number": "un número entero, sin letras",
    "status": "Activo, Moroso, Suspendido o Retirado",
    "cutoff_date": "una fecha, como 25/11/2026",
    "extended_until": "una fecha, como 25/11/2026",
    "answered_on": "una fecha, como 25/11/2026",
    "birth_date": "una fecha, como 31/05/1980",
    "debt": "un importe, como 1.234,50",
    "document": "un DNI de 7 u 8 cifras o un CUIT de 11",
    "phone": "un teléfono con su característica",
    "mobile": "un teléfono con su característica",
    "email": "una dirección, como ana@ejemplo.com",
    "answer": "una respuesta de hasta 4000 caracteres",
    "company_number": "el número de una empresa",
}
# outcome: sentence, what to do, how bad it is
OF_ANSWERS: Final = {
    "conflict": ("Ya tenía otra respuesta", "Elegí cuál queda: la del archivo o la que está.", WARNING),
    "empty": ("Respuesta vacía", "El mensaje sigue esperando. Escribila acá, u omití la fila.", ERROR),
    "unknown": ("El ticket no existe", "Corregí el número acá, u omití la fila.", ERROR),
    "wrong_code": ("El control no es el de ese ticket", "La fila se mezcló con otra: corregí el número.", ERROR),
    "wrong_state": ("Ya se le comunicó otra respuesta", "No se importa. Podés omitir la fila.", ERROR),
    "busy": ("Alguien lo está usando en este momento", "Esperá un momento y volvé a probar.", ERROR),
    "refused": ("No se puede importar", "Corregí la celda acá, u omití la fila.", ERROR),
    "doubtful": ("Dos filas se contradicen", "Dejá una sola: corregí u omití las otras.", ERROR),
}
OF_COLUMNS: Final = {
    "number": ("El número falta o no sirve", "Corregí la celda acá, u omití la fila."),
    "status": ("El estado no se conoce", "Elegí uno de los cuatro estados, u omití la fila."),
    "answer": ("La respuesta no se puede guardar", "Corregila acá, u omití la fila."),
    "name": ("La fila no dice de quién es", "Escribí el nombre o el documento, u omití la fila."),
}
DOUBLED: Final = ("Hay filas del mismo número con datos distintos", "Dejá una sola: corregí u omití las otras.")
OF_FAULTS: Final = {
    "cutoff_date": "La fecha de corte no se entiende: se importa sin fecha",
    "extended_until": "La prórroga no se entiende: se importa sin prórroga",
    "answered_on": "La fecha no se entiende: se toma la de hoy",
    "birth_date": "La fecha de nacimiento no se entiende: se importa sin ella",
    "debt": "El importe no se entiende: se importa sin deuda",
    "document": "El documento no pasa la verificación: se importa sin él",
    "phone": "El teléfono falta o no existe",
    "mobile": "El teléfono falta o no existe",
    "email": "El mail no es una dirección: queda como está",
    "surname": "Falta el apellido",
    "name": "Falta el nombre",
    "company_number": "La empresa no se entiende: se importa sin empresa",
}
OTHER_FAULT: Final = "Datos que no se pudieron usar"
CORRECT_OR_LEAVE: Final = "Se importa igual. Podés corregir la celda acá."
STAYS: Final = ("Acá se corrigió a mano y la lista dice otra cosa: queda lo de acá", "No hay nada que hacer.")


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell, or row, that deserves a look. `column` is its title or "" (whole row), `before` what stands here.

    `message` says the same in a sentence.
    """

    row: int
    column: str
    field: str
    value: str
    expected: str
    suggestion: str
    before: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with one thing to do. `code` is the outcome behind it; `severity` is error, warning or kept."""

    code: str
    severity: str
    sentence: str
    advice: str
    problems: tuple[Problem, ...]


Found = Iterator[tuple[tuple[str, str, str, str], Problem]]


def of_list(draft: Draft, outcomes: Iterable[Outcome]) -> tuple[Group, ...]:
    """What deserves a look in a list of clients, companies or contacts."""
    outcomes = tuple(outcomes)
    return _grouped((*_untaken(draft, outcomes), *_faults(draft), *_kept(outcomes)))


def of_answers(draft: Draft, outcomes: Sequence[AnswerOutcome]) -> tuple[Group, ...]:
    """What deserves a look among answers."""
    return _grouped((*_answers(draft, outcomes), *_faults(draft)))


def _untaken(draft: Draft, outcomes: Sequence[Outcome]) -> Found:
    """Rows that are not imported: by what their cell lacks, or by what the database said."""
    problems = {one.row: one for one in draft.listed.problems}
    for one in outcomes:
        if one.outcome not in {"doubtful", "refused"}:
            continue
        found = problems.get(one.row)
        if found is None:
            sentence = re.sub(r"\d+", "…", one.message).removesuffix(".")
            advice = "Corregí la fila, u omitila."
            yield (one.outcome, ERROR, sentence, advice), Problem(one.row, "", "", "", one.message, "", "", one.message)
            continue
        sentence, advice = DOUBLED if found.double else OF_COLUMNS.get(found.key, OF_ANSWERS["refused"][:2])
        expected = found.message if found.double else EXPECTED.get(found.key, found.message)
        suggestion = "" if found.double else suggested(found.key, found.what)
        problem = Problem(one.row, found.column, found.key, found.what, expected, suggestion, "", found.message)
        yield (one.outcome, ERROR, sentence, advice), problem


def _faults(draft: Draft) -> Found:
    """Cells that could not be used, of rows that are imported all the same; and what only the whole list shows."""
    told = defaultdict(set)
    taken = {row.row: row for row in draft.listed.rows}
    for fault in draft.listed.faults:
        told[fault.row].add(fault.message)
        if fault.row in taken:
            sentence = OF_FAULTS.get(fault.key, OTHER_FAULT)
            expected = EXPECTED.get(fault.key, fault.message)
            suggestion = suggested(fault.key, fault.what)
            problem = Problem(fault.row, fault.column, fault.key, fault.what, expected, suggestion, "", fault.message)
            yield ("warning", WARNING, sentence, CORRECT_OR_LEAVE), problem
    for row in taken.values():
        for message in row.warnings:
            if message not in told[row.row] and not message.startswith("Hay "):
                problem = Problem(row.row, "", "", "", message, "", "", message)
                yield ("warning", WARNING, OTHER_FAULT, "Se importa igual."), problem


def _kept(outcomes: Sequence[Outcome]) -> Found:
    for one in outcomes:
        if one.kept:
            yield ("kept", KEPT, *STAYS), Problem(one.row, "", "", "", "", "", one.kept, one.kept)


def _answers(draft: Draft, outcomes: Sequence[AnswerOutcome]) -> Found:
    problems = {one.row: one for one in draft.listed.problems}
    numbers = {row.row: row.number for row in draft.listed.rows}
    for one in outcomes:
        if one.outcome not in OF_ANSWERS:
            continue
        sentence, advice, severity = OF_ANSWERS[one.outcome]
        found = problems.get(one.row)
        if found is not None:
            if not found.double:
                sentence, advice = OF_COLUMNS.get(found.key, (sentence, advice))
            expected = found.message if found.double else EXPECTED.get(found.key, found.message)
            problem = Problem(
                one.row, found.column, found.key, found.what, expected, one.suggestion, one.before, found.message
            )
        else:
            # the one thing that only the database refuses is a day that cannot be
            field = {"refused": "answered_on", "unknown": "number", "wrong_code": "number"}.get(one.outcome, "answer")
            value = {"answer": one.answer, "number": numbers.get(one.row, "")}.get(field, "")
            title, message = _title(draft, field), one.message or f"{sentence}."
            expected = EXPECTED["answer"] if one.outcome == "empty" else message
            problem = Problem(one.row, title, field, value, expected, one.suggestion, one.before, message)
        yield (one.outcome, severity, sentence, advice), problem


def suggested(field: str, value: str) -> str:
    """What was probably meant; empty when there is nothing to go by."""
    if field == "status":
        close = difflib.get_close_matches(value.title(), STATUSES, 1, 0.5)
        return close[0] if close else ""
    if field in {"number", "company_number"}:
        digits = re.sub(r"\D", "", value)
        return digits if digits.strip("0") and len(digits) <= 12 and "-" not in value and "," not in value else ""
    if field == "email":
        meant = re.sub(r"\s+", "", value.replace(",", ".")).strip(".;:<>")
        return meant if re.fullmatch(r"[^@]+@[^@]+\.[a-z]{2,}", meant, re.IGNORECASE) and meant != value else ""
    return ""


def _title(draft: Draft, field: str) -> str:
    places = draft.head.places.get(field, ())
    return draft.head.titles[places[0]] if places else ""


def _grouped(found: Iterable[tuple[tuple[str, str, str, str], Problem]]) -> tuple[Group, ...]:
    """Errors first, and of each kind those of which there are most."""
    groups: dict[tuple[str, str, str, str], list[Problem]] = defaultdict(list)
    for about, problem in found:
        groups[about].append(problem)
    order = (ERROR, WARNING, KEPT)
    made = [Group(*about, tuple(sorted(rows, key=lambda one: one.row))) for about, rows in groups.items()]
    return tuple(sorted(made, key=lambda group: (order.index(group.severity), -len(group.problems))))
