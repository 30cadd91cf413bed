"""Lists of companies are brought in as lists of clients are."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0008_companies.sql").read_text("utf-8"))
