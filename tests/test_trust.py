"""Whom a PC trusts to name servers: what may name them and nothing else, written whole, or said why not."""

import ssl
import sys
from pathlib import Path

import pytest

from iduo_desktop import trust
from iduo_desktop.config import Profile
from tests.database.certificates import make_authority

CLIENTS_ONLY = ["1.3.6.1.5.5.7.3.2"]


def central(*hosts: str, certificate: Path | None = None) -> Profile:
    """A profile with these servers."""
    return Profile("central", False, "iduo", tuple((host, 5432) for host in hosts), certificate, None, test=False)


@pytest.fixture
def authorities(tmp_path: Path) -> list[bytes]:
    """Certificates of authorities, as a store of Windows holds them."""
    files = [make_authority(tmp_path, name)[2] for name in ("uno", "dos", "tres")]
    return [ssl.PEM_cert_to_DER_cert(path.read_text("ascii")) for path in files]


def test_only_who_may_name_servers_is_written(authorities: list[bytes], tmp_path: Path) -> None:
    good, distrusted, other = authorities
    stored: list[trust.Stored] = [
        (good, "x509_asn", True),
        (good, "x509_asn", [trust.SERVER_AUTHENTICATION]),
        (distrusted, "x509_asn", True),
        (other, "x509_asn", CLIENTS_ONLY),
        (other, "pkcs_7_asn", True),
        (other, "x509_asn", False),
    ]
    path = tmp_path / "folder" / "autoridades.pem"
    trust.write(path, trust.pem(stored, [distrusted]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    assert context.get_ca_certs(binary_form=True) == [good]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_what_is_written_already_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "autoridades.pem"
    trust.write(path, "a")
    before = path.stat().st_ino
    trust.write(path, "a")
    assert path.stat().st_ino == before
    trust.write(path, "b")
    assert path.read_text("ascii") == "b"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_server_elsewhere_is_checked_by_what_the_system_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "win32":  # there is a store on every Windows, and not everywhere a bundle
        monkeypatch.setattr(trust, "BUNDLES", ("/nowhere", str(make_authority(tmp_path, "sistema")[2])))
    secured, problem = trust.secured(central("db1", "db2"), tmp_path)
    assert problem == ""
    assert secured.sslrootcert is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(secured.sslrootcert)
    assert context.get_ca_certs()


def test_what_needs_no_authorities_gets_none(tmp_path: Path) -> None:
    here = central("127.0.0.1")
    private = Profile("mine", True, "iduo", (), None, tmp_path, test=True)
    assert trust.secured(here, tmp_path) == (here, "")
    assert trust.secured(private, tmp_path) == (private, "")


def test_a_certificate_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = central("db1", certificate=tmp_path / "ca.pem")
    secured, problem = trust.secured(said, tmp_path)
    assert secured == said
    assert str(tmp_path / "ca.pem") in problem
    (tmp_path / "ca.pem").touch()
    assert trust.secured(said, tmp_path) == (said, "")


def test_a_store_that_cannot_be_written_down_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trust, "authorities", fail)
    assert "No space left" in trust.secured(central("db1"), tmp_path)[1]
    monkeypatch.setattr(trust, "authorities", lambda _folder: None)
    secured, problem = trust.secured(central("db1"), tmp_path)
    assert secured.sslrootcert is None
    assert "sslrootcert" in problem
