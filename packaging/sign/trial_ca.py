"""An authority for trying things out: a root, a certificate to sign programs and one to sign times, good for a week."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

WEEK = timedelta(days=7)
NAME = "iduo Desktop, solo para pruebas"


@dataclass(frozen=True, slots=True)
class TrialCa:
    """Its files, all PEM."""

    roots: Path
    certificate: Path
    key: Path
    time_certificate: Path
    time_key: Path


def make(folder: Path) -> TrialCa:
    """Make it in that folder, or use the one that is there. The root's key is thrown away."""
    names = ("roots.pem", "signer.pem", "signer.key", "time.pem", "time.key")
    made = TrialCa(*(folder / name for name in names))
    if made.time_key.exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    root_key = rsa.generate_private_key(65537, 2048)
    root = _certificate(f"{NAME} (raíz)", root_key, None, root_key, None)
    made.roots.write_bytes(_pem(root))
    for certificate, key, usage, name in (
        (made.certificate, made.key, ExtendedKeyUsageOID.CODE_SIGNING, NAME),
        (made.time_certificate, made.time_key, ExtendedKeyUsageOID.TIME_STAMPING, f"{NAME} (hora)"),
    ):
        own = rsa.generate_private_key(65537, 2048)
        certificate.write_bytes(_pem(_certificate(name, own, root, root_key, usage)) + _pem(root))
        key.touch(mode=0o600)
        key.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return made


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: rsa.RSAPrivateKey,
    usage: x509.ObjectIdentifier | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + WEEK)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())
