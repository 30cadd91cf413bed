"""Where the database is and what IT decided: policy registry > machine file > user file > default, value by value."""

import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path, user_log_path

from iduo_desktop import config_keys, registry
from iduo_desktop.config_keys import KEYS, SOURCE_WORDS, Source, policy_name

__all__ = ["Config", "Profile", "Source", "Stated", "demo_profile", "load", "merge", "policy_name"]

# %LOCALAPPDATA%\iduo\Desktop on Windows, ~/.config/iduo-desktop and the like elsewhere
_NAMES = ("Desktop", "iduo") if sys.platform == "win32" else ("iduo-desktop", "iduo")
_IN_PROFILE = tuple(key.name for key in KEYS.values() if key.in_profile)
LEADS_NOWHERE = (
    "El perfil «{}» no dice dónde está la base: le falta hosts (servidor central, con sslrootcert si su certificado no "
    "es de una autoridad que la PC ya conoce) o directory (base de esta PC), y no puede tener los dos."
)
NO_PROFILE = (
    "Esta PC no tiene dicho con qué servidor trabajar. Informática: escribí hosts en [profiles.central] de {}, o la "
    "directiva «Servidores»."
)
NOT_HIS = "«{}» (archivo de la persona) no cuenta: ese perfil lo define Informática."
COMPULSORY = "Informática decidió trabajar con «{}»: «{}» no cuenta."
UNKNOWN_PROFILE = "No hay un perfil «{}»; se usa «{}». Los que hay: {}."


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
class Stated:
    """A value that counts, by its dotted key, and who said it."""

    key: str
    value: str | bool
    source: Source


@dataclass(frozen=True, slots=True)
class Config:
    """What was decided, by whom, and what could not be understood (sentences for IT).

    `blocked` says why there is no database to work with; "" when there is one. `dial_with` is "" and `support` too
    where nobody said.
    """

    profiles: tuple[Profile, ...]
    profile: Profile
    remember_password: bool
    sources: Mapping[str, Source]
    problems: tuple[str, ...]
    dial_with: str = ""
    support: str = ""
    blocked: str = ""

    def source_of(self, key: str) -> Source:
        """Who said it; keys are written as in the file: `remember_password`, `profiles.central.hosts`."""
        return self.sources.get(key, Source.DEFAULT)

    def locked(self, key: str) -> bool:
        """True when IT said it and the operator cannot change it."""
        return self.source_of(key) <= Source.MACHINE

    def choose(self, name: str | None) -> "Config":
        """With the profile that the command line names, unless a policy says which one it is."""
        if name is None or name == self.profile.name:
            return self
        if self.source_of("profile") is Source.POLICY:
            return replace(self, problems=(*self.problems, COMPULSORY.format(self.profile.name, name)))
        profile, problem = _chosen(name, self.profiles, self.profile)
        return replace(self, profile=profile, problems=(*self.problems, *problem))

    def stated(self) -> tuple[Stated, ...]:
        """Every value, said or by default: the program's first, then those of each profile."""
        plain: list[tuple[str, str | bool]] = [
            ("profile", self.profile.name),
            ("remember_password", self.remember_password),
            ("dial_with", self.dial_with),
            ("support", self.support),
        ]
        inner = [one for profile in self.profiles for one in _stated(profile)]
        return tuple(Stated(key, value, self.source_of(key)) for key, value in [*plain, *inner])


Values = Mapping[str, Any]
Layers = Sequence[tuple[Source, Values]]


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
        return registry.machines_data() / "iduo" / "Desktop" / "config.toml"
    return Path("/etc/iduo-desktop/config.toml")


def load() -> Config:
    """Read all sources of this machine. Reads files: not for the UI thread after the start."""
    problems: list[str] = []
    files = [(Source.MACHINE, machine_file()), (Source.USER, user_file())]
    read = [(source, _read(source, path, problems)) for source, path in files]
    return merge([(Source.POLICY, _policies(registry.policies, problems)), *read], problems)


