"""What a new organisation starts with: settings, the contact scale, results of contacts and the closing form."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Fill the tables that an administrator edits later."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0002_first_data.sql").read_text("utf-8"))
