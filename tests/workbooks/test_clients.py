"""A list of clients is understood row by row: nothing is lost, nothing is made up."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop.phones import Parsed
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.workbooks import clients
from iduo_desktop.workbooks.client_row import ClientRow, Email
from iduo_desktop.workbooks.clients import Clients
from iduo_desktop.workbooks.reading import read
from iduo_desktop.workbooks.values import BadCell, Cell, Flaw, Sheet, Workbook, WorkbookError
from tests.workbooks.client_lists import FIRST_ROW, TITLES, ClientList, list_of, values, write

SHORT = ("Nro", "Apellido", "Nombre", "DNI", "CUIT", "Tel", "Cel", "Mail", "Estado", "Corte", "Deuda", "Obs", "Plan")
FINE: dict[str, Cell] = {
    "Nro": 7.0,
    "Apellido": "Sosa",
    "Nombre": "Ana",
    "DNI": "24.118.903",
    "Estado": "Activo",
    "Tel": "341 421-8890",
}


@pytest.fixture(params=["own", "shared"])
def client_list(request: pytest.FixtureRequest, tmp_path: Path) -> ClientList:
    """The list that the tests write, always; the office's own one where it lies beside the repository."""
    return list_of(request.param, tmp_path)


def understood(*rows: dict[str, Cell], titles: tuple[str, ...] = SHORT) -> Clients:
    """What comes of rows whose cells stand under these titles; what a row does not say it takes from a fine one."""
    cells = tuple(tuple((FINE | row).get(title, "") for title in titles) for row in rows)
    return clients.read(Workbook("lista.xlsx", "", (Sheet("Hoja1", visible=True, rows=(titles, *cells)),)), "341")


def client(**cells: Cell) -> ClientRow:
    """What comes of one row."""
    return understood(cells).rows[0]


def test_the_totals_add_up(client_list: ClientList) -> None:
    """Every row is taken or named; the total and the blank line are none."""
    found = clients.read(read(client_list.path), "11")
    outcomes = Counter(problem.outcome for problem in found.problems)
    assert len(found.rows) == client_list.created
    assert outcomes == {
        "unchanged": client_list.doubles,
        "refused": client_list.refused,
        "doubtful": client_list.doubtful,
    }
    assert len(found.rows) + outcomes.total() == client_list.rows
    numbered = [row.row for row in found.rows] + [problem.row for problem in found.problems]
    assert sorted(numbered) == list(range(FIRST_ROW, FIRST_ROW + client_list.rows))
    assert found.unread == ()


def test_every_refusal_is_named(client_list: ClientList) -> None:
    """The row, the column, what stands there, and a sentence."""
    found = clients.read(read(client_list.path), "11")
    for problem in found.problems:
        assert problem.column == {"doubtful": "Estado"}.get(problem.outcome, "Nro")
        assert problem.message.endswith(".")
        assert problem.what in problem.message or problem.outcome == "unchanged"


def test_dirt_is_a_warning(client_list: ClientList) -> None:
    """Bad dates and missing telephones do not sink a row."""
    found = clients.read(read(client_list.path), "11")
    dated = [row for row in found.rows if any("Fecha de corte" in warning for warning in row.warnings)]
    assert len(dated) == client_list.bad_dates
    assert all(row.cutoff_date is None for row in dated)
    assert all(row.cutoff_date for row in found.rows if row not in dated)
    assert all(row.phones or "Sin teléfono." in row.warnings for row in found.rows)
    assert all(row.debt is not None and row.debt >= 0 for row in found.rows)
    assert {row.kind for row in found.rows} == {"person", "organisation"}
    assert {row.status for row in found.rows} == set(ServiceStatus)


