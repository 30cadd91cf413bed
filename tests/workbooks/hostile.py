"""Workbooks that somebody made to do harm, or that something broke, each with part of the sentence that is due."""

import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache

from tests.workbooks.books import (
    BOOK,
    HEAD,
    NAMESPACE,
    SHEET,
    STRINGS,
    ods,
    ods_cell,
    ods_row,
    ole,
    row,
    table,
    xls,
    xlsx,
    xlsx_parts,
    zipped,
)

DAMAGED = "dañada"
STRANGE = "partes que ningún programa"
TWICE = "repetidas"
MEGABYTE = 1 << 20
FINE = table(("Nro", "Estado"), (1.0, "Activo"))
MANY_COLUMNS = ' table:number-columns-repeated="999999999"'
MANY_ROWS = ' table:number-rows-repeated="999999999"'
DEEP = "<a>" * 100_000
RELATIONS = "xl/_rels/workbook.xml.rels"
ONE = '<c r="A1"><v>1</v></c>'
EMPTY = '<c r="B1" t="s"><v>0</v></c>'


def changed(part: str, old: str, new: str) -> bytes:
    """A fine workbook with one part changed."""
    parts = xlsx_parts(FINE)
    assert old.encode() in parts[part]
    return zipped(parts | {part: parts[part].replace(old.encode(), new.encode())})


def without(part: str) -> bytes:
    """A fine workbook that lacks a part."""
    return zipped({name: content for name, content in xlsx_parts(FINE).items() if name != part})


def named(name: str) -> bytes:
    """A fine workbook with one more entry; zipfile would tidy its name up, so it is put into the bytes."""
    stand_in = "x" * len(name)
    return zipped(xlsx_parts(FINE) | {stand_in: b"x"}).replace(stand_in.encode(), name.encode())


def sheet_twice() -> bytes:
    """Two sheets under one name: which of them is read depends on the reader."""
    other = xlsx_parts(table(("otro",)))[SHEET]
    return zipped(xlsx_parts(FINE) | {SHEET.replace("1", "2"): other}).replace(
        SHEET.replace("1", "2").encode(), SHEET.encode()
    )


@cache
def bomb() -> bytes:
    """450 MB of blanks."""
    return zipped(xlsx_parts(" " * (450 * MEGABYTE)))


def bomb_that_lies() -> bytes:
    """The same in an archive that says that it is small."""
    with zipfile.ZipFile(io.BytesIO(bomb())) as archive:
        size = archive.getinfo(SHEET).file_size
    return bomb().replace(struct.pack("<I", size), struct.pack("<I", 1000))


def laughs() -> bytes:
    """Entities that would grow to gigabytes."""
    entities = ['<!ENTITY l0 "jajajajaja">']
    entities += [f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10)]
    text = f'{HEAD}<!DOCTYPE sst [{"".join(entities)}]><sst xmlns="{NAMESPACE}"><si><t>&l9;</t></si></sst>'
    return zipped(xlsx_parts(FINE) | {STRINGS: text.encode()})


def prefixed() -> bytes:
    """A fine sheet with a namespace prefix, as some servers write, but with a cell twice."""
    cells = '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="A1"><x:v>2</x:v></x:c></x:row>'
    sheet = f'{HEAD}<x:worksheet xmlns:x="{NAMESPACE}"><x:sheetData>{cells}</x:sheetData></x:worksheet>'
    return zipped(xlsx_parts(FINE) | {SHEET: sheet.encode()})


def encrypted_entry() -> bytes:
    """A fine workbook whose entries say that they are encrypted."""
    content = bytearray(zipped(xlsx_parts(FINE)))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(sign)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(sign, start + 4)
    return bytes(content)


