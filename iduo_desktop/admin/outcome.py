"""What a command of iduo-admin ends with: its exit code, and its answer as text or JSON."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; --help lists them."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    NO_CONNECTION = 3
    NO_SERVER = 4


EXIT_MEANINGS = """códigos de salida:
  0  hecho, sin observaciones
  1  rechazado, o hay observaciones (lo que se pidió no se puede hacer así; doctor encontró algo)
  2  mal uso (opciones que faltan o no existen)
  3  sin conexión con el servidor, o no deja entrar
  4  no se pudo poner en marcha el servidor privado"""


class Terminal:
    """Answers go to stdout, as text or as one JSON line; progress goes to stderr, and only to people."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._live = sys.stderr.isatty()

    def progress(self, text: str) -> None:
        """What is being done now; replaced by the next."""
        if self._live:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def answer(self, values: Mapping[str, object], lines: Iterable[str]) -> None:
        """The result: values for scripts, lines for people."""
        self._clear()
        _print(json.dumps(values, ensure_ascii=False) if self.as_json else "\n".join(lines))

    def refuse(self, message: str, code: Exit) -> Exit:
        """Say why not."""
        self._clear()
        if self.as_json:
            _print(json.dumps({"error": message, "exit": int(code)}, ensure_ascii=False))
        else:
            print(f"iduo-admin: {message}", file=sys.stderr)
        return code

    def _clear(self) -> None:
        if self._live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _print(text: str) -> None:
    """What was asked for is done also when nobody reads the answer to its end (| head)."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
