"""What can be asked and done: one module a noun, functions(database, values) -> frozen dataclasses."""

from iduo_desktop.database.connection import Database

__all__ = ["Database"]
