"""Tooltips: what somebody typed is shown letter by letter, wherever it stands; nothing in it is carried out."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import iduo_desktop
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.tips import tip

HOSTILE = (
    "<img src='//10.0.0.9/x' width=900 height=900>",
    "<b>GANASTE</b> <a href='file:///etc/passwd'>acá</a>",
    "<!DOCTYPE html><table><tr><td>",
    "uno < dos & tres\n<i>cuatro</i>  cinco",
    "</p><img src=x>",
)
# What is said there is the program's own: keys, states, moments.
OURS = {
    *("board/spans.py", "agenda/announcer.py", "outbox_desk.py", "letter_box.py", "rail.py", "credentials_page.py"),
    *("pause_desk.py", "actions.py", "status_line.py", "top_bar.py", "settings/form_builder.py", "settings/frame.py"),
    *("cases/composer_parts.py", "cases/composer_boxes.py", "cases/survey_line.py", "cases/promotion_box.py"),
    *("cases/aids.py", "cases/reach_list.py", "contacts/head.py", "contacts/reach_lines.py"),
    *("tickets/head.py", "tickets/answer_box.py", "widgets/chip.py", "widgets/history_lines.py"),
    *("widgets/message_lines.py", "widgets/line_edits.py"),
}


@pytest.mark.parametrize("text", HOSTILE)
def test_letters_stay_letters(qtbot: QtBot, text: str) -> None:
    document = QTextDocument()
    document.setHtml(tip(text))
    assert document.toPlainText() == text
    shown = QLabel(tip(text))  # as Qt's own window of a tooltip does
    qtbot.addWidget(shown)
    assert shown.sizeHint().height() < 200


def test_what_looks_like_nothing_else_is_left_alone() -> None:
    assert tip("GÓMEZ, Ana & Cía.\nCalle 5 > 3") == "GÓMEZ, Ana & Cía.\nCalle 5 > 3"


def test_a_name_that_has_no_room(qtbot: QtBot) -> None:
    label = ElidedLabel("name", HOSTILE[0])
    qtbot.addWidget(label)
    label.resize(40, 20)
    label.show()
    assert label.elided
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert not label.toolTip().startswith("<img")


def test_every_tooltip_is_a_constant_or_goes_through_tip() -> None:
    """Besides those of which it is said above that they are the program's own words."""
    ui = Path(iduo_desktop.__file__).parent / "ui"
    found = {
        path.relative_to(ui).as_posix()
        for path in ui.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setToolTip" and not harmless(node.args[-1])
    }
    assert found <= OURS, "text of others goes through tip(); the program's own is added to the list"


def harmless(node: ast.expr) -> bool:
    """A constant, or made by tip."""
    if isinstance(node, ast.IfExp):
        return harmless(node.body) and harmless(node.orelse)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tip")
