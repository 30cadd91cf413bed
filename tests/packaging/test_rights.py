"""The machine's folder at installing: whose a file is decides whether it counts. Windows only, as an administrator."""

import ctypes
import sys
from pathlib import Path

import pytest

from iduo_desktop.admin import machine_rights

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="owners and rights as Windows has them")

if sys.platform == "win32":

    @pytest.fixture
    def machine_file(tmp_path: Path) -> Path:
        """A machine's file in folders of its own."""
        if not ctypes.windll.shell32.IsUserAnAdmin():
            pytest.skip("only an administrator gives things to administrators")
        path = tmp_path / "iduo" / "Desktop" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text("autostart = true\n", encoding="utf-8")
        return path

    def test_the_administrators_own_file_stays(machine_file: Path) -> None:
        """Written by who installs, by an administrator or the system."""
        machine_rights.take(machine_file)
        assert machine_file.exists()

    def test_a_strangers_file_is_set_aside(machine_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Anybody may have made folder and file before: he would say where passwords go."""
        real = machine_rights.owner
        stranger = "S-1-5-21-1-2-3-1001"
        monkeypatch.setattr(machine_rights, "owner", lambda path: stranger if path == machine_file else real(path))
        machine_rights.take(machine_file)
        assert [path.name for path in machine_file.parent.iterdir()] == ["config.toml.rechazado"]
