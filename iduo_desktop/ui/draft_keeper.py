"""Writes what is typed, a moment after the first change, however busy the window and however slow the disk is."""

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet

from iduo_desktop.ui import draft_files
from iduo_desktop.ui.draft_files import Draft

# From the first change that is not written yet; writing has the rest of the half second that is promised.
WAIT_SECONDS = 0.1
AGAIN_SECONDS = 5.0
SETTLE_SECONDS = 1.0  # between two waits for the disk


class Keeper:
    """One thread writes, so that a program that dies leaves it; another waits for the disk, which may take seconds.

    They are there only while there is something to do. `told` is called in the first: whether all could be written.
    """

    def __init__(self, folder: Path, key: bytes, told: Callable[[bool], object]) -> None:
        self._folder = folder
        self._fernet = Fernet(key)
        self._told = told
        self._guard = threading.Condition()
        self._moving = threading.Lock()
        self._waiting: dict[UUID, Draft | None] = {}
        self._due = math.inf
        self._unsettled: dict[UUID, Path] = {}
        self._writer: threading.Thread | None = None
        self._settler: threading.Thread | None = None
        self._closed = False

    def keep(self, name: UUID, draft: Draft | None) -> None:
        """Write it soon; None: remove it. Who goes on typing does not put it off."""
        with self._guard:
            self._waiting[name] = draft
            self._due = min(self._due, time.monotonic() + WAIT_SECONDS)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_on, name="drafts", daemon=True)
                self._writer.start()
            self._guard.notify_all()

    def flush(self) -> None:
        """Write now what waits."""
        with self._guard:
            if self._waiting:
                self._due = 0.0
                self._guard.notify_all()

    def close(self) -> None:
        """Write what waits, and wait until it is on the disk; what cannot be written now will not be."""
        with self._guard:
            self._closed = True
            self._guard.notify_all()
        self.flush()
        for thread in (self._writer, self._settler):
            if thread is not None:
                thread.join()

    def _write_on(self) -> None:
        while batch := self._take():
            refused = {name: draft for name, draft in batch.items() if not self._write(name, draft)}
            with self._guard:
                if not self._closed:
                    self._waiting = {**refused, **self._waiting}
                if refused:  # a disk that was full may have room later
                    self._due = min(self._due, time.monotonic() + AGAIN_SECONDS)
            try:
                self._told(not refused)
            except RuntimeError:  # nobody is there any more to be told
                self._closed = True

    def _take(self) -> dict[UUID, Draft | None]:
        with self._guard:
            while self._waiting and (rest := self._due - time.monotonic()) > 0 and not self._closed:
                self._guard.wait(min(rest, AGAIN_SECONDS))
            batch, self._waiting = self._waiting, {}
            self._due = math.inf
            if not batch:
                self._writer = None
            return batch

    def _write(self, name: UUID, draft: Draft | None) -> bool:
        """False when this PC does not let it."""
        try:
            if draft is None:
                with self._moving:
                    draft_files.remove(self._folder, name)
            else:
                self._settle_later(name, draft_files.put(self._folder, self._fernet, draft))
        except OSError:
            return False
        return True

    def _settle_later(self, name: UUID, beside: Path) -> None:
        with self._guard:
            self._unsettled[name] = beside
            if self._settler is None:
                self._settler = threading.Thread(target=self._settle_on, name="drafts on disk", daemon=True)
                self._settler.start()

    def _settle_on(self) -> None:
        while (beside := self._next_unsettled()) is not None:
            with suppress(OSError):  # it was removed meanwhile, or is held; as it lies there, it comes back too
                draft_files.sync(beside)
                with self._moving:
                    draft_files.settle(beside)
            draft_files.sweep(beside)
            self._rest()

    def _rest(self) -> None:
        with self._guard:
            self._guard.wait_for(lambda: self._closed, SETTLE_SECONDS)

    def _next_unsettled(self) -> Path | None:
        with self._guard:
            name = next(iter(self._unsettled), None)
            if name is None:
                self._settler = None
                return None
            return self._unsettled.pop(name)
