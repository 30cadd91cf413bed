"""Conversations: templates, messages and the outbox that a gateway empties."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0013_messages.sql").read_text("utf-8"))
