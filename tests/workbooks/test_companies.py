"""A list of companies is understood row by row, and who assists several of them is one person."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop.workbooks import companies
from iduo_desktop.workbooks.companies import Companies
from iduo_desktop.workbooks.company_row import CompanyRow, Mention
from iduo_desktop.workbooks.reading import read
from iduo_desktop.workbooks.values import BadCell, Cell, Flaw, Sheet, Workbook, WorkbookError
from tests.workbooks.books import saved, table, xlsx
from tests.workbooks.client_lists import SHARED, own_list

TITLES = (
    "Empresa Nº", "Razón social", "CUIT", "Unidad de gestión", "Asistente Funcional", "WhatsApp AF", "Mail AF",
    "Asistente Administrativo", "WhatsApp AA", "Mail AA",
)  # fmt: skip
FINE: dict[str, Cell] = {"Empresa Nº": 1000.0, "Razón social": "Sur SA", "CUIT": "30-67122186-5"}
ANA: dict[str, Cell] = {"Asistente Funcional": "Ana Paz", "WhatsApp AF": "11 4054-7108", "Mail AF": "ana@example.com"}


def understood(*rows: dict[str, Cell], titles: tuple[str, ...] = TITLES) -> Companies:
    """What comes of rows whose cells stand under these titles; what a row does not say it takes from a fine one."""
    cells = tuple(
        tuple((FINE | {"Empresa Nº": 1000.0 + place} | row).get(title, "") for title in titles)
        for place, row in enumerate(rows)
    )
    return companies.read(Workbook("lista.csv", "", (Sheet("csv", visible=True, rows=(titles, *cells)),)), "11")


def people(found: Companies) -> list[tuple[str, ...]]:
    """Name, WhatsApp and mail of all assistants, in the order of rows and columns."""
    return [(one.name, one.e164 or one.whatsapp, one.email) for row in found.rows for one in row.assistants]


def test_a_whole_row() -> None:
    """From the sheet to the values."""
    row = {"Unidad de gestión": "UG-04"} | ANA | {"Asistente Administrativo": "Eva", "Mail AA": "EVA@Example.com"}
    assert understood(row).rows == (
        CompanyRow(
            row=2,
            number=1000,
            name="Sur SA",
            document="",
            tax_id="30671221865",
            management_unit="UG-04",
            assistants=(
                Mention("functional", "Ana Paz", "11 4054-7108", "+5491140547108", "ana@example.com", email_valid=True),
                Mention("administrative", "Eva", "", None, "eva@example.com", email_valid=True),
            ),
            warnings=(),
        ),
    )


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("ASISTENTE FUNCIONAL", "functional"),
        ("Asistente Comercial", "commercial"),
        ("Asistente Facturación", "billing"),
        ("Asistente de facturación y cuentas corrientes", "billing"),
    ],
)
def test_the_role_is_in_the_title(title: str, role: str) -> None:
    """As the offices write it."""
    found = understood({title: "Ana"}, titles=("Empresa Nº", title))
    assert [one.role for one in found.rows[0].assistants] == [role]


@pytest.mark.parametrize("title", ["WhatsApp AF", "Whatsapp asistente funcional", "Celular Funcional", "Tel. AF"])
def test_a_number_belongs_to_the_role_in_its_title(title: str) -> None:
    """In full or short."""
    titles = ("Empresa Nº", "Asistente Funcional", title)
    found = understood({"Asistente Funcional": "Ana", title: "+54 9 11 4054-7108"}, titles=titles)
    assert people(found) == [("Ana", "+5491140547108", "")]


def test_dirt_is_a_warning() -> None:
    """What cannot be used is said; the row is taken."""
    found = understood(
        {"CUIT": "30-67122186-4"} | ANA | {"WhatsApp AF": "no tiene", "Mail AF": "ana@"},
        {"CUIT": "S/D", "Unidad de gestión": "-", "WhatsApp AF": "11 4054-7108", "Mail AF": "-"},
        ANA | {"WhatsApp AF": "11 4054-7108 / 11 6800-7105", "Mail AF": "a@b.com; c@d.com"},
        {"CUIT": BadCell(Flaw.ERROR, "#N/A"), "Razón social": "x" * 300, "Asistente Funcional": "s/d"},
    )
    first, second, third, fourth = found.rows
    assert (first.tax_id, second.tax_id, second.management_unit, second.assistants) == ("", "", "", ())
    assert first.warnings == (
        "CUIT «30-67122186-4» no pasa la verificación: se importa sin él.",
        "WhatsApp AF «no tiene» no es un número que exista: queda como está.",
        "Mail AF «ana@» no es una dirección de mail: queda como está.",
    )
    assert second.warnings[-1] == "«11 4054-7108» está sin el nombre del asistente: no se importa."
    assert third.warnings == (
        "WhatsApp AF tiene 2 números: se toma «11 4054-7108».",
        "Mail AF tiene 2 direcciones: se toma «a@b.com».",
    )
    assert (len(fourth.name), len(fourth.warnings), fourth.assistants) == (200, 2, ())


def test_one_person_however_he_is_written() -> None:
    """By WhatsApp, by mail, by name and role, wherever the fullest row stands."""
    found = understood(
        {"Asistente Funcional": "ana paz"},
        {"Asistente Administrativo": "Ana Paz", "Mail AA": "ANA@example.com"},
        {"Asistente Administrativo": "Ana Paz", "WhatsApp AA": "+54 9 11 4054 7108"},
        ANA,
    )
    assert set(people(found)) == {("Ana Paz", "+5491140547108", "ana@example.com")}
    assert [row.warnings for row in found.rows] == [(), (), (), ()]


def test_who_shares_a_mailbox_is_somebody_else() -> None:
    """With a WhatsApp and a name of his own; with the name alone it is his new number."""
    found = understood(
        ANA,
        ANA | {"Asistente Funcional": "Eva", "WhatsApp AF": "11 6800-7105"},
        ANA | {"WhatsApp AF": "11 3250-8457"},
        ANA | {"Asistente Funcional": "A. Paz", "Mail AF": "otra@example.com"},
    )
    ana, eva = ("Ana Paz", "+5491140547108", "ana@example.com"), ("Eva", "+5491168007105", "ana@example.com")
    assert people(found) == [ana, eva, ana, ana]
    assert [row.warnings for row in found.rows] == [
        (),
        (),
        ("Ana Paz tiene otro WhatsApp en otra fila: se toma «11 4054-7108».",),
        (
            "«A. Paz» tiene el WhatsApp o el mail de «Ana Paz»: se toma como la misma persona.",
            "Ana Paz tiene otro mail en otra fila: se toma «ana@example.com».",
        ),
    ]


def test_rows_without_a_number_and_doubles() -> None:
    """Refused by name; equal rows are one, others of one number are doubtful."""
    numbers: tuple[Cell, ...] = ("S/N", 7.0, "7", 8.0)
    rows = ({"Empresa Nº": number} for number in numbers)
    found = understood(*rows, {"Empresa Nº": 8.0, "Unidad de gestión": "UG-1"})
    assert [row.number for row in found.rows] == [7]
    assert [(one.row, one.outcome, one.message) for one in found.problems] == [
        (2, "refused", "Empresa Nº «S/N» no es un número de empresa."),
        (4, "unchanged", "Es igual a la fila 3."),
        (5, "doubtful", "Empresa Nº 8 está en las filas 5, 6 con datos distintos."),
        (6, "doubtful", "Empresa Nº 8 está en las filas 5, 6 con datos distintos."),
    ]


def test_a_list_of_clients_is_none(tmp_path: Path) -> None:
    """It has another number, so that nobody brings clients in as companies."""
    with pytest.raises(WorkbookError, match="«Empresa Nº»"):
        companies.read(read(own_list(tmp_path).path), "11")
    with pytest.raises(WorkbookError, match="títulos"):
        companies.read(read(saved(tmp_path, xlsx(table(("hola", "mundo"))))), "11")


def test_the_office_s_own_list() -> None:
    """All 250 rows, three assistants each, fourteen people."""
    path = SHARED.with_name("empresas_iduo.csv")
    if not path.exists():
        pytest.skip(
            f"the office's own list of 250 companies ({path.name}) is not here; the tests' own was read instead"
        )
    found = companies.read(read(path), "11")
    assert (len(found.rows), found.problems, found.unread) == (250, (), ())
    assert sum(bool(row.management_unit) for row in found.rows) == 128
    assert all(row.tax_id and not row.warnings for row in found.rows)
    assert (len(people(found)), len(set(people(found)))) == (750, 14)


WORDS = st.sampled_from(
    ("Ana", "ANA", "Eva", "", "-", "11 4054-7108", "+54 9 11 6800-7105", "a@b.com", "A@B.com", "x@")
)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    WORDS, st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False), st.dates()
)


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(TITLES[1:], CELLS)), max_size=5))
def test_no_cell_makes_it_fail(rows: list[dict[str, Cell]]) -> None:
    """Every row is taken or named, and nobody has two WhatsApps or two mails."""
    found = understood(*rows)
    assert len(found.rows) + len(found.problems) <= len(rows)
    by_number: dict[str, set[Mention]] = {}
    for row in found.rows:
        assert sum(map(len, row.warnings)) < 1000
        for one in row.assistants:
            if one.e164:
                by_number.setdefault(one.e164, set()).add(
                    Mention("", one.name, "", one.e164, one.email, one.email_valid)
                )
    assert all(len(same) == 1 for same in by_number.values())
