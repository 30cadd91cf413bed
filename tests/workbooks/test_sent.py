"""The day's messages written, read back and known again: text stays text, and nothing of it is a formula."""

import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from iduo_desktop.workbooks import answers, lists, reading, sent, writing
from iduo_desktop.workbooks.answers import Answers
from iduo_desktop.workbooks.row import Habits
from iduo_desktop.workbooks.sent import SentRow
from iduo_desktop.workbooks.values import WorkbookError
from iduo_desktop.workbooks.writing import Column

DAY = datetime(2026, 11, 21, 10, 41)
STARTERS = (
    "=1+1",
    "+54 9 11",
    "-5",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "\t=1",
    "http://iduo.com.ar",
    "007",
    "1" * 16,
)


def row(number: str = "104237", text: str = "No llega la factura", **others: Any) -> SentRow:
    """A message of a batch."""
    said: dict[str, Any] = {
        "surname": "Gómez", "names": "Ana", "document": "24118903", "phone": "+54 9 341 612-4410",
        "email": "ana@pansur.example", "company_number": 1204, "company": "Panificadora Sur", "remark": "",
        "again": False,
    }  # fmt: skip
    said |= {
        "code": "7KQ4",
        "at": DAY,
        "kind": "Consulta",
        "channel": "0800",
        "topic": "Factura o pago",
    }
    return SentRow(number=number, text=text, **(said | others))


def test_a_batch_comes_back_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / sent.file_name(412, DAY)
    again = row("104238", "Línea 1\nlínea 2", again=True, remark="Sigue sin luz", company_number=None)
    sha256 = sent.write(path, 412, "Mensajes a iduo, lote 0412", [row(), again])
    book = reading.read(path)
    assert path.name == "iduo_mensajes_2026-11-21_lote-0412.xlsx"
    assert book.sha256 == sha256
    assert sent.batch_of(book) == 412
    sheet = book.sheets[0]
    assert [sheet.name, sheet.visible] == ["Mensajes", True]
    assert sheet.rows[1] == tuple(column.title for column in sent.COLUMNS.values())
    assert sheet.rows[2][:6] == ("104237", "7KQ4", "", DAY, "Consulta", "0800")
    assert sheet.rows[3][2] == "Sí"
    assert sheet.rows[3][14:16] == ("Línea 1\nlínea 2", "Sigue sin luz")
    assert [(one.name, one.visible) for one in book.sheets[1:]] == [("Instrucciones", True), ("iduo", False)]


def test_a_profile_chooses_columns_and_answers_come_back_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "lote.xlsx"
    sent.write(path, 7, "Lote", [row()], ("text", "number"))
    titles = reading.read(path).sheets[0].rows[1]
    assert titles == ("Control", "Respuesta", "Consulta", "Nro de ticket")


def test_a_batch_of_nothing_is_a_file_too(tmp_path: Path) -> None:
    sent.write(tmp_path / "lote.xlsx", 8, "Lote", [])
    assert sent.batch_of(reading.read(tmp_path / "lote.xlsx")) == 8


@pytest.mark.parametrize("text", STARTERS)
def test_what_could_be_a_formula_is_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lote.xlsx"
    sent.write(path, 1, text, [row(text=text, surname=text, phone=text, document=text)])
    assert reading.read(path).sheets[0].rows[2][14] == text
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b"<hyperlink " not in content


def test_too_long_a_text_is_said_and_no_file_is_taken_for_whole(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="más largo que los 32767"):
        sent.write(tmp_path / "lote.xlsx", 1, "Lote", [row(text="a" * 32768)])


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="No se puede escribir"):
        sent.write(tmp_path / "no" / "lote.xlsx", 1, "Lote", [row()])


ODD = some.text(
    some.one_of(
        some.characters(),
        some.sampled_from("\ud800\udfff\x00\x01\x0b\x1f\x7f\x85\r\n\t\u200e\ufeff\ufffe_x0041_ =+-@'\"<>&"),
        some.sampled_from(("e\u0301", "é", "_x000D_", "ﬁ", "😀")).map(lambda text: text[0]),
    ),
    max_size=60,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=some.lists(ODD, min_size=1, max_size=40))
def test_any_text_comes_back_equal(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "lista.xlsx"
    rows = [(text, str(place)) for place, text in enumerate(texts)]
    writing.write_list(path, "Lista", "", [Column("Texto"), Column("Nro")], rows)
    found = reading.read(path).sheets[0].rows[1:]
    assert [(str(one[0]), str(one[1])) for one in found] == [(writing.writable(text), number) for text, number in rows]


@pytest.mark.parametrize(
    ("text", "comes_back"),
    [
        ("0012345", "0012345"),
        ("1234567890123456", "1234567890123456"),
        ("1E+15", "1E+15"),
        ("Ñandu\u0301", "Ñandú"),
        ("a\ud800b\x00c\uffff", "abc"),
        ("=1+1\r\n@x\n", "=1+1\n@x"),
        ("+54 9 341 612-4410", "+54 9 341 612-4410"),
        ("a" * 4000, "a" * 4000),
    ],
)
def test_an_answer_comes_in_as_it_was_written(tmp_path: Path, text: str, comes_back: str) -> None:
    """From the cell to what is sent to the database."""
    assert [row.answer for row in answers_of(tmp_path, [text]).rows] == [comes_back]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=some.lists(ODD, min_size=1, max_size=40))
def test_any_answer_comes_in_once_and_the_same_each_time(tmp_path: Path, texts: list[str]) -> None:
    """What came in goes out and comes in again without any change."""
    first = {row.row: row.answer for row in answers_of(tmp_path, texts).rows}
    again = {row.row: row.answer for row in answers_of(tmp_path, list(first.values())).rows}
    assert list(again.values()) == list(first.values())
    assert all(unicodedata.is_normalized("NFC", answer) for answer in first.values())


def answers_of(folder: Path, texts: list[str]) -> Answers:
    """A sheet of answers, written and understood."""
    columns = [sent.COLUMNS[key] for key in sent.NEEDED]
    rows = [(str(104000 + place), "BCDFGH", text) for place, text in enumerate(texts)]
    writing.write_list(folder / "vuelta.xlsx", sent.LIST, "Mensajes", columns, rows)
    book = reading.read(folder / "vuelta.xlsx")
    return lists.read(book, answers.COLUMNS, answers.understanding(Habits("")))
