"""How long text messages are: 160 and 153 letters of the GSM alphabet, 70 and 67 with any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop import sms


@pytest.mark.parametrize(
    ("text", "units", "parts", "left", "plain"),
    [
        ("", 0, 0, 160, True),
        ("a" * 160, 160, 1, 0, True),
        ("a" * 161, 161, 2, 145, True),
        ("a" * 306, 306, 2, 0, True),
        ("a" * 307, 307, 3, 152, True),
        ("ñéüÑ¿¡", 6, 1, 154, True),
        ("€" * 80, 160, 1, 0, True),
        ("€" * 77, 154, 1, 6, True),
        ("a" * 152 + "€" * 10, 172, 2, 133, True),  # the sign that does not fit goes whole into the second
        ("á" * 70, 70, 1, 0, False),
        ("á" * 71, 71, 2, 63, False),
        ("😀" * 35, 70, 1, 0, False),
        ("😀" * 36, 72, 2, 61, False),  # 33 of them in the first: the 34th would be cut
    ],
)
def test_how_long_a_text_message_is(text: str, units: int, parts: int, left: int, plain: bool) -> None:
    counted = sms.length(text)
    assert (counted.units, counted.parts, counted.left, counted.plain) == (units, parts, left, plain)


def test_which_letter_makes_it_dear_and_what_it_is_without() -> None:
    dear = "Señor García: su deuda venció. ¿Cuándo paga? “Gracias”…"
    assert sms.length(dear).other == "í"
    cheap = sms.unaccented(dear)
    assert cheap == 'Señor Garcia: su deuda vencio. ¿Cuando paga? "Gracias".'
    assert sms.length(cheap).plain


@given(st.text(max_size=700))
def test_parts_are_as_many_as_are_needed(text: str) -> None:
    counted = sms.length(text)
    most = (160, 153) if counted.plain else (70, 67)
    assert counted.left >= 0
    assert (counted.parts <= 1) == (counted.units <= most[0])
    if counted.parts > 1:
        assert counted.units <= counted.parts * most[1]
        assert counted.units > (counted.parts - 1) * (most[1] - 1)
