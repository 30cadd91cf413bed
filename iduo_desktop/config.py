"""Where the database is and what IT decided: policy registry > machine file > user file > default, value by value."""

import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path, user_log_path

if sys.platform == "win32":
    import winreg

POLICY_KEY = r"Software\Policies\iduo\Desktop"
# %LOCALAPPDATA%\iduo\Desktop on Windows, ~/.config/iduo-desktop and the like elsewhere
_NAMES = ("Desktop", "iduo") if sys.platform == "win32" else ("iduo-desktop", "iduo")
_PORT = 5432


class Source(IntEnum):
    """Who said a value; the first one wins."""

    POLICY = 0
    MACHINE = 1
    USER = 2
    DEFAULT = 3


@dataclass(frozen=True, slots=True)
class Profile:
    """A database to work with. Central: `hosts` of a failover pair and the certificate that they are checked by.

    Embedded: a private server kept in `directory`. `test` says that nothing in it is real.
    """

    name: str
    embedded: bool
    dbname: str
    hosts: tuple[tuple[str, int], ...]
    sslrootcert: Path | None
    directory: Path | None
    test: bool


@dataclass(frozen=True, slots=True)
class Config:
    """What was decided, by whom, and what could not be understood (sentences for IT)."""

    profiles: tuple[Profile, ...]
    profile: Profile
    remember_password: bool
    sources: Mapping[str, Source]
    problems: tuple[str, ...]

    def source_of(self, key: str) -> Source:
        """Who said it; keys are written as in the file: `remember_password`, `profiles.central.hosts`."""
        return self.sources.get(key, Source.DEFAULT)

    def locked(self, key: str) -> bool:
        """True when IT said it and the operator cannot change it."""
        return self.source_of(key) <= Source.MACHINE


Values = Mapping[str, Any]
Layers = Sequence[tuple[Source, Values]]

# What may be said, and of which type; the registry has no booleans and may give a list as text.
_TYPES: dict[str, tuple[type, ...]] = {
    "profile": (str,),
    "remember_password": (bool, int),
    "dbname": (str,),
    "hosts": (list, str),
    "sslrootcert": (str,),
    "directory": (str,),
    "test": (bool, int),
}
_IN_PROFILE = ("dbname", "hosts", "sslrootcert", "directory", "test")


def data_folder() -> Path:
    """Where this person's data of the program are."""
    return user_data_path(*_NAMES)


def log_folder() -> Path:
    """Where this person's logs are."""
    return user_log_path(*_NAMES)


def user_file() -> Path:
    """The person's own settings."""
    return user_config_path(*_NAMES) / "config.toml"


def machine_file() -> Path:
    """What the installer wrote; only administrators may change it."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "iduo" / "Desktop" / "config.toml"
    return Path("/etc/iduo-desktop/config.toml")


def load() -> Config:
    """Read all sources of this machine. Reads files: not for the UI thread after the start."""
    problems: list[str] = []
    files = [(Source.MACHINE, machine_file()), (Source.USER, user_file())]
    layers = [(Source.POLICY, _policies()), *((source, _read(path, problems)) for source, path in files)]
    return merge(layers, problems)


def merge(layers: Layers, problems: Sequence[str] = ()) -> Config:
    """Put the sources together, the first one that says a value wins."""
    said, sources, unclear = _flatten(layers)
    names = list(dict.fromkeys(key.split(".")[1] for key in said if key.startswith("profiles.")))
    made = [_profile(name, said, unclear) for name in names]
    profiles = tuple(profile for profile in made if profile) or (demo_profile(),)
    chosen = said.get("profile", profiles[0].name)
    profile = next((one for one in profiles if one.name == chosen), None)
    if profile is None:
        unclear.append(f"No hay un perfil «{chosen}»; se usa «{profiles[0].name}».")
    return Config(
        profiles=profiles,
        profile=profile or profiles[0],
        remember_password=bool(said.get("remember_password", True)),
        sources=sources,
        problems=(*problems, *unclear),
    )


def demo_profile() -> Profile:
    """A private server with made-up data, kept among this person's data."""
    return Profile("demo", True, "iduo", (), None, data_folder() / "demo", test=True)


