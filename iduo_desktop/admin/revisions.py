"""The tables' revisions. Alembic takes half a second to load: services that run beside the database go without."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from iduo_desktop import database

FOLDER = Path(database.__file__).parent / "migrations"


def bring_to(revision: str, superuser_conninfo: str) -> None:
    """Change the tables until they are as that revision has them; "head" is the newest."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(superuser_conninfo), poolclass=NullPool
    )
    with engine.connect() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def newest() -> str:
    """The newest revision that this release knows."""
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
