"""List what a release is made of, as CycloneDX 1.6, for release.py.

Python's packages by requirements.lock, as far as the two programs need them on Windows; what the wheels carry (Qt,
OpenSSL, libpq, PostgreSQL, Python itself) by what the frozen libraries say of themselves, with every file's SHA-256.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pefile
from cryptography.hazmat.backends.openssl.backend import backend
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from iduo_desktop import __version__

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", re.MULTILINE)
WINDOWS = {
    "sys_platform": "win32",
    "os_name": "nt",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
    "python_version": "3.11",
    "python_full_version": "3.11.9",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
FREEZER = "pyinstaller"  # its starter is part of both programs
Said = tuple[str, str, str]  # what a library says of itself: product, version, maker


def make(folder: Path, version: str = __version__) -> str:
    """The list, in JSON; the same folder of the same time gives the same text."""
    when = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", newest(folder))), UTC)
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"iduo:desktop:{version}:{when.isoformat()}"))
    bom.metadata.timestamp = when
    bom.metadata.component = Component(
        name="iduo Desktop", version=version, type=ComponentType.APPLICATION, bom_ref="iduo Desktop"
    )
    for component in (*packages(), *carried(folder)):
        bom.components.add(component)
    bom.register_dependency(bom.metadata.component, bom.components)
    return str(JsonV1Dot6(bom).output_as_string(indent=2)) + "\n"


def newest(folder: Path) -> int:
    """When the last file of the folder was written."""
    return int(max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file()))


def packages() -> Iterator[Component]:
    """Each package of the lock that the programs need, with the licence that it states."""
    pinned = {str(canonicalize_name(name)): version for name, version in PINNED.findall(lock())}
    for name in sorted({*needed(), FREEZER}):
        stated = said_of(name, "License-Expression", "License")
        yield Component(
            name=name,
            version=pinned[name],
            bom_ref=f"pypi/{name}",
            purl=PackageURL("pypi", name=name, version=pinned[name]),
            licenses=[LicenseFactory().make_from_string(stated)] if stated and "\n" not in stated else [],
            description=said_of(name, "Summary") or None,
        )


def lock() -> str:
    """The versions that everything is built from."""
    return (ROOT / "requirements.lock").read_text("utf-8")


def said_of(name: str, *fields: str) -> str:
    """The first of these fields that a package states; nothing of those that only Windows has."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return ""
    return next((about[field] for field in fields if field in about), "")


def needed() -> set[str]:
    """What the programs need on Windows: our own requirements without the developers', and theirs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["admin"])]
    found: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in found:
            found.add(name)
            waiting += wanted(name, requirement.extras)
    return found


def wanted(name: str, extras: Iterable[str]) -> Iterator[Requirement]:
    """A package's own requirements that hold on Windows."""
    try:
        said = requires(name) or []
    except PackageNotFoundError:  # Windows alone has it, and those few need nothing more
        return
    for requirement in map(Requirement, said):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({**WINDOWS, "extra": extra}) for extra in ("", *extras)):
            yield requirement


def carried(folder: Path) -> Iterator[Component]:
    """The libraries in the folder, together by product and version; and what no library says."""
    products: dict[Said, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in {".dll", ".pyd", ".exe"}:
            products.setdefault(says(path), []).append(path)
    for (product, version, maker), paths in sorted(products.items()):
        files = [as_file(path, folder) for path in paths]
        if product and product != "iduo Desktop":
            yield Component(
                name=product,
                version=version or None,
                publisher=maker or None,
                bom_ref=f"carried/{product}/{version}",
                components=files,
            )
        else:
            yield from files
    inside = backend.openssl_version_text()
    yield Component(
        name="OpenSSL",
        version=inside.split()[1],
        bom_ref="carried/OpenSSL in cryptography",
        properties=[Property(name="iduo:inside", value="cryptography")],
    )


def as_file(path: Path, folder: Path) -> Component:
    """One file of the release."""
    name = path.relative_to(folder).as_posix()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Component(
        name=name,
        type=ComponentType.FILE,
        bom_ref=f"file/{name}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )


def says(path: Path) -> Said:
    """What the library's version resource says; empty where it has none."""
    try:
        program = pefile.PE(str(path), fast_load=True)
    except pefile.PEFormatError:
        return ("", "", "")
    with program:
        program.parse_data_directories(directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        said = dict(_strings(getattr(program, "FileInfo", [])))
    return (said.get("ProductName", ""), said.get("ProductVersion", ""), said.get("CompanyName", ""))


def _strings(information: Sequence[Sequence[Any]]) -> Iterator[tuple[str, str]]:
    for entry in (entry for entries in information for entry in entries):
        for table in getattr(entry, "StringTable", []):
            strings: Mapping[bytes, bytes] = table.entries
            yield from ((name.decode(), value.decode("utf-8", "replace").strip()) for name, value in strings.items())
