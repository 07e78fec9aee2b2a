"""A check is taken by a named person, says what was tried, lapses without a result, and ends with an outcome."""

from datetime import datetime, timedelta

import people
import pytest
import watching
from sqlalchemy import func, select
from watching import DAY, HOUR, SECOND

from models import EventRow, OutboxRow, SnapshotRow, WellnessCheckRow
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertState, Outcome
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction
from monitor.core.wellness import LOOK_AGAIN, AttemptKind, AttemptResult
from monitor.errors import Conflict, InvalidInput, NotAllowed
from monitor.services import absences, alerts, contacts, wellness
from monitor.services.contacts import Contact
from monitor.services.wellness import Found, WellnessCheck

DAUGHTER = Contact("Lin Mei", "daughter", "138 0000 0000", has_key=True)


@pytest.fixture
def check(runtime: Runtime, now: datetime) -> WellnessCheck:
    """Ada was last seen 25 hours ago; nobody has taken it."""
    with runtime.database.writer() as session:
        then = now - 25 * HOUR
        watching.live(session, runtime.estate.id, then, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, then)
        people.seen(session, runtime.estate.id, ada, then)
        contacts.replace(session, runtime.estate.id, ada, [DAUGHTER], then)
    watching.tick(runtime, now)
    return only(runtime)


def only(runtime: Runtime) -> WellnessCheck:
    with runtime.database.reader() as session:
        (found,) = wellness.listing(session, runtime.estate.id, open_only=True)
    return found


def again(runtime: Runtime, check: WellnessCheck) -> WellnessCheck:
    with runtime.database.reader() as session:
        return wellness.get(session, runtime.estate.id, check.id)


def take(runtime: Runtime, check: WellnessCheck, person: str, at: datetime) -> WellnessCheck:
    with runtime.database.writer() as session:
        return wellness.take(session, runtime.estate.id, check.id, person, at)


def attempt(
    runtime: Runtime, check: WellnessCheck, person: str, at: datetime, kind: AttemptKind = AttemptKind.PHONE
) -> WellnessCheck:
    with runtime.database.writer() as session:
        return wellness.try_reaching(
            session, runtime.estate.id, check.id, kind, AttemptResult.NO_ANSWER, "rang for long", person, at
        )


def record(runtime: Runtime, check: WellnessCheck, found: Found, at: datetime) -> WellnessCheck:
    with runtime.database.writer() as session:
        return wellness.record(session, runtime.estate.id, check.id, found, people.SAM, at)


def test_taking_the_check_takes_its_alert(runtime: Runtime, check: WellnessCheck, now: datetime) -> None:
    taken = take(runtime, check, people.SAM, now)
    assert (taken.taken_by, taken.lapses_at) == (people.SAM, now + alerts.LAPSES_AFTER)
    with runtime.database.reader() as session:
        assert alerts.get(session, runtime.estate.id, check.alert_id).acknowledged_by == people.SAM
    with pytest.raises(Conflict):
        take(runtime, check, people.ANNA, now)


