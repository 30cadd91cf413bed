"""The developer's commands: what they say when something cannot be done."""

import os
import sys
from pathlib import Path

import pytest

import dev


def test_demo_needs_a_screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without one it says so, before anything is installed."""
    monkeypatch.setattr(dev, "WINDOWS", False)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert dev.main(["demo"]) == 2
    assert "needs a screen" in capsys.readouterr().err


def test_an_unknown_command_shows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """A word it does not know is an error, asking for help is none."""
    assert dev.main(["tset"]) == 2
    assert dev.main([]) == 0
    shown = capsys.readouterr().out
    assert [name for name in dev.COMMANDS if f"    {name} " not in shown] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows needs no packages of the system")
def test_packages_that_nobody_can_install_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without root and sudo the sentence has what somebody else has to type."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="apt-get install libegl1 xvfb"):
        dev.install_packages(["libegl1", "xvfb"])


@pytest.mark.skipif(sys.platform == "win32", reason="a stand-in for dpkg-query is a shell script")
def test_a_renamed_package_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Debian 13's libglib2.0-0t64 provides libglib2.0-0; what was removed is missing."""
    program = tmp_path / "dpkg-query"
    program.write_text(
        "#!/bin/sh\n"
        "printf 'installed\\tlibglib2.0-0t64, libglib2.0-0 (= 2.84)\\n'\n"
        "printf 'installed\\tlibegl1, \\n'\n"
        "printf 'config-files\\txvfb, xserver\\n'\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert dev.missing_packages(["libegl1", "libglib2.0-0", "xvfb"]) == ["xvfb"]


def test_another_lock_installs_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The stamp changes with the lock."""
    before = dev.fingerprint()
    (tmp_path / "requirements.lock").write_text("nothing", encoding="utf-8")
    monkeypatch.setattr(dev, "LOCK", tmp_path / "requirements.lock")
    assert dev.fingerprint() != before


def test_the_environment_is_this_pythons() -> None:
    """`.venv` tells which Python made it."""
    assert not dev.PYTHON.exists() or dev.python_of_environment() == dev.VERSION
