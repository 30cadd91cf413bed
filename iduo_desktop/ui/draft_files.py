"""Files of drafts: each sealed with its person's key, written whole or not at all, set aside when it is damaged."""

import json
import os
import time
from collections.abc import Callable
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


def put(folder: Path, fernet: Fernet, draft: Draft) -> Path:
    """Write it beside what is there, whole: it outlives the program at once, and a cut of power when it is settled."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = folder / f"{draft.key}.{time.time_ns():x}.new"
    try:
        beside.write_bytes(_sealed(draft, fernet))
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    return beside


def sync(beside: Path) -> None:
    """Wait until it is on the disk."""
    with beside.open("r+b") as file:
        os.fsync(file.fileno())


def settle(beside: Path) -> None:
    """It takes the place of the one before."""
    _patiently(lambda: beside.replace(_settled(beside)))


def sweep(beside: Path) -> None:
    """Those that were written before it are not needed any more."""
    for older in _files(beside.parent, f"{beside.name.partition('.')[0]}.*.new"):
        if older.name < beside.name:
            with suppress(OSError):
                older.unlink()


def remove(folder: Path, name: UUID) -> None:
    """All of it."""
    for file in (_file(folder, name), *_files(folder, f"{name}.*.new")):
        _patiently(partial(file.unlink, missing_ok=True))


def is_there(folder: Path, name: UUID) -> bool:
    """Whether anything of it is there."""
    return bool(_files(folder, f"{name}.*"))


def _file(folder: Path, name: UUID) -> Path:
    return folder / f"{name}.draft"


def _settled(beside: Path) -> Path:
    return beside.with_name(f"{beside.name.partition('.')[0]}.draft")


def _files(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern)) if folder.is_dir() else []
    except OSError:  # a folder of somebody else's
        return []


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
        file = _settled(new)
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


def _patiently(what: Callable[[], T]) -> T:
    """Do it, again for a moment while somebody else holds the file."""
    for pause in PAUSES:
        try:
            return what()
        except PermissionError:
            time.sleep(pause)
    return what()
