"""A list of persons is understood row by row; one document is one person."""

from datetime import date

import pytest

from iduo_desktop.workbooks import contacts, lists
from iduo_desktop.workbooks.contact_row import ContactRow
from iduo_desktop.workbooks.contacts import Contacts
from iduo_desktop.workbooks.row import Habits
from iduo_desktop.workbooks.values import Cell
from tests.workbooks.sheets import book

TITLES = ("Apellido", "Nombre", "Documento", "Nacimiento", "Tel", "Cel", "Mail", "Empresa Nº", "Obs")
ANA = ("Paz", "Ana", "24.118.903", "31/05/80", "", "0341 15-612-4410", "ANA@x.com; b@", 20417.0, "")


def understood(*rows: tuple[Cell, ...], titles: tuple[str, ...] = TITLES, erase: bool = False) -> Contacts:
    """What comes of rows under these titles."""
    habits = Habits("341", erase_empty=erase)
    return contacts.settle(lists.read(book(titles, *rows), contacts.COLUMNS, contacts.understanding(habits)))


def test_a_whole_row() -> None:
    (row,) = understood(ANA).rows
    assert (row.row, row.number, row.surname, row.names, row.document) == (2, None, "Paz", "Ana", "24118903")
    assert (row.birth_date, row.company_number, row.note) == (date(1980, 5, 31), 20417, "")
    assert [(phone.e164, phone.kind) for phone in row.phones] == [("+5493416124410", "mobile")]
    assert [(mail.address, mail.valid) for mail in row.emails] == [("ana@x.com", True), ("b@", False)]
    assert row.warnings == ("Mail «b@» no es una dirección de mail: queda como está.",)
    assert row.erase == ()


def test_empty_says_nothing_or_takes_away() -> None:
    """As it was decided; a column that is not there never takes anything away."""
    (row,) = understood(("Paz", "", "24118903"), titles=("Apellido", "Nombre", "Documento"), erase=True).rows
    assert row.erase == ("names",)
    (row,) = understood((*ANA[:3], "", "", "", "", "", ""), erase=True).rows
    assert row.erase == ("birth_date", "company_number", "note")


@pytest.mark.parametrize(
    ("said", "document", "warned"),
    [
        ("24.118.903", "24118903", False),
        (24118903.0, "24118903", False),
        ("DNI 24118903", "24118903", False),
        ("20-24118903-2", "20241189032", False),
        ("AAB 123456", "AAB123456", False),
        ("no sabe", "", True),
        ("123", "", True),
        ("-", "", False),
        ("", "", False),
    ],
)
def test_documents(said: Cell, document: str, warned: bool) -> None:
    (row,) = understood((*ANA[:2], said, "", "", ANA[5], "", "", "")).rows
    assert (row.document, bool(row.warnings)) == (document, warned)


@pytest.mark.parametrize(
    ("said", "born"),
    [("31/05/1980", date(1980, 5, 31)), ("1/2/05", date(2005, 2, 1)), ("1/2/34", date(1934, 2, 1)), (17.0, None),
     (29372.0, date(1980, 5, 31)), ("01/01/2099", None)],
)  # fmt: skip
def test_births(said: Cell, born: date | None) -> None:
    assert understood((*ANA[:3], said, *ANA[4:])).rows[0].birth_date == born


def test_nobody_is_refused() -> None:
    found = understood(("", "-", "", "", "", "4210000", "", "", ""))
    assert [(one.outcome, one.key) for one in found.problems] == [("refused", "name")]


def test_a_name_in_one_column() -> None:
    (row,) = understood(("PAZ, Ana María", "24118903"), titles=("Apellido y nombre", "DNI")).rows
    assert (row.surname, row.names) == ("PAZ", "Ana María")


def test_one_document_is_one_person() -> None:
    rows: list[tuple[Cell, ...]] = [ANA, ANA, ("Paz", "Eva", *ANA[2:]), ("", "Luz", *[""] * 7), ("", "Luz", *[""] * 7)]
    found = understood(*rows)
    assert [one.outcome for one in found.problems] == ["doubtful"] * 3
    assert [row.names for row in found.rows] == ["Luz", "Luz"]
    found = understood(ANA, ANA)
    assert ([row.row for row in found.rows], [one.outcome for one in found.problems]) == ([2], ["unchanged"])


def test_the_number_here_is_the_person() -> None:
    titles = ("Nro de contacto", "Nombre")
    rows: tuple[ContactRow, ...] = understood((55.0, "Ana"), ("x", "Eva"), titles=titles).rows
    assert [(row.number, row.names) for row in rows] == [(55, "Ana"), (None, "Eva")]
