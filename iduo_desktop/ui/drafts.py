"""Drafts: what is typed in a form is kept on this PC, encrypted, until it is saved; it belongs to one login."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from platformdirs import user_data_path
from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.credentials import draft_key
from iduo_desktop.ui import draft_files
from iduo_desktop.ui.draft_files import Draft, Found
from iduo_desktop.ui.operations import Operations

__all__ = ["Draft", "Drafts", "FormDraft", "folder_of", "recovery_sentence"]

# From the first change that is not on the disk yet; writing has the rest of the half second that is promised.
WAIT_MS = 250
TRY_AGAIN_MS = 5000

FindKey = Callable[[str, str], bytes | None]


class Drafts(QObject):
    """The drafts of the person who is logged in. Without a keyring they live in memory only, and `memory_only` says so.

    `find_key(profile, login)` gives the Fernet key, or None where there is no keyring; it runs in a worker.
    """

    recovered = Signal(object)
    unreadable = Signal(int)
    memory_only_changed = Signal(bool)
    saved = Signal(object)

    def __init__(
        self,
        operations: Operations,
        profile: str,
        login: str,
        find_key: FindKey = draft_key,
        folder: Path | None = None,
        parent: QObject | None = None,
    ):
        super().__init__(parent)
        self._operations = operations
        self._find_key = partial(find_key, profile, login)
        self._folder = folder_of(profile, login, folder or user_data_path("iduo Desktop", "iduo"))
        self._key: bytes | None = None
        self._held: dict[UUID, Draft] = {}
        self._waiting: dict[UUID, Draft | None] = {}
        self._under_way = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self.memory_only = True
        self._told: bool | None = None  # nobody knows yet

    def load(self) -> None:
        """Read what an earlier run left; `recovered` tells which drafts there are, if any."""
        self._operations.run_keeping(self, draft_files.load, self._find_key, self._folder).then(self._loaded)

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
        self._waiting[draft.key] = draft
        self._wait(WAIT_MS)

    def discard(self, key: UUID) -> None:
        """It was saved, or is not wanted any more."""
        if self._held.pop(key, None) is not None:
            self._waiting[key] = None
            self.flush()

    def flush(self) -> None:
        """Write now what waits (also before the program ends)."""
        self._timer.stop()
        if self._waiting and self._key is not None:
            waiting, self._waiting = self._waiting, {}
            self._under_way += 1
            self._operations.run_keeping(self, draft_files.write, self._folder, self._key, waiting).then(self._written)

    def close(self) -> None:
        """Write what waits; the program ends, and nothing is written afterwards."""
        self.flush()
        self._key = None

    def _wait(self, milliseconds: int) -> None:
        """Write soon; on a disk that is slow, not before the last one is written."""
        if not self._timer.isActive() and not self._under_way:
            self._timer.start(milliseconds)

    def _loaded(self, found: Found) -> None:
        self._key = found.key
        self._held = {draft.key: draft for draft in found.drafts} | self._held
        self._say_memory_only(self._key is None)
        unwritten = {key: draft for key, draft in self._held.items() if draft not in found.drafts}
        self._waiting = {**unwritten, **self._waiting}
        self.flush()
        if found.unreadable:
            self.unreadable.emit(found.unreadable)
        if found.drafts:
            self.recovered.emit(found.drafts)

    def _written(self, refused: Mapping[UUID, Draft | None]) -> None:
        self._under_way -= 1
        newer = bool(self._waiting)
        refused = {key: draft for key, draft in refused.items() if self._held.get(key) == draft}  # not what came later
        self._waiting = {**refused, **self._waiting}
        self._say_memory_only(bool(refused))
        if self._waiting:  # a disk that was full may have room later
            self._wait(WAIT_MS if newer else TRY_AGAIN_MS)
        if not refused:
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
