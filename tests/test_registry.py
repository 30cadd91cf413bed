"""The policies of a real registry: names as administrators see them, profiles below, values that are none of ours."""

import sys
from collections.abc import Iterator

import pytest

from iduo_desktop import config, registry
from iduo_desktop.config import Source

if sys.platform == "win32":
    import winreg

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has a registry; its lane runs this")
KEY = r"Software\iduo-test-of-policies"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place of this test's own: policies themselves are for administrators to write."""
    monkeypatch.setattr(registry, "POLICY_KEY", KEY)
    yield
    if sys.platform == "win32":
        for path in (rf"{KEY}\Profiles\central", rf"{KEY}\Profiles", KEY):
            try:
                winreg.DeleteKeyEx(winreg.HKEY_CURRENT_USER, path, winreg.KEY_WOW64_64KEY, 0)
            except FileNotFoundError:
                continue


def test_nobody_says_by_his_environment_where_the_machines_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    there = config.machine_file()
    for name in ("PROGRAMDATA", "ALLUSERSPROFILE", "WIN_PD_OVERRIDE_COMMON_APPDATA"):
        monkeypatch.setenv(name, r"D:\mine")
    assert config.machine_file() == there
    assert there.parts[-3:] == ("iduo", "Desktop", "config.toml")


@pytest.mark.usefixtures("place")
def test_policies_are_read_as_group_policy_writes_them() -> None:
    if sys.platform == "win32":
        assert registry.policies(winreg.HKEY_CURRENT_USER) == {}
        access = winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY
        with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, KEY, 0, access) as key:
            winreg.SetValueEx(key, "RememberPassword", 0, winreg.REG_DWORD, 0)
            winreg.SetValueEx(key, "Support", 0, winreg.REG_SZ, "Mesa de ayuda, interno 100")
            winreg.SetValueEx(key, "Otra", 0, winreg.REG_SZ, "x")
            winreg.SetValueEx(key, "", 0, winreg.REG_SZ, "the key's own")
        with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, rf"{KEY}\Profiles\Central", 0, access) as key:
            winreg.SetValueEx(key, "Hosts", 0, winreg.REG_SZ, "db1,db2:5433")
            winreg.SetValueEx(key, "Test", 0, winreg.REG_DWORD, 1)
        found = config.merge([(Source.POLICY, registry.policies(winreg.HKEY_CURRENT_USER))])
        assert found.profile.name == "central"
        assert found.profile.hosts == (("db1", 5432), ("db2", 5433))
        assert found.profile.test
        assert not found.remember_password
        assert found.support == "Mesa de ayuda, interno 100"
        assert [problem for problem in found.problems if "otra" in problem] == list(found.problems)
        assert found.locked("profiles.central.hosts")
