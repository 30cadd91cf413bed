"""A draft's file is whole or not there: full disks, files held by others, deaths in the middle, damage."""

import errno
import os
import queue
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from iduo_desktop.ui import draft_files, draft_keeper
from iduo_desktop.ui.draft_files import Draft, Found
from iduo_desktop.ui.draft_keeper import Keeper

KEY = Fernet.generate_key()


def draft(values: str = '{"note": "Llama el lunes"}') -> Draft:
    return Draft("close", 42, "Cerrar caso", uuid4(), values, datetime.now(UTC))


def later(one: Draft, values: str) -> Draft:
    return Draft(one.kind, one.target, one.title, one.key, values, one.saved_at + timedelta(seconds=1))


def load(folder: Path) -> Found:
    return draft_files.load(lambda: KEY, folder)


def keep(folder: Path, one: Draft) -> Path:
    beside = draft_files.put(folder, Fernet(KEY), one)
    draft_files.sync(beside)
    draft_files.settle(beside)
    return folder / f"{one.key}.draft"


def test_a_full_disk_leaves_what_was_there_and_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = draft(), draft("{}")
    keep(tmp_path, first)
    told: list[bool] = []
    keeper = Keeper(tmp_path, KEY, told.append)
    write, full = Path.write_bytes, iter([True, False])

    def some(self: Path, data: bytes) -> int:
        if next(full, False):
            write(self, data[:10])
            raise OSError(errno.ENOSPC, "no space left")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", some)
    longer = later(first, '{"note": "más largo"}')
    keeper.keep(longer.key, longer)
    keeper.keep(other.key, other)
    keeper.close()
    assert told == [False]
    assert set(load(tmp_path).drafts) == {first, other}  # one that does not fit does not stop the next
    assert [path.suffix for path in tmp_path.iterdir()] == [".draft", ".draft"]


def test_what_did_not_fit_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_keeper, "AGAIN_SECONDS", 0.05)
    told: queue.Queue[bool] = queue.Queue()
    (tmp_path / "place").write_text("a file where the folder should be")
    keeper = Keeper(tmp_path / "place", KEY, told.put)
    one = draft()
    keeper.keep(one.key, one)
    assert told.get(timeout=20) is False
    (tmp_path / "place").unlink()
    while not told.get(timeout=20):
        pass
    keeper.close()
    assert load(tmp_path / "place").drafts == (one,)


def test_a_file_that_others_hold_for_a_moment_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = draft()
    keep(tmp_path, first)
    replace, held = Path.replace, iter([True, True, False])

    def sharing(self: Path, target: Path) -> Path:
        if next(held, False):
            raise PermissionError(errno.EACCES, "used by another process")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", sharing)
    longer = later(first, '{"note": "más largo"}')
    keep(tmp_path, longer)
    assert load(tmp_path).drafts == (longer,)


def test_a_file_that_is_held_on_and_on_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = draft()
    keep(tmp_path, first)
    longer = later(first, '{"note": "más largo"}')
    with monkeypatch.context() as held:
        held.setattr(draft_files, "PAUSES", (0.001, 0.001))

        def refuse(self: Path, _target: Path) -> Path:
            raise PermissionError(errno.EACCES, str(self))

        held.setattr(Path, "replace", refuse)
        keeper = Keeper(tmp_path, KEY, bool)
        keeper.keep(longer.key, longer)
        keeper.close()
    assert load(tmp_path).drafts == (longer,)  # it lies whole beside the old one


def test_what_is_discarded_while_it_is_written_does_not_come_back(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, KEY, bool)
    for number in range(30):
        one = draft()
        keeper.keep(one.key, one)
        keeper.flush()
        if number % 2:
            time.sleep(0.002)
        keeper.keep(one.key, None)
        keeper.flush()
    keeper.close()
    assert list(tmp_path.iterdir()) == []


def test_one_that_cannot_be_read_for_a_moment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = draft()
    keep(tmp_path, one)
    with monkeypatch.context() as held:
        held.setattr(draft_files, "PAUSES", (0.001,))

        def refuse(self: Path) -> bytes:
            raise PermissionError(errno.EACCES, str(self))

        held.setattr(Path, "read_bytes", refuse)
        assert load(tmp_path) == Found(KEY, (), 1)
    assert load(tmp_path) == Found(KEY, (one,))


@pytest.mark.parametrize("left", [0, 1, 100, -1])
def test_a_torn_file_is_set_aside_and_counted(tmp_path: Path, left: int) -> None:
    torn, well = draft(), draft("{}")
    file = keep(tmp_path, torn)
    keep(tmp_path, well)
    file.write_bytes(file.read_bytes()[:left])
    assert load(tmp_path) == Found(KEY, (well,), 1)
    assert file.with_suffix(".damaged").exists()
    assert load(tmp_path) == Found(KEY, (well,))  # said once
    week = (datetime.now(UTC) - timedelta(days=8)).timestamp()
    os.utime(file.with_suffix(".damaged"), (week, week))
    load(tmp_path)
    assert not file.with_suffix(".damaged").exists()


def test_a_death_while_writing_leaves_the_one_before(tmp_path: Path) -> None:
    one = draft()
    file = keep(tmp_path, one)
    torn = draft_files.put(tmp_path, Fernet(KEY), later(one, "{}"))
    torn.write_bytes(torn.read_bytes()[:50])
    assert load(tmp_path) == Found(KEY, (one,))
    assert list(tmp_path.iterdir()) == [file]


def test_a_death_before_any_took_its_place_leaves_the_newest(tmp_path: Path) -> None:
    one = draft()
    newest = later(one, '{"note": "Llama el martes"}')
    for each in (one, newest):
        draft_files.put(tmp_path, Fernet(KEY), each)
    assert load(tmp_path) == Found(KEY, (newest,))
    assert [path.suffix for path in tmp_path.iterdir()] == [".draft"]
    draft_files.remove(tmp_path, one.key)
    assert load(tmp_path) == Found(KEY)


def test_another_key_reads_nothing_and_deletes_nothing(tmp_path: Path) -> None:
    file = keep(tmp_path, draft())
    sealed = file.read_bytes()
    assert draft_files.load(Fernet.generate_key, tmp_path).unreadable == 1
    assert file.with_suffix(".damaged").read_bytes() == sealed
