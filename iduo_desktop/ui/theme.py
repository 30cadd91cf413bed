"""Colours, sizes and the focus ring: one palette and one small style sheet, light, dark or the system's contrast."""

from pathlib import Path
from string import Template
from typing import NamedTuple
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

ROW_HEIGHTS = {"compact": 28, "normal": 32, "wide": 40}
BODY, SECONDARY, READING, TITLE, NUMBER = 14, 12, 18, 20, 40
LOW_SCREEN = 900


class LevelColours(NamedTuple):
    """A chip of the contact scale; the bar at its left stands out from the row, the text from the chip."""

    chip: str
    text: str
    bar: str


class Tokens(NamedTuple):
    """The colours of one scheme. `line` and `hover` only decorate; nothing has to be read from them."""

    background: str
    panel: str
    text: str
    text2: str
    border: str
    accent: str
    ok: str
    warning: str
    error: str
    selection: str
    on_accent: str
    line: str
    hover: str
    notice: str
    on_notice: str
    levels: tuple[LevelColours, ...]
    series: tuple[str, ...]


SERIES = ("#0072B2", "#C75300", "#00875F", "#B0578A", "#8F6B00", "#6B7680")
SERIES_ON_DARK = ("#4BA3DB", "#E07F35", "#2FB588", "#D382B1", "#C29A22", "#97A3AE")

LIGHT = Tokens(
    background="#FFFFFF",
    panel="#F6F8FA",
    text="#1F2328",
    text2="#57606A",
    border="#7F8993",
    accent="#0B5CAD",
    ok="#116329",
    warning="#7A4D00",
    error="#B3180C",
    selection="#D6E8FB",
    on_accent="#FFFFFF",
    line="#D8DEE4",
    hover="#EDF3F9",
    notice="#FFE9A8",
    on_notice="#4D3800",
    levels=(
        LevelColours("#FFFFFF", "#1F2328", "#7A838D"),
        LevelColours("#DCEBFA", "#0B3D70", "#2F6DB5"),
        LevelColours("#FFE9A8", "#4D3800", "#8F6800"),
        LevelColours("#FFBE86", "#4A1F00", "#A34600"),
        LevelColours("#F28B80", "#3A0602", "#A3150A"),
        LevelColours("#7A1208", "#FFFFFF", "#7A1208"),
    ),
    series=SERIES,
)

DARK = Tokens(
    background="#1B1F24",
    panel="#22272E",
    text="#E6EDF3",
    text2="#A6B0BB",
    border="#868F9A",
    accent="#6CB2FF",
    ok="#57C271",
    warning="#E3B341",
    error="#FF8A7F",
    selection="#1D3B5E",
    on_accent="#0B1B2B",
    line="#373E47",
    hover="#2A313A",
    notice="#4A3C00",
    on_notice="#FFE79A",
    levels=(
        LevelColours("#1B1F24", "#E6EDF3", "#7D8590"),
        LevelColours("#0F2F52", "#CFE5FF", "#5B9BE0"),
        LevelColours("#4A3C00", "#FFE79A", "#C79A1B"),
        LevelColours("#8F4700", "#FFF3E8", "#F0944A"),
        LevelColours("#C63C2F", "#FFFFFF", "#FFA198"),
        LevelColours("#FFB4AB", "#3B0905", "#FFB4AB"),
    ),
    series=SERIES_ON_DARK,
)

# Sizes hold in the system's high contrast too; colours do not.
_SIZES = """
QPushButton { min-height: 20px; padding: 5px 12px; }
QLineEdit { min-height: 24px; padding: 3px 8px; }
QComboBox { min-height: 24px; padding: 3px 8px; }
QCheckBox, QRadioButton { min-height: 24px; padding: 0 4px; spacing: 8px; }
QPushButton[small="true"] { padding: 4px 8px; }
QPushButton[role="link"][small="true"] { padding: 4px 0px; text-align: left; }
QPushButton[role="door"] { min-height: 32px; font-size: 16px; }
QToolTip { padding: 4px 6px; }
QTableView { outline: 0; }
QTableView::item { padding: 0 6px; }
*[role="title"] { font-size: ${title}px; font-weight: 600; }
*[role="secondary"], *[role="hint"], *[role="error"], *[role="warning"], *[role="ok"] { font-size: ${secondary}px; }
*[role="heading"] { font-weight: 600; }
*[role="reading"] { font-size: ${reading}px; }
QLabel#notice_text, QLabel#agenda_safe, QLabel#call_dialog_safe { font-size: ${body}px; }
QToolButton[role="rail"] { font-size: ${secondary}px; padding: 4px 0px; }
QToolButton[role="rail_line"] { padding: 4px 8px; }
*[role="number"] { font-size: ${number}px; font-weight: 600; }
"""

