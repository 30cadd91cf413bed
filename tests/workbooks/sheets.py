"""Workbooks as they are after reading, for tests of what is understood of them."""

from iduo_desktop.workbooks.values import Cell, Sheet, Workbook


def book(*rows: tuple[Cell, ...], name: str = "Hoja1", file: str = "lista.xlsx") -> Workbook:
    """A workbook of one sheet that can be seen."""
    return Workbook(file, "0" * 64, (Sheet(name, visible=True, rows=rows),))
