"""A mail address that is copied is the address, whatever lets it go on in the next line."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.widgets.address_label import AddressLabel
from iduo_desktop.ui.widgets.reach_words import wrapping

MAIL = "rosario.fernandez@administracion.pansur.example"


def test_what_is_copied_is_the_address(qtbot: QtBot, window: QWidget) -> None:
    made = AddressLabel("mail", wrapping(MAIL))
    made.setParent(window)
    made.resize(120, 100)
    made.show()
    assert made.heightForWidth(120) > 2 * made.fontMetrics().height()
    made.setSelection(0, len(made.text()))
    QTest.keyClick(made, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == MAIL
