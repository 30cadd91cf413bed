"""Runs the guide: python -m tests.it_guide --package FILE [--keep] [--cache FOLDER] [--under-fire]."""

import csv
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path

from tests.it_guide import fire, trust
from tests.it_guide.blocks import ELSEWHERE, Block, blocks
from tests.it_guide.machines import CannotRunError, Machines, why_not

SECONDS = 900.0
CLIENTS = 500


def main() -> int:
    """0 when every block did what it says; 1 at the first that did not; 2 when this machine cannot carry it."""
    parser = ArgumentParser("python -m tests.it_guide")
    parser.add_argument("--package", type=Path, required=True, help="what packaging/server/make.py made")
    parser.add_argument("--keep", action="store_true", help="leave the machines' folders")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "iduo-guide-cache")
    parser.add_argument("--under-fire", action="store_true", help="then cut off and kill the leader under load")
    options = parser.parse_args()
    lacking = why_not()
    if lacking:
        return _complain(lacking)
    try:
        with Machines(options.cache, options.keep) as machines:
            _hand_over(machines, options.package)
            return _carry_out(machines) or _attacked(machines, under_fire=options.under_fire)
    except CannotRunError as error:
        return _complain(str(error))


def _attacked(machines: Machines, *, under_fire: bool) -> int:
    proved = trust.prove(machines)
    return 0 if proved and (not under_fire or fire.attack(machines)) else 1


def _hand_over(machines: Machines, package: Path) -> None:
    """What whoever installs has in hand: the release, and the office's list of clients."""
    for name in ("db1", "db2", "db3"):
        machines.give(name, package)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "clientes.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["Nº Cliente", "Apellido y nombre", "Teléfono", "Estado"])
            for number in range(1, CLIENTS + 1):
                rows.writerow([20000 + number, f"Pérez{number} Ana", f"341 4{210000 + number}", "Activo"])
        machines.give("db3", path)


def _carry_out(machines: Machines) -> int:
    began, runs, others = time.monotonic(), 0, Counter[str]()
    found = blocks()
    for block in found:
        if not block.machines:
            others[block.language] += 1
            continue
        for name in block.machines:
            runs += 1
            if not _run(machines, name, block):
                return 1
    ran = len(found) - others.total()
    seconds = time.monotonic() - began
    print(f"\n{ran} blocks carried out ({runs} times, on three machines) in {seconds:.0f} s, in order.")
    for language, count in others.most_common():
        print(f"{count:4} of {language}: {ELSEWHERE[language]}")
    return 0


def _run(machines: Machines, name: str, block: Block) -> bool:
    began = time.monotonic()
    print(f"line {block.line:4}  {name}  {block.title}", flush=True)
    done = machines.run(name, block.text, SECONDS)
    print(f"           {'ok' if done.returncode == 0 else f'FAILED ({done.returncode})'}, "
          f"{time.monotonic() - began:.1f} s")  # fmt: skip
    shown = done.stdout.splitlines()
    for line in shown[-4:] if done.returncode == 0 else shown[-60:]:
        print(f"           | {line}")
    return done.returncode == 0


def _complain(sentence: str) -> int:
    print(f"THE GUIDE WAS NOT TRIED: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
