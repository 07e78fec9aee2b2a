"""What must hold in every history: of sightings and doubts, outages and absences, late and repeated, and whenever it is looked.

SHOUWANG_EXAMPLES is how many histories each property is tried with; `make trial-properties` tries many.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from histories import CAMERAS, HISTORIES, LENGTH, History, Played
from hypothesis import HealthCheck, given, settings
from naive import STEPS, Naive
from sqlalchemy import event

from models import AlertRow
from monitor.config.cameras import EstateConfig, load_estate
from monitor.core.agreement import Cause
from monitor.core.alert import AlertState
from monitor.core.presence import PresenceState
from monitor.store.database import Database

EXAMPLES = settings(
    max_examples=int(os.environ.get("SHOUWANG_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PUT_OFF = 1.5


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """On SQLite alone, and without waiting for the disk: what is looked for here is no matter of the database."""
    shutil.copy(migrated_file, tmp_path / "shouwang.db")
    database = Database(f"sqlite:///{tmp_path / 'shouwang.db'}")
    event.listen(database.engine, "connect", lambda opened, _: opened.execute("PRAGMA synchronous=OFF"))
    yield database
    database.dispose()


@pytest.fixture
def histories(tmp_path: Path) -> EstateConfig:
    (tmp_path / "histories.yaml").write_text(CAMERAS, encoding="utf-8")
    return load_estate(tmp_path / "histories.yaml", {})


def height(row: AlertRow) -> int:
    assert row.step is not None
    return int(row.step)


@EXAMPLES
@given(history=HISTORIES)
def test_nobody_is_said_to_be_seen_without_evidence_within_their_hours(
    database: Database, histories: EstateConfig, history: History
) -> None:
    played = Played(database, histories, history)
    for minute in played.play():
        if played.row().state is PresenceState.SEEN:
            naive = Naive(history, minute, played.closed)
            unseen = naive.unseen_minutes()
            assert unseen is not None and naive.is_watched() and not naive.is_away()
            assert unseen < naive.phone_after() * (PUT_OFF if naive.doubted() else 1)


@EXAMPLES
@given(history=HISTORIES)
def test_no_alert_is_lost_and_none_is_false(
    database: Database, histories: EstateConfig, history: History
) -> None:
    played, before = Played(database, histories, history), dict[int, int]()
    for minute in played.play():
        due = Naive(history, minute, played.closed).due()
        rows = played.alerts()
        for row in rows:
            if before.get(row.id) != height(row):  # opened or risen with this tick
                assert due is not None
                assert (row.cause, height(row)) == (due.cause, STEPS.index(due.step) + 1)
        before = {row.id: height(row) for row in rows}
        if due is None or not due.surely:
            continue
        open_ones = [row for row in rows if row.state is not AlertState.RESOLVED and row.cause == due.cause]
        risen = [row for row in open_ones if height(row) > STEPS.index(due.step)]
        phoned_anyway = due.step == "phone" and any(
            check.cause is Cause.CANNOT_TELL for check in played.open_checks()
        )
        assert risen or phoned_anyway


@EXAMPLES
@given(history=HISTORIES)
def test_nobody_is_alarmed_about_who_is_away_or_not_watched(
    database: Database, histories: EstateConfig, history: History
) -> None:
    played, before = Played(database, histories, history), dict[int, int]()
    for minute in played.play():
        naive = Naive(history, minute, played.closed)
        now = {row.id: height(row) for row in played.alerts()}
        if naive.is_away() or not naive.is_watched():
            assert now.items() <= before.items()
        before = now


@EXAMPLES
@given(history=HISTORIES)
def test_every_order_of_arrival_ends_in_the_same_state(
    database: Database, histories: EstateConfig, history: History
) -> None:
    ends = []
    for each in (history, history.on_time()):
        played = Played(database, histories, each)
        played.only_facts()
        played.look(2 * LENGTH - 1)
        row = played.row()
        alerts = [(alert.cause, alert.step, alert.since) for alert in played.alerts()]
        ends.append(
            (
                row.state,
                row.step,
                row.due_at,
                row.last_evidence_at,
                row.last_direction,
                played.absences(),
                alerts,
            )
        )
    assert ends[0] == ends[1]
