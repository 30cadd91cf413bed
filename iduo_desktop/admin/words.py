"""argparse in Spanish: its headings, and what it says of wrong options."""

import re
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any, NoReturn

# What argparse says, and how it is said here; groups are put in by number.
_SAID = (
    (r"the following arguments are required: (.*)", r"falta: \1"),
    (r"unrecognized arguments: (.*)", r"no se entiende: \1"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1: «\2» no va; puede ser \3"),
    (r"argument (.*?): invalid \w+ value: (.*)", r"\1: \2 no es un número"),
    (r"argument (.*?): expected one argument", r"\1: falta el valor"),
    (r"argument (.*?): expected at least one argument", r"\1: falta al menos un valor"),
    (r"argument (.*?): ignored explicit argument (.*)", r"\1: no lleva valor (\2)"),
    (r"argument (.*?): not allowed with argument (.*)", r"\1 no va junto con \2"),
    (r"one of the arguments (.*) is required", r"falta uno de: \1"),
    (r"ambiguous option: (.*?) could match (.*)", r"\1 puede ser \2"),
    (r"argument (.*?): (.*)", r"\1: \2"),
)


class SpanishHelp(RawDescriptionHelpFormatter):
    """The first line of a help."""

    def add_usage(self, usage: Any, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None) -> None:
        """As argparse does, with our word before it."""
        super().add_usage(usage, actions, groups, "uso: " if prefix is None else prefix)


class SpanishParser(ArgumentParser):
    """Speaks Spanish; what it takes is the same."""

    def __init__(self, prog: str | None = None, **options: Any) -> None:
        wants_help, parents = options.pop("add_help", True), options.pop("parents", ())
        super().__init__(prog, add_help=False, **options)
        self._positionals.title, self._optionals.title = "qué", "opciones"
        if wants_help:
            self.add_argument("-h", "--help", action="help", help="mostrar esta ayuda")
        # after the headings have their words: groups of the same heading become one
        for parent in parents:
            self._add_container_actions(parent)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with the code for wrong use."""
        self.exit(2, f"{self.format_usage()}{self.prog}: {in_spanish(message)}\n")


def in_spanish(message: str) -> str:
    """What argparse said, in Spanish; a message of a kind that is not known stays as it is."""
    for said, here in _SAID:
        found = re.fullmatch(said, message, re.DOTALL)
        if found:
            return found.expand(here)
    return message
