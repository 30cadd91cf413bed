"""What the parser does not say of a sheet: cells written twice, impossible string numbers, formulas without result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from xml.etree import ElementTree as ET

from iduo_desktop.workbooks.container import DAMAGED, SAVE_AGAIN, Container, Kind
from iduo_desktop.workbooks.values import BadCell, Flaw, WorkbookError, position

Flaws = dict[tuple[int, int], BadCell]

TWICE: Final = f"La hoja tiene filas o celdas repetidas con el mismo número. {SAVE_AGAIN}"
NO_RESULT: Final = f"La planilla tiene fórmulas sin resultado guardado. {SAVE_AGAIN}"
SHEET_TAG: Final = re.compile(r"\{[^}]*/spreadsheetml/(?:2006/)?main\}sheet")

STRINGS: Final = "xl/sharedstrings.xml"

# No pattern crosses a "<" that it does not name, so that none takes more than one pass over a hostile sheet.
DATA: Final = re.compile(rb"<(\w+:)?sheetData[\s/>]")
REFERENCE: Final = re.compile(rb"\sr=[\"']([A-Z]{1,3}\d{1,7})[\"']")
TEXT_RESULT: Final = re.compile(rb"\st=[\"']str[\"']")
ODS_FORMULA: Final = re.compile(rb"<table:table-cell\b(?=[^<>]*\stable:formula=)(?![^<>]*:value-type=)")
# as Excel, LibreOffice and the common libraries write
PLAIN_STRING: Final = b't="s"><v>'
EMPTY_STRING: Final = re.compile(rb"<si>(?:<t/>|<t></t>)</si>|<si/>")
MOST_EMPTY_STRINGS: Final = 8
PLAIN_WRONG_STRING: Final = re.compile(rb't="s"><v>(?!\d+<)')
# as anybody may; %(p)b is the prefix of the namespace
ROW: Final = rb"<%(p)brow\b[^<>]*?\sr=[\"'](\d{1,7})[\"']"
OPENED: Final = rb"<%(p)bc(?=[\s/>])"
CELL: Final = rb"<%(p)bc(?=[\s/>])[^<>]*?\sr=[\"']([A-Z]{1,3}\d{1,7})[\"']"
INSIDE: Final = rb"(?:(?!</?%(p)bc[\s/>]).)*?"
VALUE: Final = rb"<%(p)bv(?=[\s/>])[^<>]*>"
WRONG_STRING: Final = rb"<%(p)bc(?=[\s/>])(?=[^<>]*\st=[\"']s[\"'])[^<>]*>" + INSIDE + VALUE + rb"(?!\s*\d+\s*<)"
ERROR: Final = rb"<%(p)bc(?=[\s/>])(?P<cell>[^<>]*\st=[\"']e[\"'][^<>]*)>" + INSIDE + VALUE + rb"(?P<text>[^<]{0,20})"
FORMULA: Final = (
    rb"<%(p)bc(?=[\s/>])(?P<cell>[^<>]*)>\s*<%(p)bf(?=[\s/>])[^<>]*?(?:/>|>[^<]*</%(p)bf>)\s*"
    rb"(?P<value><%(p)bv(?=[\s/>])[^<>]*?(?:/>|></%(p)bv>)\s*)?</%(p)bc>"
)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was found in a sheet: cells without a value by place, and how many cells must come out with one.

    `filled` is None when that cannot be counted at a glance.
    """

    flaws: Flaws
    filled: int | None
    part: str


def scan(container: Container) -> dict[str, Scanned]:
    """By sheet name (none of an .xls or .ods); a WorkbookError for what would be read wrong."""
    if container.kind is Kind.ODS and ODS_FORMULA.search(container.parts.get("content.xml", b"")):
        raise WorkbookError(NO_RESULT)  # a row of an .ods may stand for many, so its cells are not named
    if container.kind is not Kind.XLSX:
        return {}
    empty = _empty_strings(container.parts)
    return {sheet: _scan_sheet(container.parts[part], part, empty) for sheet, part in _sheets(container.parts)}