def long_string() -> bytes:
    """Half a megabyte of text, shown in sixty thousand cells."""
    cells = "".join(row(f'<c r="A{number}" t="s"><v>0</v></c>', number=number) for number in range(1, 60_001))
    return xlsx(cells, strings=("x" * (MEGABYTE // 2),))


def two_sheets() -> bytes:
    """Two sheets that cannot be told apart."""
    again = '<sheet name="Hoja" sheetId="2" r:id="rId1"/></sheets>'
    return changed("xl/workbook.xml", "</sheets>", again)


def macro_xls() -> bytes:
    """An .xls that holds macros, as its directory says."""
    return ole(bytes(4096)) + "_VBA_PROJECT_CUR".encode("utf-16-le")


# name, how it is made, part of the sentence (None: it may be read, but must not do harm)
HOSTILE: tuple[tuple[str, Callable[[], bytes], str | None], ...] = (
    ("empty", lambda: b"", "vacío"),
    ("a text", lambda: b"Estimados:\r\nles mando la lista.\r\n", "no es una planilla"),
    ("a text with controls", lambda: b"Nro;Estado\r\n1;Act\x01ivo\r\n", "no es una planilla"),
    ("a text of no encoding", lambda: b"Nro;Estado\r\n1;\x81\x8d\r\n", "no es una planilla"),
    ("a cell longer than any", lambda: b'Nro;Estado\r\n1;"' + b"a" * 200_000 + b'"\r\n', "no es una planilla"),
    ("a web page", lambda: b"\xef\xbb\xbf <html><table><tr><td>Nro</td></tr></table>", "página web"),
    ("an image", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "no es una planilla"),
    ("only the sign of a zip", lambda: b"PK\x03\x04" + bytes(60), DAMAGED),
    ("cut in the middle", lambda: xlsx(FINE)[:700], DAMAGED),
    ("without its last bytes", lambda: xlsx(FINE)[:-10], DAMAGED),
    ("a document", lambda: zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "no es una planilla"),
    ("an .xlsb", lambda: zipped({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "no es una planilla"),
    ("an .odt", lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}), "no es"),
    ("a bomb", bomb, "demasiado grande"),
    ("a bomb that lies", bomb_that_lies, DAMAGED),
    ("many entries", lambda: zipped(xlsx_parts(FINE) | {f"x/{n}": b"" for n in range(600)}), "demasiado grande"),
    ("a name that leads out", lambda: named("../../etc/cron.d/x"), DAMAGED),
    ("a name that leads out on Windows", lambda: named("..\\..\\x.exe"), DAMAGED),
    ("an absolute name", lambda: named("/etc/passwd"), DAMAGED),
    ("a name with a drive", lambda: named("C:\\x.xml"), DAMAGED),
    ("a name with a NUL", lambda: named("xl/x.xml\0.txt"), DAMAGED),
    ("one name twice", sheet_twice, DAMAGED),
    ("something in front", lambda: b"PK junk" + xlsx(FINE), DAMAGED),
    ("another archive behind", lambda: xlsx(FINE) + xlsx(table(("otro",))), DAMAGED),
    ("macros", lambda: xlsx(FINE, xl__vbaProject__bin=b"x").replace(b"Project/bin", b"Project.bin"), "macros"),
    ("macros in an .ods", lambda: ods(ods_row(ods_cell("Nro")), Basic__Standard__Module1=b"x"), "macros"),
    ("macros in an .xls", macro_xls, "macros"),
    ("a password", lambda: ole(bytes(4096), "EncryptedPackage"), "contraseña"),
    ("encrypted entries", encrypted_entry, "contraseña"),
    (
        "an .ods with a password",
        lambda: ods("", **{"META-INF__manifest.xml": b"<manifest:encryption-data/>"}),
        "contraseña",
    ),
    ("an OLE file that is no sheet", lambda: ole(bytes(4096), "WordDocument"), "no es una planilla"),
    ("an .xls cut in the middle", lambda: xls(("Nro", "Estado"))[:1800], DAMAGED),
    ("an .xls of zeros", lambda: ole(bytes(4096)), None),
    ("entities that grow", laughs, STRANGE),
    ("a DOCTYPE in the sheet", lambda: changed(SHEET, "<worksheet", "<!DOCTYPE x><worksheet"), STRANGE),
    ("a DOCTYPE in the book", lambda: changed("xl/workbook.xml", "<workbook", "<!doctype x><workbook"), STRANGE),
    ("cells in a comment", lambda: changed(SHEET, "<row", "<!-- --><row"), STRANGE),
    ("a book in UTF-16", lambda: zipped(xlsx_parts(FINE) | {"xl/workbook.xml": BOOK.encode("utf-16")}), STRANGE),
    ("a negative string", lambda: xlsx(row('<c r="A1" t="s"><v>-1</v></c>')), DAMAGED),
    ("a negative string, quoted", lambda: xlsx(row("<c r='A1' t='s'><v>-1</v></c>")), DAMAGED),
    ("a negative string, spaced", lambda: xlsx(row('<c r="A1" t="s" >\n<v > -1</v></c>')), DAMAGED),
    ("a negative string with a formula", lambda: xlsx(row('<c r="A1" t="s"><f>1</f><v>-1</v></c>')), DAMAGED),
    ("a string far behind the last", lambda: xlsx(row('<c r="A1" t="s"><v>99</v></c>')), DAMAGED),
    ("a string of no number", lambda: xlsx(row('<c r="A1" t="s"><v>1e1</v></c>')), DAMAGED),
    ("a row twice", lambda: xlsx(row(ONE) + row('<c r="A1"><v>2</v></c>')), TWICE),
    ("a cell twice", lambda: xlsx(row(ONE, '<c r="A1"><v>2</v></c>')), TWICE),
    ("a cell twice, in another row", lambda: xlsx(row(ONE) + row('<c r="A1"><v>2</v></c>', number=2)), TWICE),
    ("a cell twice, with a prefix", prefixed, TWICE),
    ("a cell twice, among empty texts", lambda: xlsx(row(EMPTY, ONE, ONE), ("", "dos")), TWICE),
    ("a cell twice, oddly closed", lambda: xlsx(row(ONE, '<c r="A1"><v>2</v ></c>')), TWICE),
    ("rows backwards", lambda: xlsx(row('<c r="A2"><v>1</v></c>', number=2) + row(ONE)), None),
    ("a last cell far away", lambda: xlsx(row(ONE) + row('<c r="XFD1048576"><v>2</v></c>', number=1048576)), DAMAGED),
    ("a row beyond the last", lambda: xlsx(row('<c r="A4294967295"><v>2</v></c>', number=4294967295)), "llega hasta"),
    ("a column beyond the last", lambda: xlsx(row('<c r="ZZZZZZZ1"><v>2</v></c>')), "llega hasta"),
    ("a million empty rows", lambda: xlsx(row(ONE) + row('<c r="A1048576"><v>2</v></c>', number=1048576)), None),
    ("infinity", lambda: xlsx(row('<c r="A1"><v>1e999</v></c>')), "imposibles"),
    ("no number", lambda: xlsx(row('<c r="A1"><v>NaN</v></c>')), "imposibles"),
    ("a date beyond time", lambda: xlsx(row('<c r="A1" s="1"><v>1e300</v></c>')), None),
    ("a date before time", lambda: xlsx(row('<c r="A1" s="1"><v>-99999999</v></c>')), None),
    ("a style that is not there", lambda: xlsx(row('<c r="A1" s="4000000000"><v>1</v></c>')), None),
    ("a raw NUL", lambda: xlsx(row('<c r="A1" t="inlineStr"><is><t>a\0b</t></is></c>')), STRANGE),
    ("a NUL as a reference", lambda: xlsx(row('<c r="A1" t="inlineStr"><is><t>a&#0;b</t></is></c>')), DAMAGED),
    ("a NUL as Excel writes it", lambda: xlsx(row('<c r="A1" t="str"><v>a_x0000_b</v></c>')), "caracteres imposibles"),
    ("no UTF-8", lambda: zipped(xlsx_parts(FINE) | {STRINGS: b"<sst><si><t>\xff\xfe</t></si></sst>"}), None),
    ("one long string a million times", long_string, None),
    ("a number of a million digits", lambda: xlsx(row(f'<c r="A1"><v>{"9" * MEGABYTE}</v></c>')), "imposibles"),
    (
        "elements a hundred thousand deep",
        lambda: changed("xl/workbook.xml", "<sheets>", f"{DEEP}<sheets>"),
        DAMAGED,
    ),
    ("no end of the sheet", lambda: changed(SHEET, "</sheetData></worksheet>", ""), DAMAGED),
    ("tags that never close", lambda: xlsx("<c " * 300_000), DAMAGED),
    ("errors that never close", lambda: xlsx('<c t="e">' * 100_000), DAMAGED),
    ("no sheet", lambda: without(SHEET), DAMAGED),
    ("no book", lambda: without("xl/workbook.xml"), "no es una planilla"),
    ("no relations", lambda: without(RELATIONS), DAMAGED),
    ("no strings", lambda: without(STRINGS), None),
    (
        "a sheet from elsewhere",
        lambda: changed(RELATIONS, "worksheets/sheet1.xml", "../../x.xml"),
        DAMAGED,
    ),
    ("two sheets of one name", two_sheets, DAMAGED),
    ("an .ods cell for a million", lambda: ods(ods_row(ods_cell("Nro", MANY_COLUMNS))), None),
    ("an .ods row for a million", lambda: ods(ods_row(ods_cell("Nro"), more=MANY_ROWS)), None),
    ("an .ods of cells without end", lambda: ods(ods_row(ods_cell("Nro", MANY_COLUMNS), more=MANY_ROWS)), DAMAGED),
    ("an .ods formula without result", lambda: ods(ods_row('<table:table-cell table:formula="of:=1+1"/>')), "fórmulas"),
)