def merge(layers: Layers, problems: Sequence[str] = ()) -> Config:
    """Put the sources together, the first one that says a value wins."""
    said, sources, unclear = _flatten(layers)
    names = list(dict.fromkeys(key.split(".")[1] for key in said if key.startswith("profiles.")))
    made = [_profile(name, said, unclear) for name in names]
    profiles = tuple(profile for profile in made if profile) or (demo_profile(),)
    profile, problem = _chosen(said.get("profile", profiles[0].name), profiles, profiles[0])
    of_program = {key.name: said.get(key.name, key.default) for key in KEYS.values() if not key.in_profile}
    return Config(
        profiles=profiles,
        profile=profile,
        remember_password=bool(of_program["remember_password"]),
        sources=sources,
        problems=(*problems, *unclear, *problem),
        dial_with=of_program["dial_with"],
        support=of_program["support"],
        blocked="" if any(made) else NO_PROFILE.format(machine_file()),
    )


def demo_profile() -> Profile:
    """A private server with made-up data, kept among this person's data."""
    return Profile("demo", True, "iduo", (), None, data_folder() / "demo", test=True)


def _chosen(name: str, profiles: tuple[Profile, ...], otherwise: Profile) -> tuple[Profile, tuple[str, ...]]:
    """The profile of that name, or the other one and why."""
    found = next((one for one in profiles if one.name == name), None)
    if found is not None:
        return found, ()
    known = ", ".join(one.name for one in profiles)
    return otherwise, (UNKNOWN_PROFILE.format(name, otherwise.name, known),)


def _flatten(layers: Layers) -> tuple[dict[str, Any], dict[str, Source], list[str]]:
    """Every value by its dotted key, who said it, and what nobody understands."""
    said: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    unclear: list[str] = []
    for source, values in layers:
        for key, value in config_keys.leaves(values):
            wrong = config_keys.objection(key, value, source)
            if wrong:
                unclear.append(wrong)
            elif source is Source.USER and _is_of_it(key, sources):
                unclear.append(NOT_HIS.format(key))
            elif key not in said:
                said[key], sources[key] = value, source
    return said, sources, unclear


def _is_of_it(key: str, sources: Mapping[str, Source]) -> bool:
    """Whether IT said where this profile's server is: then nobody else says how its certificate is checked."""
    profile = key.rpartition(".")[0]
    said = (sources.get(f"{profile}.{where}", Source.DEFAULT) for where in ("hosts", "directory"))
    return bool(profile) and min(said) <= Source.MACHINE


def _profile(name: str, said: Values, unclear: list[str]) -> Profile | None:
    """The profile of that name; one that leads nowhere is none, and is said."""
    values = {key: said.get(f"profiles.{name}.{key}", KEYS[key].default) for key in _IN_PROFILE}
    hosts, directory = config_keys.hosts(values["hosts"] or ()), values["directory"]
    # libpq's word for «whatever the system trusts» is what happens anyway without one
    certificate = "" if values["sslrootcert"] == "system" else values["sslrootcert"]
    if bool(hosts) == bool(directory):
        unclear.append(LEADS_NOWHERE.format(name))
        return None
    return Profile(
        name,
        embedded=directory is not None,
        dbname=values["dbname"],
        hosts=hosts,
        sslrootcert=Path(certificate) if certificate else None,
        directory=Path(directory).expanduser() if directory else None,
        test=bool(values["test"]),
    )


def _stated(profile: Profile) -> list[tuple[str, str | bool]]:
    """The values of a profile, those that it can have."""
    where: list[tuple[str, str | bool]] = [("directory", str(profile.directory))]
    if not profile.embedded:
        servers = ",".join(f"{name}:{port}" for name, port in profile.hosts)
        where = [("hosts", servers), ("sslrootcert", str(profile.sslrootcert or ""))]
    return [
        (f"profiles.{profile.name}.{key}", value)
        for key, value in [*where, ("dbname", profile.dbname), ("test", profile.test)]
    ]


def _policies(read: Callable[[], dict[str, Any]], problems: list[str]) -> Values:
    try:
        return read()
    except OSError as error:
        problems.append(f"No se pueden leer las directivas: {error}. El programa sigue sin ellas.")
        return {}


def _read(source: Source, path: Path, problems: list[str]) -> Values:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # Notepad begins a file with a mark
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        what = f"No se puede leer {path} ({SOURCE_WORDS[source]}): {error}."
        problems.append(f"{what} No cuenta nada de lo que dice.")
        return {}
