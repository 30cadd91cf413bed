"""Drafts: what is typed in a form is kept on this PC, encrypted, until it is saved; it belongs to one login."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.fernet import Fernet, InvalidToken
from platformdirs import user_data_path
from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.credentials import draft_key
from iduo_desktop.ui.operations import Operations

PAUSE_MS = 500
KEPT_FOR = timedelta(days=7)

FindKey = Callable[[str, str], bytes | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and not saved yet. `target` is the case it is about, 0 for none; `values` is JSON.

    `sent`: it went to the server and no answer came, so it may have been done; it goes again unchanged, with its key.
    """

    kind: str
    target: int
    title: str
    key: UUID
    values: str
    saved_at: datetime
    sent: bool = False


class Drafts(QObject):
    """The drafts of the person who is logged in. Without a keyring they live in memory only, and `memory_only` says so.

    `find_key(profile, login)` gives the Fernet key, or None where there is no keyring; it runs in a worker.
    """

    recovered = Signal(object)
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
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.flush)
        self.memory_only = True
        self._told: bool | None = None  # nobody knows yet

    def load(self) -> None:
        """Read what an earlier run left; `recovered` tells which drafts there are, if any."""
        self._operations.run_local(self, _open, self._find_key, self._folder).then(self._loaded)

    def find(self, kind: str, target: int) -> Draft | None:
        """The draft of this kind of form about this case, newest first."""
        found = [draft for draft in self._held.values() if (draft.kind, draft.target) == (kind, target)]
        return max(found, key=lambda draft: draft.saved_at, default=None)

    def newest(self, *kinds: str) -> Draft | None:
        """The newest draft of these kinds of form, whatever it is about."""
        found = [draft for draft in self._held.values() if draft.kind in kinds]
        return max(found, key=lambda draft: draft.saved_at, default=None)

    def keep(self, draft: Draft) -> None:
        """Keep it, half a second after the last change."""
        self._held[draft.key] = draft
        self._waiting[draft.key] = draft
        self._timer.start()

    def discard(self, key: UUID) -> None:
        """It was saved, or is not wanted any more."""
        if self._held.pop(key, None) is not None:
            self._waiting[key] = None
            self.flush()

    def flush(self) -> None:
        """Write now what waits (also before the program ends)."""
        self._timer.stop()
        waiting, self._waiting = self._waiting, {}
        if waiting and self._key is not None:
            self._operations.run_local(self, _write_all, self._folder, self._key, waiting).then(self._written)

    def close(self) -> None:
        """Write what waits; the program ends, and nothing is written afterwards."""
        self.flush()
        self._key = None

    def _loaded(self, opened: tuple[bytes | None, tuple[Draft, ...]]) -> None:
        self._key, drafts = opened
        self._held = {draft.key: draft for draft in drafts} | self._held
        self._say_memory_only(self._key is None)
        unwritten = {key: draft for key, draft in self._held.items() if draft not in drafts}
        self._waiting = {**unwritten, **self._waiting}
        self.flush()
        if drafts:
            self.recovered.emit(drafts)

    def _written(self, well: bool) -> None:
        self._say_memory_only(not well)
        if not well:  # a disk that was full may have room when the next one is written
            self._waiting = {**self._held, **self._waiting}
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
        self._draft = replace(self._draft, key=uuid4(), values="{}", sent=False)
        self.restored_at = None


def recovery_sentence(drafts: tuple[Draft, ...]) -> str:
    """«Recuperamos 1 borrador de las 13:58»: when the last of them was kept, in this PC's time."""
    last = max(draft.saved_at for draft in drafts).astimezone()
    when = f"de las {last:%H:%M}" if last.date() == datetime.now(UTC).astimezone().date() else f"del {last:%d/%m %H:%M}"
    return f"Recuperamos {len(drafts)} {'borrador' if len(drafts) == 1 else 'borradores'} {when}."


def folder_of(profile: str, login: str, root: Path) -> Path:
    """Where a login's drafts for a database are; the folder's name does not tell whose."""
    return root / "drafts" / hashlib.sha256(f"{profile}\n{login}".encode()).hexdigest()[:16]


def _open(find_key: Callable[[], bytes | None], folder: Path) -> tuple[bytes | None, tuple[Draft, ...]]:
    key = find_key()
    if key is None:
        return None, ()
    try:
        files = sorted(folder.glob("*.draft")) if folder.is_dir() else []
    except OSError:  # a folder of somebody else's
        files = []
    read = (_read(file, Fernet(key)) for file in files)
    return key, tuple(draft for draft in read if draft is not None)


def _read(file: Path, fernet: Fernet) -> Draft | None:
    """A draft, or None when it is too old or was written with a key that is gone; then the file goes too."""
    with suppress(OSError, InvalidToken, ValueError, KeyError, TypeError):
        kept = json.loads(fernet.decrypt(file.read_bytes()))
        saved_at = datetime.fromisoformat(kept.pop("saved_at"))
        if saved_at > datetime.now(UTC) - KEPT_FOR:
            return Draft(key=UUID(kept.pop("key")), saved_at=saved_at, **kept)
    with suppress(OSError):
        file.unlink()
    return None


def _write_all(folder: Path, key: bytes, drafts: dict[UUID, Draft | None]) -> bool:
    """Write or remove each; False when this PC lets nothing be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, draft in drafts.items():
            _write(folder / f"{name}.draft", Fernet(key), draft)
    except OSError:
        return False
    return True


def _write(file: Path, fernet: Fernet, draft: Draft | None) -> None:
    if draft is None:
        file.unlink(missing_ok=True)
        return
    kept = {name: getattr(draft, name) for name in draft.__slots__}
    kept |= {"key": str(draft.key), "saved_at": draft.saved_at.isoformat()}
    beside = file.with_suffix(".new")
    beside.write_bytes(fernet.encrypt(json.dumps(kept).encode()))
    beside.replace(file)
