"""Certificates for one test: an authority and a server's certificate signed by it."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_authority(folder: Path, name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey, Path]:
    """An authority, its key, and the file that clients check servers by."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    certificate = _unsigned(subject, subject, key).add_extension(constraints, critical=True).sign(key, hashes.SHA256())
    path = folder / f"{name}.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key, path


def make_server(
    folder: Path, authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey, Path], host: str, days: float = 1
) -> tuple[Path, Path]:
    """The certificate and the key of a server of that name or address; with less than no `days` left it has ended."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    name = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    unsigned = _unsigned(subject, authority[0].subject, key, days)
    unsigned = unsigned.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    certificate = unsigned.sign(authority[1], hashes.SHA256())
    paths = (folder / f"{host}.crt", folder / f"{host}.key")
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    paths[1].chmod(0o600)
    return paths


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: float = 1
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days))
