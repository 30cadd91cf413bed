"""The row of titles is found and its columns are known by many names."""

import pytest

from iduo_desktop.workbooks import header
from iduo_desktop.workbooks.clients import COLUMNS
from iduo_desktop.workbooks.header import folded
from iduo_desktop.workbooks.values import Row, Sheet, Workbook, WorkbookError

TITLES = ("Nro", "Apellido", "Nombre / Razón social", "Estado")


def book(*rows: Row, name: str = "Listado", visible: bool = True) -> Workbook:
    """A workbook of one sheet."""
    return Workbook("lista.xlsx", "", (Sheet(name, visible, rows),))


@pytest.mark.parametrize(
    "title",
    [
        "N°",
        "N° de cliente",
        "Nº Cliente",
        "NRO. CLIENTE",
        " número  de cliente ",
        "Num. de Cliente",
        "NUMERO DE CLIENTE",
    ],
)
def test_numbers_have_many_names(title: str) -> None:
    """Signs, accents, case and blanks do not matter."""
    _, found = header.find(book((title, "Titular", "Situación")), COLUMNS)
    assert found.places["number"] == (0,)


def test_folding() -> None:
    """What is left of a title."""
    assert folded("  Nombre / Razón Social:") == "nombre razon social"
    assert folded("Teléfono N° 2") == "telefono nro 2"
    assert folded("Número") == folded("Nro.") == folded("N°") == folded("nº") == "nro"
    assert folded("Numerología") == "numerologia"


def test_titles_after_other_lines() -> None:
    """A title, a count and a blank line stand before them, unknown columns between them."""
    rows: tuple[Row, ...] = (
        ("Padrón de clientes — emitido el 21/11",),
        ("Registros: 5000",),
        (),
        ("", *TITLES, "Zona"),
    )
    sheet, found = header.find(book(*rows), COLUMNS)
    assert (sheet.name, found.row) == ("Listado", 3)
    assert found.places == {"number": (1,), "surname": (2,), "name": (3,), "status": (4,)}
    assert found.unread == ("Zona",)


def test_a_sentence_with_two_known_words_is_no_row_of_titles() -> None:
    """The row with most known titles wins, the first of equal ones."""
    _, found = header.find(book(("Nro", "Estado"), TITLES, TITLES), COLUMNS)
    assert found.row == 1


def test_several_telephones() -> None:
    """Columns that may stand side by side, with numbers behind their names or without."""
    _, found = header.find(book((*TITLES, "Teléfono", "Teléfono 2", "Cel. 1", "Mail")), COLUMNS)
    assert (found.places["phone"], found.places["mobile"], found.places["email"]) == ((4, 5), (6,), (7,))


def test_two_columns_for_one_thing() -> None:
    """Nobody guesses which one is right."""
    with pytest.raises(WorkbookError, match="«Plan» y «Producto»"):
        header.find(book((*TITLES, "Plan", "Producto")), COLUMNS)


def test_a_needed_column_is_missing() -> None:
    """It is named, with the row where it should stand."""
    with pytest.raises(WorkbookError, match="«Estado» en la fila 2"):
        header.find(book((), ("Nro", "Apellido", "Nombre", "Plan")), COLUMNS)


@pytest.mark.parametrize("rows", [(), ((),), (("hola", 1.0),), (("Nro",),), ((1.0, 2.0, 3.0),)])
def test_no_titles(rows: tuple[Row, ...]) -> None:
    """The sentence says what has to be there."""
    with pytest.raises(WorkbookError, match="«Nro», «Nombre / Razón social», «Estado»"):
        header.find(book(*rows), COLUMNS)


def test_no_sheets() -> None:
    """An empty workbook has no titles either."""
    with pytest.raises(WorkbookError, match="fila de títulos"):
        header.find(Workbook("vacía.xlsx", "", ()), COLUMNS)


def test_visible_sheets_first() -> None:
    """A hidden list serves only if there is no other."""
    hidden, shown = (
        Sheet("Vieja", visible=False, rows=((*TITLES, "Plan"),)),
        Sheet("Hoja2", visible=True, rows=(TITLES,)),
    )
    assert header.find(Workbook("", "", (hidden, shown)), COLUMNS)[0] is shown
    assert header.find(Workbook("", "", (hidden,)), COLUMNS)[0] is hidden


def test_a_name_belongs_to_one_column() -> None:
    """No two columns go by the same name."""
    names = [name for one in COLUMNS for name in one.names]
    assert len(names) == len(set(names))
