"""What can be asked and done: one module a noun, functions(database, values) -> frozen dataclasses."""
