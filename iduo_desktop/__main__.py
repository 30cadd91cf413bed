"""`python -m iduo_desktop` opens the program, or does one of the few things that need no window."""

import gc
import importlib
import sys
from collections.abc import Sequence

gc.disable()  # what loading makes stays; later the program collects by a timer of its own

# Only as the first word: what follows an address was put there by whoever wrote the address.
INSTEAD = {
    "--print-config": "iduo_desktop.config_print",
    "--read-workbook": "iduo_desktop.workbooks.child",
    "--smoke-test": "iduo_desktop.smoke",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and answer with the exit code."""
    given = sys.argv[1:] if arguments is None else [*arguments]
    module = INSTEAD.get(given[0], "") if given else ""
    return int(importlib.import_module(module or "iduo_desktop.app").main(given))


if __name__ == "__main__":
    sys.exit(main())
