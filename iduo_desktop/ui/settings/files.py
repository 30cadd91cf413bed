"""Files that an administrator takes along: a list for a spreadsheet, all that is kept on a person. Run in a worker."""

import csv
import html
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from iduo_desktop.database.errors import UserError
from iduo_desktop.ui.settings.column_words import column_word, shown

# A spreadsheet would take these for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SECTIONS = {
    "cliente": "Datos",
    "telefonos": "Teléfonos",
    "mails": "Mails",
    "prorrogas": "Prórrogas",
    "casos": "Casos",
    "historia": "Historia",
    "contactos": "Contactos",
    "cierres": "Cierres",
    "promesas": "Promesas de pago",
    "encuestas": "Encuestas",
    "personas": "Personas",
    "mensajes": "Mensajes",
    "historia_de_mensajes": "Historia de los mensajes",
    "llamadas": "Llamadas",
    "divulgaciones": "Datos de asistentes que se le dieron",
    "importaciones": "Importaciones",
}
_STYLE = (
    "body{font-family:sans-serif;margin:2em;color:#1f2328}table{border-collapse:collapse;margin-bottom:1.5em}"
    "th,td{border:1px solid #7f8993;padding:4px 8px;text-align:left;vertical-align:top}th{background:#f6f8fa}"
)


def write_list(path: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A list that a spreadsheet set up for Argentina opens by itself."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(titles)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return _write(path, "\ufeff" + text.getvalue())


def write_person(path: Path, title: str, record: str) -> Path:
    """All that is kept on a person: a page to read, or JSON when the name ends so."""
    found = json.loads(record)
    if path.suffix.lower() == ".json":
        return _write(path, json.dumps(found, ensure_ascii=False, indent=2))
    return _write(path, person_page(title, found))


def person_page(title: str, record: Mapping[str, Any]) -> str:
    """The record as a page of tables, one a section."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for name, content in record.items():
        rows = content if isinstance(content, list) else [content]
        parts.append(f"<h2>{html.escape(_SECTIONS.get(name, name))}</h2>")
        parts.append(_table([row for row in rows if row]) if rows else "<p>No hay.</p>")
    head = f"<head><meta charset='utf-8'><title>{html.escape(title)}</title><style>{_STYLE}</style></head>"
    return f"<!doctype html><html lang='es-AR'>{head}<body>{''.join(parts)}</body></html>"


def _table(rows: list[dict[str, Any]]) -> str:
    """Columns that are empty everywhere are left out."""
    columns = [name for name in dict.fromkeys(key for row in rows for key in row) if any(row.get(name) for row in rows)]
    if len(rows) == 1:
        lines = [[column_word(name), shown(rows[0].get(name))] for name in columns]
        return _lines([], lines)
    return _lines([column_word(name) for name in columns], [[shown(row.get(name)) for name in columns] for row in rows])


def _lines(titles: list[str], rows: list[list[str]]) -> str:
    head = "<tr>" + "".join(f"<th>{html.escape(title)}</th>" for title in titles) + "</tr>" if titles else ""
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{head}{body}</table>"


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _write(path: Path, text: str) -> Path:
    """Beside its place first, so that a file is whole or is not there."""
    beside = path.with_name(path.name + ".parcial")
    try:
        beside.write_text(text, "utf-8", newline="")
        beside.replace(path)
    except OSError as error:
        said = f"No pudimos escribir {path.name}: {error.strerror or 'el disco no lo deja'}. Elegí otro lugar."
        raise UserError(said) from None
    return path