def test_every_cell_agrees_with_another_reader(client_list: ClientList) -> None:
    """What openpyxl shows for the row stands in the client."""
    found = clients.read(read(client_list.path), "11")
    sheet = openpyxl.load_workbook(client_list.path)["Listado"]
    for row in found.rows[:: max(1, len(found.rows) // 300)]:
        cells = dict(zip(TITLES, [cell.value for cell in sheet[row.row]], strict=True))
        name = " ".join(str(cells["Nombre / Razón social"]).split())
        assert row.number == cells["Nro"]
        assert name == (row.name if row.kind == "organisation" else row.names)
        assert row.surname == (cells["Apellido"] or "")
        assert (row.tax_id or row.document) == str(cells["DNI/CUIT"]).replace(".", "")
        assert row.note == (cells["Observaciones"] or "")
        assert row.locality == cells["Localidad"]
        assert len(row.phones) >= len({cells["Teléfono"], cells["Celular"]} - {None}) - 1


def test_a_whole_row(tmp_path: Path) -> None:
    """From the sheet to the values."""
    row = values(20000) | {
        "Apellido": "Fernandez ",
        "Teléfono": "2966625318 / 2966625317",
        "Celular": 2612150008,
        "Mail": "Ana@Example.com; x@",
    }
    path = write(tmp_path / "una.xlsx", [row | {"DNI/CUIT": 7001234, "Observaciones": "=llamar de tarde"}])
    assert clients.read(read(path), "341").rows == (
        ClientRow(
            row=5,
            number=20000,
            kind="person",
            surname="Fernandez",
            names="Thiago Leonel",
            name="",
            document="7001234",
            tax_id="",
            phones=(
                Parsed("2612150008", "+5492612150008", "2612150008", "mobile", valid=True),
                Parsed("2966625318", "+542966625318", "2966625318", "fixed", valid=True),
                Parsed("2966625317", "+542966625317", "2966625317", "fixed", valid=True),
            ),
            emails=(Email("ana@example.com", valid=True), Email("x@", valid=False)),
            street="Av. Rawson N° 20000",
            locality="Río Gallegos",
            province="",
            plan="Fibra 300 Mb",
            status=ServiceStatus.DELINQUENT,
            cutoff_date=date(2026, 11, 25),
            extended_until=date(2026, 11, 29),
            debt=Decimal("0.00"),
            note="=llamar de tarde",
            warnings=("Mail «x@» no es una dirección de mail: queda como está.",),
        ),
    )


def test_persons_and_organisations() -> None:
    """An empty surname and a CUIT make an organisation, whether its check digit is right or not."""
    company = client(Apellido="", Nombre="Panificadora Sur SRL", DNI="", CUIT="30-67122186-5")
    assert (company.kind, company.name, company.names, company.tax_id) == (
        "organisation",
        "Panificadora Sur SRL",
        "",
        "30671221865",
    )
    doubtful = client(Apellido="", Nombre="Panificadora Sur SRL", DNI="", CUIT="30-67122186-6")
    assert (doubtful.kind, doubtful.tax_id) == ("organisation", "")
    assert doubtful.warnings == ("CUIT «30-67122186-6» no pasa la verificación: se importa sin él.",)
    nobody = client(Apellido="", Nombre="Ana")
    assert (nobody.kind, nobody.names, nobody.warnings) == ("person", "Ana", ("Sin apellido.",))
    assert client(Apellido="", Nombre="").warnings == ("Sin nombre.",)


def test_a_name_in_one_column() -> None:
    """«Apellido y nombre» is divided at its comma; an organisation's comma stays."""
    titles = ("Nro", "Apellido y nombre", "DNI/CUIT", "Estado", "Tel")
    rows = understood(
        {"Apellido y nombre": "GÓMEZ, Ana María", "DNI/CUIT": 24118903.0},
        {"Nro": 8.0, "Apellido y nombre": "Gimenez, Perez y Cía", "DNI/CUIT": "30671221865"},
        titles=titles,
    ).rows
    assert [(row.surname, row.names, row.name) for row in rows] == [
        ("GÓMEZ", "Ana María", ""),
        ("", "", "Gimenez, Perez y Cía"),
    ]


@pytest.mark.parametrize(
    ("dni", "cuit", "document", "tax_id", "warned"),
    [
        ("24.118.903", "", "24118903", "", False),
        (7380327.0, "", "7380327", "", False),
        ("07.380.327", "", "7380327", "", False),
        ("DNI 24118903", "", "24118903", "", False),
        ("", "20-24118903-2", "24118903", "20241189032", False),
        ("24118903", 20241189032.0, "24118903", "20241189032", False),
        ("123", "", "", "", True),
        ("24118903123456", "", "", "", True),
        ("no dijo", "", "", "", True),
        ("2,4118903E+13", "", "", "", True),
        ("", "", "", "", False),
    ],
)
def test_documents(dni: Cell, cuit: Cell, document: str, tax_id: str, warned: bool) -> None:
    """7 or 8 digits are a DNI; 11 with their check digit a CUIT, which of a person holds his DNI."""
    found = client(DNI=dni, CUIT=cuit)
    assert (found.document, found.tax_id, bool(found.warnings)) == (document, tax_id, warned)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Act.", ServiceStatus.ACTIVE),
        (" ACTIVA ", ServiceStatus.ACTIVE),
        ("al día", ServiceStatus.ACTIVE),
        ("en  mora", ServiceStatus.DELINQUENT),
        ("MOROSO", ServiceStatus.DELINQUENT),
        ("Susp.", ServiceStatus.SUSPENDED),
        ("suspendida", ServiceStatus.SUSPENDED),
        ("Baja Definitiva", ServiceStatus.WITHDRAWN),
        ("Retirado", ServiceStatus.WITHDRAWN),
    ],
)
def test_statuses(word: str, status: ServiceStatus) -> None:
    """Offices have many words for four things."""
    assert client(Estado=word).status is status


