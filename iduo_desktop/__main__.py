"""`python -m iduo_desktop` opens the program."""

import gc
import sys

gc.disable()  # what loading makes stays; later the program collects by a timer of its own

from iduo_desktop.app import main  # noqa: E402  # with Qt, the bulk of what is loaded

if __name__ == "__main__":
    sys.exit(main())
