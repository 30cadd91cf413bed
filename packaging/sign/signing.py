"""Sign and verify programs and installers: `signing.py sign FILE...`, `signing.py verify FILE...`.

Whose key it is, is said by the environment, never by the tree:

IDUO_SIGN_COMMAND   what signs one file, run without a shell: {file} is signed in place, or {in} is signed into {out}.
                    A card or a cloud's key has its own program for that; it asks for a timestamp itself (RFC 3161).
IDUO_SIGN_ROOTS     a file with the certificates (PEM) that the signature has to lead to, or the PEM itself
IDUO_TIME_ROOTS     the same for the timestamp

For trying things out `--test-ca FOLDER` makes an authority of one week there (see trial_ca.py). Every file is verified
after it is signed, however it was signed. Debian's package `osslsigncode`; on Windows MSYS2's.
"""

import argparse
import atexit
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import trial_ca


class NotSignedError(Exception):
    """A file that could not be signed, or whose signature does not hold, and what the tool said."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What signs a file and what its signature is checked by. `timestamped`: one without a proven time is refused."""

    command: tuple[str, ...]
    roots: Path | None = None
    time_roots: Path | None = None
    timestamped: bool = True


def from_environment(environment: Mapping[str, str] = os.environ) -> Signer | None:
    """The real key, if there is one."""
    command = environment.get("IDUO_SIGN_COMMAND", "")
    if not command.strip():
        return None
    roots, times = (_file(environment.get(name, "")) for name in ("IDUO_SIGN_ROOTS", "IDUO_TIME_ROOTS"))
    words = tuple(word.strip('"') for word in shlex.split(command, posix=sys.platform != "win32"))
    return Signer(words, roots, times)


def _file(said: str) -> Path | None:
    """Where the certificates are; a runner's settings hold texts, and a certificate is no secret."""
    if "BEGIN CERTIFICATE" not in said:
        return Path(said) if said else None
    with tempfile.NamedTemporaryFile("w", suffix=".pem", encoding="ascii", delete=False) as made:
        made.write(said)
    atexit.register(Path(made.name).unlink, missing_ok=True)
    return Path(made.name)


def for_trying(folder: Path, time_server: str = "") -> Signer:
    """An authority of our own, made in that folder."""
    made = trial_ca.make(folder)
    times = ("-ts", time_server) if time_server else ()
    words = ("osslsigncode", "sign", "-h", "sha256", "-certs", str(made.certificate), "-key", str(made.key), *times)
    command = (*words, "-n", "iduo Desktop", "-in", "{in}", "-out", "{out}")
    return Signer(command, made.roots, made.roots, timestamped=bool(time_server))


def sign(path: Path, signer: Signer) -> None:
    """Sign the file in place and verify it; if that does not work it stays as it was."""
    work = path.with_name(path.name + ".signing")
    signed = path.with_name(path.name + ".signed")
    shutil.copyfile(path, work)
    try:
        words = [word.format_map({"file": work, "in": work, "out": signed}) for word in signer.command]
        _run(words)
        result = signed if signed.exists() else work
        verify(result, signer)
        shutil.copyfile(result, path)
    finally:
        work.unlink(missing_ok=True)
        signed.unlink(missing_ok=True)


def verify(path: Path, signer: Signer) -> None:
    """Refuse a file without a signature, with one that does not fit it, or one that leads to another root."""
    roots = ("-CAfile", str(signer.roots)) if signer.roots else ()
    times = ("-TSA-CAfile", str(signer.time_roots)) if signer.time_roots else ()
    said = _run(["osslsigncode", "verify", *roots, *times, "-in", str(path)])
    if "No signature found" in said:
        raise NotSignedError(f"{path.name}: no signature")
    if signer.timestamped and "Timestamp Server Signature verification: ok" not in said:
        raise NotSignedError(f"{path.name}: no timestamp, or not a valid one\n{said}")


def _run(words: Sequence[str]) -> str:
    program = shutil.which(words[0])
    if program is None:
        raise NotSignedError(f"{words[0]} is missing: apt-get install osslsigncode; on Windows MSYS2's osslsigncode")
    done = subprocess.run([program, *words[1:]], capture_output=True, text=True, errors="replace", check=False)
    said = done.stdout + done.stderr
    if done.returncode:
        raise NotSignedError(f"{words[0]} (exit code {done.returncode}): {said.strip()}")
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Sign or verify some files."""
    parser = argparse.ArgumentParser("signing.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("verb", choices=("sign", "verify"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--test-ca", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    signer = for_trying(options.test_ca) if options.test_ca else from_environment()
    if signer is None:
        sys.exit("signing: no key: set IDUO_SIGN_COMMAND, or say --test-ca FOLDER")
    for path in options.files:
        try:
            (sign if options.verb == "sign" else verify)(path, signer)
        except NotSignedError as error:
            sys.exit(f"signing: {error}")
        print(f"{path}: signature verified")
    return 0


if __name__ == "__main__":
    sys.exit(main())
