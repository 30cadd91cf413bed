"""The day's messages as a workbook that the other side can answer in, and how it is known again when it comes back."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from iduo_desktop.workbooks import reading
from iduo_desktop.workbooks.values import Cell, Sheet, Workbook, WorkbookError
from iduo_desktop.workbooks.writing import Column, SheetWriter, Value, new_book, writable

LIST, HELP, MARK = "Mensajes", "Instrucciones", "iduo"
VERSION: Final = "1"
ANSWER: Final = "answer"
LONGEST_ANSWER: Final = 4000
COLUMNS: Final[dict[str, Column]] = {
    "number": Column("Nro de ticket", 14),
    "code": Column("Control", 9),
    "again": Column("Reiteración", 12),
    "at": Column("Ingresó", 16, "moment"),
    "kind": Column("Tipo", 11),
    "channel": Column("Canal", 10),
    "topic": Column("Tema", 22),
    "surname": Column("Apellido", 18),
    "names": Column("Nombre", 18),
    "document": Column("Documento", 13),
    "phone": Column("Teléfono", 18),
    "email": Column("Mail", 26),
    "company_number": Column("Empresa nro", 12),
    "company": Column("Empresa", 26),
    "text": Column("Consulta", 60, "wrapped"),
    "remark": Column("Qué agregó", 36, "wrapped"),
    ANSWER: Column("Respuesta", 70, "wrapped"),
    "answered_on": Column("Fecha de respuesta", 18, "day"),
}
KEYS: Final = tuple(COLUMNS)
PREFIX: Final = "iduo_mensajes_"
EARLY: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - of a batch of nothing; sheets know no zones
# without these an answer does not find its way back
NEEDED: Final = ("number", "code", ANSWER)
STEPS: Final = (
    "Escriba cada respuesta en la columna «Respuesta», en la fila de su mensaje.",
    "Puede ordenar, filtrar y agregar columnas. No cambie «Nro de ticket» ni «Control»: así vuelve cada respuesta.",
    "Deje vacía la respuesta de lo que todavía no está resuelto: se puede enviar después, en otra copia.",
    f"Una respuesta puede tener hasta {LONGEST_ANSWER} caracteres.",
    "Las filas con «Sí» en «Reiteración» ya se enviaron: la persona volvió a llamar, y «Qué agregó» dice para qué.",
    "Guarde el archivo como .xlsx, .xls, .ods o .csv y devuélvalo.",
)


@dataclass(frozen=True, slots=True)
class SentRow:
    """A message of a batch, as it is written; `at` is local, without a zone."""

    number: str
    code: str
    again: bool
    at: datetime
    kind: str
    channel: str
    topic: str
    surname: str
    names: str
    document: str
    phone: str
    email: str
    company_number: int | None
    company: str
    text: str
    remark: str


def write(path: Path, batch_id: int, title: str, rows: Iterable[SentRow], keys: Sequence[str] = KEYS) -> str:
    """Write a batch, read it back, compare, and answer with the file's sha256. Slow: never on the UI thread.

    `keys` are the columns of the profile, in its order; those without which no answer comes back are always there.
    A WorkbookError says why the file cannot be written, or that it did not come back as it was.
    """
    wanted = tuple(key for key in NEEDED if key not in keys) + tuple(key for key in keys if key in COLUMNS)
    kept = list(rows)
    # dated by what it holds: written again, it is the same to the byte
    with new_book(path, max((row.at for row in kept), default=EARLY)) as book:
        writer = SheetWriter(book, LIST, [COLUMNS[key] for key in wanted], title)
        for row in kept:
            writer.add([_value(row, key) for key in wanted])
        writer.close()
        _guard_answers(writer, wanted.index(ANSWER))
        _write_help(book)
        write_mark(book, batch_id, wanted)
    return _compare(path, batch_id, kept, wanted)


def batch_of(book: Workbook) -> int | None:
    """Which of our batches a workbook answers; None when it is not one of ours, or its mark was lost on the way."""
    mark = next((sheet for sheet in book.sheets if sheet.name == MARK), None)
    said = {str(row[0]): str(row[1]) for row in mark.rows if len(row) > 1} if mark is not None else {}
    number = said.get("lote", "")
    return int(number) if said.get("formato") == VERSION and number.isascii() and number.isdigit() else None


def file_name(batch_id: int, day: datetime) -> str:
    """«iduo_mensajes_2026-11-21_lote-0412.xlsx»."""
    return f"{PREFIX}{day:%Y-%m-%d}_lote-{batch_id:04}.xlsx"


def _value(row: SentRow, key: str) -> Value:
    if key in {ANSWER, "answered_on"}:
        return None
    value = getattr(row, key)
    if key == "again":
        return "Sí" if value else None
    return str(value) if key == "company_number" and value is not None else value


def _guard_answers(writer: SheetWriter, place: int) -> None:
    """Say at the cell what it is for, and refuse what would be too long."""
    if writer.row == writer.first:
        return
    writer.sheet.data_validation(
        *(writer.first, place, writer.row - 1, place),
        {
            "validate": "length",
            "criteria": "<=",
            "value": LONGEST_ANSWER,
            "input_title": "Respuesta",
            "input_message": "Lo que se le leerá a la persona.",
            "error_title": "Demasiado larga",
            "error_message": f"Como mucho {LONGEST_ANSWER} caracteres.",
        },
    )


def _write_help(book: Any) -> None:
    sheet = book.add_worksheet(HELP)
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    sheet.set_column(0, 0, 100, wrapped)
    for row, step in enumerate(STEPS):
        sheet.write_string(row, 0, f"{row + 1}. {step}", wrapped)


def write_mark(book: Any, batch_id: int, keys: Sequence[str]) -> None:
    """The hidden sheet by which a batch is known when it comes back."""
    sheet = book.add_worksheet(MARK)
    for row, (name, value) in enumerate((("formato", VERSION), ("lote", str(batch_id)), ("columnas", " ".join(keys)))):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()


def _compare(path: Path, batch_id: int, rows: Sequence[SentRow], keys: Sequence[str]) -> str:
    """What was written is what is read; otherwise nobody is told that it was sent."""
    book = reading.read(path)
    sheet = next((sheet for sheet in book.sheets if sheet.name == LIST), Sheet(LIST, True, ()))
    found = [tuple(_plain(cell) for cell in row) for row in sheet.rows[2:]]
    wanted = [tuple(_plain(_value(row, key)) for key in keys) for row in rows]
    if batch_of(book) != batch_id or [_trimmed(row) for row in found] != [_trimmed(row) for row in wanted]:
        raise WorkbookError(
            "El archivo no quedó como se escribió. No se cambió nada: probá de nuevo, o en otra carpeta."
        )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _plain(cell: Cell | Value) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%d/%m/%Y %H:%M}"
        case str():
            return writable(cell)
    return str(cell)


def _trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells at the end, which no sheet keeps."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
