"""The database: one writer and one reader engine, and how SQLite has to be opened (decision 7).

Every write unit is one `BEGIN IMMEDIATE`: with a deferred begin, two writers end in "database is locked" whatever
the busy timeout says. `synchronous=FULL` because an acknowledged alert must survive a power cut.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "trusted_schema=OFF",
)
# https://www.sqlite.org/wal.html#walresetbug: two writing processes can damage the file before these.
_SAFE_SQLITE = (3, 51, 3)
_SAFE_BACKPORTS = {(3, 44): 6, (3, 50): 7}


def _sqlite_module() -> Any:
    """The SQLite library that came with us where there is one, else the system's."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    return dbapi2


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """Whether several processes may write with this SQLite library."""
    return version >= _SAFE_SQLITE or version[2] >= _SAFE_BACKPORTS.get((version[0], version[1]), 1000)


class Database:
    """Hands out sessions. Only the edges (workers, routes, pages, commands) commit, by leaving `writer()`."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.get_backend_name() == "sqlite":
            self._writer = self._sqlite(read_only=False)
            self._reader = self._sqlite(read_only=True)
        else:
            self._writer = create_engine(self.url, pool_pre_ping=True)
            self._reader = self._writer.execution_options(postgresql_readonly=True)

    @property
    def engine(self) -> Engine:
        """The writing engine; for migrations."""
        return self._writer

    @property
    def is_safe_for_several_processes(self) -> bool:
        if self.url.get_backend_name() != "sqlite":
            return True
        return sqlite_is_safe(_sqlite_module().sqlite_version_info)

    @contextmanager
    def writer(self) -> Iterator[Session]:
        """One write unit: commits at the end, rolls back on an error."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """Reads only; never waits for a writer."""
        with Session(self._reader) as session:
            yield session

    def dispose(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    def _sqlite(self, *, read_only: bool) -> Engine:
        path = self.url.database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        engine = create_engine(self.url, module=_sqlite_module())

        @event.listens_for(engine, "connect")
        def _open(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # the driver stays out of transactions
            for pragma in _PRAGMAS:
                connection.execute("PRAGMA " + pragma)
            if read_only:
                connection.execute("PRAGMA query_only=ON")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

        return engine
