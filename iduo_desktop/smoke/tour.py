"""The way through the program that the smoke test takes: each person logs in, opens every part, and leaves."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QAbstractButton, QWidget

from iduo_desktop.app import Program
from iduo_desktop.ui.credentials_page import CredentialsPage
from iduo_desktop.ui.main_window import MainWindow

STEP_MS = 20
WAIT_SECONDS = 180.0  # a private server is made in that time on a slow disk
REST_SECONDS = 0.08
LEAST_COLOURS = 4

Step = tuple[str, Callable[[], bool]]


class Findings(Protocol):
    """Whom the tour asks who comes in, and tells what is wrong."""

    problems: list[str]
    people: tuple[tuple[str, str, str], ...]


class Tour(QObject):
    """`moments` are by the clock of the machine, so that whoever started the program can compare."""

    def __init__(self, program: Program, findings: Findings, *, whole: bool = True):
        super().__init__(program)
        self._program = program
        self._findings = findings
        self._whole = whole
        self._steps = self._walk()
        self._step: Step = ("", lambda: True)
        self._until = 0.0
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._look)
        self.complete = False
        self.moments: dict[str, float] = {}
        self.seen: dict[str, list[str]] = {}

    def start(self) -> None:
        """Show the login and go on from there."""
        self._program.show_login()
        if self._program.login is not None:
            self._program.login.seen.connect(lambda: self._note("login"))
        self._timer.start()

    def _look(self) -> None:
        what, is_so = self._step
        if is_so():
            self._go_on()
        elif time.monotonic() > self._until:
            self._findings.problems.append(f"after {WAIT_SECONDS:.0f} s still waiting for {what}")
            self._finish()

    def _go_on(self) -> None:
        try:
            self._step = next(self._steps)
        except StopIteration:
            self.complete = True
            self._finish()
        self._until = time.monotonic() + WAIT_SECONDS

    def _finish(self) -> None:
        self._timer.stop()
        self._program.end()

    def _note(self, what: str) -> None:
        self.moments.setdefault(what, time.time())

    def _walk(self) -> Iterator[Step]:
        program = self._program
        yield "the login", lambda: "login" in self.moments
        if not self._whole:
            return
        yield "the server", lambda: program.operations is not None and bool(self._findings.people)
        for role, login, password in self._findings.people:
            yield "the login", lambda: program.login is not None and program.operations is not None
            self._enter(login, password)
            yield f"the window of {role}", self._is_in
            if program.window is None:
                return
            self._note("window")
            yield from self._visit(program.window, self.seen.setdefault(role, []))
            program.window.sign_out()

    def _enter(self, login: str, password: str) -> None:
        page = self._program.login.first if self._program.login is not None else None
        if isinstance(page, CredentialsPage):
            page.login.setText(login)
            page.password.setText(password)
            page.enter.click()

    def _is_in(self) -> bool:
        """In, or before a page that only a person may answer: a refusal, a new password, sessions elsewhere."""
        program, login = self._program, self._program.login
        if program.window is not None:
            return True
        refused = login is not None and (login.pages.shown is not login.first or bool(login.first.error.text()))
        if refused and login is not None:
            shown = login.pages.shown
            self._findings.problems.append(f"the login says: {shown.error.text() or type(shown).__name__}")
        return refused

    def _visit(self, window: MainWindow, seen: list[str]) -> Iterator[Step]:
        yield from self._rest(window)
        rail = window.rail
        buttons: list[QAbstractButton] = [
            *(button for name, button in rail.parts.items() if name != "help"),
            *rail.lists.values(),
            *rail.states.values(),
        ]
        for button in buttons:
            button.click()
            yield from self._rest(window)
            seen.append(f"{button.objectName()}: {self._drawn(window, window.rooms.currentWidget())}")
        yield from self._visit_settings(window, seen)

    def _visit_settings(self, window: MainWindow, seen: list[str]) -> Iterator[Step]:
        settings = window.rooms.settings
        if settings is None:
            return
        window.rooms.open_settings()
        for row in range(settings.titles.count()):
            settings.titles.setCurrentRow(row)
            yield from self._rest(window)
            seen.append(f"settings: {self._drawn(window, settings.page)}")

    def _rest(self, window: MainWindow) -> Iterator[Step]:
        """Until nothing is asked for any more, and has been painted."""
        operations = self._program.operations
        rested = time.monotonic() + REST_SECONDS
        yield (
            "an answer",
            lambda: (operations is None or operations.settled) and window.isVisible() and time.monotonic() > rested,
        )

    def _drawn(self, window: MainWindow, page: QWidget | None) -> str:
        """What is seen by its name; a window of one colour is none."""
        name = (page.objectName() or type(page).__name__) if page is not None else "nothing"
        picture = window.grab().toImage()
        points = ((x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7))
        if page is None or len({picture.pixel(x, y) for x, y in points}) < LEAST_COLOURS:
            self._findings.problems.append(f"nothing is drawn where {name} should be")
        return name
