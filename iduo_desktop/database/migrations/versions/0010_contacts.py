"""Records of persons: sections, support network, flags, merging, and cases of their own."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0010_contacts.sql").read_text("utf-8"))
