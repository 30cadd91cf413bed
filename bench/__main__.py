"""python -m bench [NAME…] [--json | --markdown] [--server FOLDER]: measure, and print the worst first."""

import argparse
import dataclasses
import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import Result, house, paper

# Those that need no server first; the ones that change the million cases last.
ALONE = ("start", "lists", "workbooks")
WITH_HOUSE = (
    *("desks", "window", "pages", "search", "tickets", "callers", "live", "routes", "imports", "answers", "growth"),
    *("exports", "workstations", "gateway", "chat", "commands", "contacts", "hostile", "board", "next_case"),
)


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, everything by default; missing a goal is no error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*ALONE, *WITH_HOUSE)))
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="for scripts")
    how.add_argument("--markdown", action="store_true", help="for docs/performance.md, in the order of the names")
    parser.add_argument("--server", type=Path, metavar="FOLDER", help="keep the server and its million cases there")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - {*ALONE, *WITH_HOUSE}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    measured = list(_measure(options.names or (*ALONE, *WITH_HOUSE), options.server))
    if options.markdown:
        print("\n".join(paper.markdown(measured)))
        return 0
    results = sorted((result for _, result in measured), key=lambda result: -result.strain)
    if options.json:
        print(json.dumps([dataclasses.asdict(result) | {"ok": result.ok} for result in results], indent=1))
    else:
        print("\n".join(table(results)))
    return 0


def _measure(names: Sequence[str], folder: Path | None) -> Iterator[tuple[str, Result]]:
    with ExitStack() as stack:
        server: house.House | None = None
        for name in (*ALONE, *WITH_HOUSE):
            if name not in names:
                continue
            # each by itself: what one loads must not slow the start of another
            module = importlib.import_module(f"bench.{name}")
            if name in WITH_HOUSE and server is None:
                server = stack.enter_context(house.opened(folder))
            for result in module.measure() if name in ALONE else module.measure(server):
                print(line(result), file=sys.stderr, flush=True)
                yield name, result


def line(result: Result) -> str:
    """One result for people."""
    goal = "" if result.goal is None else f"{'≥' if result.higher_is_better else '≤'} {result.goal:g}"
    said = "" if result.goal is None else "ok" if result.ok else "MISSED"
    figures = f"{number(result.figure):>9} {number(result.reference):>9} {result.unit:6}"
    return f"{result.name:48}{figures}{result.ratio:9.2f}  {goal:7}{said:7}{result.note}".rstrip()


def number(value: float) -> str:
    """Three figures are all that is known."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(results: Sequence[Result]) -> Iterator[str]:
    """All results under their heads."""
    yield f"{'':48}{'figure':>9} {'beside':>9} {'':6}{'ratio':>9}  {'goal':7}"
    yield from map(line, results)
    missed = [result.name for result in results if not result.ok]
    yield f"{len(results)} measured, {len(missed)} missed" + (f": {', '.join(missed)}" if missed else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
