"""Colours that everybody can read: contrast of every pair, and levels apart for every kind of colour vision."""

import itertools
import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QChildEvent, QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from iduo_desktop.ui import theme
from iduo_desktop.ui.theme import DARK, LIGHT, Theme, Tokens
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.focus_ring import FocusRing

Triple = tuple[float, float, float]
SCHEMES = pytest.mark.parametrize("worn", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
VISION: dict[str, tuple[Triple, Triple, Triple]] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> Triple:
    """Linear red, green and blue of «#RRGGBB»."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2.2, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def seen(colour: str, vision: str) -> Triple:
    """CIE L*a*b* (D65) of a colour as such an eye sees it."""
    rgb = linear(colour)
    mixed = [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in VISION[vision]]
    red, green, blue = (min(max(part, 0.0), 1.0) for part in mixed)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, vision: str) -> float:
    """How far apart two colours look (ΔE of 1976)."""
    pairs = zip(seen(one, vision), seen(other, vision), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@SCHEMES
def test_text_is_readable_on_every_surface(worn: Tokens) -> None:
    texts = ("text", "text2", "accent", "ok", "warning", "error")
    surfaces = ("background", "panel", "selection", "hover")
    for text, surface in itertools.product(texts, surfaces):
        assert contrast(getattr(worn, text), getattr(worn, surface)) >= 4.5, (text, surface)
    assert contrast(worn.on_accent, worn.accent) >= 4.5
    assert contrast(worn.on_notice, worn.notice) >= 4.5
    assert contrast(worn.text2, worn.line) >= 4.5  # a primary button that is disabled


@SCHEMES
def test_borders_and_the_focus_stand_out(worn: Tokens) -> None:
    for surface in (worn.background, worn.panel):
        assert contrast(worn.border, surface) >= 3
        assert contrast(worn.accent, surface) >= 3
    for surface in (worn.selection, worn.hover):
        assert contrast(worn.accent, surface) >= 3


@SCHEMES
def test_levels_are_readable(worn: Tokens) -> None:
    for level in worn.levels:
        assert contrast(level.text, level.chip) >= 4.5
        for row in (worn.background, worn.selection, worn.panel, worn.hover):
            assert contrast(level.bar, row) >= 3


@SCHEMES
def test_levels_are_told_apart_in_grey(worn: Tokens) -> None:
    for level in worn.levels:
        ink, paper = (luminance(colour) for colour in (level.text, level.chip))
        assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 4.5  # a filled segment against an empty one


@SCHEMES
@pytest.mark.parametrize("vision", VISION)
def test_neighbouring_levels_differ_for_every_eye(worn: Tokens, vision: str) -> None:
    for one, other in itertools.pairwise(worn.levels):
        assert distance(one.chip, other.chip, vision) >= 10


@SCHEMES
def test_series_of_plots_stand_out(worn: Tokens) -> None:
    for series in worn.series:
        assert contrast(series, worn.background) >= 3


@SCHEMES
def test_the_style_sheet_uses_tokens_only(worn: Tokens) -> None:
    known = {getattr(worn, name) for name in worn._fields if isinstance(getattr(worn, name), str)}
    known |= {colour for level in worn.levels for colour in level}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", theme.style_sheet(worn))) <= known
    assert not re.findall(r"#[0-9A-Fa-f]{6}", theme.style_sheet(None))


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[Theme]:
    """The application dressed light, by one theme at a time."""
    made = Theme(qapp, "light", "normal")
    yield made
    delete(made)


def test_a_change_of_mind_reaches_every_widget(qtbot: QtBot, qapp: QApplication, dressed: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dressed.dress(window)
    window.show()
    assert theme.tokens(window.palette()) is LIGHT
    assert theme.row_height() == 32
    dressed.choose("dark", "wide")
    assert theme.tokens(window.palette()) is DARK
    assert theme.row_height() == 40
    dressed.choose("light", "compact")
    assert window.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.panel)
    assert theme.row_height() == 28


def test_high_contrast_keeps_the_colours_of_the_system(qtbot: QtBot, qapp: QApplication, dressed: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    qapp.setProperty("high_contrast", True)
    system = theme.tokens(window.palette())
    qapp.setProperty("high_contrast", False)
    assert {level.chip for level in system.levels} == {window.palette().color(QPalette.ColorRole.Base).name().lower()}
    assert system.text == system.error


class Counter(QPushButton):
    """How often Qt dressed it."""

    count = 0

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.count += event.type() is QEvent.Type.StyleChange


def boxed(inside: QWidget, depth: int) -> QWidget:
    """The widget in that many others, built from the innermost on."""
    for _ in range(depth):
        box = QWidget()
        QVBoxLayout(box).addWidget(inside)
        inside = box
    return inside


def test_what_is_built_for_a_window_is_dressed_once(qtbot: QtBot, qapp: QApplication, dressed: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dressed.dress(window)
    stacked(qtbot, window, boxed(button := Counter("Guardar"), 8))
    assert button.count == 1
    assert button.sizeHint().height() == 20 + 2 * (5 + 1)  # the sheet's own figures
    for changes, scheme in enumerate(("dark", "light"), 1):
        dressed.choose(scheme, "normal")
        assert button.count == 1 + 2 * changes
    dressed.choose("light", "normal")
    assert button.count == 5


def test_what_a_window_opens_is_dressed_too(qtbot: QtBot, qapp: QApplication, dressed: Theme) -> None:
    window, plain = QWidget(), QWidget()
    for each in (window, plain):
        qtbot.addWidget(each)
    dressed.dress(window)
    for over, is_dressed in ((window, True), (plain, False)):
        dialog = QDialog(over)
        button = QPushButton("Guardar", dialog)
        theme.mark(button, role="primary")
        dialog.show()
        pixel = dialog.grab().toImage().pixel(button.x() + 4, button.geometry().center().y())
        assert (pixel == QColor(LIGHT.accent).rgb()) is is_dressed


def test_the_list_that_pops_up_while_one_types_has_an_edge(qtbot: QtBot, qapp: QApplication, dressed: Theme) -> None:
    window = stacked(qtbot, QWidget(), box := ChoiceBox(), QPushButton("Guardar"))
    dressed.dress(window)
    box.set_choices([("high", "Alta"), ("low", "Baja")])
    box.setFocus()
    QTest.keyClicks(box, "a")
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert popup.grab().toImage().pixel(0, 5) == QColor(LIGHT.border).rgb()
    popup.hide()


def stacked(qtbot: QtBot, window: QWidget, *widgets: QWidget) -> QWidget:
    """The window, active, with these in it."""
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(16, 16, 16, 16)
    for widget in widgets:
        layout.addWidget(widget)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def ringed(window: QWidget, widget: QWidget) -> bool:
    """Whether the focus is drawn around it."""
    place = widget.geometry()
    return window.grab().toImage().pixel(place.center().x(), place.top()) == QColor(LIGHT.accent).rgb()


def test_the_focus_is_seen_and_follows(qtbot: QtBot, qapp: QApplication, dressed: Theme) -> None:
    ring = FocusRing(qapp)
    window = stacked(qtbot, QWidget(), field := QLineEdit(), button := QPushButton("Guardar"))
    dressed.dress(window)
    for widget in (field, button):
        widget.setFocus()
        assert ringed(window, widget)
    ring.deleteLater()


def test_the_ring_does_not_come_back_to_what_lost_the_keyboard(
    qtbot: QtBot, qapp: QApplication, dressed: Theme
) -> None:
    ring = FocusRing(qapp)
    window = stacked(qtbot, QWidget(), field := QLineEdit(), text := QPlainTextEdit())
    dressed.dress(window)
    field.setFocus()
    text.setFocus()
    assert not ringed(window, field)
    field.resize(field.width() - 40, field.height())
    assert not ringed(window, field)
    ring.deleteLater()


class Restless(QWidget):
    """Gives the keyboard to another widget while a ring is being made for the one that has it."""

    heir: QPlainTextEdit | None = None

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        if self.heir is not None and event.added():
            self.heir.setFocus()


def test_no_ring_stays_where_the_keyboard_went_on_from_at_once(
    qtbot: QtBot, qapp: QApplication, dressed: Theme
) -> None:
    ring = FocusRing(qapp)
    window = Restless()
    stacked(qtbot, window, text := QPlainTextEdit(), field := QLineEdit())
    dressed.dress(window)
    qtbot.waitUntil(text.hasFocus)
    window.heir = text
    field.setFocus()
    assert text.hasFocus()
    assert not ringed(window, field)
    ring.deleteLater()


def test_the_ring_survives_the_window_it_was_in(qtbot: QtBot, qapp: QApplication, dressed: Theme) -> None:
    ring = FocusRing(qapp)
    for _ in range(2):
        window = QWidget()
        layout = QVBoxLayout(window)
        layout.addWidget(QLineEdit())
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        delete(window)
    ring.deleteLater()
