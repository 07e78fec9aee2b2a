"""Usual ways and gaps are learnt from the sightings that are kept; gaps outlive them without place and picture."""

from datetime import datetime, timedelta

import people
import pytest
import watching
from sqlalchemy import select
from watching import DAY, HOUR

from models import CameraRow, GapRow, SightingRow, UsualWayRow
from monitor.bootstrap import Runtime
from monitor.core.sighting import Direction
from monitor.services import corrections, housekeeping, routines

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada has passed every day for ten days: the lift each time, the gate every second time, and the yard."""
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now - 20 * DAY, "gate-1", "lift-1", "yard-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now - 20 * DAY)
        for days in range(10, 0, -1):
            at = now - days * DAY
            people.seen(session, runtime.estate.id, ada, at, camera="lift-1")
            people.seen(session, runtime.estate.id, ada, at + MINUTE, camera="yard-1")
            if days % 2:
                people.seen(session, runtime.estate.id, ada, at + 3 * MINUTE, camera="gate-1")
    return ada


def learn(runtime: Runtime, at: datetime) -> None:
    with runtime.database.writer() as session:
        routines.learn(session, runtime.estate.id, at)


def ways(runtime: Runtime) -> set[str]:
    with runtime.database.reader() as session:
        return set(
            session.scalars(select(CameraRow.slug).join(UsualWayRow, UsualWayRow.camera_id == CameraRow.id))
        )


def gaps(runtime: Runtime) -> list[GapRow]:
    with runtime.database.reader() as session:
        return list(session.scalars(select(GapRow).order_by(GapRow.at)))


def test_cameras_that_can_identify_and_see_them_often_are_their_ways(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    learn(runtime, now)
    assert ways(runtime) == {"lift-1", "gate-1"}


def test_whoever_passes_too_seldom_keeps_the_ways_that_were_known(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    learn(runtime, now)
    learn(runtime, now + 35 * DAY)
    assert ways(runtime) == {"lift-1", "gate-1"}


def test_gaps_lie_between_passes_and_say_which_way_the_pass_led(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    learn(runtime, now)
    found = gaps(runtime)
    assert len(found) == 9
    # From the gate three minutes after the lift on one day, to the lift alone on the next.
    assert [round(gap.length_s / 60) for gap in found[:2]] == [24 * 60 + 3, 24 * 60 - 3]
    assert [gap.direction for gap in found[:2]] == [Direction.IN, Direction.BOTH]


def test_learning_again_adds_only_what_is_new(runtime: Runtime, ada: int, now: datetime) -> None:
    learn(runtime, now)
    learn(runtime, now)
    assert len(gaps(runtime)) == 9
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now, camera="lift-1")
    learn(runtime, now + 30 * MINUTE)  # it may still go on
    assert len(gaps(runtime)) == 9
    learn(runtime, now + 2 * HOUR)
    assert len(gaps(runtime)) == 10


def test_rejected_sightings_teach_nothing(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.writer() as session:
        for id in session.scalars(select(SightingRow.id)).all()[2:]:
            corrections.reject(session, runtime.estate.id, id, "", people.SAM, 7, now)
    learn(runtime, now)
    assert gaps(runtime) == [] and ways(runtime) == set()


def test_gaps_outlive_sightings_and_have_a_term_of_their_own(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    learn(runtime, now)
    later = now + 40 * DAY
    with runtime.database.writer() as session:
        housekeeping.purge(session, runtime.estate.id, runtime.terms, later)
    learn(runtime, later)
    assert len(gaps(runtime)) == 9
    learn(runtime, now - 9 * DAY + routines.GAPS_KEPT + HOUR)
    assert len(gaps(runtime)) == 8
