"""Where words that somebody typed might lie readable: any file, in any of the ways in which programs write texts."""

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

BLOCK = 1 << 22


def ways(word: str) -> dict[str, bytes]:
    """A word as it may stand in a file."""
    found = {name: word.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1")}
    found |= {
        "json": json.dumps(word)[1:-1].encode(),
        "address": quote(word).encode(),
        "hex": word.encode().hex().encode(),
    }
    found["HEX"] = found["hex"].upper()
    for name in ("utf-8", "utf-16-le"):
        for shift in range(3):  # the groups of three may begin anywhere in it
            whole = base64.b64encode(b"\0" * shift + word.encode(name))
            found[f"base64 {name} {shift}"] = whole[4 if shift else 0 : -4]
            found[f"base64url {name} {shift}"] = base64.urlsafe_b64encode(b"\0" * shift + word.encode(name))[
                4 if shift else 0 : -4
            ]
    return found


def hits(folders: Iterable[Path], words: Iterable[str]) -> list[str]:
    """Which file holds which word, and how it is written there."""
    wanted = [(word, name, way) for word in words for name, way in ways(word).items()]
    return [
        f"{path}: {word} as {name}"
        for folder in folders
        for path in files(folder)
        for word, name, way in wanted
        if _holds(path, way)
    ]


def files(folder: Path) -> Iterator[Path]:
    """Every file; a folder may be a file."""
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
    return (path for path in paths if path.is_file() and not path.is_symlink())


def _holds(path: Path, way: bytes) -> bool:
    """A file of any size."""
    before = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if way in before + block:
                return True
            before = block[-len(way) :]
    return False
