"""The scale of contact: what is seen of a level, and what is heard."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.theme import DARK, LIGHT, Tokens
from iduo_desktop.ui.widgets import chip
from iduo_desktop.ui.widgets.chip import CHIP_SIZE, Chip


@dataclass(frozen=True)
class Client:
    """Somebody who was contacted so often."""

    level: int
    attempts: int
    calls: int = 0
    whatsapps: int = 0
    emails: int = 0
    sms: int = 0
    paused_until: datetime | None = None


def picture(level: int, count: int, colours: Tokens) -> QImage:
    """A chip as it is painted."""
    icon = chip.chip_icon(level, count, colours.levels[level], 1.0)
    return icon.pixmap(QSize(CHIP_SIZE)).toImage()


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (Client(0, 0), "nivel 0 de 5, sin contactos"),
        (Client(1, 1, calls=1), "nivel 1 de 5, bajo: 1 contacto, 1 llamada"),
        (Client(3, 3, calls=2, emails=1), "nivel 3 de 5, alto: 3 contactos, 2 llamadas, 1 mail"),
        (
            Client(5, 6, calls=4, whatsapps=1, sms=1),
            "nivel 5 de 5, en pausa: 6 contactos, 4 llamadas, 1 WhatsApp, 1 SMS",
        ),
    ],
)
def test_levels_are_heard(client: Client, said: str) -> None:
    """Number, word and how many by each channel."""
    assert chip.spoken(client) == said


def test_the_tooltip_says_until_when() -> None:
    """A pause has an end."""
    client = Client(5, 5, calls=5, paused_until=datetime(2026, 11, 23, 12, tzinfo=UTC))
    lines = chip.tip(client).split("\n")
    assert lines[:2] == ["En pausa, nivel 5 de 5: 5 contactos, 5 llamadas", "Pausa hasta lun 23/11/2026 09:00"]
    assert lines[2:] == ["El número son los contactos; el color y las barras, el nivel"]


def test_a_tip_says_number_and_level_apart() -> None:
    """Mails weigh less: four contacts may be level 3."""
    four = Client(3, 4, calls=2, emails=2)
    assert chip.tip(four).startswith("Alto, nivel 3 de 5: 4 contactos, 2 llamadas, 2 mails\n")
    assert chip.tip(Client(0, 0)).startswith("Sin contactos, nivel 0 de 5\n")
    assert chip.tip(Client(0, 1, emails=1)).startswith("Sin contactos, nivel 0 de 5: 1 contacto, 1 mail\n")


def test_channels_beside_the_chip() -> None:
    """Only those with any."""
    assert chip.by_channel(Client(3, 4, calls=2, whatsapps=1, emails=1)) == "☎2 W1 ✉1"
    assert chip.by_channel(Client(0, 0)) == ""


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_levels_differ_without_colour(qtbot: QtBot, colours: Tokens) -> None:
    """In grey, each level has one more segment filled, and the last a sign of its own."""
    inks = []
    for level in range(6):
        image = picture(level, 3, colours)
        ink, paper = (QColor(getattr(colours.levels[level], name)).lightness() for name in ("text", "chip"))
        middle = image.height() // 2
        row = [image.pixelColor(x, middle).lightness() for x in range(6, 52)]
        inks.append(sum(abs(shade - ink) < abs(shade - paper) for shade in row))
    assert inks == sorted(inks)
    assert len(set(inks)) == 6
    sign = QColor(colours.levels[5].text)
    assert picture(5, 5, colours).pixelColor(CHIP_SIZE.width() - 10, 5).lightness() == sign.lightness()


def test_a_chosen_line_does_not_tint_the_chip(qtbot: QtBot) -> None:
    """The same picture, selected or not."""
    icon = chip.chip_icon(3, 3, LIGHT.levels[3], 1.0)
    plain, chosen = (icon.pixmap(CHIP_SIZE, mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected))
    assert plain == chosen


def test_the_panel_has_the_word(qtbot: QtBot) -> None:
    """The widget is as wide as what it says, and says it aloud."""
    widget = Chip()
    qtbot.addWidget(widget)
    widget.show_level(Client(1, 1, calls=1))
    short = widget.sizeHint().width()
    widget.show_level(Client(0, 0))
    assert widget.accessibleName() == "Contactos: nivel 0 de 5, sin contactos"
    assert widget.sizeHint().width() > short
