"""Drafts: kept encrypted within half a second of each key, back after a crash with the same key, one login's only."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import draft_files
from iduo_desktop.ui.draft_keeper import WAIT_SECONDS
from iduo_desktop.ui.drafts import Draft, Drafts, FormDraft, folder_of, recovery_sentence
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations

KEY = Fernet.generate_key()
OpenDrafts = Callable[..., Drafts]


@pytest.fixture
def operations(qtbot: QtBot) -> Iterator[Operations]:
    made = Operations(sort_error)
    yield made
    made.close()


@pytest.fixture
def open_drafts(operations: Operations, tmp_path: Path) -> OpenDrafts:
    """`open_drafts("ana")`: that person's drafts on this PC, as after logging in."""

    def open_for(login: str = "ana", key: bytes | None = KEY, profile: str = "central") -> Drafts:
        made = Drafts(operations, profile, login, lambda _profile, _login: key, tmp_path, operations)
        made.load()
        return made

    return open_for


def draft(values: str = '{"note": "Llama el lunes"}', kind: str = "close", target: int = 42) -> Draft:
    return Draft(kind, target, "Cerrar caso — GÓMEZ, Ana", uuid4(), values, datetime.now(UTC))


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.draft"))


def wait_for_key(qtbot: QtBot, drafts: Drafts) -> Drafts:
    qtbot.waitUntil(lambda: not drafts.memory_only)
    return drafts


