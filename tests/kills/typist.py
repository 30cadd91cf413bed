"""Who sits before the program: logs in, takes up what was left, types into one form after the other, saves some."""

import json
import random
import traceback
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from iduo_desktop.app import Program
from iduo_desktop.ui.draft_files import Draft
from iduo_desktop.ui.main_window import MainWindow
from tests.kills.forms import Form, forms
from tests.kills.told import Given, tell

PATIENCE_MS = 200_000
SAVED_MS = 4_000
Work = Iterator[None]


class Typist(QObject):
    """Does one thing at each tick, as fast as a fast typist."""

    def __init__(self, program: Program, given: Given):
        super().__init__(program)
        self.program = program
        self.given = given
        self.dice = random.Random(given.seed)
        self.forms = forms(self)
        self.doing = "entering"
        self._work = self._live()
        self._ticks = QTimer(self, singleShot=True)
        self._ticks.timeout.connect(self._tick)
        self._ticks.start(0)

    @property
    def window(self) -> MainWindow:
        """The window, once somebody is in."""
        if self.program.window is None:
            raise LookupError("nobody is in")
        return self.program.window

    def until(self, done: Callable[[], bool], milliseconds: int = PATIENCE_MS) -> Work:
        """Wait."""
        over = QTimer(self, singleShot=True)
        over.start(milliseconds)
        while not done():
            if not over.isActive():
                raise TimeoutError(f"waited in vain; {self.doing}")
            yield
        over.deleteLater()

    def find(self, name: str) -> QWidget | None:
        """What can be typed into or pressed now, by its name; a dialog hides the window behind it."""
        place = QApplication.activeModalWidget() or self.window
        found = (one for one in place.findChildren(QWidget, name) if one.isVisible() and one.isEnabled())
        return next(found, None)

    def write(self, widget: QWidget, text: str) -> Work:
        """Key after key."""
        for letter in text:
            QTest.sendKeyEvent(QTest.KeyAction.Click, widget, Qt.Key.Key_unknown, letter, Qt.KeyboardModifier(0))
            yield

    def press(self, widget: QWidget, key: Qt.Key, *, control: bool = False) -> None:
        """One key that is no text."""
        QTest.keyClick(widget, key, Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier(0))

    def draft(self, form: Form) -> Draft | None:
        """What the program keeps of a form."""
        return self.window.drafts.find(*form.about)

    def _tick(self) -> None:
        try:
            next(self._work)
        except StopIteration:
            tell("idle")
        except BaseException:  # whoever reads must know; the program under it goes on
            tell("mistake", trace=traceback.format_exc())
            raise
        else:
            self._ticks.start(self.dice.choice((2, 5, 10, 30)))

    def _live(self) -> Work:
        yield from self._enter()
        yield from self._take_up()
        while True:
            form = self.dice.choice(self.forms)
            self.doing = f"opening {form.about}"
            yield from form.open()
            yield from self._fill(form)

    def _enter(self) -> Work:
        yield from self.until(lambda: self.program.login is not None and self.program.operations is not None)
        place = self.program.login
        field = place.findChild(QLineEdit, "password") if place is not None else None
        if field is None or place is None:
            raise LookupError("no password is asked for")
        login = place.findChild(QLineEdit, "login")
        if login is not None:
            login.setText(self.given.login)
        yield from self.write(field, self.given.password)
        self.press(field, Qt.Key.Key_Return)
        yield from self.until(lambda: self.program.window is not None)
        tell("in")
        self.window.activateWindow()
        yield from self.until(lambda: not self.window.drafts.memory_only)
        found = self.window.drafts._held.values()
        tell("found", drafts=[[one.kind, one.target, str(one.key), one.values, one.sent] for one in found])

    def _take_up(self) -> Work:
        """The newest that was left is opened from the notice, and gone on with or saved."""
        held = sorted(self.window.drafts._held.values(), key=lambda draft: draft.saved_at)
        if not held:
            return
        form = next(one for one in self.forms if one.about == (held[-1].kind, held[-1].target))
        self.doing = f"taking up {form.about}"
        button = self.find("notice_action")
        offered = isinstance(button, QPushButton) and button.text() == "Abrir"
        if isinstance(button, QPushButton) and offered:
            button.click()
        else:  # something else was told since, that the line was slow say; it comes back by itself where it was typed
            tell("unoffered", said=self.window.notice.text)
        if not offered or form.kind.startswith("survey_"):  # its case is shown, and it comes back when one opens it
            yield from form.open()
        yield from self.until(lambda: self.find(form.field) is not None or held[-1].sent)
        if held[-1].sent:
            yield from self.until(lambda: self.find(form.button) is not None)
        kept = str(json.loads(held[-1].values).get(form.key, ""))
        yield from self.until(lambda: _text(self.anywhere(form.field)).strip() == kept.strip(), SAVED_MS)
        tell("shown", kind=form.kind, target=form.target, text=_text(self.anywhere(form.field)))
        yield from self._save(form) if held[-1].sent else self._fill(form)

    def anywhere(self, name: str) -> QWidget | None:
        """Also what is not enabled, because it may have been saved already."""
        place = QApplication.activeModalWidget() or self.window
        return next((one for one in place.findChildren(QWidget, name) if one.isVisible()), None)

    def _fill(self, form: Form) -> Work:
        widget = self.find(form.field)
        draft = self.draft(form)
        if widget is None:
            if draft is not None and draft.sent:
                yield from self._save(form)
            return
        if len(_text(widget)) < form.room:
            begins = "" if _text(widget) else self.mark()
            for letter in f"{begins} zorzal ñandú {self.dice.randrange(10**6)}"[: form.room]:
                QTest.sendKeyEvent(QTest.KeyAction.Click, widget, Qt.Key.Key_unknown, letter, Qt.KeyboardModifier(0))
                self._say(form, widget)
                yield
        if form.saves and self.dice.random() < 0.5:
            yield from self._save(form)
        else:
            yield from form.leave(widget)

    def mark(self) -> str:
        """What no other text begins with."""
        return f"zorzal{self.dice.randrange(10**12):012}"

    def _say(self, form: Form, widget: QWidget) -> None:
        draft = self.draft(form)
        key = str(draft.key) if draft is not None else ""
        tell("typed", kind=form.kind, target=form.target, text=_text(widget), key=key)

    def _save(self, form: Form) -> Work:
        widget = self.anywhere(form.field)
        before = self.draft(form)
        if widget is None or before is None:
            return
        tell("saving", kind=form.kind, target=form.target, text=_text(widget).strip(), key=str(before.key))
        if before.sent:
            button = self.find(form.button)
            if isinstance(button, QPushButton):
                button.click()
        else:
            self.press(widget, Qt.Key.Key_Return, control=True)
        try:
            yield from self.until(lambda: self.draft(form) is None, SAVED_MS)
        except TimeoutError:
            said = [one.text() for one in self.window.findChildren(QLabel, form.message) if one.isVisible()]
            tell("refused", kind=form.kind, target=form.target, said=said)
            yield from form.leave(widget)
            return
        tell("saved", kind=form.kind, target=form.target, key=str(before.key))
        yield from form.after()


def _text(widget: QWidget | None) -> str:
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return widget.text() if isinstance(widget, QLineEdit) else ""
