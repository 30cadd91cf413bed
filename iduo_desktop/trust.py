"""Whom this PC trusts to name servers, as a file: the libpq that comes along reads no system's store."""

import base64
import ssl
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from iduo_desktop.config import Profile

SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
FILE = "autoridades.pem"
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
NOT_KEPT = "No se pudo guardar la lista de autoridades de Windows ({}): sin ella no se puede verificar al servidor."
NO_BUNDLE = "Esta PC no tiene una lista de autoridades: hace falta sslrootcert en el perfil «{}»."
NOT_THERE = "No está el certificado {} del perfil «{}»: sin él no se puede verificar al servidor."

Stored = tuple[bytes, str, bool | Iterable[str]]


def secured(profile: Profile, folder: Path) -> tuple[Profile, str]:
    """The profile with the file that its servers are checked by, and what is wrong with that, for IT. Reads files.

    A server on this machine needs none: nothing goes over a line.
    """
    if profile.embedded or all(host in LOOPBACK for host, _ in profile.hosts):
        return profile, _absence(profile)
    if profile.sslrootcert is not None:
        return profile, _absence(profile)
    try:
        found = authorities(folder)
    except OSError as error:
        return profile, NOT_KEPT.format(error.strerror or error)
    return replace(profile, sslrootcert=found), "" if found is not None else NO_BUNDLE.format(profile.name)


def _absence(profile: Profile) -> str:
    there = profile.sslrootcert is None or profile.sslrootcert.is_file()
    return "" if there else NOT_THERE.format(profile.sslrootcert, profile.name)


def write(path: Path, text: str) -> None:
    """Whole or not at all; what says the same already is left alone, for another session may be reading it."""
    with suppress(OSError):
        if path.read_text("ascii") == text:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="ascii", newline="\n") as file:
        file.write(text)
    try:
        Path(file.name).replace(path)
    except OSError:
        Path(file.name).unlink()
        raise


def pem(stored: Iterable[Stored], distrusted: Iterable[bytes] = ()) -> str:
    """The certificates that are trusted to name servers, each once, always in the same order."""
    bad = set(distrusted)
    good = {certificate for certificate, kind, trust in stored if kind == "x509_asn" and _names_servers(trust)}
    return "".join(_one(certificate) for certificate in sorted(good - bad))


def _names_servers(trust: bool | Iterable[str]) -> bool:
    return trust if isinstance(trust, bool) else SERVER_AUTHENTICATION in trust


def _one(certificate: bytes) -> str:
    text = base64.b64encode(certificate).decode("ascii")
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


if sys.platform == "win32":

    def authorities(folder: Path) -> Path | None:
        """The store of Windows, written down; None when it is empty."""
        stored = [one for store in ("ROOT", "CA") for one in ssl.enum_certificates(store)]
        text = pem(stored, (certificate for certificate, _, _ in ssl.enum_certificates("Disallowed")))
        if not text:
            return None
        path = folder / FILE
        try:
            write(path, text)
        except OSError:  # a profile without rights, or another session that reads it just now
            path = Path(tempfile.mkdtemp(prefix="iduo-")) / FILE
            write(path, text)
        return path

else:

    def authorities(_folder: Path) -> Path | None:
        """What the system keeps in one file; the libpq that comes along looks for it elsewhere."""
        default = ssl.get_default_verify_paths().cafile
        return next((Path(path) for path in (*BUNDLES, default) if path and Path(path).is_file()), None)
