"""Bringing the database to the present schema with Alembic."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import models
from monitor.errors import DatabaseBehind
from monitor.store.database import Database

SCRIPTS = Path(models.__file__).parent.parent / "alembic"


def config(database: Database) -> Config:
    """Alembic's configuration; env.py finds the database in `attributes`."""
    found = Config()
    found.set_main_option("script_location", str(SCRIPTS))
    found.attributes["database"] = database
    return found


def migrate(database: Database, revision: str = "head") -> None:
    """Up to a revision. Interrupted, it leaves the old or the new schema."""
    command.upgrade(config(database), revision)


@cache
def newest() -> str:
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def current(database: Database) -> str | None:
    with database.reader() as session:  # the writer would wait for every other writer
        return MigrationContext.configure(session.connection()).get_current_revision()


def require_newest(database: Database) -> None:
    """Raises DatabaseBehind when the schema is not the one this version works with."""
    found, needed = current(database), newest()
    if found != needed:
        raise DatabaseBehind(found=found or "empty", needed=needed)
