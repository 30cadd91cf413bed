"""Inputs for how somebody is reached and told apart: document, telephone and mail, as they were understood."""

import re

from PySide6.QtWidgets import QLabel

from iduo_desktop import phones
from iduo_desktop.services.forms import Field
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Editor, Value
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.line_edits import LeavingLine
from iduo_desktop.ui.widgets.reach_words import EMAIL, KINDS, NO_EMAIL, NO_PHONE

NO_DOCUMENT = "⚠ El documento tiene que tener 7 u 8 números"
_WRITTEN = re.compile(r"[\d.\-\s]+")


class LineEditor(Editor):
    """One line that says below how it was understood, when one leaves it."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self.line = LeavingLine(maxLength=field.max_length)
        self.line.setObjectName(f"field_{field.key}")
        self.meaning = label("", "secondary", f"meaning_{field.key}")
        self._hold(self.line)
        self.aside: QLabel = self.meaning
        self.line.textChanged.connect(self.changed)
        self.line.left.connect(self.explain)

    def value(self) -> Value:
        return self.line.text().strip() or None

    def set_value(self, value: Value) -> None:
        self.line.setText(str(value or ""))
        self.line.setCursorPosition(0)
        self.explain()

    def explain(self) -> None:
        """Say how it was understood."""
        warning = self.doubt(str(self.value() or ""))
        say(self.meaning, warning, "warning")

    def doubt(self, text: str) -> str:
        """What is odd about it; nothing is ever refused."""
        return ""


class DocumentEditor(LineEditor):
    """A document, written out with its dots when one leaves it."""

    def plain(self) -> str:
        """It without them."""
        return plain_document(str(self.value() or ""))

    def explain(self) -> None:
        digits = self.plain()
        if digits.isdecimal() and self.line.text().strip() != formats.document(digits):
            self.line.setText(formats.document(digits))
        super().explain()

    def doubt(self, text: str) -> str:
        digits = plain_document(text)
        return NO_DOCUMENT if digits.isdecimal() and len(digits) not in {7, 8, 11} else ""


class PhoneEditor(LineEditor):
    """A telephone, kept as typed; one without area code is completed, and it is shown how."""

    def __init__(self, field: Field, clock: Clock, area_code: str):
        self._area_code = area_code
        super().__init__(field, clock)

    def parsed(self) -> phones.Parsed:
        """How it is understood."""
        return phones.parse(str(self.value() or ""), self._area_code)

    def explain(self) -> None:
        parsed = self.parsed()
        if parsed.e164 is not None:
            written = phones.shown(parsed.e164)
            say(
                self.meaning,
                f"✔ {KINDS.get(parsed.kind, written) if written == parsed.typed else written}",
                "secondary",
            )
        else:
            say(self.meaning, f"⚠ {NO_PHONE}" if parsed.typed else "", "warning")


class EmailEditor(LineEditor):
    """A mail address; nobody could be answered at one that is not complete."""

    def problem(self) -> str:
        text = str(self.value() or "")
        return NO_EMAIL if text and not EMAIL.fullmatch(text) else ""


def plain_document(text: str) -> str:
    """A document without the dots and dashes it is written with; one with letters in it stays as it is."""
    return re.sub(r"\D", "", text) if _WRITTEN.fullmatch(text) else text.strip()
