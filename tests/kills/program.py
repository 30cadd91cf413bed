"""The program in a process of its own, what it said so far, and what must be there when it comes back."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.kills.told import About, Given

PROMISED = 0.5
ROOT = Path(__file__).parents[2]
FOLDERS = {
    "HOME": "",
    "XDG_DATA_HOME": ".local/share",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_STATE_HOME": ".local/state",
    "XDG_RUNTIME_DIR": "run",
    "TMPDIR": "tmp",
}


class Running:
    """From its start to its death."""

    def __init__(self, home: Path, given: Given) -> None:
        self.said: list[dict[str, Any]] = []
        self._new = threading.Condition()
        places = {name: home / where for name, where in FOLDERS.items()}
        for place in places.values():
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._errors = (home / "errors.txt").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kills.child", given.text()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=places["TMPDIR"],
            env={
                **os.environ,
                **{name: str(place) for name, place in places.items()},
                "QT_QPA_PLATFORM": "offscreen",
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait(self, what: str, seconds: float = 300) -> None:
        """Until it has said so, or has died."""
        self._until(lambda: any(one["what"] == what for one in self.said), seconds)

    def kill(self, *, crash: bool = False) -> float:
        """At once, or as a program ends by its own mistake; the answer is when."""
        at = time.monotonic()
        self.process.send_signal(signal.SIGABRT) if crash else self.process.kill()
        self.process.wait(30)
        self.close()
        return at

    def close(self) -> None:
        """Whatever became of the test: nothing of it goes on."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)
        self._reader.join(30)
        self._errors.close()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _until(self, done: Callable[[], bool], seconds: float) -> None:
        with self._new:
            assert self._new.wait_for(lambda: done() or self._trouble() or self.process.poll() is not None, seconds), (
                self.said[-3:]
            )
        assert not self._trouble(), self._trouble()

    def _trouble(self) -> str:
        return next((str(one["trace"]) for one in self.said if one["what"] == "mistake"), "")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith(b"\n"):  # the last one may have been cut in the middle
                with self._new:
                    self.said.append(json.loads(line))
                    self._new.notify_all()
        with self._new:
            self._new.notify_all()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a form held from some moment on; nothing is `text` None. `doubt`: it may have been saved by then."""

    at: float
    text: str | None
    key: str = ""
    doubt: bool = False


@dataclass
class Record:
    """All that was typed, by form, and what was saved; `typed` counts keys, `back` drafts that came back."""

    kept: dict[About, list[Kept]] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    typed: int = 0
    back: int = 0
    shown: int = 0
    refused: list[object] = field(default_factory=list)
    unoffered: list[str] = field(default_factory=list)
    died: float = 0.0
    looked: bool = False

    def take(self, said: list[dict[str, Any]], names: dict[str, str]) -> None:
        """What one life of the program said, in its order; `names` are the forms' texts' names in their drafts."""
        self.looked = any(one["what"] == "found" for one in said)
        for one in said:
            about: About = (one.get("kind", ""), one.get("target", 0))
            if one["what"] == "found":
                self._compare(one, names)
            elif one["what"] == "shown":
                self.shown += 1
                last = self.kept[about][-1]
                assert one["text"].strip() == (last.text or "").strip(), (about, one, last)
            elif one["what"] == "unoffered":
                self.unoffered.append(one["said"])
            else:
                self._take_change(about, one)

    def _take_change(self, about: About, one: dict[str, Any]) -> None:
        if one["what"] == "typed":
            self.typed += 1
            self._note(about, Kept(one["at"], one["text"], one["key"]))
        elif one["what"] == "saving":
            self.sent[one["key"]] = one["text"]
            self._note(about, Kept(one["at"], one["text"], one["key"], doubt=True))
        elif one["what"] == "saved":
            self.saved.add(one["key"])
            self._note(about, Kept(one["at"], None))
        elif one["what"] == "refused":
            self.refused.append(one["said"])
            self._note(about, Kept(one["at"], self.kept[about][-1].text, self.kept[about][-1].key))

    def die(self, at: float) -> None:
        """Only what was typed at last may be missing."""
        self.died = at
        if not self.looked:  # killed before it had looked at what was left: nothing was typed since
            return
        for about, entries in self.kept.items():
            sure = max((number for number, one in enumerate(entries) if one.at <= at - PROMISED), default=0)
            self.kept[about] = entries[sure:]

    def _note(self, about: About, kept: Kept) -> None:
        self.kept.setdefault(about, [Kept(float("-inf"), None)]).append(kept)

    def _compare(self, said: dict[str, Any], names: dict[str, str]) -> None:
        """Character by character, with the key that it had."""
        found: dict[About, tuple[str, str]] = {}
        for kind, target, key, values, _sent in said["drafts"]:
            assert (kind, target) not in found, "two drafts of one form"
            found[kind, target] = (str(json.loads(values).get(names[kind], "")), key)
        for about, entries in self.kept.items():
            text, key = found.pop(about, (None, ""))
            possible = {(None if one.text is None else one.text.strip()) for one in entries}
            possible |= {None for one in entries if one.doubt}
            assert (text.strip() if text else None) in possible, (about, text, entries, self.died)
            # where only a result was chosen nothing was typed yet
            assert not text or key in {one.key for one in entries}, (about, key, entries)
            self.back += text is not None
            self.kept[about] = [Kept(float("-inf"), text or None, key)]
        self.kept |= {about: [Kept(float("-inf"), None, key)] for about, (_text, key) in found.items()}
        extra = {about: text for about, (text, _key) in found.items() if text}
        assert not extra, extra