@pytest.mark.parametrize("word", ["", "???", "Pendiente instalación", 1.0, "Inactivo", BadCell(Flaw.ERROR, "#N/A")])
def test_an_unknown_status_is_doubtful(word: Cell) -> None:
    """It is not guessed."""
    (problem,) = understood({"Estado": word}).problems
    assert (problem.row, problem.outcome, problem.column) == (2, "doubtful", "Estado")


def test_telephones() -> None:
    """Several in a cell, each once, a mobile's column makes mobiles; a bad one stays as typed with a warning."""
    found = client(Tel="341 612-4410 / 4218890", Cel=3416124410.0)
    assert [(phone.typed, phone.e164) for phone in found.phones] == [
        ("3416124410", "+5493416124410"),
        ("4218890", "+543414218890"),
    ]
    bad = client(Tel="15 22-2433", Cel="3,41612E+12")
    assert [(phone.typed, phone.valid) for phone in bad.phones] == [("15 22-2433", False)]
    assert [warning.split("»")[0] for warning in bad.warnings] == ["Cel «3,41612E+12", "Tel «15 22-2433"]
    assert client(Tel="").warnings == ("Sin teléfono.",)


def test_empty_says_nothing() -> None:
    """No date, no amount and no text are None and empty, without a warning."""
    found = client()
    assert (found.cutoff_date, found.debt, found.note, found.plan, found.emails) == (None, None, "", "", ())
    assert found.warnings == ()


def test_errors_and_long_texts() -> None:
    """An error cell is no empty cell; a text too long for the database is cut, and both are said."""
    found = client(Deuda=BadCell(Flaw.ERROR, "#DIV/0!"), Obs="x" * 3000, Corte=BadCell(Flaw.ERROR, "#N/A"))
    assert (found.debt, found.cutoff_date, len(found.note)) == (None, None, 2000)
    assert found.warnings == (
        "Corte «#N/A» tiene el error #N/A: se importa sin fecha.",
        "Deuda «#DIV/0!» tiene el error #DIV/0!: se importa sin deuda.",
        "Obs es muy largo: se corta.",
    )


