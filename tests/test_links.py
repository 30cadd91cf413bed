"""The links that other programs are opened with: what is encoded, what is too long, what cannot be slipped in."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop import links, phones
from iduo_desktop.links import LONGEST, SIP, Link

TEXT = "Ana: debe $ 48.310,50 & vence el 25/11.\n¿Paga hoy? 100 % #1 + IVA"


@pytest.mark.parametrize(
    ("number", "scheme", "expected"),
    [
        ("+5493416124410", "tel", "tel:+5493416124410"),
        ("+5493416124410", SIP, "sip:+5493416124410"),
        (" (0341) 612-4410 ", "tel", "tel:03416124410"),
        ("*611#", "tel", "tel:*611%23"),
        ("no tiene", "tel", ""),
        ("", "sip", ""),
    ],
)
def test_dialling(number: str, scheme: str, expected: str) -> None:
    assert links.dial(number, scheme) == Link(expected)


def test_a_mail_carries_its_text() -> None:
    made = links.mail("ana+casa@ejemplo.com.ar", "Su cuenta: ¿dudas?", TEXT)
    split = urlsplit(made.url)
    assert (split.scheme, unquote(split.path)) == ("mailto", "ana+casa@ejemplo.com.ar")
    assert parse_qs(split.query, strict_parsing=True) == {
        "subject": ["Su cuenta: ¿dudas?"],
        "body": [TEXT.replace("\n", "\r\n")],
    }
    assert "+" not in split.query
    assert " " not in made.url
    assert made.whole


def test_no_second_recipient_nor_header_slips_in() -> None:
    made = links.mail(
        "ana@ejemplo.com?bcc=otro@ejemplo.com,tres@ejemplo.com", "Hola\r\nBcc: otro@ejemplo.com", "a&bcc=x"
    )
    split = urlsplit(made.url)
    assert "," not in split.path
    assert {*parse_qs(split.query)} == {"subject", "body"}
    assert parse_qs(split.query)["subject"] == ["Hola Bcc: otro@ejemplo.com"]


def test_what_is_too_long_is_left_out_and_said() -> None:
    for made in (
        links.mail("ana@ejemplo.com", "Su cuenta", "ñ" * 500),
        links.sms("+5493416124410", "ñ" * 500),
        links.whatsapp("+5493416124410", "ñ" * 500),
    ):
        assert not made.whole
        assert len(made.url) <= LONGEST
        assert "%C3%B1" not in made.url
    assert "subject=Su%20cuenta" in links.mail("ana@ejemplo.com", "Su cuenta", "ñ" * 500).url


@given(st.text(max_size=400))
def test_any_text_arrives_or_is_said_to_be_left_out(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    for made in (links.sms("+5493416124410", text), links.whatsapp("+5493416124410", text)):
        carried = parse_qs(urlsplit(made.url).query, keep_blank_values=True)
        assert not made.whole or [*carried.values()] == ([[text]] if text else [])
        assert made.url.isascii()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0341 421-8890", "https://wa.me/5493414218890"),
        ("011 4321-5678", "https://wa.me/5491143215678"),
        ("0341 15-612-4410", "https://wa.me/5493416124410"),
        ("15 4321-5678", "https://wa.me/5491143215678"),
        ("011 15 4321-5678", "https://wa.me/5491143215678"),
        ("+54 9 341 612-4410", "https://wa.me/5493416124410"),
        ("+54 9 341 15 612-4410", "https://wa.me/5493416124410"),
        ("+54 351 512-3456", "https://wa.me/5493515123456"),
        ("02966 15-634497", "https://wa.me/5492966634497"),
        ("0800-555-4321", ""),
        ("0810 333 1234", ""),
        ("+598 99 123 456", "https://wa.me/59899123456"),
        ("+55 11 91234-5678", "https://wa.me/5511912345678"),
        ("+34 612 34 56 78", "https://wa.me/34612345678"),
        ("+1 800 555 0199", ""),
    ],
)
def test_whatsapp_from_what_was_typed(typed: str, expected: str) -> None:
    """Fixed lines too have the 9; what belongs to a company's switchboard has no WhatsApp."""
    e164 = phones.parse(typed, "11").e164
    assert e164 is not None
    assert phones.whatsapp_url(e164) == expected
    assert phones.whatsapp_url(e164, "Hola, ¿qué tal?") == (
        expected and f"{expected}?text=Hola%2C%20%C2%BFqu%C3%A9%20tal%3F"
    )


@pytest.mark.parametrize("number", ["", "+", "no tiene", "+54", "1234"])
def test_what_is_no_number_has_no_whatsapp(number: str) -> None:
    assert phones.whatsapp_url(number) == ""
