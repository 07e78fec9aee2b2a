"""The schema that the migrations make is the one that the tables say, and rows survive going up and down."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import OperationalError

from monitor.errors import DatabaseBehind
from monitor.store.database import Database, sqlite_is_safe
from monitor.store.migration import config, current, migrate, newest, require_newest

VERSIONS = "alembic_version"
BEFORE = "0004"  # as the release before left it
KEPT = ("resident", "consent", "sighting", "alert", "outbox", "presence")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'shouwang.db'}")
    yield database
    database.dispose()


def test_migrations_and_tables_agree(empty: Database) -> None:
    migrate(empty)
    command.check(config(empty))  # raises when autogenerate would find something to do


def test_up_down_up_leaves_the_newest_schema(empty: Database) -> None:
    migrate(empty)
    command.downgrade(config(empty), "base")
    assert current(empty) is None
    migrate(empty)
    assert current(empty) == newest()


def test_a_database_that_was_never_migrated_is_told_what_to_do(empty: Database) -> None:
    with pytest.raises(DatabaseBehind, match="shouwang migrate"):
        require_newest(empty)


def test_foreign_keys_are_on_again_after_a_migration(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


def test_the_database_file_belongs_to_its_owner_alone(empty: Database, tmp_path: Path) -> None:
    migrate(empty)
    assert (tmp_path / "shouwang.db").stat().st_mode & 0o777 == 0o600


def test_the_reader_cannot_write(empty: Database) -> None:
    migrate(empty)
    with empty.reader() as session, pytest.raises(OperationalError, match=r"readonly|read-only"):
        session.execute(text("INSERT INTO estate VALUES ('a', 'A', 'UTC', 0, NULL)"))


def test_a_reader_does_not_wait_for_a_writer(empty: Database) -> None:
    migrate(empty)
    with empty.writer() as writing:
        writing.execute(text("INSERT INTO estate VALUES ('a', 'A', 'UTC', 0, NULL)"))
        with empty.reader() as reading:
            assert reading.execute(text("SELECT count(*) FROM estate")).scalar() == 0


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_libraries_with_the_wal_reset_bug_are_known(version: tuple[int, ...], safe: bool) -> None:
    assert sqlite_is_safe(version) is safe


KILLED = """
import os, signal, sys
from sqlalchemy import event
from monitor.store.database import Database
from monitor.store.migration import migrate
database, number = Database(sys.argv[1]), int(sys.argv[2])
seen = 0
@event.listens_for(database.engine, "before_cursor_execute")
def count(*_):
    global seen
    seen += 1
    if seen == number:
        os.kill(os.getpid(), signal.SIGKILL)
migrate(database)
"""


def fill(database: Database) -> None:
    """Two rows in every table that there is, each with something in every column."""
    tables = MetaData()
    tables.reflect(database.engine)
    values: dict[type, Callable[[int], object]] = {
        bool: lambda _: True,
        int: lambda number: number,
        float: float,
        str: lambda number: f"text {number}",
        bytes: lambda number: bytes([number]),
        datetime: lambda number: datetime(2026, 11, number, tzinfo=UTC),
        date: lambda number: date(2026, 11, number),
        time: lambda number: time(number),
        object: lambda number: {"number": number},  # JSON
    }
    with database.writer() as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in tables.sorted_tables:
            if table.name == VERSIONS:
                continue
            for number in (1, 2):
                row = {}
                for column in table.columns:
                    (target,) = {key.column for key in column.foreign_keys} or {column}
                    row[column.name] = values[target.type.python_type](number)
                session.execute(table.insert(), row)


def rows(database: Database) -> Counter[str]:
    tables = inspect(database.engine).get_table_names()
    with database.reader() as session:
        counted = {
            name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables
        }
    return Counter({name: count for name, count in counted.items() if name != VERSIONS})


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the release before left it, with rows."""
    path = tmp_path_factory.mktemp("before") / "shouwang.db"
    database = Database(f"sqlite:///{path}")
    migrate(database, BEFORE)
    fill(database)
    with database.writer() as session:
        session.execute(
            text("UPDATE evidence SET source = 'staff'")
        )  # the one word that this migration reads
    database.dispose()
    return path


def test_an_upgrade_keeps_every_row(before: Path, tmp_path: Path) -> None:
    shutil.copy(before, tmp_path / "shouwang.db")
    database = Database(f"sqlite:///{tmp_path / 'shouwang.db'}")
    counted = rows(database)
    assert set(counted.values()) == {2}
    migrate(database)
    assert counted <= rows(database)
    command.downgrade(config(database), BEFORE)
    assert rows(database) == counted
    database.dispose()


@pytest.mark.parametrize("statement", [1, *range(40, 455, 40)])
def test_a_killed_upgrade_leaves_the_old_or_a_newer_schema_and_every_row(
    before: Path, tmp_path: Path, statement: int
) -> None:
    shutil.copy(before, tmp_path / "shouwang.db")
    url = f"sqlite:///{tmp_path / 'shouwang.db'}"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(statement)], env={**os.environ, "PYTHONPATH": os.getcwd()}
    )
    assert done.returncode == -signal.SIGKILL
    database = Database(url)
    revisions = {each.revision for each in ScriptDirectory.from_config(config(database)).walk_revisions()}
    assert current(database) in revisions
    left = rows(database)
    migrate(database)
    assert current(database) == newest()
    assert left <= rows(database)
    assert {name: rows(database)[name] for name in KEPT} == dict.fromkeys(KEPT, 2)
    database.dispose()


def test_templates_and_visits_made_before_photos_and_keys_are_kept(empty: Database) -> None:
    migrate(empty, "0001")
    with empty.writer() as session:
        for statement in (
            "INSERT INTO estate VALUES ('a', 'A', 'UTC', 0)",
            "INSERT INTO resident VALUES (7, 'Ada', NULL, '2026-11-01', 'a')",
            "INSERT INTO consent (id, resident_id, purpose, text_version, given_at, until, recorded_by, estate_id) "
            "VALUES (3, 7, 'recognition', '2026-11', '2026-11-01', '2027-11-01', 'Anna', 'a')",
            "INSERT INTO template (id, resident_id, consent_id, engine, embedding, quality, created_at, estate_id) "
            "VALUES (9, 7, 3, 'sface', x'00', 0.8, '2026-11-01', 'a')",
            "INSERT INTO camera (id, slug, name, place, direction, identifies, enabled, x_m, y_m, heading_deg, "
            "field_of_view_deg, range_m, state, state_since, state_reason, estate_id) VALUES "
            "(1, 'gate', 'Gate', 'gate', 'in', 1, 1, 0, 0, 0, 0, 0, 'live', '2026-11-01', '', 'a')",
            "INSERT INTO visit (id, started_at, ended_at, first_camera_id, last_camera_id, why, estate_id) "
            "VALUES (5, '2026-11-01', '2026-11-01', 1, 1, '{}', 'a')",
        ):
            session.execute(text(statement))
    migrate(empty)
    with empty.reader() as session:
        photo = session.execute(
            text(
                "SELECT p.resident_id, p.source, p.crop_jpeg FROM template t JOIN photo p ON p.id = t.photo_id"
            )
        ).one()
        assert tuple(photo) == (7, "photo", None)
        assert session.execute(text("SELECT key FROM visit WHERE id = 5")).scalar() == "visit-5"
