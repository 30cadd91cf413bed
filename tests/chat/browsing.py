"""Chromium in a thread of its own: while a page is looked at, the operator's window goes on."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytestqt.qtbot import QtBot

from tests.chat.test_box import CHROMIUM, begin, log, write

T = TypeVar("T")
STEP_MS = 60_000


class Chromium:
    """The browser, and the one thread that may speak with it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "chromium")
        self._playwright = self._thread.submit(sync_playwright().start).result()
        self.browser: Browser = self._thread.submit(self._launch).result()

    def do(self, qtbot: QtBot, step: Callable[[], T]) -> T:
        """Have it done there; the window lives on meanwhile."""
        doing = self._thread.submit(step)
        qtbot.waitUntil(doing.done, timeout=STEP_MS)
        return doing.result()

    def close(self) -> None:
        """No more of it."""
        self._thread.submit(self.browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()

    def _launch(self) -> Browser:
        return self._playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@dataclass(frozen=True, slots=True)
class Guest:
    """A visitor in the browser."""

    qtbot: QtBot
    chromium: Chromium
    page: Page

    def do(self, step: Callable[[Page], T]) -> T:
        """What can be done with a page."""
        return self.chromium.do(self.qtbot, lambda: step(self.page))

    def begin(self, name: str, company: str = "") -> None:
        """Past the first form, into the queue."""
        self.do(lambda page: begin(page, name, company))

    def write(self, *texts: str) -> None:
        """Lines, one after the other."""
        for text in texts:
            self.do(partial(write, text=text))

    def sees(self, words: str | re.Pattern[str]) -> None:
        """It is there to be read."""
        self.do(lambda page: expect(page.get_by_text(words).first).to_be_visible())

    def press(self, button: str) -> None:
        """A button by its name."""
        self.do(lambda page: page.get_by_role("button", name=button).click())

    def fill(self, field: str, value: str) -> None:
        """A field by the beginning of its label."""
        self.do(lambda page: page.get_by_label(re.compile(f"^{field}")).fill(value))

    def lines(self) -> list[str]:
        """The talk, as it is read."""
        return self.do(log)

    def cut(self) -> None:
        """His line is lost."""
        self.do(lambda page: page.context.set_offline(True))
        self.sees("Sin conexión. Reintentamos solos")

    def mend(self) -> None:
        """It is back; all that he wrote has arrived."""
        self.do(lambda page: page.context.set_offline(False))
        self.do(lambda page: expect(page.get_by_text("Enviando…")).to_have_count(0))
        self.do(lambda page: expect(page.get_by_text("Sin conexión")).to_have_count(0))
