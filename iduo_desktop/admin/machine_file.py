"""iduo-admin config machine: the file that says where the database is, for every person of this PC."""

import json
import os
import re
import subprocess
import sys
import tomllib
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iduo_desktop import config, config_keys
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.target import WrongUseError
from iduo_desktop.config_keys import FLAG, HOSTS, KEYS, Source

PROFILE = "central"
HEAD = "# Lo que vale para todas las personas de esta PC. Cada clave se explica en docs/it.md.\n"
YES, NO = ("1", "true", "yes", "si", "sí"), ("0", "false", "no")
# system and administrators write, people read: by their numbers, because the names are in each Windows' language
RIGHTS = ("*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F", "*S-1-5-32-545:(OI)(CI)RX")


def text(values: Mapping[str, object], profile: str = PROFILE) -> str:
    """The file that says these values; keys of a profile go into that one. Refuses what makes no sense.

    Whatever a value holds, it stays one value: it never becomes another key.
    """
    inner = {name: value for name, value in values.items() if KEYS[name].in_profile}
    outer = {name: value for name, value in values.items() if name not in inner}
    if inner:
        outer = {"profile": profile, **outer}
    said: dict[str, Any] = {**outer, **({"profiles": {profile: inner}} if inner else {})}
    _refuse_nonsense(said)
    lines = [f"{name} = {_toml(value)}" for name, value in outer.items()]
    if inner:
        lines += ["", f"[profiles.{_bare(profile)}]", *(f"{name} = {_toml(value)}" for name, value in inner.items())]
    made = HEAD + "\n".join(lines) + "\n"
    if tomllib.loads(made) != said:
        raise WrongUseError("Los valores no se pueden escribir en el archivo.")
    return made


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Write the file, unless there is one already or nothing was said."""
    path = options.file or config.machine_file()
    values = _values(options)
    if not values:
        return _tell(terminal, path, "nothing", "No se dijo ningún valor: no se escribió nada.")
    made = text(values, options.profile_name)
    if path.exists() and not options.replace:
        if options.if_absent:
            return _tell(terminal, path, "kept", f"{path} ya existe: no se tocó.")
        return terminal.refuse(f"{path} ya existe. Para escribirlo de nuevo: --replace", Exit.REFUSED)
    try:
        _write(path, made)
    except (OSError, subprocess.CalledProcessError) as error:
        return terminal.refuse(f"No se pudo escribir {path}: {error}", Exit.REFUSED)
    return _tell(terminal, path, "written", f"{path} quedó escrito; cada PC lo lee al abrir el programa.")


def _tell(terminal: Terminal, path: Path, what: str, line: str) -> Exit:
    terminal.answer({"file": str(path), "done": what}, [line])
    return Exit.DONE


def _values(options: Namespace) -> dict[str, object]:
    """What was said; an installer passes every property, empty where nobody set it."""
    said = {name: getattr(options, name) for name in KEYS if getattr(options, name, None)}
    values = {name: _flag(name, value) if KEYS[name].kind is FLAG else value for name, value in said.items()}
    if "hosts" in values:
        values["hosts"] = _hosts(said["hosts"], options.port)
    elif any(KEYS[name].in_profile for name in values):
        raise WrongUseError("Para decir algo de la base hace falta --hosts.")
    if "sslrootcert" in values and not Path(said["sslrootcert"]).is_absolute():
        raise WrongUseError(f"El certificado se dice con su ruta entera, no «{said['sslrootcert']}».")
    return values


def _flag(name: str, said: str) -> bool:
    if said.lower() not in YES + NO:
        raise WrongUseError(f"--{name.replace('_', '-')}: va 1 o 0, no «{said}».")
    return said.lower() in YES


def _hosts(said: str, port: str) -> list[str]:
    """Each server with its port, where it is not everybody's; `port` is for those that say none."""
    found = config_keys.hosts(said)
    usual = config_keys.hosts(f"x:{port}") if port else config_keys.hosts("x")
    if not found or not usual:
        raise WrongUseError(f"No se entiende el servidor «{said}», puerto «{port}»: {HOSTS.takes}.")
    without = config_keys.hosts("x")[0][1]
    named = [(name, usual[0][1] if number == without else number) for name, number in found]
    return [f"[{name}]:{number}" if ":" in name else f"{name}:{number}" for name, number in named]


def _refuse_nonsense(said: Mapping[str, Any]) -> None:
    wrong = [config_keys.objection(key, value, Source.MACHINE) for key, value in config_keys.leaves(said)]
    for sentence in filter(None, wrong):
        raise WrongUseError(sentence)


def _toml(value: object) -> str:
    """JSON's texts, lists and truths are TOML's too, as long as nothing in them is unprintable."""
    return json.dumps(value, ensure_ascii=False)


def _bare(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)


def _write(path: Path, made: str) -> None:
    """The folder is for administrators to write; the file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        _protect(path.parent)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as file:
        file.write(made)
    fresh.replace(path)


if sys.platform == "win32":

    def _protect(folder: Path) -> None:
        icacls = Path(os.environ["SYSTEMROOT"], "System32", "icacls.exe")
        command = [str(icacls), str(folder), "/inheritance:r", "/grant:r", *RIGHTS]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
