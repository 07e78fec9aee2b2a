"""Alembic's entry. `monitor.store.migration` passes the database; see docs/decisions for the SQLite recipe."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from models import Base
from models.base import StepNumber, UtcDateTime
from monitor.store.database import Database

database: Database = context.config.attributes["database"]
is_sqlite = database.url.get_backend_name() == "sqlite"


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations say what is stored and do not depend on our classes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, StepNumber):
        return "sa.Integer()"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


with database.engine.connect() as connection:
    driver = connection.connection.driver_connection
    if is_sqlite:
        # A batch migration drops and rebuilds tables; with foreign keys on that would empty their children. The
        # pragma does nothing inside a transaction, so it goes to the driver before one begins.
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        transactional_ddl=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError("this migration breaks foreign keys; nothing was changed")
    if is_sqlite:
        driver.execute("PRAGMA foreign_keys=ON")
