"""The window and its parts: widgets that show what services answer; no query, no file, no keyring on this thread."""

import builtins

import PySide6.QtWidgets  # noqa: F401  # sets what is undone here

# Qt for Python reads the source of every module imported after it, and keeps it, to look for a feature that is not used
# here: a quarter of the time that the program takes to load, and 11 MB.
builtins.__import__ = vars(builtins).get("__orig_import__", builtins.__import__)
