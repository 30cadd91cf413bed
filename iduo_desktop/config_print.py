"""`iduo-desktop --print-config [FILE]`: every value of the configuration and who said it, for IT."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from iduo_desktop import __version__, config, console
from iduo_desktop.config import Config
from iduo_desktop.config_keys import POLICY_KEY, SOURCE_WORDS, Source


def main(arguments: Sequence[str]) -> int:
    """Write it where there is somewhere to write; 1 when something is wrong with what was said."""
    found = config.load()
    text = "\n".join(lines(found)) + "\n"
    if len(arguments) > 1:
        Path(arguments[1]).write_text(text, "utf-8")
    else:
        console.lend()
        console.write(text)
    return int(bool(found.problems or found.blocked))


def lines(found: Config) -> Iterator[str]:
    """The values in columns, then what cannot be understood, then where each source is."""
    stated = [(one.key, _written(one.value), SOURCE_WORDS[one.source]) for one in found.stated()]
    key_width, value_width = (max(len(one[column]) for one in stated) for column in (0, 1))
    yield f"iduo Desktop {__version__}"
    yield ""
    for key, value, source in stated:
        yield f"{key:{key_width}}  {value:{value_width}}  {source}"
    problems = [*found.problems, *([found.blocked] if found.blocked and found.blocked not in found.problems else ())]
    if problems:
        yield ""
        yield from problems
    yield ""
    for kind, place in places():
        yield f"{SOURCE_WORDS[kind]}: {place}"


def places() -> Iterator[tuple[Source, str]]:
    """Where each source is on this machine."""
    if os.name == "nt":
        yield Source.POLICY, rf"HKEY_LOCAL_MACHINE\{POLICY_KEY}"
    for source, path in ((Source.MACHINE, config.machine_file()), (Source.USER, config.user_file())):
        yield source, f"{path}{'' if path.exists() else ' (no está)'}"


def _written(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"'
