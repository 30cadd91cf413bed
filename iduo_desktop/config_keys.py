"""What can be said about this program from outside: every key, what goes into it, and what each policy is called."""

import difflib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

POLICY_KEY = r"Software\Policies\iduo\Desktop"
_PORTS = range(1, 65_536)
_PORT = 5432


class Source(IntEnum):
    """Who said a value; the first one wins."""

    POLICY = 0
    MACHINE = 1
    USER = 2
    DEFAULT = 3


SOURCE_WORDS = {
    Source.POLICY: "directiva",
    Source.MACHINE: "archivo de la PC",
    Source.USER: "archivo de la persona",
    Source.DEFAULT: "lo que trae el programa",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: what fits, in the words for whoever writes it, and how ADMX files call it."""

    takes: str
    fits: Callable[[Any], bool]
    element: str


def hosts(said: Any) -> tuple[tuple[str, int], ...]:
    """`["db1", "db2:5433"]` or `db1,db2:5433`; empty when any of it makes no sense."""
    parts = said.replace(";", ",").split(",") if isinstance(said, str) else map(str, said)
    found = []
    for part in filter(None, map(str.strip, parts)):
        name, port = _host(part)
        if not name or port not in _PORTS:
            return ()
        found.append((name, port))
    return tuple(found)


def _host(part: str) -> tuple[str, int]:
    """`db1:5433`, `[::1]:5433`, and without a port; no name where it is none."""
    name, colon, port = part.rpartition(":") if part.count(":") == 1 or "]:" in part else (part, "", "")
    wrong = set(name) & set(" \t/\\@'\"=,;") or not name.isprintable() or (":" in name and not _is_ipv6(name))
    number = int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else 0
    return "" if wrong else name.strip("[]"), number if colon else _PORT


def _is_ipv6(name: str) -> bool:
    """Only such an address has colons inside."""
    try:
        return bool(ipaddress.IPv6Address(name.strip("[]")))
    except ValueError:
        return False


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(value.strip())


def _is_hosts(value: Any) -> bool:
    texts = isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    return texts and bool(hosts(value))


def _one_of(*words: str) -> Kind:
    return Kind("va " + " o ".join(f"«{word}»" for word in words), lambda value: value in words, "enum")


TEXT = Kind("va un texto entre comillas", _is_text, "text")
# the registry has no booleans
FLAG = Kind("va true o false (en el registro, 1 o 0)", lambda value: isinstance(value, int) and value in (0, 1), "flag")
HOSTS = Kind('va uno o más servidores, como ["db1", "db2:5433"] (en el registro, db1,db2:5433)', _is_hosts, "text")
DIAL_WAYS = ("tel", "sip", "copy")


@dataclass(frozen=True, slots=True)
class Key:
    """Something that may be said. `policy`: its name in the registry, "" where a PC's own file alone says it."""

    name: str
    kind: Kind
    policy: str
    default: Any = None
    in_profile: bool = False


KEYS = {
    key.name: key
    for key in (
        Key("profile", TEXT, "Profile"),
        Key("remember_password", FLAG, "RememberPassword", default=True),
        Key("dial_with", _one_of(*DIAL_WAYS), "DialWith", default=""),
        Key("support", TEXT, "Support", default=""),
        Key("hosts", HOSTS, "Hosts", in_profile=True),
        Key("dbname", TEXT, "DbName", default="iduo", in_profile=True),
        Key("sslrootcert", TEXT, "SslRootCert", default="", in_profile=True),
        Key("test", FLAG, "Test", default=False, in_profile=True),
        Key("directory", TEXT, "", in_profile=True),
    )
}
POLICIES = {key.policy: key for key in KEYS.values() if key.policy}


def policy_name(name: str) -> str:
    """The registry's way of writing names (RememberPassword, SslRootCert) as in the files."""
    plain = name.replace("_", "").lower()
    return next((key for key in KEYS if key.replace("_", "") == plain), plain)


def leaves(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Every value with its dotted key: `remember_password`, `profiles.central.hosts`."""
    profiles = values.get("profiles", {})
    rest = [(key, value) for key, value in values.items() if key != "profiles"]
    if not isinstance(profiles, Mapping):
        return [*rest, ("profiles", profiles)]
    for name, inner in profiles.items():
        items = inner.items() if isinstance(inner, Mapping) else [("", inner)]
        rest += [(f"profiles.{name}.{key}" if key else f"profiles.{name}", value) for key, value in items]
    return rest


def objection(key: str, value: Any, source: Source) -> str:
    """What is wrong with a value and what to do about it, for IT; "" when nothing is. Unknown values are not shown."""
    *path, last = key.split(".")
    where = SOURCE_WORDS[source]
    known = KEYS.get(last)
    if key.partition(".")[0] == "profiles" and len(path) < 2:
        return f"«{key}» ({where}): va una tabla, como [profiles.central] con hosts adentro."
    if known is None or len(path) not in (0, 2) or (source is Source.POLICY and not known.policy):
        return f"«{key}» ({where}) no existe{_meant(last)}. Corregilo o borralo."
    if known.in_profile != bool(path):
        right = (
            f"va en [profiles.NOMBRE], como {last}" if known.in_profile else "va arriba de todo, fuera de [profiles]"
        )
        return f"«{key}» ({where}) está fuera de lugar: {right}."
    if not known.kind.fits(value):
        return f"«{key}» ({where}) no puede ser {_shown(value)}: {known.kind.takes}. Mientras tanto no cuenta."
    return ""


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name, KEYS, 1)
    return f"; ¿será «{near[0]}»?" if near else ""


def _shown(value: Any) -> str:
    said = repr(value) if not isinstance(value, str) else f"«{value}»"
    return said if len(said) <= 60 else f"{said[:60]}…"
