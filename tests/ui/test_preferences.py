"""What a person likes on this PC comes back, and a spoiled file does no harm."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.preferences import Preferences, PreferencesFile, read, write


def test_what_was_written_is_read(tmp_path: Path) -> None:
    keys = "take=Ctrl+B;panel="
    liked = Preferences("mgarcia", "dark", "wide", rail_expanded=True, geometry="AdnQywAD/=", keys=keys, letters=False)
    assert liked.chosen_keys() == {"take": "Ctrl+B", "panel": ""}
    write(str(tmp_path / "window.ini"), liked)
    assert read(str(tmp_path / "window.ini")) == liked


def test_what_is_not_said_is_as_at_the_first_start(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    assert read(str(path)) == Preferences()
    path.write_text("[General]\nscheme=dark\nstrange=1\n")
    assert read(str(path)) == Preferences(scheme="dark")
    path.write_bytes(b"\x00\xff not settings")
    assert read(str(path)) == Preferences()


def test_changes_are_written_by_a_worker(qtbot: QtBot, tmp_path: Path) -> None:
    operations = Operations(sort_error)
    kept = PreferencesFile(str(tmp_path / "window.ini"))
    kept.change(operations, density="compact")
    kept.change(operations, density="compact")
    operations.close()
    assert read(str(tmp_path / "window.ini")).density == "compact"
