"""How Alembic runs here: on the connection that `iduo-admin database upgrade` hands over, as iduo_owner."""

from alembic import context
from sqlalchemy import text

from iduo_desktop.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table_schema="iduo",
    include_schemas=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text("SET LOCAL ROLE iduo_owner"))
    context.run_migrations()
