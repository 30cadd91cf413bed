"""Files of drafts: each sealed with its person's key, written whole or not at all, set aside when it is damaged."""

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken

KEPT_FOR = timedelta(days=7)
# On Windows a file that a virus scanner or an indexer looks at can be neither read nor replaced for a moment.
PAUSES = (0.02, 0.05, 0.1, 0.2)

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Found:
    """What an earlier run left; `key` is None on a PC without a keyring, `unreadable` counts what cannot be read."""

    key: bytes | None
    drafts: tuple[Draft, ...] = ()
    unreadable: int = 0


def load(find_key: Callable[[], bytes | None], folder: Path, forever: bool = False) -> Found:
    """Read what is kept there, and put the folder in order; `forever`: what is old or damaged stays too."""
    key = find_key()
    if key is None:
        return Found(None)
    fernet = Fernet(key)
    _adopt(folder, fernet)
    if not forever:
        _sweep(folder)
    drafts, unreadable = _read_all(folder, fernet)
    kept = tuple(draft for draft in drafts if forever or not _old(draft.saved_at))
    for draft in drafts:
        if draft not in kept:
            with suppress(OSError):
                _file(folder, draft.key).unlink()
    return Found(key, kept, unreadable)


def _read_all(folder: Path, fernet: Fernet) -> tuple[list[Draft], int]:
    drafts: list[Draft] = []
    unreadable = 0
    for file in _files(folder, "*.draft"):
        try:
            draft = _patiently(partial(_unsealed, file, fernet))
        except OSError:  # it may be readable the next time
            unreadable += 1
        except (InvalidToken, ValueError, KeyError, TypeError):
            unreadable += 1
            with suppress(OSError):
                file.replace(file.with_suffix(".damaged"))
        else:
            drafts.append(draft)
    return drafts, unreadable


def write(folder: Path, key: bytes, drafts: Mapping[UUID, Draft | None]) -> dict[UUID, Draft | None]:
    """Write or remove each; the answer are those for which this PC did not let it."""
    fernet = Fernet(key)
    refused: dict[UUID, Draft | None] = {}
    for name, draft in drafts.items():
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(_file(folder, name), fernet, draft)
        except OSError:
            refused[name] = draft
    return refused


def _file(folder: Path, name: UUID) -> Path:
    return folder / f"{name}.draft"


def _files(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern)) if folder.is_dir() else []
    except OSError:  # a folder of somebody else's
        return []


def _write(file: Path, fernet: Fernet, draft: Draft | None) -> None:
    """What was there before stays until the new one is whole on the disk."""
    beside = file.with_suffix(".new")
    if draft is None:
        beside.unlink(missing_ok=True)
        _patiently(lambda: file.unlink(missing_ok=True))
        return
    try:
        with beside.open("wb") as new:
            new.write(_sealed(draft, fernet))
            new.flush()
            os.fsync(new.fileno())
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    _patiently(lambda: beside.replace(file))


def _sealed(draft: Draft, fernet: Fernet) -> bytes:
    kept = {name: getattr(draft, name) for name in draft.__slots__}
    kept |= {"key": str(draft.key), "saved_at": draft.saved_at.isoformat()}
    return fernet.encrypt(json.dumps(kept).encode())


def _unsealed(file: Path, fernet: Fernet) -> Draft:
    kept = json.loads(fernet.decrypt(file.read_bytes()))
    return Draft(key=UUID(kept.pop("key")), saved_at=datetime.fromisoformat(kept.pop("saved_at")), **kept)


def _adopt(folder: Path, fernet: Fernet) -> None:
    """A draft that was whole when the program died, but had not taken its place, takes it; a torn one goes."""
    for new in _files(folder, "*.new"):
        file = new.with_suffix(".draft")
        with suppress(OSError):
            if _saved_at(new, fernet) > _saved_at(file, fernet):
                new.replace(file)
            else:
                new.unlink()


def _saved_at(file: Path, fernet: Fernet) -> datetime:
    """When it was kept; long ago if it cannot be said."""
    with suppress(OSError, InvalidToken, ValueError, KeyError, TypeError):
        return _unsealed(file, fernet).saved_at
    return datetime.min.replace(tzinfo=UTC)


def _sweep(folder: Path) -> None:
    """What was set aside is not kept for ever either."""
    for file in _files(folder, "*.damaged"):
        with suppress(OSError):
            if _old(datetime.fromtimestamp(file.stat().st_mtime, UTC)):
                file.unlink()


def _old(at: datetime) -> bool:
    return at <= datetime.now(UTC) - KEPT_FOR


def _patiently(what: Callable[[], T], pauses: Iterable[float] = PAUSES) -> T:
    """Do it, again for a moment while somebody else holds the file."""
    for pause in pauses:
        try:
            return what()
        except PermissionError:
            time.sleep(pause)
    return what()
