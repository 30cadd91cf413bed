"""The log: what was not caught is written down with its place, without anybody's data."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from iduo_desktop.database.errors import UnexpectedError
from iduo_desktop.logs import LogFiles, describe

SECRET = "24.118.903"


@pytest.fixture
def told() -> list[type[BaseException]]:
    return []


@pytest.fixture
def files(tmp_path: Path, told: list[type[BaseException]]) -> Iterator[LogFiles]:
    made = LogFiles(tmp_path / "Logs", lambda kind, error, trace: told.append(kind))
    yield made
    made.close()


def fail_with_data() -> None:
    """A mistake whose message holds somebody's document."""
    raise ValueError(f"el documento {SECRET} no es un número")


def fail_twice() -> None:
    """A mistake that comes of another one."""
    try:
        fail_with_data()
    except ValueError as error:
        raise UnexpectedError("23514", "close_case", "iduo case case_state") from error


def test_uncaught_in_a_thread(files: LogFiles, told: list[type[BaseException]]) -> None:
    thread = threading.Thread(target=fail_with_data)
    thread.start()
    thread.join()
    written = files.path.read_text("utf-8")
    assert "ValueError" in written
    assert "fail_with_data" in written
    assert SECRET not in written
    assert told == [ValueError]


def test_causes_are_described_too() -> None:
    with pytest.raises(UnexpectedError) as caught:
        fail_twice()
    text = describe(caught.type, caught.value, caught.tb)
    assert text.index("ValueError") < text.index("UnexpectedError: 23514 in api.close_case at iduo case case_state")
    assert SECRET not in text


def test_only_our_loggers_write(files: LogFiles) -> None:
    logging.getLogger("iduo.database").info("api.cases: 55P03")
    logging.getLogger("library").error("valor %s", SECRET)
    written = files.path.read_text("utf-8")
    assert "api.cases: 55P03" in written
    assert SECRET not in written


def test_files_rotate_and_have_an_end(files: LogFiles) -> None:
    for _ in range(130):
        logging.getLogger("iduo").info("x" * 50_000)
    sizes = [file.stat().st_size for file in files.path.parent.glob("iduo-desktop.log*")]
    assert len(sizes) == 5
    assert max(sizes) < 1_100_000


def test_a_crash_of_the_interpreter_leaves_a_trace(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, ctypes; from iduo_desktop.logs import LogFiles; "
        "LogFiles(pathlib.Path(sys.argv[1])); ctypes.string_at(0)"
    )
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode != 0
    assert "ctypes" in (tmp_path / "crash.log").read_text("utf-8")
