"""People, clients, forms, cases and what lies under all."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables; the files beside this one are the models as they were then."""
    for name in ("0001_people_clients_forms.sql", "0001_cases_and_audit.sql"):
        op.get_bind().exec_driver_sql((Path(__file__).parent / name).read_text("utf-8"))
    op.execute("SET LOCAL ROLE iduo_owner")
