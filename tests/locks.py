"""Two transactions at the same moment, without guessing how long a moment is."""

import threading

from sqlalchemy import text

from monitor.store.database import Database


def until_somebody_waits(database: Database) -> None:
    """Until another transaction waits for a row of this one. SQLite lets nobody in who could be seen to wait."""
    if database.engine.dialect.name != "postgresql":
        return
    pause = threading.Event()
    with database.engine.connect() as watching:
        for _ in range(500):
            if watching.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one():
                return
            pause.wait(0.01)
    raise AssertionError("nobody waits")
