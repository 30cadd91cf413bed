"""Planned calls, tasks, routes, and attentions that are saved whole."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0011_agenda.sql").read_text("utf-8"))
