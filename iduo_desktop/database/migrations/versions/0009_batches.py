"""What goes out in a batch, what comes back, and what can be taken back."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0009_batches.sql").read_text("utf-8"))