def check_places(part: bytes) -> None:
    """Every row and every cell stands once: the parser silently keeps the last. Slow, so asked only when cells lack."""
    for prefix in {found or b"" for found in DATA.findall(part)}:
        rows = list(map(int, re.findall(ROW % {b"p": prefix}, part)))
        cells = re.findall(CELL % {b"p": prefix}, part)
        if len(set(rows)) != len(rows) or len(set(cells)) != len(cells):
            raise WorkbookError(TWICE)
        if sorted(rows) != rows or (cells and len(cells) != len(re.findall(OPENED % {b"p": prefix}, part))):
            raise WorkbookError(DAMAGED)


def _sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """The name of each sheet and the part that holds it."""
    names = {name.lower(): name for name in parts}
    try:
        book = ET.fromstring(parts[names["xl/workbook.xml"]])  # noqa: S314 -- declarations are refused before
        links = ET.fromstring(parts[names["xl/_rels/workbook.xml.rels"]])  # noqa: S314 -- as above
        targets = {link.get("Id", ""): link.get("Target", "") for link in links}
        for sheet in book.iter():
            if SHEET_TAG.fullmatch(sheet.tag):
                target = targets[next(value for name, value in sheet.attrib.items() if name.endswith("}id"))]
                part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                yield sheet.get("name", ""), names[part.lower()]
    except (ET.ParseError, KeyError, StopIteration) as error:
        raise WorkbookError(DAMAGED) from error


def _empty_strings(parts: dict[str, bytes]) -> list[int]:
    """The numbers of the shared strings that say nothing: exports of databases are full of cells with them."""
    strings = next((part for name, part in parts.items() if name.lower() == STRINGS), b"")
    if strings.count(b"<si") != strings.count(b"<si>") + strings.count(b"<si/>"):
        return []
    found = islice(EMPTY_STRING.finditer(strings), MOST_EMPTY_STRINGS)  # usually there is one
    return [strings.count(b"<si", 0, one.start()) for one in found]


def _scan_sheet(part: bytes, name: str, empty: list[int]) -> Scanned:
    found = DATA.search(part) if b"sheetData" in part else None
    if found is None:
        return Scanned({}, 0, name)
    if part.count(b"sheetData") > 2:
        raise WorkbookError(DAMAGED)
    prefix = found.group(1) or b""
    _check_strings(part, prefix)
    flaws = dict(_formulas(part, prefix)) | dict(_errors(part, prefix))
    return Scanned(flaws, _filled(part, empty), name)


def _filled(part: bytes, empty: list[int]) -> int | None:
    """How many values that say something are written, if all are written in the one usual way."""
    values = part.count(b"</v>")
    if b":v" in part or part.count(b"</v") != values:
        return None
    silent = sum(part.count(PLAIN_STRING + b"%d</v>" % number) for number in empty)
    return values - silent + part.count(b"</is>")


def _check_strings(data: bytes, prefix: bytes) -> None:
    """The parser takes a negative number of a string for the first string."""
    strings = data.count(b't="s"') + data.count(b"t='s'")
    plain = not prefix and data.count(PLAIN_STRING) == strings
    wrong = PLAIN_WRONG_STRING if plain else re.compile(WRONG_STRING % {b"p": prefix}, re.DOTALL)
    if wrong.search(data):
        raise WorkbookError(DAMAGED)


def _formulas(data: bytes, prefix: bytes) -> Iterator[tuple[tuple[int, int], BadCell]]:
    """Formulas whose result was not stored; an empty text is a result."""
    if b"<%bf" % prefix not in data:
        return
    for found in re.finditer(FORMULA % {b"p": prefix}, data):
        if found["value"] is not None and TEXT_RESULT.search(found["cell"]):
            continue
        reference = REFERENCE.search(found["cell"])
        if reference is None:
            raise WorkbookError(NO_RESULT)
        yield position(reference.group(1).decode()), BadCell(Flaw.FORMULA, "")


def _errors(data: bytes, prefix: bytes) -> Iterator[tuple[tuple[int, int], BadCell]]:
    """#N/A and the like, which the parser gives as empty."""
    if b't="e"' not in data and b"t='e'" not in data:
        return
    for found in re.finditer(ERROR % {b"p": prefix}, data, re.DOTALL):
        reference = REFERENCE.search(found["cell"])
        if reference is None:
            raise WorkbookError(DAMAGED)
        yield position(reference.group(1).decode()), BadCell(Flaw.ERROR, found["text"].decode(errors="replace"))
