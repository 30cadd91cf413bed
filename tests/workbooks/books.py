"""Workbooks for the tests, written by hand so that every byte can be wrong on purpose."""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
ROOT_RELATIONS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'{HEAD}<workbook xmlns="{NAMESPACE}" xmlns:r="{RELATIONS}">'
    '<sheets><sheet name="Hoja" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
BOOK_RELATIONS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="rId3" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'
)
FORMATS = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
STYLES = f'{HEAD}<styleSheet xmlns="{NAMESPACE}">{FORMATS}</styleSheet>'
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def xlsx_parts(data: str, strings: tuple[str, ...] = ("uno", "dos"), before: str = "") -> dict[str, bytes]:
    """The parts of an .xlsx with one sheet; `data` stands inside sheetData, `before` before it."""
    items = "".join(f"<si><t>{text}</t></si>" for text in strings)
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELATIONS,
        "xl/styles.xml": STYLES,
        STRINGS: f'{HEAD}<sst xmlns="{NAMESPACE}">{items}</sst>',
        SHEET: f'{HEAD}<worksheet xmlns="{NAMESPACE}">{before}<sheetData>{data}</sheetData></worksheet>',
    }
    return {name: text.encode() for name, text in parts.items()}


def zipped(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts in an archive, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def xlsx(data: str, strings: tuple[str, ...] = ("uno", "dos"), before: str = "", **others: bytes) -> bytes:
    """A whole .xlsx; `others` are more parts, by name with __ for /."""
    more = {name.replace("__", "/"): content for name, content in others.items()}
    return zipped(xlsx_parts(data, strings, before) | more)


def row(*cells: str, number: int = 1) -> str:
    """A row of cells that are written out."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def table(*rows: tuple[str | float, ...]) -> str:
    """Rows of texts (inline) and numbers from A1 on."""
    lines = []
    for number, values in enumerate(rows, 1):
        cells = []
        for place, value in enumerate(values):
            name = f"{chr(ord('A') + place)}{number}"
            if isinstance(value, str):
                cells.append(f'<c r="{name}" t="inlineStr"><is><t>{value}</t></is></c>')
            else:
                cells.append(f'<c r="{name}"><v>{value}</v></c>')
        lines.append(row(*cells, number=number))
    return "".join(lines)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
ODS_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def ods_parts(rows: str) -> dict[str, bytes]:
    """The parts of an .ods with one sheet of the given table rows."""
    content = (
        f'{HEAD}<office:document-content xmlns:office="{OFFICE}:office:1.0" xmlns:table="{OFFICE}:table:1.0" '
        f'xmlns:text="{OFFICE}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Hoja">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'{HEAD}<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0"/>'
    return {"mimetype": ODS_MIMETYPE, "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}


def ods_cell(value: str | float, more: str = "") -> str:
    """A cell of a text or a number."""
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"{more}/>'


def ods_row(*cells: str, more: str = "") -> str:
    """A row of cells that are written out."""
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def ods(rows: str, **others: bytes) -> bytes:
    """A whole .ods; `others` are more parts, by name with __ for /."""
    more = {name.replace("__", "/"): content for name, content in others.items()}
    return zipped(ods_parts(rows) | more, zipfile.ZIP_DEFLATED)


SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _biff(rows: tuple[tuple[str | float, ...], ...]) -> bytes:
    """A BIFF8 stream of one sheet with texts and numbers."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    name = b"Hoja"
    bound_length = 4 + 8 + len(name)
    offset = len(start) + bound_length + 4
    bound = _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name)
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows))
    body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for number, values in enumerate(rows):
        for place, value in enumerate(values):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += _record(0x0204, struct.pack("<HHH", number, place, 0) + text)
            else:
                body += _record(0x0203, struct.pack("<HHHd", number, place, 0, value))
    return start + bound + _record(0x000A, b"") + body + _record(0x000A, b"")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """An entry of an OLE directory."""
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        + bytes(16 + 4 + 16)
        + struct.pack("<IQ", start, size)
    )


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE file with one stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    chain = [TABLE, END, *range(3, sectors + 2), END]
    allocation = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry(name, 2, FREE, 2, len(stream)) + bytes(256)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<I", 0) + b"\xff" * 432
    return head + allocation + directory + stream


def xls(*rows: tuple[str | float, ...]) -> bytes:
    """A whole .xls with texts and numbers."""
    return ole(_biff(rows))


def saved(folder: Path, content: bytes, name: str = "planilla.xlsx") -> Path:
    """The file that has these bytes."""
    path = folder / name
    path.write_bytes(content)
    return path
