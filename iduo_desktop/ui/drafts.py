"""Drafts: what is typed in a form is kept on this PC, encrypted, until it is saved; it belongs to one login."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from platformdirs import user_data_path
from PySide6.QtCore import QObject, Signal

from iduo_desktop.credentials import draft_key
from iduo_desktop.ui import draft_files
from iduo_desktop.ui.draft_files import Draft, Found
from iduo_desktop.ui.draft_keeper import Keeper
from iduo_desktop.ui.operations import Operations

__all__ = ["Draft", "Drafts", "FormDraft", "folder_of", "recovery_sentence"]

FindKey = Callable[[str, str], bytes | None]


class Queue(Protocol):
    """Where a form goes that was finished while there is no line."""

    def takes(self, draft: Draft) -> bool:
        """Whether it knows how to send it."""

    def put(self, draft: Draft) -> None:
        """Send it as soon as there is a line."""


class Drafts(QObject):
    """The drafts of the person who is logged in. Without a keyring they live in memory only, and `memory_only` says so.

    `find_key(profile, login)` gives the Fernet key, or None where there is no keyring; it runs in a worker.
    `forever`: they stay until they are discarded, in a folder of their own, and do not go after a week.
    `finished`: what was typed in a form, by its key, was saved or thrown away there. `resumed`: to be opened again.
    """

    recovered = Signal(object)
    unreadable = Signal(int)
    memory_only_changed = Signal(bool)
    saved = Signal(object)
    finished = Signal(object)
    resumed = Signal(object)
    _written = Signal(bool)

    def __init__(
        self,
        operations: Operations,
        profile: str,
        login: str,
        find_key: FindKey = draft_key,
        folder: Path | None = None,
        parent: QObject | None = None,
        *,
        forever: bool = False,
    ):
        super().__init__(parent)
        self._operations = operations
        self._given = profile, login, find_key, folder
        self._find_key = partial(find_key, profile, login)
        own = folder_of(profile, login, folder or user_data_path("iduo Desktop", "iduo"))
        self._folder = own / "unsent" if forever else own
        self._forever = forever
        self._beside: Drafts | None = None
        self.queue: Queue | None = None
        self._keeper: Keeper | None = None
        self._closed = False
        self._held: dict[UUID, Draft] = {}
        self._early: dict[UUID, Draft | None] = {}  # before it is known where they are kept
        self._written.connect(self._say_written)
        self.memory_only = True
        self._told: bool | None = None  # nobody knows yet

    def load(self) -> None:
        """Read what an earlier run left; `recovered` tells which drafts there are, if any."""
        values = (self._find_key, self._folder, self._forever)
        self._operations.run_keeping(self, draft_files.load, *values).then(self._loaded)

    def beside(self, parent: QObject) -> "Drafts":
        """Another place of the same person's, for what stays until it is sent."""
        self._beside = Drafts(self._operations, *self._given, parent, forever=True)
        return self._beside

    @property
    def online(self) -> bool:
        """False while the line is lost."""
        return self._operations.online

    def held(self, key: UUID) -> Draft | None:
        """The draft with this key."""
        return self._held.get(key)

    def find(self, kind: str, target: int) -> Draft | None:
        """The draft of this kind of form about this case, newest first."""
        found = [draft for draft in self._held.values() if (draft.kind, draft.target) == (kind, target)]
        return max(found, key=lambda draft: draft.saved_at, default=None)

    def newest(self, *kinds: str) -> Draft | None:
        """The newest draft of these kinds of form, whatever it is about."""
        found = [draft for draft in self._held.values() if draft.kind in kinds]
        return max(found, key=lambda draft: draft.saved_at, default=None)

    def keep(self, draft: Draft) -> None:
        """Keep it. The first change starts the clock, and who goes on typing does not put it off."""
        self._held[draft.key] = draft
        self._keep(draft.key, draft)

    def discard(self, key: UUID) -> None:
        """It was saved, or is not wanted any more."""
        if self._held.pop(key, None) is not None or self._keeper is None:  # which there are is not known yet
            self._keep(key, None)
            self.flush()

    def let_go(self, key: UUID) -> None:
        """No form finds it any more; on the disk it stays until it is removed."""
        self._held.pop(key, None)

    def remove(self, key: UUID) -> None:
        """From the disk."""
        if key not in self._held:
            self._keep(key, None)
            self.flush()

    def is_written(self, key: UUID) -> bool:
        """Whether it is on the disk; asked in a worker."""
        return draft_files.is_there(self._folder, key)

    def flush(self) -> None:
        """Write now what waits (also before the program ends)."""
        if self._keeper is not None:
            self._keeper.flush()

    def close(self) -> None:
        """Write what waits; the program ends, and nothing is written afterwards."""
        self._closed = True
        if self._keeper is not None:
            self._keeper.close()
        self._keeper = None
        if self._beside is not None:
            self._beside.close()

    def _keep(self, name: UUID, draft: Draft | None) -> None:
        if self._keeper is not None:
            self._keeper.keep(name, draft)
        elif not self._closed:
            self._early[name] = draft

    def _loaded(self, found: Found) -> None:
        if self._closed:
            return
        drafts = tuple(each for each in found.drafts if self._early.get(each.key, each) is not None)
        self._held = {draft.key: draft for draft in drafts} | self._held
        self._say_memory_only(found.key is None)
        if found.key is not None:
            self._keeper = Keeper(self._folder, found.key, self._written.emit)
            for name, draft in self._early.items():
                self._keeper.keep(name, draft)
            self._early = {}
            self.flush()
        if found.unreadable:
            self.unreadable.emit(found.unreadable)
        if drafts:
            self.recovered.emit(drafts)

    def _say_written(self, well: bool) -> None:
        if self._closed:
            return
        self._say_memory_only(not well)
        if well:
            self.saved.emit(datetime.now(UTC))

    def _say_memory_only(self, memory_only: bool) -> None:
        self.memory_only = memory_only
        if memory_only != self._told:
            self._told = memory_only
            self.memory_only_changed.emit(memory_only)


