"""Takes walls out of the database, one at a time; tests must miss each: `python -m tests.mutations [NAME ...]`."""
