"""Workbooks come back as they are: texts, numbers, dates, what has no value; fast, and from any common writer."""

import hashlib
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from iduo_desktop.workbooks import reading
from iduo_desktop.workbooks.container import Kind, open_up
from iduo_desktop.workbooks.reading import read
from iduo_desktop.workbooks.scan import scan
from iduo_desktop.workbooks.values import BadCell, Flaw, Row, Sheet, WorkbookError
from tests.workbooks.books import (
    HEAD,
    NAMESPACE,
    SHEET,
    STRINGS,
    ods,
    ods_cell,
    ods_row,
    row,
    saved,
    table,
    xls,
    xlsx,
    xlsx_parts,
    zipped,
)

ROOT = Path(reading.__file__).parents[2]


def rows(folder: Path, content: bytes, name: str = "planilla.xlsx") -> tuple[Row, ...]:
    """The rows of the only sheet."""
    (sheet,) = read(saved(folder, content, name)).sheets
    return sheet.rows


def test_what_xlsxwriter_writes(tmp_path: Path) -> None:
    """Every kind of cell, two sheets, one of them hidden."""
    path = tmp_path / "todo.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Datos")
        sheet.write_row(0, 0, ["Ñandú & <cía>", 12.5, -3, 0])
        sheet.write_datetime(1, 0, datetime(2026, 11, 9), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_datetime(1, 1, datetime(2026, 11, 9, 8, 5), book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
        sheet.write_datetime(1, 2, time(8, 5), book.add_format({"num_format": "hh:mm"}))
        sheet.write_boolean(1, 3, True)
        sheet.write_formula(3, 0, "=1+1", None, 2)
        sheet.write_formula(3, 1, '="a"', None, "a")
        sheet.write_string(3, 2, "=llamar de tarde")
        sheet.write_string(3, 3, "  x\ny ")
        hidden = book.add_worksheet("Oculta")
        hidden.hide()
        hidden.write(0, 0, "x")
    book = read(path)
    assert book.name == "todo.xlsx"
    assert book.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert book.sheets == (
        Sheet(
            "Datos",
            visible=True,
            rows=(
                ("Ñandú & <cía>", 12.5, -3.0, 0.0),
                (date(2026, 11, 9), datetime(2026, 11, 9, 8, 5), time(8, 5), True),
                (),
                (2.0, "a", "=llamar de tarde", "  x\ny "),
            ),
        ),
        Sheet("Oculta", visible=False, rows=(("x",),)),
    )


def test_formulas_without_result_and_errors(tmp_path: Path) -> None:
    """They are no empty cells, also where they stand beyond the last value; an empty text is a result."""
    content = xlsx(
        row('<c r="A1"><v>1</v></c>', '<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="D1"><f>1+1</f></c>')
        + row('<c r="A2"><f>2</f><v>2</v></c>', '<c r="B2" t="str"><f>""</f><v></v></c>', number=2)
        + row('<c r="C3"><f t="shared" si="0"/></c>', number=3)
    )
    formula, error = BadCell(Flaw.FORMULA, ""), BadCell(Flaw.ERROR, "#DIV/0!")
    first, second, third = rows(tmp_path, content)
    assert first == (1.0, error, "", formula)
    assert [cell for cell in second if cell != ""] == [2.0]
    assert [cell for cell in third if cell != ""] == [formula]
    assert third.index(formula) == 2


def test_formulas_that_openpyxl_writes(tmp_path: Path) -> None:
    """Openpyxl stores no results."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(("x", "=1+1"))
    book.save(tmp_path / "formulas.xlsx")
    (sheet,) = read(tmp_path / "formulas.xlsx").sheets
    assert sheet.rows == (("x", BadCell(Flaw.FORMULA, "")),)


@pytest.mark.parametrize("dimension", ["A1:A1", "A1:XFD1048576", "B7"])
def test_a_wrong_dimension_hides_nothing(dimension: str, tmp_path: Path) -> None:
    """What the sheet says of its size is not believed."""
    cells = table(*((float(number), f"texto {number}") for number in range(1, 1001)))
    found = rows(tmp_path, xlsx(cells, before=f'<dimension ref="{dimension}"/>'))
    assert (len(found), found[-1]) == (1000, (1000.0, "texto 1000"))


def test_other_writers(tmp_path: Path) -> None:
    """Namespace prefixes, single quotes, rows without numbers, cells without places, empty strings."""
    cells = "<x:row r='1'><x:c r='A1' t='s'><x:v>1</x:v></x:c><x:c r='B1'><x:v>5</x:v></x:c></x:row>"
    sheet = f'{HEAD}<x:worksheet xmlns:x="{NAMESPACE}"><x:sheetData>{cells}</x:sheetData></x:worksheet>'
    assert rows(tmp_path, zipped(xlsx_parts("") | {SHEET: sheet.encode()})) == (("dos", 5.0),)
    assert rows(tmp_path, xlsx("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")) == (
        (1.0, 2.0),
        (3.0, ""),
    )
    assert rows(tmp_path, xlsx(row('<c r="A1" t="s"><v>0</v></c>', '<c r="B1"><v>1</v></c>'), ("",))) == (("", 1.0),)
    assert rows(tmp_path, xlsx("")) == ()


@pytest.mark.parametrize(
    ("strings", "filled"),
    [("<si><t>a</t></si><si><t/></si>", 1), ("<si><t></t></si><si/>", 0), ("<six/><si><t>a</t></si><si/>", 2)],
    ids=["one", "two", "doubtful"],
)
def test_empty_texts_are_counted_as_nothing(strings: str, filled: int) -> None:
    """Else every export of a database is looked through a second time, cell by cell."""
    cells = row('<c r="A1" t="s"><v>0</v></c>', '<c r="B1" t="s"><v>1</v></c>')
    book = zipped(xlsx_parts(cells) | {STRINGS: f'{HEAD}<sst xmlns="{NAMESPACE}">{strings}</sst>'.encode()})
    assert scan(open_up(book, Kind.XLSX))["Hoja"].filled == filled


def test_old_and_open_formats(tmp_path: Path) -> None:
    """.xls and .ods, known by what they are and not by their names."""
    expected = (("Nro", "Razón social"), (20000.0, "Ñandú"))
    sheet = "".join(ods_row(*(ods_cell(value) for value in values)) for values in expected)
    assert rows(tmp_path, xls(*expected), "lista.xls") == expected
    assert rows(tmp_path, ods(sheet), "lista.ods") == expected
    assert rows(tmp_path, xls(*expected), "lista.xlsx") == expected


def test_progress_is_told(tmp_path: Path) -> None:
    """Rows read of rows in all, and never more."""
    told: list[tuple[int, int]] = []
    cells = table(*((float(number),) for number in range(1, 2501)))
    read(saved(tmp_path, xlsx(cells)), lambda done, total: told.append((done, total)))
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_no_such_file(tmp_path: Path) -> None:
    """Neither missing files nor folders are read."""
    with pytest.raises(WorkbookError, match=r"No se encuentra el archivo «nada\.xlsx»"):
        read(tmp_path / "nada.xlsx")
    with pytest.raises(WorkbookError, match="No se puede abrir"):
        read(tmp_path)


def test_the_parser_is_never_here(tmp_path: Path) -> None:
    """The process that asks does not load what parses, and works from any folder."""
    path = saved(tmp_path, xlsx(table(("a",))))
    code = (
        "import sys, pathlib; from iduo_desktop.workbooks import clients, reading\n"
        f"print(reading.read(pathlib.Path({str(path)!r})).sheets[0].rows, *sys.modules)"
    )
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert loaded[0] == "(('a',),)"
    assert {"python_calamine", "openpyxl", "sqlalchemy", "psycopg", "PySide6"} & set(loaded) == set()


def test_the_child_of_a_frozen_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the program itself with a hidden verb."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reading.command() == [sys.executable, reading.VERB]


def test_the_child_limits_itself() -> None:
    """Memory and processor time; it may not lift them again."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such limits; the deadline of the parent is tested for every system")
    code = (
        "import resource; from iduo_desktop.workbooks import child; child.limit_itself(); child.limit_itself()\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[1] == child.MEMORY, resource.getrlimit(resource.RLIMIT_CPU)[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "120"]


def test_a_child_that_says_nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that it writes makes the program fall over."""
    path = saved(tmp_path, xlsx(table(("a",))))
    for said in (
        "",
        "{",
        "[[1]]",
        '{"sheet": 1}',
        '{"sheet":"a","visible":true,"rows":1}',
        '"x"',
        "\xff",
        "[1,2]",
        '{"date": 5}',
        '{"date": "hoy"}',
        '{"flaw": "x"}',
        "[" * 5000,
    ):
        code = f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r}.encode('latin-1') + b'\\n')"
        monkeypatch.setattr(reading, "command", lambda code=code: [sys.executable, "-c", code])
        with pytest.raises(WorkbookError, match="dañada"):
            read(path)
