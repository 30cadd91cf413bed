"""Says of each wall whether a test missed it; without names of all walls, and of every gate at once."""

import sys
import time
from collections.abc import Sequence

from tests.mutations import catalogue, gates
from tests.mutations.run import Bench, bench
from tests.mutations.walls import Wall, known


def main(names: Sequence[str]) -> int:
    """0 when every wall was missed by a test that passes with it."""
    walls = [wall for wall in known() if not names or any(name in wall.name for name in names)]
    begun = time.monotonic()
    with bench() as server:
        red = whole(server, walls)
        if red:
            print("red with every wall in its place:", *red, sep="\n    ")
            return 1
        survivors = [wall.name for wall in walls if not missed(server, wall)]
        if not names:
            survivors += [*gates.survivors(server), *catalogue.survivors(server)]
    minutes = (time.monotonic() - begun) / 60
    print(f"\n{len(walls)} walls, {len(survivors)} of which nobody missed, {minutes:.1f} minutes")
    print(*survivors, sep="\n")
    return bool(survivors)


def whole(server: Bench, walls: Sequence[Wall]) -> tuple[str, ...]:
    """What is red before anything is taken out: it would say nothing."""
    server.without(None)
    return server.failures(sorted({test for wall in walls for test in wall.tests}))


def missed(server: Bench, wall: Wall) -> bool:
    """Whether a test turns red without it."""
    server.without(wall)
    found = server.failures(wall.tests, "-x")
    print(f"{'found' if found else 'SURVIVED':10}{wall.name:60}{found[0] if found else ''}", flush=True)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
