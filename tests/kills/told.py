"""What the program that is to be killed is given, and what it says through its output, line by line."""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

About = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Given:
    """Who types where; `cases` and `ticket` are ids. `seed` decides what is typed, and when it is saved."""

    host: str
    port: int
    dbname: str
    login: str
    password: str
    keyring: str
    cases: tuple[int, ...]
    ticket: int
    survey: int
    seed: int

    def text(self) -> str:
        """As it goes through a command line."""
        return json.dumps(asdict(self))


def given() -> Given:
    """From the command line."""
    said = json.loads(sys.argv[1])
    return Given(**said | {"cases": tuple(said["cases"])})


def tell(what: str, **more: Any) -> None:
    """One line, at once: who is killed afterwards has said it."""
    os.write(1, (json.dumps({"what": what, "at": time.monotonic(), **more}) + "\n").encode())
