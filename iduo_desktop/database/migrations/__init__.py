"""Alembic migrations: forward only; the previous release of the program still works on the new schema."""
