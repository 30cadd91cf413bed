"""What the gateway says: a line an event, never with an address or a text; and what hinders it now."""

import re
import threading
from datetime import UTC, datetime
from typing import Final

from iduo_desktop.admin.outcome import Terminal

# An address or a number that a server outside put into its words.
PERSONAL: Final = re.compile(r"[^\s<>«»]+@[^\s<>«»]+|\+?\d{7,}")


class Journal:
    """Spoken to by every thread of a gateway."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._lock = threading.Lock()
        self._hindrances: dict[str, str] = {}

    def say(self, event: str, words: str, **values: object) -> None:
        """One line."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        words = PERSONAL.sub("…", words)
        with self._lock:
            self._terminal.answer({"at": at, "event": event, **values, "words": words}, [words])

    def complain(self, part: str, words: str) -> None:
        """A part cannot work; said when it is news, and shown to administrators until it can."""
        with self._lock:
            news = self._hindrances.get(part) != words
            self._hindrances[part] = words
        if news:
            self.say("trouble", words, part=part)

    def relieve(self, part: str) -> None:
        """The part works again."""
        with self._lock:
            gone = self._hindrances.pop(part, None)
        if gone:
            self.say("relieved", f"Se resolvió: {gone}", part=part)

    def complaint(self) -> str:
        """Everything that hinders it, for administrators."""
        with self._lock:
            return " ".join(self._hindrances[part] for part in sorted(self._hindrances))[:500]
