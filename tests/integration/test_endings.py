"""The watch ends with the consent, and what was kept for it goes at once."""

from datetime import datetime, timedelta

import people
import pytest
import watching
from sqlalchemy import func, select
from watching import DAY, HOUR, SECOND

from models import (
    AbsenceRow,
    AgreementRow,
    AlertRow,
    ContactRow,
    EventRow,
    EvidenceRow,
    GapRow,
    SensorRow,
    TemplateRow,
    UsualWayRow,
    WellnessCheckRow,
)
from monitor.bootstrap import Runtime
from monitor.core.agreement import Agreement
from monitor.core.alert import Outcome
from monitor.core.evidence import EvidenceSource
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction
from monitor.errors import Conflict, NotFound
from monitor.services import contacts, endings, evidence, presence, sensors, wellness
from monitor.services.absences import NewAbsence
from monitor.services.contacts import Contact
from monitor.services.evidence import Said
from monitor.services.sensors import NewSensor
from monitor.services.wellness import Found

KEPT_FOR_IT = (
    AbsenceRow, AgreementRow, AlertRow, ContactRow, EvidenceRow, GapRow, SensorRow, UsualWayRow, WellnessCheckRow,
)  # fmt: skip


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada with one of everything that hangs on being watched; an alert about her is open."""
    estate, then = runtime.estate.id, now - 30 * HOUR
    with runtime.database.writer() as session:
        watching.live(session, estate, then, "gate-1", "lift-1")
        ada = people.enrol(session, estate, people.ADA, then)
        people.seen(session, estate, ada, then)
        contacts.replace(session, estate, ada, [Contact("Lin Mei", "daughter", "138")], then)
        sensors.add(session, estate, NewSensor("door-1", EvidenceSource.DOOR_CONTACT, ada), people.ANNA, then)
        evidence.record(session, estate, Said(then + HOUR, sensor="door-1"), people.SAM, then + HOUR)
        trip = NewAbsence(now + 5 * DAY, now + 6 * DAY, "herself", "her son")
        presence.leave(session, estate, ada, trip, 30 * DAY, people.SAM, then)
        watching.usual_ways(session, estate, ada, "gate-1")
        session.add(GapRow(estate_id=estate, resident_id=ada, at=then, length_s=1, direction=Direction.IN))
    watching.tick(runtime, now)
    return ada


def left(runtime: Runtime) -> dict[str, int]:
    with runtime.database.reader() as session:
        found = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in KEPT_FOR_IT
        }
    return {table: n for table, n in found.items() if n}


def withdraw(runtime: Runtime, ada: int, at: datetime, *, by_resident: bool = True) -> None:
    with runtime.database.writer() as session:
        endings.withdraw(session, runtime.estate.id, ada, people.SAM, at, by_resident=by_resident)


def test_who_withdraws_in_person_is_not_watched_from_then_on_and_everything_goes(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    assert len(left(runtime)) == len(KEPT_FOR_IT)
    withdraw(runtime, ada, now + HOUR)
    assert left(runtime) == {}
    row = watching.row(runtime, ada)
    assert (row.state, row.last_seen_at, row.last_evidence_at, row.due_at) == (
        PresenceState.WITHDRAWN,
        None,
        None,
        None,
    )
    assert watching.tick(runtime, now + 100 * DAY) == []
    with runtime.database.reader() as session:
        kinds = session.scalars(select(EventRow.kind)).all()
        assert "watch.ended" in kinds and "consent.withdrawn" in kinds
        assert (
            session.scalar(select(func.count()).select_from(TemplateRow)) == 1
        )  # recognition is another consent


def test_when_somebody_else_says_so_the_open_alert_is_looked_into_first(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with pytest.raises(Conflict, match="how they were found"):
        withdraw(runtime, ada, now + HOUR, by_resident=False)
    assert watching.state(runtime, ada) is PresenceState.UNSEEN
    with runtime.database.writer() as session:
        (check,) = wellness.listing(session, runtime.estate.id, open_only=True)
        wellness.record(
            session, runtime.estate.id, check.id, Found(Outcome.WELL_AT_HOME), people.SAM, now + HOUR
        )
    withdraw(runtime, ada, now + HOUR, by_resident=False)
    assert left(runtime) == {}


def test_who_is_not_watched_cannot_withdraw(runtime: Runtime, ada: int, now: datetime) -> None:
    withdraw(runtime, ada, now)
    with pytest.raises(NotFound):
        withdraw(runtime, ada, now)


def test_a_consent_that_runs_out_ends_the_watch_to_the_second(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        end = now + timedelta(days=365)
        people.seen(session, runtime.estate.id, ada, end - HOUR)
    watching.tick(runtime, end - SECOND)
    assert watching.state(runtime, ada) is PresenceState.SEEN
    watching.tick(runtime, end)
    assert watching.state(runtime, ada) is PresenceState.WITHDRAWN
    assert left(runtime) == {}


def test_an_open_alert_outlives_the_consent_until_staff_have_looked(runtime: Runtime, now: datetime) -> None:
    end = now + timedelta(days=365)
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, end - 25 * HOUR)
    (alert,) = watching.tick(runtime, end - HOUR)
    (still,) = watching.tick(runtime, end + HOUR)
    assert still.id == alert.id and watching.state(runtime, ada) is PresenceState.UNSEEN
    with runtime.database.writer() as session:
        (check,) = wellness.of_alert(session, runtime.estate.id, alert.id)
        wellness.record(
            session, runtime.estate.id, check.id, Found(Outcome.WELL_AT_HOME), people.SAM, end + 2 * HOUR
        )
    watching.tick(runtime, end + 2 * HOUR)
    assert watching.state(runtime, ada) is PresenceState.WITHDRAWN and left(runtime) == {}


def test_who_agrees_again_is_watched_from_the_next_sighting(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    from models import ConsentRow
    from monitor.core.consent import Purpose

    withdraw(runtime, ada, now)
    with runtime.database.writer() as session:
        consent = session.scalars(select(ConsentRow).where(ConsentRow.purpose == Purpose.WELLNESS)).one()
        consent.withdrawn_at = None
        session.flush()
        presence.watch(session, runtime.estate.id, ada, Agreement(quiet=None), people.SAM, now + DAY)
    assert watching.state(runtime, ada) is PresenceState.NOT_STARTED
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now + 2 * DAY)
    assert watching.row(runtime, ada).due_at == now + 3 * DAY
