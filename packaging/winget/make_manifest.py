"""Write the winget manifest of an MSI, for a private source or the public one."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

IDENTIFIER = "iduo.Desktop"
SCHEMA = "1.6.0"
LOCALE = "es-AR"


def make(msi: Path, folder: Path, url: str, codes: Mapping[str, str], version: str) -> list[Path]:
    """Three files, as winget wants them. `codes`: ProductCode and UpgradeCode."""
    common = {"PackageIdentifier": IDENTIFIER, "PackageVersion": version}
    digest = hashlib.sha256(msi.read_bytes()).hexdigest().upper()
    installer = {
        **common,
        "InstallerType": "wix",
        "Scope": "machine",
        "MinimumOSVersion": "10.0.17763.0",
        "InstallModes": ["silent", "silentWithProgress"],
        "UpgradeBehavior": "install",
        "Protocols": ["iduo"],
        "ProductCode": codes["ProductCode"],
        "AppsAndFeaturesEntries": [{"DisplayName": "iduo Desktop", "Publisher": "iduo", **codes}],
        "Installers": [{"Architecture": "x64", "InstallerUrl": url, "InstallerSha256": digest}],
    }
    described = {
        **common,
        "PackageLocale": LOCALE,
        "Publisher": "iduo",
        "PackageName": "iduo Desktop",
        "License": "Propietaria",
        "ShortDescription": "La estación de trabajo de los operadores de iduo",
    }
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _write(folder / f"{IDENTIFIER}.yaml", {**common, "DefaultLocale": LOCALE}, "version"),
        _write(folder / f"{IDENTIFIER}.installer.yaml", installer, "installer"),
        _write(folder / f"{IDENTIFIER}.locale.{LOCALE}.yaml", described, "defaultLocale"),
    ]


def _write(path: Path, values: Mapping[str, object], kind: str) -> Path:
    said = {**values, "ManifestType": kind, "ManifestVersion": SCHEMA}
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    return path
