"""A thread of messages: what strangers write stays letters, long texts fold, Enter does what the line offers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from iduo_desktop.services.messages import Conversation, Message
from iduo_desktop.ui.widgets.inert import inert, one_line
from iduo_desktop.ui.widgets.message_lines import MessageLines
from iduo_desktop.ui.widgets.message_words import last_words, spoken_words, written

NOW = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)
DOUBT = "No sabemos si salió"
HOSTILE = {
    "html": "<b>Hola</b> <img src='file:///etc/passwd'> <a href=\"javascript:x\">acá</a>",
    "turned": "\u202eotcartnoc\u202c \u2066x\u2069",
    "hidden": "pa\u200bgué\u2060 \ufeffel\u00ad lunes\U000e0041",
    "heaps": "Z" + "\u0301" * 40 + "algo",
    "controls": "uno\x00\x07dos\x1b[31m\r\ntres",
    "long": "palabra " * 1_250,
    "one word": "x" * 10_000,
    "lines": "\n" * 5_000 + "fin",
}


RECEIVED = Message(1, "inbound", "email", "ana@ejemplo.com", "", "", "received", "", NOW, "", may_resend=False)


def message(text: str, **values: Any) -> Message:
    return replace(RECEIVED, text=text, **values)


def lines_of(qtbot: QtBot, *messages: Message, fresh: bool = False) -> MessageLines:
    made = MessageLines("messages")
    qtbot.addWidget(made)
    made.resize(340, 400)
    made.show()
    shown = [written(each, "Ana Gil", fresh=fresh, may_write=True) for each in messages]
    made.show_messages(shown, NOW.date())
    return made


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_comes_in_is_only_letters(qtbot: QtBot, text: str) -> None:
    shown = inert(text)
    assert not {*shown} & {*"\u202e\u202c\u2066\u2069\u200b\u2060\ufeff\u00ad\U000e0041\x00\x07\x1b\r"}
    assert "\u0301" * 4 not in shown
    made = lines_of(qtbot, message(text, subject=text, address=text[:250], error=text))
    assert made.written()[0].text.endswith(shown) or made.written()[0].text == shown
    made.grab()
    assert made.height() < 2_000


def test_markup_is_painted_as_it_was_typed(qtbot: QtBot) -> None:
    """The picture of «<b>Hola</b>» is that of any letters: nothing is bold, coloured or missing."""
    assert inert(HOSTILE["html"]) == HOSTILE["html"]
    plain = lines_of(qtbot, message("<b>Hola</b>"))
    other = lines_of(qtbot, message("<i>Hola</i>"))
    assert picture(plain) != picture(other)
    assert QColor("blue").rgb() not in {*pixels(plain)}


def test_a_long_text_is_folded_and_enter_opens_it(qtbot: QtBot) -> None:
    made = lines_of(qtbot, message("palabra " * 1_250))
    low = made.height()
    assert made.written()[0].action == "Ver entero"
    made.setFocus()
    made.setCurrentIndex(made.model().index(1, 0))
    QTest.keyClick(made, Qt.Key.Key_Return)
    assert made.written()[0].action == "Ver menos"
    assert made.height() > 5 * low
    made.show_messages([written(message("palabra " * 1_250), "", fresh=False, may_write=True)], NOW.date())
    assert made.written()[0].open
    QTest.keyClick(made, Qt.Key.Key_Return)
    assert made.height() == low


def test_enter_sends_again_what_may_be_sent_again(qtbot: QtBot) -> None:
    failed = message(
        "Hola", direction="outbound", state="failed", error="No existe esa casilla.", may_resend=True, id=7
    )
    sent = message("Chau", direction="outbound", state="sent", id=6)
    made = lines_of(qtbot, failed, sent)
    asked: list[int] = []
    made.asked.connect(asked.append)
    made.setFocus()
    for row in (2, 1):
        made.setCurrentIndex(made.model().index(row, 0))
        QTest.keyClick(made, Qt.Key.Key_Enter)
    assert asked == [7]
    assert [line.verb for line in made.written()] == ["Reenviar", ""]


def test_the_verb_can_be_clicked_and_the_text_cannot(qtbot: QtBot) -> None:
    made = lines_of(qtbot, message("Hola https://ejemplo.com", state="doubtful", direction="outbound", may_resend=True))
    asked: list[int] = []
    made.asked.connect(asked.append)
    place = made.visualRect(made.model().index(1, 0))
    QTest.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert asked == []
    QTest.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, pos=place.bottomLeft() + QPoint(40, -8))
    assert asked == [1]


@pytest.mark.parametrize(
    ("values", "head", "state"),
    [
        ({}, "← ✉ Mail de ana@ejemplo.com", "Recibido 12:12"),
        (
            {"direction": "outbound", "state": "waiting", "by": "Ana Gil"},
            "→ ✉ Mail a ana@ejemplo.com · vos",
            "Por enviar · 12:12",
        ),
        (
            {"direction": "outbound", "state": "sent", "by": "Juan Paz", "channel": "sms", "address": "+5493416124410"},
            "→ SMS a +54 9 341 612-4410 · J.\N{NO-BREAK SPACE}Paz",
            "Enviado 12:12",
        ),
        (
            {"direction": "outbound", "state": "failed", "error": "No existe esa casilla."},
            "→ ✉ Mail a ana@ejemplo.com",
            "⚠ No se pudo enviar: No existe esa casilla.",
        ),
    ],
)
def test_a_message_in_words(values: dict[str, Any], head: str, state: str) -> None:
    line = written(message("Hola", **values), "Ana Gil", fresh=False, may_write=True)
    assert (line.head, line.state) == (head, state)


def test_a_doubtful_one_says_what_that_means() -> None:
    line = written(message("Hola", direction="outbound", state="doubtful"), "", fresh=False, may_write=True)
    assert line.state.startswith("⚠ No sabemos si salió (12:12). Puede haberle llegado o no.")
    assert line.trouble


def test_who_may_not_write_sends_nothing_again() -> None:
    doubtful = message("Hola", direction="outbound", state="doubtful", may_resend=True)
    assert written(doubtful, "", fresh=False, may_write=False).verb == ""


def test_a_screen_reader_hears_it_all() -> None:
    line = written(message("Ya pagué", at=NOW - timedelta(days=1)), "", fresh=True, may_write=True)
    assert line.spoken(NOW.date()) == "Nuevo. ← ✉ Mail de ana@ejemplo.com. Ayer. Recibido 12:12. Ya pagué"


@pytest.mark.parametrize(
    ("unread", "direction", "state", "shown", "spoken"),
    [
        (2, "inbound", "received", "● 2 · Ya pagué el lunes", "2 mensajes sin leer, contestó: Ya pagué el lunes"),
        (0, "inbound", "received", "← Ya pagué el lunes", "contestó: Ya pagué el lunes"),
        (0, "outbound", "sent", "→ Ya pagué el lunes", "le escribimos: Ya pagué el lunes"),
        (0, "outbound", "doubtful", f"⚠ {DOUBT}: Ya pagué el lunes", f"{DOUBT}, le escribimos: Ya pagué el lunes"),
    ],
)
def test_the_last_message_in_a_cell(unread: int, direction: str, state: str, shown: str, spoken: str) -> None:
    found = Conversation(1, 2, unread, NOW, "Ya\u202e pagué\nel   lunes", direction, state)
    assert last_words(found, 60) == shown
    assert spoken_words(found) == spoken


def test_one_line_is_cut() -> None:
    assert one_line("uno dos\ntres", 7) == "uno do…"
    assert one_line("a" * 100_000, 10) == "a" * 9 + "…"


def picture(made: MessageLines) -> bytes:
    return bytes(made.grab().toImage().constBits())


def pixels(made: MessageLines) -> list[int]:
    image: QImage = made.grab().toImage()
    return [image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)]
