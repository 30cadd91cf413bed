"""Who is in and who pauses, and what the board is read from."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0015_supervision.sql").read_text("utf-8"))
