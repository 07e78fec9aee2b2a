"""A planned absence stops the clock, has an end, and ends by itself on return."""

from datetime import datetime, timedelta

import people
import pytest
import watching
from sqlalchemy import select
from sqlalchemy.orm import Session
from watching import DAY, HOUR, SECOND

from models import CameraRow, EventRow, SightingRow
from monitor.bootstrap import Runtime
from monitor.core.absence import AbsenceEnd
from monitor.core.evidence import EvidenceSource
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction
from monitor.errors import Conflict, InvalidInput
from monitor.services import absences, corrections, evidence, presence
from monitor.services.absences import NewAbsence, PlannedAbsence
from monitor.services.evidence import Said

MONTH = timedelta(days=30)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, seen just now. The gate sees people come in, the lift either way, the yard is made to see them go out."""
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1", "yard-1")
        yard = session.scalars(select(CameraRow).where(CameraRow.slug == "yard-1")).one()
        yard.identifies, yard.direction = True, Direction.OUT
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, now)
    return ada


def leave(runtime: Runtime, ada: int, now: datetime, starts: timedelta, ends: timedelta) -> int:
    new = NewAbsence(now + starts, now + ends, told_by="her daughter", call="her daughter")
    with runtime.database.writer() as session:
        return presence.leave(session, runtime.estate.id, ada, new, MONTH, people.SAM, now)


def only(runtime: Runtime, absence_id: int) -> PlannedAbsence:
    with runtime.database.reader() as session:
        return absences.get(session, runtime.estate.id, absence_id)


def seen(runtime: Runtime, ada: int, at: datetime, camera: str) -> None:
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, at, camera=camera)


def test_nobody_is_alarmed_about_who_is_away_and_the_clock_starts_anew_at_the_end(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    leave(runtime, ada, now, HOUR, 10 * DAY)
    assert watching.tick(runtime, now + HOUR) == []
    assert watching.state(runtime, ada) is PresenceState.PAUSED
    assert watching.tick(runtime, now + 10 * DAY - SECOND) == []
    assert watching.tick(runtime, now + 10 * DAY) == []
    assert watching.state(runtime, ada) is PresenceState.SEEN
    assert watching.tick(runtime, now + 11 * DAY - SECOND) == []
    (alert,) = watching.tick(runtime, now + 11 * DAY)
    assert alert.since == now + 10 * DAY


def test_coming_in_ends_it_and_the_clock_counts_from_there(runtime: Runtime, ada: int, now: datetime) -> None:
    trip = leave(runtime, ada, now, HOUR, 10 * DAY)
    watching.tick(runtime, now + HOUR)
    seen(runtime, ada, now + 3 * DAY, "gate-1")
    assert (only(runtime, trip).end, only(runtime, trip).ended_at) == (AbsenceEnd.BACK, now + 3 * DAY)
    assert watching.row(runtime, ada).due_at == now + 4 * DAY


def test_leaving_for_the_trip_does_not_end_it(runtime: Runtime, ada: int, now: datetime) -> None:
    trip = leave(runtime, ada, now, timedelta(0), 10 * DAY)
    seen(runtime, ada, now + 2 * HOUR, "yard-1")
    assert only(runtime, trip).ended_at is None
    assert watching.tick(runtime, now + 15 * HOUR) == []  # nor is she "out, not back"


def test_of_who_is_seen_either_way_staff_are_asked(runtime: Runtime, ada: int, now: datetime) -> None:
    trip = leave(runtime, ada, now, timedelta(0), 10 * DAY)
    seen(runtime, ada, now + 2 * HOUR, "lift-1")
    assert (only(runtime, trip).perhaps_back_at, only(runtime, trip).ended_at) == (now + 2 * HOUR, None)
    with runtime.database.writer() as session:
        assert "absence.perhaps_back" in session.scalars(select(EventRow.kind)).all()
        absences.keep(session, runtime.estate.id, trip, now + 3 * HOUR)
    assert only(runtime, trip).perhaps_back_at is None
    assert watching.state(runtime, ada) is PresenceState.PAUSED


def test_staff_may_end_it(runtime: Runtime, ada: int, now: datetime) -> None:
    trip = leave(runtime, ada, now, timedelta(0), 10 * DAY)
    with runtime.database.writer() as session:
        presence.come_back(session, runtime.estate.id, trip, people.SAM, now + DAY)
    assert (only(runtime, trip).end, only(runtime, trip).ended_by) == (AbsenceEnd.STAFF, people.SAM)
    assert watching.row(runtime, ada).due_at == now + 2 * DAY
    with runtime.database.writer() as session, pytest.raises(Conflict):
        presence.come_back(session, runtime.estate.id, trip, people.SAM, now + DAY)


def test_a_phone_call_from_the_trip_does_not_end_it(runtime: Runtime, ada: int, now: datetime) -> None:
    trip = leave(runtime, ada, now, timedelta(0), 10 * DAY)
    said = Said(now + DAY, ada, EvidenceSource.PHONED)
    with runtime.database.writer() as session:
        evidence.record(session, runtime.estate.id, said, people.SAM, now + DAY)
    assert only(runtime, trip).ended_at is None and watching.state(runtime, ada) is PresenceState.PAUSED


def test_a_rejected_return_was_none(runtime: Runtime, ada: int, now: datetime) -> None:
    trip = leave(runtime, ada, now, timedelta(0), 10 * DAY)
    seen(runtime, ada, now + 2 * DAY, "gate-1")
    seen(runtime, ada, now + 3 * DAY, "lift-1")
    with runtime.database.writer() as session:
        wrong = session.scalars(select(SightingRow.id).order_by(SightingRow.ended_at)).all()[1]
        corrections.reject(session, runtime.estate.id, wrong, "", people.SAM, 7, now + 4 * DAY)
    assert (only(runtime, trip).ended_at, only(runtime, trip).end) == (None, None)
    assert watching.state(runtime, ada) is PresenceState.PAUSED


def test_the_first_return_counts_in_whatever_order_they_are_told(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    trip = leave(runtime, ada, now, timedelta(0), 10 * DAY)
    seen(runtime, ada, now + 3 * DAY, "gate-1")
    seen(runtime, ada, now + 2 * DAY, "gate-1")
    assert only(runtime, trip).ended_at == now + 2 * DAY


def test_an_absence_entered_during_an_alert_closes_nothing_and_ends_by_itself(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    (alert,) = watching.tick(runtime, now + 25 * HOUR)
    leave(runtime, ada, now + 26 * HOUR, timedelta(0), 2 * DAY)
    assert [found.id for found in watching.tick(runtime, now + 50 * HOUR)] == [alert.id]
    assert watching.state(runtime, ada) is PresenceState.UNSEEN
    assert [found.id for found in watching.tick(runtime, now + 26 * HOUR + 3 * DAY)] == [alert.id]


def test_its_planned_end_is_noted(runtime: Runtime, ada: int, now: datetime) -> None:
    trip = leave(runtime, ada, now, timedelta(0), DAY)
    with runtime.database.writer() as session:
        assert absences.close_over(session, runtime.estate.id, now + DAY - SECOND) == 0
        assert absences.close_over(session, runtime.estate.id, now + DAY) == 1
        assert absences.close_over(session, runtime.estate.id, now + 2 * DAY) == 0
    assert only(runtime, trip).end is AbsenceEnd.OVER


@pytest.mark.parametrize("ends", [30 * DAY + SECOND, timedelta(0), -DAY])
def test_no_absence_without_an_end_ahead_and_none_of_more_than_a_month(
    runtime: Runtime, ada: int, now: datetime, ends: timedelta
) -> None:
    with pytest.raises(InvalidInput):
        leave(runtime, ada, now, timedelta(0), ends)


def test_two_absences_at_once_are_a_conflict_and_one_after_the_other_are_not(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    leave(runtime, ada, now, DAY, 3 * DAY)
    with pytest.raises(Conflict):
        leave(runtime, ada, now, 2 * DAY, 5 * DAY)
    leave(runtime, ada, now, 3 * DAY, 5 * DAY)
    with runtime.database.reader() as session:
        assert len(absences.listing(session, runtime.estate.id, ada)) == 2
        later = absences.listing(session, runtime.estate.id, running_at=now + 4 * DAY)
    assert [found.starts_at for found in later] == [now + 3 * DAY]


def test_who_is_away_is_accounted_for(runtime: Runtime, ada: int, now: datetime) -> None:
    from monitor.services import standing

    leave(runtime, ada, now, timedelta(0), 10 * DAY)

    def count(session: Session) -> bool:
        return standing.count(session, runtime.estate.id, now).everybody

    with runtime.database.reader() as session:
        assert count(session)
