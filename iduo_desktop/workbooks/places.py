"""A file gets its name when it is whole; until then it has another one beside it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from iduo_desktop.workbooks.values import WorkbookError

PART: Final = ".parte"


def part_of(path: Path) -> Path:
    """The name that a file has until it is whole."""
    return path.with_name(path.name + PART)


@contextmanager
def put_in_place(path: Path) -> Iterator[Path]:
    """A name to write to; the file gets the wanted one when all went well, otherwise nothing of it stays."""
    part = part_of(path)
    try:
        yield part
        put(path)
    finally:
        part.unlink(missing_ok=True)


def put(path: Path) -> None:
    """Give a whole file its name; a WorkbookError when another program holds the one that has it."""
    part = part_of(path)
    try:
        part.replace(path)
        settle(path.parent)
    except OSError as error:
        raise WorkbookError(f"No se puede guardar «{path.name}». ¿Lo tiene abierto otro programa?") from error


def settle(path: Path) -> None:
    """A file, or the names in a folder, are on the disk when this comes back."""
    if sys.platform == "win32" and path.is_dir():  # where names need no such care
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
