"""The window and its parts: widgets that show what services answer; no query, no file, no keyring on this thread."""