def _flatten(layers: Layers) -> tuple[dict[str, Any], dict[str, Source], list[str]]:
    """Every value by its dotted key, who said it, and what nobody understands."""
    said: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    unclear: list[str] = []
    for source, values in layers:
        for key, value in _leaves(values):
            if not _understood(key, value):
                unclear.append(f"No se entiende «{key}» ({source.name.lower()}).")
            elif key not in said:
                said[key], sources[key] = value, source
    return said, sources, unclear


def _leaves(values: Values) -> list[tuple[str, Any]]:
    profiles = values.get("profiles", {})
    rest = [(key, value) for key, value in values.items() if key != "profiles"]
    if not isinstance(profiles, Mapping):
        return [*rest, ("profiles", profiles)]
    for name, inner in profiles.items():
        items = inner.items() if isinstance(inner, Mapping) else [("", inner)]
        rest += [(f"profiles.{name}.{key}", value) for key, value in items]
    return rest


def _understood(key: str, value: Any) -> bool:
    *path, last = key.split(".")
    right_place = (last in _IN_PROFILE) == bool(path) and len(path) in (0, 2)
    return right_place and last in _TYPES and isinstance(value, _TYPES[last])


def _profile(name: str, said: Values, unclear: list[str]) -> Profile | None:
    """The profile of that name; a central one without certificate is none, and is said."""
    values = {key: said[f"profiles.{name}.{key}"] for key in _IN_PROFILE if f"profiles.{name}.{key}" in said}
    hosts = _hosts(values.get("hosts", ()))
    certificate, directory = values.get("sslrootcert"), values.get("directory")
    if hosts is None or bool(hosts) == bool(directory) or (hosts and not certificate):
        unclear.append(f"El perfil «{name}» necesita hosts y sslrootcert (servidor central) o directory (privado).")
        return None
    return Profile(
        name,
        embedded=directory is not None,
        dbname=values.get("dbname", "iduo"),
        hosts=hosts,
        sslrootcert=Path(certificate) if certificate else None,
        directory=Path(directory).expanduser() if directory else None,
        test=bool(values.get("test", False)),
    )


def _hosts(said: Any) -> tuple[tuple[str, int], ...] | None:
    """`["db1", "db2:5433"]` or `db1,db2:5433`; None when a port is no number."""
    parts = said.replace(";", ",").split(",") if isinstance(said, str) else map(str, said)
    found = []
    for part in filter(None, map(str.strip, parts)):
        name, colon, port = part.rpartition(":")
        if colon and not port.isdecimal():
            return None
        found.append((name, int(port)) if colon else (part, _PORT))
    return tuple(found)


def policy_name(name: str) -> str:
    """The registry's way of writing names (RememberPassword, SslRootCert) as in the files."""
    plain = name.replace("_", "").lower()
    return next((key for key in _TYPES if key.replace("_", "") == plain), plain)


def _read(path: Path, problems: list[str]) -> Values:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"No se puede leer {path}: {error}")
        return {}


if sys.platform == "win32":

    def _policies() -> Values:
        values, names = _registry(POLICY_KEY)
        if "profiles" in names:
            _, profiles = _registry(rf"{POLICY_KEY}\Profiles")
            values["profiles"] = {name: _registry(rf"{POLICY_KEY}\Profiles\{name}")[0] for name in profiles}
        return values

    def _registry(path: str) -> tuple[dict[str, Any], list[str]]:
        """The values of a key and the names of the keys in it, in lower case as in the files."""
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, access) as key:
                keys, values, _ = winreg.QueryInfoKey(key)
                read = [winreg.EnumValue(key, at) for at in range(values)]
                return {policy_name(name): value for name, value, _ in read}, [
                    winreg.EnumKey(key, at).lower() for at in range(keys)
                ]
        except FileNotFoundError:
            return {}, []

else:

    def _policies() -> Values:
        return {}
