"""F13, F23: whatever is started by mistake, one watch of an estate acts, and its end lets the next one act at once."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import people
import pytest
from sqlalchemy import func, select, text
from watch_process import ACTS, WAITS, Sink, wait_for, watching

from models import AlertRow
from monitor import bootstrap
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.alert import AlertKind
from monitor.errors import WatchReplaced
from monitor.heartbeat import Heartbeat
from monitor.store.database import Database
from monitor.store.watch_lock import AdvisoryLock, FileLock
from monitor.workers import visit_book
from monitor.workers.visit_book import VisitBookClient

HOUR = timedelta(hours=1)


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


def unseen(runtime: Runtime, name: str) -> None:
    """Somebody who was seen 25 hours ago."""
    with runtime.database.writer() as session:
        now = utc_now()
        id = people.enrol(session, runtime.estate.id, name, now - 30 * HOUR)
        people.seen(session, runtime.estate.id, id, now - 25 * HOUR)


def alerted(runtime: Runtime) -> int:
    with runtime.database.reader() as session:
        query = select(func.count()).select_from(AlertRow).where(AlertRow.kind == AlertKind.WELLNESS)
        return session.scalar(query) or 0


def test_of_two_watches_one_acts_and_the_other_takes_over_when_it_is_killed(
    runtime: Runtime, sink: Sink, now: datetime
) -> None:
    environment = {"SHOUWANG_NOTIFY": json.dumps({"duty": sink.address})}
    unseen(runtime, people.ADA)
    with watching(runtime, "first", environment) as first:
        first.says(ACTS)
        with watching(runtime, "second", environment) as second:
            second.says(WAITS)
            sink.wait_for(people.ADA)
            client = VisitBookClient(visit_book.address(runtime.settings.data_dir), runtime.visit_policy.gap)
            wait_for(lambda: client.keep_in_step(now) or client.shared, "the book of visits of the first")
            assert ACTS not in second.said()

            first.process.kill()
            second.says(ACTS)
            unseen(runtime, people.BEN)
            sink.wait_for(people.BEN)
            wait_for(lambda: client.keep_in_step(now) or client.shared, "the book of visits of the second")
            client.close()
            assert second.process.poll() is None
    assert alerted(runtime) == 2
    assert len(sink.others) <= 1 and sink.got.empty()  # the digest


def test_a_watch_that_waits_ends_when_it_is_asked_to(runtime: Runtime) -> None:
    with watching(runtime, "first") as first:
        first.says(ACTS)
        with watching(runtime, "second") as second:
            second.says(WAITS)
            second.process.terminate()
            assert second.process.wait(20) == 0


def test_a_watch_that_waits_gives_signs_of_life(runtime: Runtime) -> None:
    """Or the pool would end it."""
    held = bootstrap.watch_lock(runtime)
    assert held.take()
    beats, stop = [], Event()

    class Counted(Heartbeat):
        def beat(self) -> None:
            beats.append(1)
            if len(beats) == 3:
                stop.set()

    bootstrap.watch(runtime).run(stop, Counted())
    assert len(beats) == 3
    held.release()


def test_the_lock_is_free_again_after_its_watch_has_stopped(runtime: Runtime) -> None:
    stop = Event()

    class Once(Heartbeat):
        def beat(self) -> None:
            if not lock.take():
                stop.set()  # the watch has it
            else:
                lock.release()

    lock = bootstrap.watch_lock(runtime)
    bootstrap.watch(runtime).run(stop, Once())
    assert lock.take()
    lock.release()


def test_a_lock_is_taken_once(runtime: Runtime) -> None:
    one, other = bootstrap.watch_lock(runtime), bootstrap.watch_lock(runtime)
    assert not one.held()
    assert one.take() and one.held()
    assert not other.take() and not other.held()
    one.release()
    assert not one.held() and other.take()
    other.release()


def test_a_watch_that_has_lost_its_lock_ends(
    tmp_path: Path, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "watch.lock"
    monkeypatch.setattr(bootstrap, "watch_lock", lambda _: FileLock(file))

    class Deleting(Heartbeat):
        def beat(self) -> None:
            file.unlink(missing_ok=True)

    with pytest.raises(WatchReplaced):
        bootstrap.watch(runtime).run(Event(), Deleting())


def test_a_file_that_was_put_in_the_place_of_the_lock_is_another_lock(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "watch.lock"), FileLock(tmp_path / "watch.lock")
    assert one.take()
    (tmp_path / "new").touch()
    (tmp_path / "new").replace(tmp_path / "watch.lock")
    assert not one.held()
    assert other.take()
    one.release()
    other.release()


def test_a_lock_in_postgresql_is_lost_with_its_connection(postgres: Database) -> None:
    one, other = AdvisoryLock(postgres.engine, "here"), AdvisoryLock(postgres.engine, "here")
    assert one.take() and not other.take()
    end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    with postgres.writer() as session:
        session.execute(text(end))
    assert not one.held()
    wait_for(other.take, "the lock to be free")
    one.release()
    other.release()


def test_a_database_that_is_away_gives_nobody_the_lock() -> None:
    away = Database("postgresql+psycopg://127.0.0.1:1/nothing")
    lock = AdvisoryLock(away.engine, "here")
    assert not lock.take() and not lock.held()
    away.dispose()


def test_estates_of_one_database_have_a_watch_each(postgres: Database) -> None:
    locks = [AdvisoryLock(postgres.engine, estate) for estate in ("here", "there")]
    assert all([lock.take() for lock in locks])
    for lock in locks:
        lock.release()
