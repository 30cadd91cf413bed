"""«BASE DE PRUEBA», wherever one looks, when nothing in the database is real."""

from PySide6.QtWidgets import QLabel

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

TEST = "BASE DE PRUEBA"


def test_badge() -> QLabel:
    """The sign itself."""
    badge = label(TEST, name="test_database", wraps=False)
    badge.setContentsMargins(8, 2, 8, 2)
    mark(badge, surface="notice")
    return badge