def test_a_draft_comes_back_with_its_key(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    drafts = wait_for_key(qtbot, open_drafts())
    mine = draft()
    with qtbot.waitSignal(drafts.saved, timeout=2000):
        drafts.keep(mine)
    qtbot.waitUntil(lambda: len(files(tmp_path)) == 1)
    (kept,) = files(tmp_path)
    assert b"Llama" not in kept.read_bytes()
    assert b"ana" not in str(kept.relative_to(tmp_path)).encode()
    again = open_drafts()
    with qtbot.waitSignal(again.recovered) as told:
        pass
    assert told.args == [(mine,)]
    assert again.find("close", 42) == mine
    assert again.find("close", 43) is None
    assert again.find("move", 42) is None


def test_who_goes_on_typing_does_not_put_it_off(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    drafts = wait_for_key(qtbot, open_drafts())
    mine = FormDraft(drafts, "close", 42, "Cerrar caso")
    with qtbot.waitSignal(drafts.saved):
        mine.keep({"note": "x"})
        assert files(tmp_path) == []  # not at each key
        typing = QTimer(interval=round(WAIT_SECONDS * 200))
        typing.timeout.connect(lambda: mine.keep({"note": f"{mine.values()['note']}x"}))
        typing.start()
    assert len(str(mine.values()["note"])) > 1
    typing.stop()


def test_neither_a_slow_disk_nor_a_busy_window_puts_it_off(
    qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = wait_for_key(qtbot, open_drafts())
    free, whole = threading.Event(), os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: free.wait(20) and whole(handle))
    mine = FormDraft(drafts, "close", 42, "Cerrar caso")
    for length in range(1, 4):
        mine.keep({"note": "x" * length})
        until = time.monotonic() + 20
        while len(list(tmp_path.rglob("*.new"))) < length:  # the window does nothing else meanwhile
            assert time.monotonic() < until
            time.sleep(0.01)
    assert files(tmp_path) == []
    (left,) = draft_files.load(lambda: KEY, copied(tmp_path)).drafts  # as if the program had died now
    assert left.values == '{"note": "xxx"}'
    free.set()
    drafts.close()
    assert [path.suffix for path in tmp_path.rglob("*.*") if "copy" not in path.parts] == [".draft"]


def copied(folder: Path) -> Path:
    """What a death would leave."""
    (inner,) = {path.parent for path in folder.rglob("*.new")}
    return Path(shutil.copytree(inner, folder / "copy"))


def test_what_was_saved_or_emptied_is_gone(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    drafts = wait_for_key(qtbot, open_drafts())
    mine = FormDraft(drafts, "close", 42, "Cerrar caso")
    key = mine.key
    mine.keep({"note": "x"})
    drafts.flush()
    qtbot.waitUntil(lambda: len(files(tmp_path)) == 1)
    mine.keep({})
    qtbot.waitUntil(lambda: files(tmp_path) == [])
    mine.keep({"note": "y"})
    assert mine.key == key
    mine.discard()
    assert mine.key != key
    assert drafts.find("close", 42) is None
    drafts.flush()
    qtbot.wait(50)
    assert files(tmp_path) == []


def test_nobody_else_sees_it(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    drafts = wait_for_key(qtbot, open_drafts("ana"))
    drafts.keep(draft())
    drafts.flush()
    qtbot.waitUntil(lambda: len(files(tmp_path)) == 1)
    for other in (open_drafts("juan"), open_drafts("ana", profile="prueba")):
        wait_for_key(qtbot, other)
        assert other.find("close", 42) is None


def test_without_a_keyring_drafts_live_in_memory(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    drafts = open_drafts(key=None)
    with qtbot.waitSignal(drafts.memory_only_changed) as told:
        mine = draft()
        drafts.keep(mine)
    assert told.args == [True]
    qtbot.wait(700)
    assert drafts.memory_only
    assert drafts.find("close", 42) == mine
    assert files(tmp_path) == []


def test_a_folder_that_takes_nothing_is_said(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    folder_of("central", "ana", tmp_path).parent.write_text("a file where the folder should be")
    drafts = wait_for_key(qtbot, open_drafts())
    with qtbot.waitSignal(drafts.memory_only_changed) as told:
        drafts.keep(draft())
    assert told.args == [True]


def test_old_drafts_go(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    drafts = wait_for_key(qtbot, open_drafts())
    old = Draft("close", 1, "Viejo", uuid4(), '{"note": "x"}', datetime.now(UTC) - timedelta(days=8))
    drafts.keep(old)
    drafts.flush()
    qtbot.waitUntil(lambda: len(files(tmp_path)) == 1)
    again = wait_for_key(qtbot, open_drafts())
    assert again.find("close", 1) is None
    assert files(tmp_path) == []


def test_what_was_typed_before_the_key_came_is_written_too(
    qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path
) -> None:
    drafts = open_drafts()
    drafts.keep(draft())
    drafts.flush()
    qtbot.waitUntil(lambda: len(files(tmp_path)) == 1)


def test_a_recovered_draft_says_from_when() -> None:
    now = datetime.now(UTC)
    assert recovery_sentence((draft(),)).startswith(f"Recuperamos 1 borrador de las {now.astimezone():%H:%M}")
    old = Draft("close", 1, "", uuid4(), "{}", now - timedelta(days=2))
    assert recovery_sentence((old, old)).startswith("Recuperamos 2 borradores del ")


TYPES_AND_DIES = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from PySide6.QtWidgets import QApplication
from iduo_desktop.ui.drafts import Draft, Drafts
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
application = QApplication([])
operations = Operations(sort_error)
drafts = Drafts(operations, "central", "ana", lambda profile, login: sys.argv[2].encode(), Path(sys.argv[1]))
drafts.saved.connect(lambda at: os.kill(os.getpid(), signal.SIGKILL))
drafts.load()
drafts.keep(Draft("close", 42, "Cerrar caso", UUID(sys.argv[3]), '{"note": "a medias"}', datetime.now(UTC)))
application.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a thing of POSIX")
def test_a_killed_program_leaves_its_draft(qtbot: QtBot, open_drafts: OpenDrafts, tmp_path: Path) -> None:
    key = uuid4()
    ended = subprocess.run(
        [sys.executable, "-c", TYPES_AND_DIES, str(tmp_path), KEY.decode(), str(key)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    drafts = open_drafts()
    with qtbot.waitSignal(drafts.recovered):
        pass
    found = drafts.find("close", 42)
    assert found is not None
    assert (found.key, found.values) == (key, '{"note": "a medias"}')
