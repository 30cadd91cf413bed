"""Promises that keep themselves in order, and extensions that may need approval."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0014_promises.sql").read_text("utf-8"))
