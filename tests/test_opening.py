"""A profile in which nothing can be written: the program starts, says one plain sentence, and goes on."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from iduo_desktop import config
from iduo_desktop.opening import Rest

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65_534
# Everything is loaded before the rights are given up: whoever runs the tests may keep the program where nobody reads.
SCRIPT = """
import importlib, os, sys
from pathlib import Path
import iduo_desktop.app as app
for name in ("opening", "gate", "trust", "ui.login_flow", "ui.main_window", "ui.one_instance", "ui.icons", "ui.errors",
             "ui.collector", "ui.theme", "ui.preferences", "ui.login_dialog", "ui.operations", "ui.widgets.focus_ring",
             "ui.widgets.enter_presses", "console"):
    importlib.import_module("iduo_desktop." + name)
import keyring.backends, cryptography.fernet
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from iduo_desktop.ui.login_dialog import LoginDialog
if len(sys.argv) > 1:
    os.setgroups([])
    os.setgid(int(sys.argv[1]))
    os.setuid(int(sys.argv[1]))
def run(application):
    def look():
        for login in application.topLevelWidgets():
            said = login.findChild(QLabel, "for_it") if isinstance(login, LoginDialog) else None
            if said is not None and said.text():
                timer.stop()
                print(said.text(), flush=True)
                login.close()
    timer = QTimer(interval=50)
    timer.timeout.connect(look)
    timer.start()
    return application.exec()
app.run = run
sys.exit(app.main([]))
"""


def folders_below(home: Path) -> dict[str, str]:
    """Where a person's files are, all of it below his home."""
    names = {"XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share", "XDG_STATE_HOME": ".local/state"}
    return {name: str(home / place) for name, place in names.items()} | {"XDG_CACHE_HOME": str(home / ".cache")}


@pytest.mark.parametrize("there", [True, False], ids=["read only", "absent"])
def test_the_program_starts_where_it_may_write_nothing(there: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    if sys.platform == "win32":
        pytest.skip("rights are not taken away like this on Windows")
    outer = tmp_path_factory.mktemp("outer")
    home = outer / "home"
    if there:
        home.mkdir()
    outer.chmod(0o555)
    root = os.geteuid() == 0
    runtime = tmp_path_factory.mktemp("runtime", numbered=True)
    if root:
        os.chown(runtime, NOBODY, NOBODY)
        for parent in outer.parents:
            if parent == Path(tempfile.gettempdir()):  # everybody's: its rights stay as they are
                break
            parent.chmod(0o755)
    if there:
        home.chmod(0o555)
    named = {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "QT_QPA_PLATFORM": "offscreen"}
    environment = {**os.environ, **folders_below(home), **named}
    command = [sys.executable, "-c", SCRIPT, *([str(NOBODY)] if root else [])]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    outer.chmod(0o755)
    assert done.stdout.startswith(f"Para Informática: No se puede escribir en {home}"), done.stderr
    assert "El programa anda igual" in done.stdout
    lines = [line for line in done.stderr.splitlines() if not line.startswith("This plugin does not support")]
    assert (done.returncode, lines) == (0, [])


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file stands where the folder should be: no right, no room, no share, it is all the same."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(config, "data_folder", lambda: tmp_path / "file" / "data")
    monkeypatch.setattr(config, "log_folder", lambda: tmp_path / "file" / "log")
    monkeypatch.setattr(config, "machine_file", lambda: tmp_path / "machine.toml")
    monkeypatch.setattr(config, "user_file", lambda: tmp_path / "user.toml")
    (tmp_path / "machine.toml").write_text('[profiles.central]\nhosts = ["127.0.0.1"]\n')
    rest = Rest(None, demo=False, report=lambda *_: None)
    try:
        gate = rest.open()
    finally:
        rest.close()
    assert gate.profile == "central"
    assert gate.rules.blocked == ""
    (said,) = gate.rules.problems
    assert said.startswith(f"No se puede escribir en {tmp_path / 'file' / 'log'}.")


def test_a_certificate_that_is_not_there_stops_everybody_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "data_folder", lambda: tmp_path / "data")
    monkeypatch.setattr(config, "log_folder", lambda: tmp_path / "log")
    monkeypatch.setattr(config, "machine_file", lambda: tmp_path / "machine.toml")
    monkeypatch.setattr(config, "user_file", lambda: tmp_path / "user.toml")
    said = '[profiles.central]\nhosts = ["db1"]\nsslrootcert = "/nowhere/ca.pem"\n'
    (tmp_path / "machine.toml").write_text(said)
    rest = Rest(None, demo=False, report=lambda *_: None)
    try:
        gate = rest.open()
    finally:
        rest.close()
    assert "ca.pem" in gate.rules.blocked
    assert gate.rules.problems == ()  # said once
