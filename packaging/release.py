"""Make a release from a frozen folder: `release.py --frozen FOLDER --out FOLDER (--test-ca FOLDER | a real key)`.

Sign the programs, try them, make the MSI and the setup around it, sign both, verify all, list what is in them, winget's
manifest, checksums. One script on Linux and Windows; whose key it is says the environment (sign/signing.py).
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import make_manifest
import make_msi
import make_sbom
import make_setup
import signing

from iduo_desktop import __version__

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NAME = f"iduo-desktop-{__version__}-x64"


def release(frozen: Path, out: Path, icon: Path, signer: signing.Signer, url: str) -> None:
    """Every step; the first that fails ends it, and then nothing is in `out`."""
    with tempfile.TemporaryDirectory(prefix="iduo-release-") as scratch:
        programs, made = Path(scratch) / "programs", Path(scratch) / "made"
        shutil.copytree(frozen, programs)
        step("sign the programs")
        for name in make_msi.PROGRAMS:
            keep_time(programs / name, signer)
        step("try the signed programs")
        smoke(programs)
        step("MSI")
        msi, setup = made / f"{NAME}.msi", made / f"{NAME}-setup.exe"
        make_msi.make(programs, msi, icon)
        keep_time(msi, signer)
        step("setup")
        make_setup.make(msi, setup, icon)
        keep_time(setup, signer)
        step("verify")
        for path in (*(programs / name for name in make_msi.PROGRAMS), msi, setup):
            signing.verify(path, signer)
        step("what is in it, winget, checksums")
        (made / f"{NAME}.cdx.json").write_text(make_sbom.make(programs), "utf-8", newline="\n")
        codes = {"ProductCode": make_msi.product_code(__version__), "UpgradeCode": make_msi.UPGRADE_CODE}
        braced = {name: make_msi.braced(code) for name, code in codes.items()}
        make_manifest.make(msi, made / "winget", f"{url.rstrip('/')}/{msi.name}", braced, __version__)
        checksums(made)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)


def step(name: str) -> None:
    """Say what comes now."""
    print(f"\n== {name}", flush=True)


def keep_time(path: Path, signer: signing.Signer) -> None:
    """Sign, and leave the file as old as it was: the installers' bytes hang on it."""
    before = path.stat()
    signing.sign(path, signer)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    print(f"{path.name}: signed and verified")


def smoke(programs: Path) -> None:
    """The smoke test, where these programs run."""
    if sys.platform != "win32":
        print("NOT TRIED: these are Windows' programs. In the lab: dev.py windows smoke")
        return
    subprocess.run([sys.executable, HERE / "smoke" / "smoke.py", programs], check=True)


def checksums(folder: Path) -> None:
    """SHA256SUMS, as `sha256sum --check` reads it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}" for path in paths
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", "ascii", newline="\n")


def drawn(folder: Path) -> Path:
    """The icon, drawn by the script that draws the programs' own."""
    icon = folder / "iduo.ico"
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, HERE / "pyinstaller" / "icon_file.py", icon], env=environment, check=True)
    return icon


def last_commit() -> str:
    """When the sources were last changed: the time of everything that is made from them."""
    command = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one release."""
    parser = argparse.ArgumentParser("release.py", description=__doc__)
    parser.add_argument("--frozen", type=Path, default=ROOT / "dist" / "iduo-desktop", metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "release", metavar="FOLDER")
    parser.add_argument("--url", default="https://intranet.example.org/iduo", help="where the MSI will be")
    parser.add_argument("--test-ca", type=Path, metavar="FOLDER", help="sign with an authority for trying, made there")
    options = parser.parse_args(arguments)
    signer = signing.for_trying(options.test_ca) if options.test_ca else signing.from_environment()
    if signer is None:
        sys.exit("release: no key: set IDUO_SIGN_COMMAND, or say --test-ca FOLDER for one that nobody should trust")
    if not options.test_ca and signer.roots is None:
        sys.exit("release: set IDUO_SIGN_ROOTS: the root (PEM) that the signatures have to lead to")
    os.environ.setdefault("SOURCE_DATE_EPOCH", last_commit())
    with tempfile.TemporaryDirectory(prefix="iduo-icon-") as folder:
        try:
            release(options.frozen, options.out, drawn(Path(folder)), signer, options.url)
        except signing.NotSignedError as error:
            sys.exit(f"release: {error}")
    print(f"\nThe release is in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