def test_calls_and_visits_are_noted_with_their_times(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    attempt(runtime, check, people.SAM, now)
    done = attempt(runtime, check, people.SAM, now + 5 * SECOND, AttemptKind.DOOR)
    assert [(tried.kind, tried.at, tried.by) for tried in done.attempts] == [
        (AttemptKind.PHONE, now, people.SAM),
        (AttemptKind.DOOR, now + 5 * SECOND, people.SAM),
    ]
    assert done.taken_by == people.SAM  # who tries has it


def test_a_check_without_an_outcome_is_everybodys_again_and_everybody_is_told(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    take(runtime, check, people.SAM, now)
    (still,) = watching.tick(runtime, now + alerts.LAPSES_AFTER - SECOND)
    assert still.state is AlertState.ACKNOWLEDGED
    (lapsed,) = watching.tick(runtime, now + alerts.LAPSES_AFTER)
    assert (lapsed.state, lapsed.acknowledged_by) == (AlertState.OPEN, None)
    assert again(runtime, check).taken_by is None
    with runtime.database.reader() as session:
        assert f"alert-{check.alert_id}-lapsed1-desk" in session.scalars(select(OutboxRow.key)).all()
        assert "alert.lapsed" in session.scalars(select(EventRow.kind)).all()
    take(runtime, check, people.ANNA, now + 2 * HOUR)
    watching.tick(runtime, now + 4 * HOUR)  # a second time
    with runtime.database.reader() as session:
        assert f"alert-{check.alert_id}-lapsed2-desk" in session.scalars(select(OutboxRow.key)).all()


def test_who_tries_keeps_it_for_another_hour(runtime: Runtime, check: WellnessCheck, now: datetime) -> None:
    take(runtime, check, people.SAM, now)
    attempt(runtime, check, people.SAM, now + 0.5 * HOUR)
    (kept,) = watching.tick(runtime, now + 1.5 * HOUR - SECOND)
    assert kept.state is AlertState.ACKNOWLEDGED
    (lapsed,) = watching.tick(runtime, now + 1.5 * HOUR)
    assert lapsed.state is AlertState.OPEN


def test_somebody_who_helps_along_does_not_take_it_away(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    take(runtime, check, people.SAM, now)
    done = attempt(runtime, check, people.ANNA, now + 0.5 * HOUR)
    assert (done.taken_by, done.lapses_at) == (people.SAM, now + alerts.LAPSES_AFTER)


def test_whom_to_call_is_for_who_has_taken_it(runtime: Runtime, check: WellnessCheck, now: datetime) -> None:
    def call(role: Role, person: str) -> list[Contact]:
        with runtime.database.reader() as session:
            return wellness.whom_to_call(session, runtime.estate.id, check.id, role, person)

    for role, person in ((Role.STAFF, people.SAM), (Role.ADMIN, people.ANNA), (Role.DUTY, people.OLGA)):
        with pytest.raises(NotAllowed):
            call(role, person)
    take(runtime, check, people.SAM, now)
    assert call(Role.STAFF, people.SAM) == [DAUGHTER]
    with pytest.raises(NotAllowed):
        call(Role.ADMIN, people.ANNA)
    record(runtime, check, Found(Outcome.WELL_AT_HOME), now + HOUR)
    with pytest.raises(NotAllowed):
        call(Role.STAFF, people.SAM)


@pytest.mark.parametrize("outcome", [Outcome.HOSPITAL, Outcome.TRIP, Outcome.OUT_WITH_FAMILY])
def test_who_is_away_until_a_day_is_not_asked_after_before(
    runtime: Runtime, check: WellnessCheck, now: datetime, outcome: Outcome
) -> None:
    record(runtime, check, Found(outcome, away_until=now + 5 * DAY), now + HOUR)
    assert watching.state(runtime, check.resident_id) is PresenceState.PAUSED
    with runtime.database.reader() as session:
        (planned,) = absences.listing(session, runtime.estate.id, check.resident_id)
    assert planned.ends_at == now + 5 * DAY
    assert watching.tick(runtime, now + 6 * DAY - SECOND) == []
    assert len(watching.tick(runtime, now + 6 * DAY)) == 1


def test_what_was_done_for_who_needed_help_is_kept(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="what was done"):
        record(runtime, check, Found(Outcome.NEEDED_HELP), now)
    done = record(runtime, check, Found(Outcome.NEEDED_HELP, help_given="120 called 9:10, came 9:25"), now)
    assert done.help_given == "120 called 9:10, came 9:25"


def test_a_check_is_closed_once(runtime: Runtime, check: WellnessCheck, now: datetime) -> None:
    record(runtime, check, Found(Outcome.WELL_AT_HOME), now)
    with pytest.raises(Conflict):
        record(runtime, check, Found(Outcome.HOSPITAL), now)
    with pytest.raises(Conflict):
        attempt(runtime, check, people.SAM, now)


def test_after_a_vain_visit_the_alert_comes_again_with_the_step_that_is_due(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    record(runtime, check, Found(Outcome.COULD_NOT_ENTER), now + 24 * HOUR)
    assert watching.state(runtime, check.resident_id) is PresenceState.LATE
    assert watching.tick(runtime, now + 24 * HOUR + LOOK_AGAIN - SECOND) == []
    (alert,) = watching.tick(runtime, now + 24 * HOUR + LOOK_AGAIN)
    assert (alert.step, alert.since) == (Step.VISIT, now - 25 * HOUR)


def test_whoever_has_died_is_neither_watched_nor_recognised_any_more(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    record(runtime, check, Found(Outcome.DECEASED), now)
    assert watching.state(runtime, check.resident_id) is PresenceState.WITHDRAWN
    assert watching.tick(runtime, now + 100 * DAY) == []
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, check.resident_id, now + HOUR)
        kept = session.scalar(select(func.count()).select_from(WellnessCheckRow))
    assert watching.row(runtime, check.resident_id).last_seen_at == now - 25 * HOUR
    assert kept == 1  # relatives may ask


def test_two_causes_have_a_check_each_and_one_cause_has_one(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    """Seen going out under an open alert, and not back: that is another question."""
    from models import CameraRow

    with runtime.database.writer() as session:
        gate = session.scalars(select(CameraRow).where(CameraRow.slug == "gate-1")).one()
        gate.direction = Direction.OUT
        people.seen(session, runtime.estate.id, check.resident_id, now + HOUR)
    assert len(watching.tick(runtime, now + 13 * HOUR - SECOND)) == 1
    found = watching.tick(runtime, now + 13 * HOUR)
    assert {alert.cause for alert in found} == {Cause.UNSEEN, Cause.NOT_BACK}
    assert len(watching.tick(runtime, now + 30 * HOUR)) == 2
    with runtime.database.reader() as session:
        waiting = wellness.listing(session, runtime.estate.id, open_only=True)
    assert {one.cause for one in waiting} == {Cause.UNSEEN, Cause.NOT_BACK}


def test_the_open_ones_come_first_and_the_most_urgent_of_them(
    runtime: Runtime, check: WellnessCheck, now: datetime
) -> None:
    with runtime.database.writer() as session:
        dan = people.enrol(session, runtime.estate.id, "Dan", now - 60 * HOUR)
        people.seen(session, runtime.estate.id, dan, now - 50 * HOUR)
    watching.tick(runtime, now + SECOND)
    with runtime.database.reader() as session:
        found = wellness.listing(session, runtime.estate.id)
    assert [one.step for one in found] == [Step.VISIT, Step.PHONE]
    record(runtime, found[0], Found(Outcome.WELL_AT_HOME), now + HOUR)
    with runtime.database.reader() as session:
        assert [one.id for one in wellness.listing(session, runtime.estate.id)] == [check.id, found[0].id]
        assert session.scalar(select(func.count()).select_from(SnapshotRow)) == 0


def test_contacts_are_few_and_whole(runtime: Runtime, check: WellnessCheck, now: datetime) -> None:
    with runtime.database.writer() as session:
        with pytest.raises(InvalidInput, match="at most 10"):
            contacts.replace(session, runtime.estate.id, check.resident_id, [DAUGHTER] * 11, now)
        second = Contact("Wang", "neighbour", "139")
        contacts.replace(session, runtime.estate.id, check.resident_id, [second, DAUGHTER], now)
        assert contacts.of(session, check.resident_id) == [second, DAUGHTER]
    for wrong in ({"name": " "}, {"phone": ""}, {"relation": "x" * 61}):
        with pytest.raises(InvalidInput):
            Contact(**{"name": "Wang", "relation": "neighbour", "phone": "139", **wrong})  # type: ignore[arg-type]


def test_an_attempt_says_what_can_come_of_it(runtime: Runtime, check: WellnessCheck, now: datetime) -> None:
    with runtime.database.writer() as session, pytest.raises(InvalidInput, match="of phone is one of"):
        wellness.try_reaching(
            session,
            runtime.estate.id,
            check.id,
            AttemptKind.PHONE,
            AttemptResult.CONTACT_KNOWS,
            "",
            people.SAM,
            now + timedelta(0),
        )
