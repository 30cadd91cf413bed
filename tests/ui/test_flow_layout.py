"""A layout that goes on below where the line is full: it reckons once, and again when something in it changed."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.widgets.flow_layout import FlowLayout


class Asked(QPushButton):
    """How often somebody wanted to know its size."""

    count = 0

    def sizeHint(self) -> QSize:
        self.count += 1
        return super().sizeHint()


def test_a_height_is_reckoned_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    flow = FlowLayout(window)
    flow.addWidget(button := Asked("Guardar"))
    height = flow.heightForWidth(200)
    before = button.count
    assert [flow.heightForWidth(200) for _ in range(5)] == [height] * 5
    assert button.count == before


def test_what_changes_in_it_changes_its_height(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    flow = FlowLayout(window, spacing=8)
    labels = [QLabel("Uno"), QLabel("Dos"), QLabel("Tres")]
    for each in labels:
        flow.addWidget(each)
    window.show()
    line = labels[0].sizeHint().height()
    width = flow.sizeHint().width()
    assert flow.heightForWidth(width) == line
    labels[0].setText("Uno y bastante más")
    assert flow.heightForWidth(width) == 2 * line + 8
    labels[0].hide()
    assert flow.heightForWidth(width) == line
    flow.addWidget(more := QLabel("Otro que no entra en la línea"))
    more.show()
    assert flow.heightForWidth(width) == 2 * line + 8
    flow.takeAt(3)
    assert flow.heightForWidth(width) == line