_COLOURS = """
QPushButton { background: $background; border: 1px solid $border; border-radius: 4px; color: $text; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $selection; border-color: $accent; }
QPushButton:disabled { color: $text2; background: $panel; border-color: $line; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[role="primary"]:disabled { background: $line; border-color: $line; color: $text2; }
QPushButton[role="link"] { background: transparent; border-color: transparent; color: $accent; padding: 5px 6px; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:disabled { color: $text2; }
QToolButton { border: 1px solid transparent; border-radius: 4px; color: $text; background: transparent; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selection; }
QToolButton[role="call"] { background: $selection; font-weight: 600; padding: 4px 8px; }
QToolButton::menu-indicator { image: none; }
QLineEdit, QPlainTextEdit, QTextEdit { background: $background; border: 1px solid $border; border-radius: 4px; }
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $accent; }
QLineEdit:read-only { background: $panel; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QTextEdit[invalid="true"] { border-color: $error; }
QComboBox { background: $background; border: 1px solid $border; border-radius: 4px; }
QComboBox:disabled, QLineEdit:disabled, QPlainTextEdit:disabled { background: $panel; color: $text2; }
QComboBox:disabled, QLineEdit:disabled, QPlainTextEdit:disabled { border-color: $line; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$images/arrow_$scheme.svg"); width: 12px; height: 12px; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; border: 1px solid $border; }
QCheckBox::indicator, QRadioButton::indicator { background: $background; }
QCheckBox::indicator { border-radius: 3px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$images/check_$scheme.svg"); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; background: $panel; }
QRadioButton::indicator { border-radius: 9px; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 8px; height: 8px; }
QAbstractItemView { border: 2px solid transparent; background: $background; }
QAbstractItemView:focus { border: 2px solid $accent; }
QComboBox QAbstractItemView { border: 1px solid $border; }
QHeaderView { border: none; background: $panel; }
QHeaderView:focus { border: none; }
QHeaderView::section { background: $panel; color: $text2; padding: 4px 8px; }
QHeaderView::section { border: none; border-bottom: 1px solid $line; }
QScrollArea { border: 2px solid transparent; background: transparent; }
QScrollArea:focus { border: 2px solid $accent; }
QTabBar::tab { padding: 7px 12px; border: none; border-bottom: 3px solid transparent; color: $text2; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:hover { background: $hover; }
QSplitter::handle { background: $line; }
QToolTip { background: $background; color: $text; border: 1px solid $border; }
QMenu { background: $background; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 20px; }
QMenu::item:selected { background: $selection; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
*[role="secondary"], *[role="hint"] { color: $text2; }
*[role="error"] { color: $error; }
*[role="warning"] { color: $warning; }
*[role="ok"] { color: $ok; }
*[surface="background"] { background: $background; }
*[surface="panel"] { background: $panel; }
*[surface="card"] { background: $background; border: 1px solid $line; border-radius: 8px; }
*[surface="popup"] { background: $background; border: 1px solid $border; border-radius: 4px; }
*[surface="top"] { background: $background; border-bottom: 1px solid $line; }
*[surface="side"] { background: $background; border-right: 1px solid $line; }
*[surface="bottom"] { background: $panel; border-top: 1px solid $line; }
*[surface="badge"] { background: $accent; color: $on_accent; border-radius: 8px; font-size: 11px; font-weight: 600; }
*[surface="selection"] { background: $selection; }
*[surface="notice"] { background: $notice; color: $on_notice; }
"""


# a button that reaches somebody shows how often he was reached
_LEVEL = """
QPushButton[level="$level"] { background: $chip; color: $text; border-color: $bar; }
QPushButton[level="$level"]:disabled { background: $panel; color: $text2; border-color: $bar; }
"""


def tokens(palette: QPalette) -> Tokens:
    """The colours that go with a palette; in the system's high contrast they are the system's own."""
    if _chosen("high_contrast"):
        return _system_tokens(palette)
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def row_height() -> int:
    """How high a line of a list is, by the density that the operator chose."""
    chosen = _chosen("row_height")
    return chosen if isinstance(chosen, int) else ROW_HEIGHTS["compact"]


def _chosen(name: str) -> object:
    application = QApplication.instance()
    return None if application is None else application.property(name)


def mark(widget: QWidget, **properties: str | bool) -> None:
    """Give a widget the properties that the style sheet reads: role, surface, small, invalid."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else it is polished when it is first shown
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def figures(font: QFont) -> QFont:
    """The font with figures of one width, for numbers that stand below each other."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


