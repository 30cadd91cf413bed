"""What can be said of a file before its sheets are parsed: kind, size, names, macros, what it inflates to."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from iduo_desktop.workbooks.delimited import decoded, separator
from iduo_desktop.workbooks.values import WorkbookError

MEGABYTE: Final = 1 << 20
MOST_BYTES: Final = 64 * MEGABYTE
MOST_INFLATED: Final = 400 * MEGABYTE
MOST_ENTRIES: Final = 500

SAVE_AGAIN: Final = "Abrila en Excel o LibreOffice, guardala como .xlsx y volvé a importarla."
DAMAGED: Final = f"La planilla está dañada o incompleta. {SAVE_AGAIN}"
NOT_A_SHEET: Final = "El archivo no es una planilla. Se leen .xlsx, .xls, .ods y .csv."
ENCRYPTED: Final = "La planilla tiene contraseña. Abrila en Excel, guardala sin contraseña y volvé a importarla."
MACROS: Final = "La planilla tiene macros. Guardala como .xlsx, sin macros, y volvé a importarla."
TOO_BIG: Final = "La planilla es demasiado grande. Dejá solo la hoja con la lista, o dividila, y volvé a importarla."

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_END: Final = b"PK\x05\x06"
DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ASIDE: Final = ("docprops/", "customxml/", "meta-inf/", "xl/drawings/", "xl/theme/")
MARKUP: Final = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<", re.DOTALL)


class Kind(StrEnum):
    """The formats that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Container:
    """A file whose outside is in order; `parts` are its XML texts by name (none of an .xls or .csv)."""

    kind: Kind
    parts: dict[str, bytes]


def look(data: bytes) -> Kind:
    """What the file is, from its outside; a WorkbookError if it must not be parsed."""
    if not data:
        raise WorkbookError("El archivo está vacío.")
    if len(data) > MOST_BYTES:
        raise WorkbookError(TOO_BIG)
    if data.startswith(OLE):
        return _look_at_ole(data)
    if data.startswith(b"PK"):
        with _opened(data) as archive:
            _check_names(data, archive.infolist())
            return _kind(archive)
    if MARKUP.match(data):
        raise WorkbookError(f"El archivo es una página web guardada como planilla. {SAVE_AGAIN}")
    text = decoded(data)
    if text is None or separator(text) is None:
        raise WorkbookError(NOT_A_SHEET)
    return Kind.CSV


def open_up(data: bytes, kind: Kind) -> Container:
    """Everything really inflated (never beyond the size that it declares), checksums compared."""
    if kind in {Kind.XLS, Kind.CSV}:
        return Container(kind, {})
    with _opened(data) as archive:
        contents = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    parts = {name: content for name, content in contents.items() if name.lower().endswith((".xml", ".rels"))}
    for name, part in parts.items():
        # a declaration can be a bomb, a comment among cells can hide them from the scan
        commented = b"<!" in part
        if b"\0" in part or (commented and (DECLARATION.search(part) or not name.lower().startswith(ASIDE))):
            raise WorkbookError(f"La planilla tiene partes que ningún programa de planillas escribe. {SAVE_AGAIN}")
    return Container(kind, parts)


@contextmanager
def _opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise WorkbookError(DAMAGED) from error


def _look_at_ole(data: bytes) -> Kind:
    """An .xls, or what Excel makes of an .xlsx with a password."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise WorkbookError(ENCRYPTED)
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise WorkbookError(MACROS)
    if not any(f"{name}\0".encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise WorkbookError(NOT_A_SHEET)
    return Kind.XLS


def _check_names(data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """One plain archive whose entries stay inside it, each named once: two readers then read the same."""
    if len(entries) > MOST_ENTRIES:
        raise WorkbookError(TOO_BIG)
    names = {entry.orig_filename.lower() for entry in entries}
    alone = data.count(ZIP_END) == 1 and min((entry.header_offset for entry in entries), default=0) == 0
    if not alone or len(names) < len(entries) or any(_leads_out(entry) for entry in entries):
        raise WorkbookError(DAMAGED)
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookError(ENCRYPTED)
    if sum(entry.file_size for entry in entries) > MOST_INFLATED:
        raise WorkbookError(TOO_BIG)


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    return (
        not name or "\0" in name or posix.is_absolute() or bool(windows.drive or windows.root) or ".." in windows.parts
    )


def _kind(archive: zipfile.ZipFile) -> Kind:
    names = {name.lower() for name in archive.namelist()}
    if any(name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")) for name in names):
        raise WorkbookError(MACROS)
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "content.xml" in names and "mimetype" in names:
        if b"spreadsheet" not in archive.read("mimetype")[:200]:
            raise WorkbookError(NOT_A_SHEET)
        if "meta-inf/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise WorkbookError(ENCRYPTED)
        return Kind.ODS
    raise WorkbookError(NOT_A_SHEET)
