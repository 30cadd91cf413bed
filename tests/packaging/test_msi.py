"""What an MSI tells Windows: every table against a file, versions, and that nothing in it can hold a password."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import make_msi
import msi_additions
import pytest

from tests.packaging.conftest import table

GOLDEN = Path(__file__).with_name("golden_msi.txt")
# empty ones that wixl always makes, and what is of the cabinet alone
NOT_TOLD = ("_ForceCodepage", "Error", "_Validation")
Make = Callable[[str], Path]


def told(path: Path) -> str:
    """Every table with rows, as text."""
    names = subprocess.run(["msiinfo", "tables", path], capture_output=True, text=True, check=True).stdout.split()
    parts = []
    for name in sorted(set(names) - set(NOT_TOLD)):
        rows = sorted("\t".join(row).rstrip() for row in table(path, name))
        parts += [f"== {name}", *rows] if rows else []
    return "\n".join(parts) + "\n"


def test_every_table(msi: Make) -> None:
    """A change of what is installed is a change of this file: `GOLDEN=write` in the environment writes it again."""
    found = told(msi("0.1.0"))
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(found, "utf-8")
    assert found == GOLDEN.read_text("utf-8")


def test_two_versions_are_one_product_upgraded(msi: Make) -> None:
    """Another product code, the same upgrade code: the newer takes the place of the older, and never the other way."""
    old, new = (dict(table(msi(version), "Property")) for version in ("0.1.0", "0.2.0"))
    assert old["UpgradeCode"] == new["UpgradeCode"] == "{9F438545-D6DA-475B-AD7F-0D1FE40209CD}"
    assert old["ProductCode"] != new["ProductCode"]
    found = {row[6]: (row[1], row[2], int(row[4])) for row in table(msi("0.2.0"), "Upgrade")}
    assert found == {"WIX_UPGRADE_DETECTED": ("", "0.2.0", 1), "WIX_DOWNGRADE_DETECTED": ("0.2.0", "", 2)}
    refused = dict(table(msi("0.2.0"), "LaunchCondition"))["NOT WIX_DOWNGRADE_DETECTED"]
    assert refused.startswith("Ya hay una versión más nueva")


def test_components_are_the_same_in_every_version(msi: Make) -> None:
    """Else an upgrade would remove what it has just written."""
    old, new = ({row[0]: row[1] for row in table(msi(version), "Component")} for version in ("0.1.0", "0.2.0"))
    assert old == new
    assert len(set(old.values())) == len(old)


def test_the_upgrade_is_within_the_transaction_and_the_file_is_written_after_the_programs(msi: Make) -> None:
    order = [row[0] for row in sorted(table(msi("0.1.0"), "InstallExecuteSequence"), key=lambda row: int(row[2]))]
    wanted = ("AppSearch", "InstallInitialize", "RemoveExistingProducts", "CreateFolders", "InstallFiles")
    places = [order.index(name) for name in (*wanted, "WriteMachineFile", "InstallFinalize")]
    assert places == sorted(places)


def test_nothing_can_hold_a_password(msi: Make) -> None:
    """What IT may say is five words; none is secret, and no table has room for a secret."""
    path = msi("0.1.0")
    properties = dict(table(path, "Property"))
    said = set(properties["SecureCustomProperties"].split(";")) - set(msi_additions.DETECTED)
    assert said == {"DBHOST", "DBPORT", "DBNAME", "SSLROOTCERT", "AUTOSTART"}
    assert table(path, "ServiceInstall") == []
    used = {word for row in table(path, "CustomAction") for word in row[3].split('"') if word.startswith("[")}
    assert used == {f"[{name}]" for name in said - {"AUTOSTART"}}
    assert not [word for word in told(path).lower().split() if "passw" in word or "contraseña" in word]


def test_the_action_is_the_installers_not_the_persons(msi: Make) -> None:
    """A program of the package (18), deferred (1024), not impersonated (2048), whose failure is the installation's."""
    ((name, kind, program, words, _),) = table(msi("0.1.0"), "CustomAction")
    assert (name, int(kind), program) == ("WriteMachineFile", 18 + 1024 + 2048, "iduo_admin.exe")
    assert words.startswith("config installed -- ")


def test_only_administrators_write_the_machines_folder(msi: Make) -> None:
    rows = table(msi("0.1.0"), "MsiLockPermissionsEx")
    assert {row[1] for row in rows} == {row[0] for row in table(msi("0.1.0"), "CreateFolder")} - {"MAKER"}
    assert {row[3] for row in rows} == {"D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"}


def test_all_64_bits(msi: Make) -> None:
    assert all(int(row[3]) & 256 for row in table(msi("0.1.0"), "Component"))
    assert all(int(row[4]) & 16 for row in table(msi("0.1.0"), "RegLocator"))


def test_the_same_files_make_the_same_bytes(msi: Make, frozen: Path, icon: Path, tmp_path: Path) -> None:
    """Made again, the file is equal to the last byte."""
    make_msi.make(frozen, tmp_path / "again.msi", icon, "0.1.0")
    digests = {hashlib.sha256(path.read_bytes()).digest() for path in (msi("0.1.0"), tmp_path / "again.msi")}
    assert len(digests) == 1


def test_other_contents_are_another_package(frozen: Path, icon: Path, tmp_path: Path, msi: Make) -> None:
    """Windows takes files with one package code for one file."""
    other = tmp_path / "other"
    shutil.copytree(frozen, other)
    (other / "LEEME.txt").write_text("otra cosa", encoding="utf-8")
    make_msi.make(other, tmp_path / "other.msi", icon, "0.1.0")
    codes = [dict(table(path, "_SummaryInformation"))["9"] for path in (msi("0.1.0"), tmp_path / "other.msi")]
    assert codes[0] != codes[1]


@pytest.mark.parametrize("version", ["1.0", "1.0.0.1", "1.0.0rc1", "256000.0.0", "01.0.0"])
def test_a_version_that_windows_would_not_understand(frozen: Path, icon: Path, tmp_path: Path, version: str) -> None:
    with pytest.raises(SystemExit, match="three numbers"):
        make_msi.make(frozen, tmp_path / "x.msi", icon, version)


def test_a_folder_without_the_programs(icon: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"iduo-desktop\.exe, iduo-admin\.exe"):
        make_msi.make(tmp_path, tmp_path / "x.msi", icon)
