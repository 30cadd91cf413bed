"""Any spelling of a telephone number gives the same key."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iduo_desktop import phones
from iduo_desktop.phones import Parsed, parse

AREAS = ("11", "221", "223", "261", "341", "351", "2966", "3442", "2652", "299")


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    """An area code and a local number that together exist."""
    area = draw(st.sampled_from(AREAS))
    length = 10 - len(area)
    local = draw(st.sampled_from("4")) + draw(st.text("0123456789", min_size=length - 1, max_size=length - 1))
    return area, local


def spellings(area: str, local: str) -> list[str]:
    """The ways in which people, switchboards and spreadsheets write it."""
    middle = len(local) - 4
    dashed = f"{local[:middle]}-{local[middle:]}"
    return [
        f"{area}{local}",
        f"{area} {dashed}",
        f"({area}) {dashed}",
        f"(0{area}) {dashed}",
        f"0{area}{local}",
        f"0{area}/{local}",
        f"{area}/{local}",
        f"0{area} 15 {dashed}",
        f"0{area}-15{local}",
        f"{area} 15 {dashed}",
        f"+54 {area} {dashed}",
        f"+54 9 {area} {dashed}",
        f"+54 {area} 15 {dashed}",
        f"+54 9 {area} 15 {dashed}",
        f"+54 0{area} {dashed}",
        f"549{area}{local}",
        f"54{area}{local}",
        f"0054{area}{local}",
        f"00549{area}{local}",
        f"9{area}{local}",
        f"09{area}{local}",
        f"{area}.{dashed.replace('-', '.')}",
        f"0{area} {dashed} int. 204",
        f"  {area}\u00a0{dashed} ",
    ]


@given(numbers())
def test_every_spelling_has_one_key(number: tuple[str, str]) -> None:
    """With the area code, whatever the default one is."""
    area, local = number
    for default in ("11", "341", "2966"):
        keys = {spelling: parse(spelling, default).search_key for spelling in spellings(area, local)}
        assert set(keys.values()) == {area + local}, keys


@given(numbers())
def test_without_area_code_it_takes_the_default(number: tuple[str, str]) -> None:
    """Local numbers, with and without 15."""
    area, local = number
    for spelling in (local, f"15{local}", f"15 {local}", f"15-{local[:3]}-{local[3:]}"):
        assert parse(spelling, area).search_key == area + local
        assert parse(spelling, f"0{area}").search_key == area + local


@given(numbers(), st.booleans())
def test_a_mobile_spelling_gives_a_mobile(number: tuple[str, str], hint: bool) -> None:
    """9, 15 or the column's name make it one; the E.164 form then has the 9."""
    area, local = number
    assume(parse(f"{area}{local}", "11").valid)
    mobile = f"+549{area}{local}"
    assert parse(f"0{area} 15 {local}", "11").e164 == mobile
    assert parse(f"+54 9 {area} {local}", "11").kind == "mobile"
    expected = mobile if hint else f"+54{area}{local}"
    assert parse(f"{area} {local}", "11", mobile=hint).e164 == expected


@given(st.text(max_size=40), st.sampled_from(["", "11", "341", "2966", "?"]))
def test_nothing_typed_is_refused(text: str, area_code: str) -> None:
    """Whatever it is, it is kept as typed, with a key of at most ten digits."""
    parsed = parse(text, area_code)
    assert parsed.typed == " ".join(text.split())
    assert len(parsed.search_key) <= 10
    assert parsed.valid == (parsed.e164 is not None)
    assert phones.several(text) == tuple(part for part in phones.several(text) if part)


@pytest.mark.parametrize(
    ("typed", "area_code", "expected"),
    [
        ("11 4321-5678", "11", Parsed("11 4321-5678", "+541143215678", "1143215678", "fixed", True)),
        ("011 15 4321-5678", "11", Parsed("011 15 4321-5678", "+5491143215678", "1143215678", "mobile", True)),
        ("15 4321-5678", "11", Parsed("15 4321-5678", "+5491143215678", "1143215678", "mobile", True)),
        ("4321-5678", "11", Parsed("4321-5678", "+541143215678", "1143215678", "fixed", True)),
        ("15 22-2433", "11", Parsed("15 22-2433", None, "222433", "unknown", False)),
        ("0800-555-4321", "11", Parsed("0800-555-4321", "+548005554321", "8005554321", "toll_free", True)),
        ("0810 333 1234", "341", Parsed("0810 333 1234", "+548103331234", "8103331234", "shared_cost", True)),
        ("+598 2 900 1234", "11", Parsed("+598 2 900 1234", "+59829001234", "29001234", "fixed", True)),
        ("0055 11 91234-5678", "11", Parsed("0055 11 91234-5678", "+5511912345678", "1912345678", "mobile", True)),
        ("911", "11", Parsed("911", None, "911", "unknown", False)),
        ("no tiene", "11", Parsed("no tiene", None, "", "unknown", False)),
        ("", "11", Parsed("", None, "", "unknown", False)),
    ],
)
def test_examples(typed: str, area_code: str, expected: Parsed) -> None:
    """What is kept of each."""
    assert parse(typed, area_code) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2966625318 / 2966625317", ("2966625318", "2966625317")),
        ("223/3142120", ("223/3142120",)),
        ("4210000/1", ("4210000/1",)),
        ("0341-4210000 y 0341-155123456", ("0341-4210000", "0341-155123456")),
        ("4210000; 4210001, 4210002", ("4210000", "4210001", "4210002")),
        ("02966-15634497", ("02966-15634497",)),
        ("  ", ()),
    ],
)
def test_several_numbers_in_one_cell(typed: str, expected: tuple[str, ...]) -> None:
    """A slash after an area code does not divide."""
    assert phones.several(typed) == expected


def test_shown_and_linked() -> None:
    """Lists, and WhatsApp (always with the 9)."""
    assert phones.shown("+5493416124410") == "+54 9 341 612-4410"
    assert phones.whatsapp_url("+5493416124410") == "https://wa.me/5493416124410"
    assert phones.whatsapp_url("+543416124410") == "https://wa.me/5493416124410"
    assert phones.whatsapp_url("+59829001234") == "https://wa.me/59829001234"


def test_it_is_a_leaf() -> None:
    """Nothing of the window, the database or the sheets comes with it."""
    code = "import sys, iduo_desktop.phones; print(*(m for m in sys.modules if m.startswith('iduo_desktop')))"
    root = Path(phones.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["iduo_desktop", "iduo_desktop.phones"]
