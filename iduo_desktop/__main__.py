"""`python -m iduo_desktop` opens the program."""

import sys

from iduo_desktop.app import main

if __name__ == "__main__":
    sys.exit(main())
