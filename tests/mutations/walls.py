"""The walls that are taken out, and which tests stand behind each."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

LINTS = "tests/database/test_lints.py::test_nothing_is_found"


@dataclass(frozen=True, slots=True)
class Wall:
    """In the text of a function `drop` becomes `put`; or, without a function, `put` is a statement that is run."""

    name: str
    tests: tuple[str, ...]
    function: str = ""
    drop: str = ""
    put: str = ""


def known() -> tuple[Wall, ...]:
    """All that are written down."""
    text = Path(__file__).with_name("walls.toml").read_text("utf-8")
    return tuple(
        Wall(**{**each, "tests": tuple(f"tests/{test}" for test in each["tests"])})
        for each in tomllib.loads(text)["wall"]
    )
