"""`python -m iduo_desktop.admin` is iduo-admin; the frozen one also reads workbooks for itself, in a child."""

import importlib
import sys

READ_WORKBOOK = "--read-workbook"


def main(arguments: list[str]) -> int:
    """Run it and answer with the exit code; a child that parses loads the parser alone."""
    module = "iduo_desktop.workbooks.child" if arguments == [READ_WORKBOOK] else "iduo_desktop.admin.main"
    return int(importlib.import_module(module).main(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
