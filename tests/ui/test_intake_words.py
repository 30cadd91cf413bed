"""Numbers in words, names in two parts, sentences with their blanks filled in."""

import pytest

from iduo_desktop.ui.intake.message import provisional_code, spell
from iduo_desktop.ui.widgets.names import read_name
from iduo_desktop.ui.widgets.script_strip import fill, first_name
from iduo_desktop.ui.widgets.spoken import in_groups


@pytest.mark.parametrize(
    ("number", "check", "said"),
    [
        (104_237, "", "ciento cuatro… doscientos treinta y siete"),
        (100_001, "", "cien… cero cero uno"),
        (104_037, "4", "ciento cuatro… cero treinta y siete… guion cuatro"),
        (1_121_000, "", "uno… ciento veintiuno… cero cero cero"),
        (516, "0", "quinientos dieciséis… guion cero"),
        (30, "", "treinta"),
    ],
)
def test_a_number_is_said_group_by_group(number: int, check: str, said: str) -> None:
    assert in_groups(number, check) == said


def test_every_group_is_said_differently() -> None:
    assert len({in_groups(1_000_000 + number) for number in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("typed", "surname", "names"),
    [
        ("Gómez, Ana María", "Gómez", "Ana María"),
        ("Gómez Ana María", "Gómez", "Ana María"),
        ("De la Fuente Eva", "De la Fuente", "Eva"),
        ("García Pérez, Juan", "García Pérez", "Juan"),
        ("Gómez", "Gómez", ""),
        ("del", "del", ""),
        ("  ", "", ""),
    ],
)
def test_a_name_has_two_parts(typed: str, surname: str, names: str) -> None:
    assert (read_name(typed).surname, read_name(typed).names) == (surname, names)


def test_no_blank_is_ever_said_as_it_is_written() -> None:
    blanks = {"operador": "Marina", "organización": "iduo"}
    assert fill("Le habla {operador} de {organización}.", blanks) == "Le habla Marina de iduo."
    assert fill("Le habla { operador }, {cualquiera}.", blanks) == "Le habla Marina,."
    assert "{" not in fill("{a} {b}{c} hola {}", blanks)


def test_who_answers_is_called_by_her_first_name() -> None:
    assert [first_name(name) for name in ("Marina Gauna", "Gauna, Marina", "")] == ["Marina", "Marina", ""]


def test_a_provisional_code_can_be_dictated() -> None:
    codes = {provisional_code() for _ in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("01IOSUBGZ")
    assert spell("P-7F3K-9Q2M") == "P… 7 F 3 K… 9 Q 2 M"
