"""How often is too often: quiet hours, lists of who is not to be contacted, and who is speaking with whom."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0012_pressure.sql").read_text("utf-8"))
