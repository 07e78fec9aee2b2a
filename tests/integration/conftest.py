"""These tests run on SQLite and on PostgreSQL: the embedded default and the larger sites."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from models import Base
from monitor.store.database import Database


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A database without rows."""
    if request.param == "sqlite":
        shutil.copy(migrated_file, tmp_path / "shouwang.db")
        database = Database(f"sqlite:///{tmp_path / 'shouwang.db'}")
        yield database
        database.dispose()
        return
    database = request.getfixturevalue("postgres")
    with database.writer() as session:
        tables = ", ".join(f'"{name}"' for name in Base.metadata.tables)
        session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    yield database
