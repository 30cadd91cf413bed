"""What saving drafts of forms, surveys and promotions need."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().exec_driver_sql((Path(__file__).parent / "0004_forms.sql").read_text("utf-8"))
