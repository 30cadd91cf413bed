"""What the other side does with our file: opens it in a real LibreOffice, writes into it, sorts it, and saves it."""

import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

NAME = "soffice"
MACRO = """
Dim sheet, last, wide

Sub Answer(source As String, folder As String)
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "Hidden" : how(0).Value = True
  doc = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, how())
  sheet = doc.Sheets.getByIndex(0)
  cursor = sheet.createCursor()
  cursor.gotoEndOfUsedArea(False)
  last = cursor.RangeAddress.EndRow
  wide = cursor.RangeAddress.EndColumn
  For row = 2 To last
    Cell(wide - 1, row).String = "Respuesta a " & Cell(0, row).String & Chr(10) & "=segunda «línea»"
    If row Mod 2 = 0 Then
      Cell(wide, row).String = "05/11/2026"
    Else
      Cell(wide, row).Formula = "2026-11-05"
    End If
  Next
  ' an answer left empty, a number that does not exist, the numbers of two rows changed over
  Cell(wide - 1, 12).String = ""
  Cell(0, 22).String = "999999999"
  one = Cell(0, 32).String
  Cell(0, 32).String = Cell(0, 33).String
  Cell(0, 33).String = one
  ' a number retyped as one
  number = Split(Cell(0, 42).String, "-")
  If UBound(number) = 0 Then Cell(0, 42).Value = CDbl(number(0))
  ' a row doubled, and another with a second answer; one deleted
  Call CopyRow(52, last + 1)
  Call CopyRow(62, last + 2)
  Cell(wide - 1, last + 2).String = "Otra respuesta"
  sheet.Rows.removeByIndex(72, 1)
  last = last + 1
  Call SortBy(14)
  Call Keep(doc, folder & "/respuestas.xlsx", "Calc MS Excel 2007 XML", "")
  Call Keep(doc, folder & "/respuestas.xls", "MS Excel 97", "")
  Call Keep(doc, folder & "/respuestas.ods", "calc8", "")
  Call Keep(doc, folder & "/respuestas.csv", "Text - txt - csv (StarCalc)", "59,34,76,1,,0,false,true")
  Call Keep(doc, folder & "/excel.csv", "Text - txt - csv (StarCalc)", "44,34,1,1,,0,false,true")
  doc.close(True)
  StarDesktop.terminate()
End Sub

Function Cell(column, row)
  Cell = sheet.getCellByPosition(column, row)
End Function

Sub CopyRow(row, place)
  sheet.copyRange(Cell(0, place).CellAddress, sheet.getCellRangeByPosition(0, row, wide, row).RangeAddress)
End Sub

Sub SortBy(column)
  Dim fields(0) As New com.sun.star.table.TableSortField
  Dim how(1) As New com.sun.star.beans.PropertyValue
  fields(0).Field = column : fields(0).IsAscending = False
  how(0).Name = "SortFields" : how(0).Value = fields()
  how(1).Name = "ContainsHeader" : how(1).Value = False
  sheet.getCellRangeByPosition(0, 2, wide, last).sort(how())
End Sub

Sub Keep(doc, path, filter, options)
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = filter
  how(1).Name = "FilterOptions" : how(1).Value = options
  doc.storeToURL(ConvertToURL(path), how())
End Sub
"""
KEPT = ("respuestas.xlsx", "respuestas.xls", "respuestas.ods", "respuestas.csv", "excel.csv")
MODULE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" '
    'script:language="StarBasic">{}</script:module>'
)


def answered(batch: Path, folder: Path) -> dict[str, Path]:
    """The batch with answers in it, saved in each format; a skip with its reason where there is no LibreOffice."""
    program = shutil.which(NAME)
    if program is None:
        pytest.skip("no LibreOffice on this machine (on Debian, dev.py test installs libreoffice-calc-nogui)")
    office = [
        program,
        "--headless",
        "--norestore",
        "--nologo",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
    ]
    _run([*office, "--terminate_after_init"])  # makes the profile, with an empty module of macros
    module = folder / "profile" / "user" / "basic" / "Standard" / "Module1.xba"
    module.write_text(MODULE.format(escape(MACRO, quote=False)), "utf-8")
    _run([*office, f'macro:///Standard.Module1.Answer("{batch}","{folder}")'])
    return {name: folder / name for name in KEPT}


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=180, capture_output=True)
