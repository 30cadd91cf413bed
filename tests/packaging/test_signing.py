"""Signed is verified, tampered is refused, and the key is whoever's the environment names."""

import os
import subprocess
import sys
from pathlib import Path

import make_setup
import pytest
import signing

from tests.packaging.conftest import need
from tests.packaging.test_msi import Make
from tests.packaging.time_server import time_server


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test CA of this run."""
    need("osslsigncode")
    return tmp_path_factory.mktemp("ca")


@pytest.fixture
def exe(tmp_path: Path, program: bytes) -> Path:
    """A program that nobody has signed."""
    path = tmp_path / "iduo desktop.exe"
    path.write_bytes(program)
    return path


def test_a_program_is_signed_in_place(exe: Path, authority: Path) -> None:
    """Before it is not, afterwards it is, and nothing else is left in the folder."""
    signer = signing.for_trying(authority)
    with pytest.raises(signing.NotSignedError, match="No signature found"):
        signing.verify(exe, signer)
    signing.sign(exe, signer)
    signing.verify(exe, signer)
    assert [path.name for path in exe.parent.iterdir()] == [exe.name]


@pytest.mark.parametrize("part", [0.1, 0.5, 0.75])
def test_one_other_byte_is_found(exe: Path, authority: Path, part: float) -> None:
    signer = signing.for_trying(authority)
    length = exe.stat().st_size
    signing.sign(exe, signer)
    flip(exe, int(length * part))
    with pytest.raises(signing.NotSignedError):
        signing.verify(exe, signer)


def test_the_installers_are_signed(msi: Make, icon: Path, authority: Path, tmp_path: Path) -> None:
    """The MSI, and the setup around the signed MSI; a byte of either is found."""
    need("makensis")
    signer = signing.for_trying(authority)
    package, setup = tmp_path / "iduo.msi", tmp_path / "iduo.exe"
    package.write_bytes(msi("0.1.0").read_bytes())
    signing.sign(package, signer)
    make_setup.make(package, setup, icon)
    assert package.read_bytes() in setup.read_bytes()
    signing.sign(setup, signer)
    for path in (package, setup):
        content = path.read_bytes()
        flip(path, content.rindex(b"MZ desktop") if b"MZ desktop" in content else len(content) // 2)
        with pytest.raises(signing.NotSignedError):
            signing.verify(path, signer)


def test_another_authoritys_signature_is_refused(exe: Path, authority: Path, tmp_path: Path) -> None:
    signing.sign(exe, signing.for_trying(tmp_path / "theirs"))
    with pytest.raises(signing.NotSignedError):
        signing.verify(exe, signing.for_trying(authority))


def test_a_proven_time(exe: Path, authority: Path) -> None:
    """By RFC 3161, from a server; a signature without it is not enough where it is asked for."""
    need("openssl")
    with time_server(authority) as (address, asked):
        signer = signing.for_trying(authority, address)
        signing.sign(exe, signer)
        signing.verify(exe, signer)
    assert asked == ["application/timestamp-query"]
    signing.sign(exe, signing.for_trying(authority))
    with pytest.raises(signing.NotSignedError, match="no timestamp"):
        signing.verify(exe, signer)


def test_a_time_server_that_is_not_there(exe: Path, authority: Path) -> None:
    """Nothing is signed without its time: the file stays as it was."""
    before = exe.read_bytes()
    with pytest.raises(signing.NotSignedError):
        signing.sign(exe, signing.for_trying(authority, "http://127.0.0.1:9/"))
    assert exe.read_bytes() == before


@pytest.mark.parametrize("words", ["-in {in} -out {out}", "-in {file} -out {file}.x"])
def test_a_real_key_is_a_command_of_the_environment(exe: Path, authority: Path, tmp_path: Path, words: str) -> None:
    """One that writes another file, and one that signs in place, as a card's or a cloud's program does."""
    signing.for_trying(authority)
    script = tmp_path / "key.py"
    script.write_text(
        "import subprocess, sys, os\n"
        "subprocess.run(['osslsigncode', 'sign', *sys.argv[1:]], check=True)\n"
        "os.path.exists(sys.argv[-1]) and sys.argv[-1].endswith('.x') and os.replace(sys.argv[-1], sys.argv[-3])\n",
        encoding="utf-8",
    )
    key = f"-h sha256 -certs '{authority / 'signer.pem'}' -key '{authority / 'signer.key'}'"
    command = f"'{sys.executable}' '{script}' {key}"
    roots = {name: str(authority / "roots.pem") for name in ("IDUO_SIGN_ROOTS", "IDUO_TIME_ROOTS")}
    with time_server(authority) as (address, _):
        real = signing.from_environment({"IDUO_SIGN_COMMAND": f"{command} -ts {address} {words}", **roots})
        assert real is not None
        signing.sign(exe, real)
    said = {name: Path(path).read_text("ascii") for name, path in roots.items()}  # as texts too
    timeless = signing.from_environment({"IDUO_SIGN_COMMAND": f"{command} {words}", **said})
    assert timeless is not None
    with pytest.raises(signing.NotSignedError, match="no timestamp"):  # a release has to prove its time
        signing.sign(exe, timeless)


def test_without_a_key_nothing_is_signed(exe: Path) -> None:
    assert signing.from_environment({}) is None
    command = [sys.executable, signing.__file__, "sign", str(exe)]
    environment = {name: value for name, value in os.environ.items() if name != "IDUO_SIGN_COMMAND"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "IDUO_SIGN_COMMAND" in done.stderr


def flip(path: Path, at: int) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
