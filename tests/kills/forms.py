"""The forms that are typed into: how each is opened, left and saved, and where its text is in its draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from iduo_desktop.services import surveys
from iduo_desktop.services.surveys import SurveyRow
from iduo_desktop.ui.cases.rights import Verb as OfCases
from iduo_desktop.ui.tickets.rights import Verb as OfTickets

if TYPE_CHECKING:
    from tests.kills.typist import Typist

Work = Iterator[None]


@dataclass(frozen=True, slots=True)
class Form:
    """`kind` and `target` are its draft's; `key` is its text's name there, `field` its widget's."""

    kind: str
    target: int
    key: str
    field: str
    open: Callable[[], Work]
    leave: Callable[[QWidget], Work]
    after: Callable[[], Work]
    saves: bool = False
    button: str = "submit"
    message: str = "message"
    room: int = 150

    @property
    def about(self) -> tuple[str, int]:
        """Which draft is its."""
        return self.kind, self.target


def nothing() -> Work:
    """What needs no going away, or tells nothing."""
    yield from ()


def forms(typist: Typist) -> list[Form]:
    """One of every kind; contacts of several clients."""
    doing = _Doing(typist)
    case, ticket = typist.given.cases[0], typist.given.ticket
    found = [
        Form("message", 0, "text", "field_text", doing.message, doing.escape, doing.read_out, saves=True),
        Form("attention", 0, "subject", "field_subject", doing.attention, doing.escape, nothing, room=100),
        Form("close", case, "description", "field_description", doing.close, doing.escape, nothing),
        Form("create", 0, "subject", "field_subject", doing.create, doing.escape, nothing, room=100),
        Form("new_contact", 0, "surname", "field_surname", doing.person, doing.escape, nothing, room=60),
        Form(f"survey_{typist.given.survey}", case, "q1", "field_q1", doing.survey, doing.escape, nothing),
    ]
    for verb in (OfTickets.NOTE, OfTickets.INSIST, OfTickets.ANSWER):
        name = verb.value
        opens = doing.of_ticket(verb)
        saves = verb is not OfTickets.ANSWER
        about = (f"ticket_{name}", ticket, "text", f"text_{name}", opens, doing.escape, nothing)
        found.append(Form(*about, saves, f"save_{name}", f"message_{name}"))
    for other in typist.given.cases[1:]:
        about_it = ("contact", other, "note", "note", doing.contact(other), doing.escape, nothing)
        found.append(Form(*about_it, saves=True, button="save_contact"))
    return found


class _Doing:
    """The ways to the forms."""

    def __init__(self, typist: Typist):
        self._typist = typist

    def message(self) -> Work:
        """Caller and subject are there first."""
        typist = self._typist
        typist.window.rooms.new_message()
        yield from self._there("field_text")
        for name, text in (("field_contact", "Pérez Luis"), ("field_email", "l@example.org"), ("field_topic", "alta")):
            widget = typist.find(name)
            draft = typist.window.drafts.find("message", 0)
            if widget is not None and (draft is None or not draft.sent) and not getattr(widget, "text", str)():
                widget.setFocus()
                yield from typist.write(widget, text)
                typist.press(QApplication.focusWidget() or widget, Qt.Key.Key_Tab)
                yield

    def attention(self) -> Work:
        """Of nobody yet."""
        self._typist.window.attention.new()
        yield from self._there("field_subject")

    def close(self) -> Work:
        """The closing form over its case."""
        yield from self._case(self._typist.given.cases[0])
        self._typist.window.cases.do(OfCases.CLOSE)
        yield from self._there("field_description")

    def create(self) -> Work:
        """A new case."""
        self._typist.window.rooms.open_cases()
        self._typist.window.cases.create_case()
        yield from self._there("field_subject")

    def person(self) -> Work:
        """A new person."""
        self._typist.window.contacts.page.new_contact()
        yield from self._there("field_surname")

    def survey(self) -> Work:
        """A survey of the client whose case it is."""
        given = self._typist.given
        yield from self._case(given.cases[0])
        found: list[SurveyRow] = []
        window = self._typist.window
        window._operations.run(window, surveys.surveys, given.cases[0]).then(found.extend)
        yield from self._typist.until(lambda: bool(found))
        window.cases._fill_survey(next(one for one in found if one.form_id == given.survey))
        yield from self._there("field_q1")

    def of_ticket(self, verb: OfTickets) -> Callable[[], Work]:
        """A text below the ticket."""

        def opens() -> Work:
            rooms = self._typist.window.rooms
            rooms.open_ticket(self._typist.given.ticket)
            page = rooms.tickets
            assert page is not None
            yield from self._typist.until(lambda: page.reader.card is not None)
            page.do(verb)
            name = f"text_{verb.value}"
            yield from self._there(name)

        return opens

    def contact(self, case: int) -> Callable[[], Work]:
        """The strip below a case, with a result."""

        def opens() -> Work:
            yield from self._case(case)
            cases = self._typist.window.cases
            cases.contact()
            yield from self._typist.until(cases.strip.isVisible)
            yield from self._there("note")
            self._typist.press(cases.strip, Qt.Key.Key_1)
            yield

        return opens

    def escape(self, widget: QWidget) -> Work:
        """Esc: what was typed stays as a draft."""
        self._typist.press(widget, Qt.Key.Key_Escape)
        yield

    def read_out(self) -> Work:
        """The number was read."""
        page = self._typist.window.rooms.intake
        assert page is not None
        number = page.number
        yield from self._typist.until(number.isVisible)
        self._typist.press(number, Qt.Key.Key_Return)
        yield

    def _case(self, case: int) -> Work:
        window = self._typist.window
        window.rooms.open_cases()
        window.cases.open_case(case)
        yield from self._typist.until(
            lambda: window.cases.reader.card is not None and window.cases.reader.card.id == case
        )

    def _there(self, name: str) -> Work:
        """Or there, and not to be changed any more, because it may have been saved."""
        yield from self._typist.until(lambda: self._typist.anywhere(name) is not None)
