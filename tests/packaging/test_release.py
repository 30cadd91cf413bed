"""A release from beginning to end on a small folder; what it lists; and the workflow that calls the same scripts."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import make_sbom
import make_setup
import pytest
import release
import signing
import yaml

from iduo_desktop import __version__, identity
from tests.packaging.conftest import MSI_TOOLS, need, table
from tests.packaging.test_msi import Make

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
URL = "https://example.org/iduo/"


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory, frozen: Path, program: bytes, icon: Path) -> tuple[Path, Path]:
    """A release of real, small programs, signed by a test CA; both folders."""
    need(*MSI_TOOLS, "makensis", "osslsigncode")
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(frozen, folder / "frozen")
    for name in ("iduo-desktop.exe", "iduo-admin.exe"):
        (folder / "frozen" / name).write_bytes(program)
    signer = signing.for_trying(folder / "ca")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1767225600")
        release.release(folder / "frozen", folder / "out", icon, signer, URL)
    return folder / "out", folder / "ca"


def test_everything_is_in_it_with_its_sum(released: tuple[Path, Path]) -> None:
    out, _ = released
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    name = f"iduo-desktop-{__version__}-x64"
    manifest = {f"winget/iduo.Desktop{part}.yaml" for part in ("", ".installer", ".locale.es-AR")}
    assert files == {f"{name}.msi", f"{name}-setup.exe", f"{name}.cdx.json", "SHA256SUMS", *manifest}
    lines = [line.split("  ") for line in (out / "SHA256SUMS").read_text("ascii").splitlines()]
    sums = {name: digest for digest, name in lines}
    assert sums == {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in files - {"SHA256SUMS"}}


def test_what_is_inside_the_msi_is_signed_too(released: tuple[Path, Path], tmp_path: Path) -> None:
    """First the programs, then the package."""
    out, authority = released
    signer = signing.for_trying(authority)
    msi = next(out.glob("*.msi"))
    signing.verify(msi, signer)
    signing.verify(next(out.glob("*.exe")), signer)
    need("msiextract")
    subprocess.run(["msiextract", "-C", tmp_path, msi], check=True, capture_output=True)
    programs = list(tmp_path.rglob("*.exe"))
    assert {path.name for path in programs} == {"iduo-desktop.exe", "iduo-admin.exe"}
    for path in programs:
        signing.verify(path, signer)


def test_without_a_key_there_is_no_release(frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IDUO_SIGN_COMMAND", raising=False)
    with pytest.raises(SystemExit, match="no key"):
        release.main(["--frozen", str(frozen), "--out", str(tmp_path / "out")])
    monkeypatch.setenv("IDUO_SIGN_COMMAND", "true {file}")
    monkeypatch.delenv("IDUO_SIGN_ROOTS", raising=False)
    with pytest.raises(SystemExit, match="IDUO_SIGN_ROOTS"):
        release.main(["--frozen", str(frozen), "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_winget_names_that_package(released: tuple[Path, Path]) -> None:
    out, _ = released
    msi = next(out.glob("*.msi"))
    properties = dict(table(msi, "Property"))
    said = yaml.safe_load((out / "winget" / "iduo.Desktop.installer.yaml").read_text("utf-8"))
    assert said["ProductCode"] == properties["ProductCode"]
    assert said["AppsAndFeaturesEntries"][0]["UpgradeCode"] == properties["UpgradeCode"]
    assert said["PackageVersion"] == properties["ProductVersion"] == __version__
    (installer,) = said["Installers"]
    assert installer["InstallerUrl"] == f"{URL}{msi.name}"
    assert installer["InstallerSha256"] == hashlib.sha256(msi.read_bytes()).hexdigest().upper()


def test_the_list_of_parts(released: tuple[Path, Path]) -> None:
    """What both programs need, in the versions of the lock; no developer's tool; what is inside wheels."""
    out, _ = released
    said = json.loads(next(out.glob("*.cdx.json")).read_text("utf-8"))
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in said["components"]}
    assert parts.keys() >= {"pyside6-essentials", "psycopg-binary", "sqlalchemy", "httpx", "pywin32-ctypes", "OpenSSL"}
    assert not parts.keys() & {"pytest", "ruff", "hypothesis", "secretstorage"}
    pinned = dict(make_sbom.PINNED.findall(make_sbom.lock()))
    assert parts["psycopg-binary"]["version"] == pinned["psycopg-binary"]
    assert parts["_internal/PySide6/Qt6Core.dll"]["hashes"][0]["content"] == hashlib.sha256(b"MZ core").hexdigest()


def test_made_again_it_is_the_same(frozen: Path, msi: Make, icon: Path, tmp_path: Path) -> None:
    """Setup and list too; only signatures differ, because they hold their time."""
    need("makensis")
    setups = [tmp_path / f"{name}.exe" for name in ("once", "again")]
    for setup in setups:
        make_setup.make(msi("0.1.0"), setup, icon)
    assert setups[0].read_bytes() == setups[1].read_bytes()
    assert make_sbom.make(frozen) == make_sbom.make(frozen)


def test_the_shortcut_is_the_programs(released: tuple[Path, Path]) -> None:
    """Else the task bar shows two buttons for one program."""
    ((_, shortcut, key, value),) = table(next(released[0].glob("*.msi")), "MsiShortcutProperty")
    assert (shortcut, key, value) == ("StartMenu", "System.AppUserModel.ID", identity.APP_USER_MODEL_ID)


def test_the_workflow_calls_what_there_is() -> None:
    """Each script exists, each action is pinned by its commit, and a secret is only where it is used."""
    said = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    steps = said["jobs"]["windows"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    called = {word for run in runs for word in re.findall(r"[\w/.-]+\.(?:py|ps1|sh|nsi)\b", run)}
    assert called == {"dev.py"}
    assert [word for word in called if not (ROOT / word).is_file()] == []
    commands = {run.split("dev.py ")[1].split()[0] for run in runs if "dev.py " in run}
    assert commands == {"test", "build", "release"}
    assert commands <= set(re.findall(r'^    "(\w+)": \w+,$', (ROOT / "dev.py").read_text("utf-8"), re.MULTILINE))
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    keys = [step.get("name") for step in steps if "secrets." in str(step)]
    assert keys == ["Sign, pack, sign, verify, list, check sums"]
    assert not [run for run in runs if "${{" in run]  # what a tag is called never becomes part of a command
    order = [next(at for at, run in enumerate(runs) if word in run) for word in ("build", "--url", "--try-here", "gh ")]
    assert order == sorted(order)


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows they come with MSYS2, by hand or by the workflow")
def test_the_tests_find_their_tools() -> None:
    """dev.py test installs them on Debian: a skipped test here is a tool that is missing."""
    assert os.environ.get("CI") != "true" or all(map(shutil.which, ("wixl", "msibuild", "makensis", "osslsigncode")))
