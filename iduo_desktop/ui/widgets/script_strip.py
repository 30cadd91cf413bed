"""«Guion»: the sentence of the moment as the organisation wants it said, with its blanks filled in."""

import re
from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop.services.catalogues import Script
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

_BLANK = re.compile(r"\s*\{\s*([^{}]*?)\s*\}")


class ScriptStrip(QWidget):
    """Says what goes with a situation; where there is no sentence for it, there is no strip."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("script_strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="panel")
        self._texts: dict[str, str] = {}
        self._blanks: dict[str, str] = {}
        self._situation = ""
        title = label("Guion", "secondary", wraps=False)
        title.setContentsMargins(0, 2, 0, 0)
        self._text = label("", "", "script_text")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, filled in."""
        return self.filled(self._texts.get(self._situation, ""))

    def filled(self, text: str) -> str:
        """Another sentence, filled in with the same."""
        return fill(text, self._blanks)

    def offer(self, scripts: Iterable[Script]) -> None:
        """Take the organisation's sentences."""
        self._texts = {script.situation: script.text for script in scripts}
        self._show()

    def know(self, blanks: Mapping[str, str]) -> None:
        """What blanks are filled with from now on."""
        self._blanks |= blanks
        self._show()

    def say(self, situation: str) -> None:
        """Show the sentence for this situation."""
        self._situation = situation
        self._show()

    def _show(self) -> None:
        text = self.text
        self._text.setText(f"«{text}»")
        self.setAccessibleName(f"Guion: {text}")
        self.setVisible(bool(text))


def fill(text: str, blanks: Mapping[str, str]) -> str:
    """A sentence with its blanks filled; one that is not known is left out, with the space before it."""

    def known(found: re.Match[str]) -> str:
        value = blanks.get(found[1], "")
        return found[0].replace(found[0].strip(), value) if value else ""

    return _BLANK.sub(known, text).strip()


def first_name(full_name: str) -> str:
    """«Marina» of «Marina Sosa» and of «Sosa, Marina»."""
    _, comma, names = full_name.partition(",")
    words = (names if comma else full_name).split()
    return words[0] if words else ""
