"""`python -m iduo_desktop.admin` is iduo-admin."""

import sys

from iduo_desktop.admin.main import main

sys.exit(main())
