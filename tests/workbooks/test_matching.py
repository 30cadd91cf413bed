"""What a workbook holds, and what each column is: by last time, by name, nearly, by its values; the order of dates."""

from datetime import date

import pytest

from iduo_desktop.workbooks import matching
from iduo_desktop.workbooks.kinds import ANSWERS, CLIENTS, COMPANIES, CONTACTS, KINDS
from iduo_desktop.workbooks.matching import Match
from iduo_desktop.workbooks.recognising import recognised
from iduo_desktop.workbooks.values import Cell, Sheet, Workbook, WorkbookError
from tests.workbooks.sheets import book

CLIENT = ("Nro", "Apellido", "Nombre", "DNI", "Tel", "Estado")
ANSWER_TITLES = ("Nro de ticket", "Control", "Respuesta")


def columns(kind: str, *rows: tuple[Cell, ...], **remembered: str) -> dict[str, Match]:
    """The columns of a sheet with its titles on top, by title."""
    sheet = book(*rows).sheets[0]
    return {one.title: one for one in matching.matched(sheet, 0, KINDS[kind].columns, remembered)}


def keys(kind: str, *titles: str, values: tuple[Cell, ...] = ()) -> dict[str, str]:
    """Which known column each title is taken for."""
    return {title: one.key for title, one in columns(kind, titles, values).items() if one.key}


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        (CLIENT, "clients"),
        (("Empresa Nº", "Razón social", "CUIT", "Asistente Funcional", "WhatsApp AF"), "companies"),
        (("Apellido", "Nombre", "Documento", "Celular", "Mail"), "contacts"),
        (("NRO_TICKET", "RTA", "FECHA"), "answers"),
        (("uno", "dos", "tres"), ""),
    ],
)
def test_the_kind_is_seen_by_the_titles(titles: tuple[str, ...], kind: str) -> None:
    found = recognised(book(("Listado de noviembre",), (), titles, tuple("x" for _ in titles)))
    assert (found.kind, found.title_row, found.own) == (kind, 2, False)


def test_what_is_said_is_not_guessed() -> None:
    sheets = (
        Sheet("Uno", visible=True, rows=(CLIENT, (1.0, "a", "b", "", "", "Activo"))),
        Sheet("Dos", visible=True, rows=(("a", "b"), ("c", "d"))),
    )
    found = recognised(Workbook("x.xlsx", "", sheets), "contacts", "Dos", 1)
    assert (found.kind, found.sheet.name, found.title_row) == ("contacts", "Dos", 1)


def test_an_empty_workbook_is_said() -> None:
    with pytest.raises(WorkbookError, match="ninguna fila"):
        recognised(book((), ("", "")))


def test_our_own_is_known_without_its_mark() -> None:
    """As a .csv is: by its three titles and the line above them."""
    rows = (("Mensajes a iduo, lote 0412", "", ""), ANSWER_TITLES, ("104237", "BCDFGH", "Sí"))
    found = recognised(book(*rows))
    assert (found.kind, found.own, found.of_batch, found.title_row) == ("answers", True, 412, 1)
    assert recognised(book(*rows[1:])).of_batch is None
    # another list is not ours because it has such a line
    assert recognised(book(("lote 7",), CLIENT, (1.0, "a", "b", "", "", "Activo"))).own is False


def test_exact_names_come_before_near_ones() -> None:
    assert keys("clients", "Nro", "Nombre de fantasía", "Nombre", "Estado") == {
        "Nro": "number", "Nombre": "name", "Estado": "status",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "title", "key"),
    [
        ("clients", "Apelido", "surname"),
        ("clients", "Teléfono de contacto", "phone"),
        ("clients", "Celular 2", "mobile"),
        ("clients", "Correo electronico 1", "email"),
        ("clients", "Localidad / partido", "locality"),
        ("answers", "Fecha de la respuesta", "answered_on"),
        ("answers", "RESPUESTA DEL ÁREA", "answer"),
        ("contacts", "Fecha de nacimento", "birth_date"),
        ("clients", "Zona", ""),
    ],
)
def test_near_names(kind: str, title: str, key: str) -> None:
    assert keys(kind, title, "Otra cosa").get(title, "") == key


def test_last_time_goes_before_everything() -> None:
    found = columns("clients", ("Nro", "Zona", "Obs"), (1.0, "Norte", "x"), ZONA="locality", OBS="")
    assert (found["Zona"].key, found["Zona"].how) == ("locality", "last_time")
    # what was left out last time stays out
    assert (found["Obs"].key, found["Obs"].how, found["Nro"].how) == ("", "last_time", "name")


def test_values_tell_what_a_title_does_not() -> None:
    rows: list[tuple[Cell, ...]] = [("A", "B", "C", "D", "E", "F")]
    rows += [("ana@example.com", "24.118.903", "0341 15-612-4410", "25/11/2026", "", "x") for _ in range(5)]
    found = columns("contacts", *rows)
    assert {title: (one.key, one.how) for title, one in found.items()} == {
        "A": ("email", "examples"), "B": ("document", "examples"), "C": ("mobile", "examples"),
        "D": ("birth_date", "examples"), "E": ("", "empty"), "F": ("", ""),
    }  # fmt: skip
    assert found["A"].examples == ("ana@example.com",)


def test_a_column_without_a_title_has_its_letter() -> None:
    assert list(columns("clients", ("Nro", ""), (1.0, "algo"))) == ["Nro", "Columna B"]


def test_one_known_column_is_taken_once() -> None:
    found = columns("clients", ("Nro", "Nro cliente", "Tel", "Teléfono"), (1.0, 2.0, "a", "b"))
    assert [found[title].key for title in found] == ["number", "", "phone", "phone"]


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (("03/04/2026", "05/06/2026"), None),
        (("03/04/2026", "25/11/2026"), True),
        (("03/04/2026", "11/25/2026"), False),
        (("25/11/2026", "11/25/2026"), None),
        ((date(2026, 11, 25), 46000.0), None),
    ],
)
def test_the_order_of_dates(days: tuple[Cell, ...], order: bool | None) -> None:
    """Said by a day above twelve; asked only when text says nothing."""
    rows = tuple((day,) for day in days)
    assert matching.day_order(rows, [0]) is order
    found = columns("clients", ("Corte",), *rows)["Corte"]
    assert found.ambiguous is (order is None and isinstance(days[0], str))


def test_the_other_columns_dates_decide_too() -> None:
    found = columns("clients", ("Corte", "Prórroga"), ("03/04/2026", "25/11/2026"))
    assert not found["Corte"].ambiguous


def test_every_kind_has_its_columns() -> None:
    assert list(KINDS) == [one.word for one in (ANSWERS, CLIENTS, COMPANIES, CONTACTS)]
    for kind in KINDS.values():
        assert len({one.key for one in kind.columns}) == len(kind.columns)