def test_doubles() -> None:
    """Rows that say the same are one, however they say it; rows that contradict each other are all doubtful."""
    found = understood(
        {"Nro": 1.0, "Tel": "341 421-8890", "DNI": "24118903"},
        {"Nro": "1", "Tel": "0341/4218890", "DNI": 24118903.0},
        {"Nro": 2.0, "Deuda": 10.0},
        {"Nro": 2.0, "Deuda": "$ 11,00"},
        {"Nro": 2.0, "Deuda": 10.0},
        {"Nro": 3.0},
    )
    assert [row.number for row in found.rows] == [1, 3]
    assert [(problem.row, problem.outcome, problem.number) for problem in found.problems] == [
        (3, "unchanged", 1),
        (4, "doubtful", 2),
        (5, "doubtful", 2),
        (6, "doubtful", 2),
    ]
    assert found.problems[0].message == "Es igual a la fila 2."
    assert found.problems[1].message == "Nro 2 está en las filas 4, 5, 6 con datos distintos."


def test_rows_that_are_none() -> None:
    """Blank lines, totals and titles that a printer repeated."""
    titles: dict[str, Cell] = {title: title for title in SHORT}
    blank: dict[str, Cell] = dict.fromkeys(SHORT, "")
    spaces: dict[str, Cell] = dict.fromkeys(SHORT, " ")
    found = understood(
        {}, blank, titles, spaces, blank | {"Nro": "TOTAL", "Deuda": 5.0}, blank | {"Nombre": "Subtotal:"}
    )
    assert [row.row for row in found.rows] == [2]
    assert found.problems == ()
    kept = understood(blank | {"Nombre": "Total Gas SA", "Estado": "Activo"})
    assert [problem.message for problem in kept.problems] == ["Nro está vacío."]


def test_formulas_without_result(tmp_path: Path) -> None:
    """In a column that is read they stop the import, by name; in others and in the total they do not matter."""
    rows: tuple[dict[str, Cell], ...] = (
        {"Deuda": BadCell(Flaw.FORMULA, "")},
        {"Nro": 8.0, "Deuda": BadCell(Flaw.FORMULA, "")},
    )
    with pytest.raises(WorkbookError, match=r"«Deuda» \(K2 y 1 más\)"):
        understood(*rows)
    assert len(understood({"Zona": BadCell(Flaw.FORMULA, "")}, titles=(*SHORT, "Zona")).rows) == 1

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(("Nro", "Nombre", "Estado", "Deuda"))
    sheet.append((1, "Ana", "Activo", 5))
    sheet.append(("TOTAL", None, None, "=SUM(D2:D2)"))
    book.save(tmp_path / "total.xlsx")
    assert len(clients.read(read(tmp_path / "total.xlsx"), "11").rows) == 1
    sheet["D2"] = "=2+3"
    book.save(tmp_path / "suma.xlsx")
    with pytest.raises(WorkbookError, match=r"«Deuda» \(D2\)"):
        clients.read(read(tmp_path / "suma.xlsx"), "11")


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[-+$ (]{0,3}[0-9.,/eE -]{1,20}", fullmatch=True),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 10**13).map(float),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.builds(BadCell, st.just(Flaw.ERROR), st.sampled_from(("#N/A", "#DIV/0!", ""))),
)


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(SHORT, CELLS)), max_size=4))
def test_no_cell_makes_it_fail(rows: list[dict[str, Cell]]) -> None:
    """Whatever stands in a row, it is taken, named, or none; what is taken fits the database."""
    found = understood(*rows)
    assert len(found.rows) + len(found.problems) <= len(rows)
    for row in found.rows:
        assert 0 < row.number < 10**12
        assert all(len(phone.typed) <= 60 and len(phone.search_key) <= 10 for phone in row.phones)
        assert sum(map(len, row.warnings)) < 1000
    assert all(len(problem.message) < 1000 for problem in found.problems)


def test_progress() -> None:
    """Told every thousand rows."""
    told: list[tuple[int, int]] = []
    rows = tuple((float(number), "Ana", "Activo") for number in range(1, 2501))
    book = Workbook("", "", (Sheet("", visible=True, rows=(("Nro", "Nombre", "Estado"), *rows)),))
    clients.read(book, "11", lambda done, total: told.append((done, total)))
    assert told == [(1000, 2500), (2000, 2500)]