class Theme(QObject):
    """Colours the application and dresses its windows, again when the system or the operator changes their mind."""

    def __init__(self, application: QApplication, scheme: str = "system", density: str = ""):
        super().__init__(application)
        self._application = application
        self._hints = application.styleHints()
        self._accessibility = self._hints.accessibility()
        self.scheme = scheme
        self.density = density
        self._windows: WeakSet[QWidget] = WeakSet()
        self._worn: tuple[object, ...] = ()
        font = application.font()
        font.setPixelSize(BODY)
        application.setFont(font)
        self._hints.colorSchemeChanged.connect(self._dress)
        self._accessibility.contrastPreferenceChanged.connect(self._dress)
        self.choose(scheme, density)

    def choose(self, scheme: str, density: str) -> None:
        """Follow the system or be light or dark; compact, normal or wide lines ("" goes by the screen's height)."""
        self.scheme, self.density = scheme, density
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(scheme)
        if wanted is None:
            self._hints.unsetColorScheme()
        else:
            self._hints.setColorScheme(wanted)
        self._dress()

    @property
    def dark(self) -> bool:
        """True when the dark colours are worn."""
        return self.scheme == "dark" or (self.scheme != "light" and self._hints.colorScheme() is Qt.ColorScheme.Dark)

    def dress(self, *windows: QWidget) -> None:
        """Dress these windows, best when they are built, with all that is ever in them and all that they open.

        With a sheet of the application Qt dresses each widget again for every parent that it or one above it gets.
        """
        for window in windows:
            self._windows.add(window)
            window.setStyleSheet(self._sheet())

    def _dress(self) -> None:
        contrast = self._accessibility.contrastPreference() is Qt.ContrastPreference.HighContrast
        height = ROW_HEIGHTS[self.density or self._natural_density()]
        self._application.setProperty("high_contrast", contrast)
        self._application.setProperty("row_height", height)
        self._application.setPalette(QPalette() if contrast else make_palette(DARK if self.dark else LIGHT))
        before, self._worn = self._worn, (contrast, self.dark, height)
        if before != self._worn:  # the system may say what it was told here
            for window in filter(isValid, self._windows):
                window.setStyleSheet("")  # quicker by far than to change one sheet for another
                window.setStyleSheet(self._sheet())

    def _sheet(self) -> str:
        contrast, dark, _height = self._worn
        return style_sheet(None if contrast else DARK if dark else LIGHT)

    def _natural_density(self) -> str:
        return "compact" if self._application.primaryScreen().geometry().height() < LOW_SCREEN else "normal"


def style_sheet(worn: Tokens | None) -> str:
    """The one style sheet; without colours for the system's high contrast."""
    values: dict[str, object] = {"body": BODY, "title": TITLE, "secondary": SECONDARY}
    values |= {"reading": READING, "number": NUMBER}
    if worn is None:
        return Template(_SIZES).substitute(values)
    scheme = "dark" if worn is DARK else "light"
    values |= {"images": (Path(__file__).parent / "images").as_posix(), "scheme": scheme}
    values |= worn._asdict()
    levels = (
        Template(_LEVEL).substitute(values | colours._asdict() | {"level": level})
        for level, colours in enumerate(worn.levels)
    )
    return Template(_SIZES + _COLOURS).substitute(values) + "".join(levels)


def make_palette(worn: Tokens) -> QPalette:
    """The palette that styles paint everything else with."""
    role = QPalette.ColorRole
    palette = QPalette(QColor(worn.background), QColor(worn.panel))
    for which, colour in {
        role.Window: worn.panel,
        role.WindowText: worn.text,
        role.Base: worn.background,
        role.AlternateBase: worn.panel,
        role.Text: worn.text,
        role.PlaceholderText: worn.text2,
        role.Button: worn.background,
        role.ButtonText: worn.text,
        role.Highlight: worn.selection,
        role.HighlightedText: worn.text,
        role.Accent: worn.accent,
        role.Link: worn.accent,
        role.LinkVisited: worn.accent,
        role.BrightText: worn.error,
        role.ToolTipBase: worn.background,
        role.ToolTipText: worn.text,
        role.Light: worn.background,
        role.Midlight: worn.panel,
        role.Mid: worn.line,
        role.Dark: worn.border,
        role.Shadow: worn.border,
    }.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(worn.text2))
    return palette


def _system_tokens(palette: QPalette) -> Tokens:
    role = QPalette.ColorRole
    base, text = palette.color(role.Base).name(), palette.color(role.Text).name()
    level = LevelColours(base, text, text)
    return Tokens(
        background=base,
        panel=palette.color(role.Window).name(),
        text=text,
        text2=text,
        border=text,
        accent=palette.color(role.Highlight).name(),
        ok=text,
        warning=text,
        error=text,
        selection=palette.color(role.Highlight).name(),
        on_accent=palette.color(role.HighlightedText).name(),
        line=text,
        hover=base,
        notice=base,
        on_notice=text,
        levels=(level,) * 6,
        series=(text,) * 6,
    )
