"""Readers without their start: one process has loaded everything, and each workbook gets a copy of it, with its limits.

`python -m tests.workbooks.nursery`: a file in and a file out on each line of the input; its end on each of the output.
"""

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import IO

from iduo_desktop.workbooks import child

SECONDS = 5.0


class Nursery:
    """Where readers come from."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "nursery.out"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.workbooks.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.slowest = 0.0

    def output(self, file: IO[bytes], _deadline: float) -> Generator[bytes, None, None]:
        """What a reader writes of the file; none may work longer than five seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file.name, self._out, sep="\t", file=self._process.stdin, flush=True)
        spent = float(self._process.stdout.readline())
        self.slowest = max(self.slowest, spent)
        assert spent < SECONDS
        with self._out.open("rb") as written:
            yield from written

    def close(self) -> None:
        """No more of them."""
        self._process.communicate()


def main() -> None:
    """Each line a reader."""
    if sys.platform == "win32":  # nobody starts it there, where nothing forks; so says mypy
        return
    for line in sys.stdin:
        source, out = line.rstrip("\n").split("\t")
        reader = os.fork()
        if reader == 0:
            _read(source, out)
        _, _, used = os.wait4(reader, 0)
        print(used.ru_utime + used.ru_stime, flush=True)  # noqa: T201 - its answer


def _read(source: str, out: str) -> None:
    """Become the reader of one file; does not return."""
    for number, path, mode in ((0, source, os.O_RDONLY), (1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
        os.dup2(os.open(path, mode), number)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        child.main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