class FormDraft:
    """The draft of one form: its key, what it holds, and whether it was restored."""

    def __init__(self, drafts: Drafts, kind: str, target: int, title: str):
        self._drafts = drafts
        found = drafts.find(kind, target)
        self._draft = found or Draft(kind, target, title, uuid4(), "{}", datetime.now(UTC))
        self.restored_at = found.saved_at if found else None

    @property
    def key(self) -> UUID:
        """The idempotency key that the command goes with, the same after a crash."""
        return self._draft.key

    @property
    def sent(self) -> bool:
        """True when it may have been done already: then it must go again as it is."""
        return self._draft.sent

    def values(self) -> dict[str, object]:
        """What was typed when it was kept."""
        return dict(json.loads(self._draft.values))

    def keep(self, values: Mapping[str, object]) -> None:
        """Keep what is typed now; nothing typed is no draft."""
        self._draft = replace(self._draft, values=json.dumps(values), saved_at=datetime.now(UTC))
        if values:
            self._drafts.keep(self._draft)
        else:
            self._drafts.discard(self.key)

    def mark_sent(self, sent: bool) -> None:
        """Remember that the server was asked, or that it answered."""
        self._draft = replace(self._draft, sent=sent)
        self._drafts.keep(self._draft)
        self._drafts.flush()

    def discard(self) -> None:
        """Forget it: it was saved, or is not wanted. What is typed from now on is a new command."""
        self._drafts.discard(self.key)
        self._drafts.finished.emit(self.key)
        self._begin_anew()

    @property
    def may_wait(self) -> bool:
        """Whether it can go by itself when there is a line again."""
        return self._drafts.queue is not None and self._drafts.queue.takes(self._draft)

    @property
    def offline(self) -> bool:
        """True while there is no line, as far as one knows."""
        return not self._drafts.online

    def put_off(self) -> None:
        """Let it go by itself, as it is and with its key. What is typed from now on is a new command."""
        if self._drafts.queue is not None:
            self._drafts.queue.put(self._draft)
            self._drafts.let_go(self.key)
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._draft = replace(self._draft, key=uuid4(), values="{}", sent=False)
        self.restored_at = None


def recovery_sentence(drafts: tuple[Draft, ...]) -> str:
    """«Recuperamos 1 borrador de las 13:58»: when the last of them was kept, in this PC's time."""
    last = max(draft.saved_at for draft in drafts).astimezone()
    when = f"de las {last:%H:%M}" if last.date() == datetime.now(UTC).astimezone().date() else f"del {last:%d/%m %H:%M}"
    return f"Recuperamos {len(drafts)} {'borrador' if len(drafts) == 1 else 'borradores'} {when}."


def unreadable_sentence(count: int) -> str:
    """What is said of drafts that were damaged or that the PC does not let be read."""
    if count == 1:
        return "1 borrador no se puede leer; no se borra: queda una semana en esta PC."
    return f"{count} borradores no se pueden leer; no se borran: quedan una semana en esta PC."


def folder_of(profile: str, login: str, root: Path) -> Path:
    """Where a login's drafts for a database are; the folder's name does not tell whose."""
    return root / "drafts" / hashlib.sha256(f"{profile}\n{login}".encode()).hexdigest()[:16]
