"""What is in docs/it.md to be carried out, by whom, and what is not and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "it.md"
MACHINES = ("db1", "db2", "db3")
# Fences that are not carried out here, and why.
ELSEWHERE = {
    "powershell": "runs on Windows",
    "batch": "runs on Windows",
    "console": "runs on a desk with a screen, or is an example of a command with values of its own",
    "text": "is shown, not run",
    "sql": "is shown, not run",
    "toml": "is a piece of a file",
    "html": "is a piece of a site's page",
    "nginx": "is a piece of a proxy's configuration",
    "ini": "is a piece of a file",
    "xml": "is a piece of a file",
    "json": "is a piece of a file",
    "yaml": "is a piece of a file",
}
FENCE = re.compile(r"^```(\S*) *(.*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where it begins, its language, and the machines that carry it out, one after the other."""

    line: int
    language: str
    machines: tuple[str, ...]
    text: str

    @property
    def title(self) -> str:
        """Its first command, to recognise it by."""
        lines = [line for line in self.text.splitlines() if line.strip() and not line.startswith("#")]
        return lines[0][:90] if lines else ""


def read(text: str) -> Iterator[Block]:
    """All fenced blocks in order; ValueError when a fence is not closed."""
    opened: tuple[int, str, tuple[str, ...]] | None = None
    inside: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if fence and opened is None:
            opened, inside = (number, fence[1], tuple(fence[2].split())), []
        elif fence and opened:
            yield Block(*opened, "\n".join(inside) + "\n")
            opened = None
        else:
            inside.append(line)
    if opened:
        raise ValueError(f"line {opened[0]}: the fence is not closed")


def blocks() -> list[Block]:
    """Those of the guide."""
    return list(read(GUIDE.read_text("utf-8")))
