""" "This is not her": the sighting is taken back, and everything is as if it had never been."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import people
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AlertRow, BlindTimeRow, CorrectionRow, EventRow, PresenceRow, SightingRow, SnapshotRow
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.core.agreement import Step
from monitor.core.alert import AlertKind, AlertState, Outcome
from monitor.core.correction import Correction
from monitor.core.presence import PresenceState
from monitor.core.sighting import SAME_PASS
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import (
    alerts,
    corrections,
    estate,
    housekeeping,
    residents,
    sightings,
    snapshots,
    unclear_faces,
    wellness,
)
from monitor.services import tick as ticks
from monitor.services.alerts import Alert
from monitor.services.seen import Seen
from monitor.services.sightings import Sighting
from monitor.services.unclear_faces import Naming
from monitor.services.wellness import Found
from monitor.store import cameras as camera_queries

STEPS = people.AGREED
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, seen just now at the gate."""
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now - HOUR)
        people.seen(session, runtime.estate.id, ada, now)
    return ada


def newest(session: Session, resident_id: int) -> int:
    rows = select(SightingRow.id).where(SightingRow.resident_id == resident_id).order_by(SightingRow.id)
    return session.scalars(rows).all()[-1]


def reject(runtime: Runtime, sighting_id: int, at: datetime, note: str = "") -> Sighting:
    with runtime.database.writer() as session:
        return corrections.reject(session, runtime.estate.id, sighting_id, note, people.SAM, 7, at)


def seen_by_mistake(runtime: Runtime, resident_id: int, at: datetime, camera: str = "lift-1") -> int:
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, resident_id, at, camera=camera)
        return newest(session, resident_id)


def tick(runtime: Runtime, at: datetime) -> list[Alert]:
    with runtime.database.writer() as session:
        ticks.tick(session, runtime.estate.id, ["desk"], at)
    with runtime.database.reader() as session:
        return alerts.listing(session, runtime.estate.id)


def close(runtime: Runtime, alert_id: int, outcome: Outcome, at: datetime) -> None:
    with runtime.database.writer() as session:
        (check,) = wellness.of_alert(session, runtime.estate.id, alert_id)
        wellness.record(session, runtime.estate.id, check.id, Found(outcome), people.SAM, at)


def watched(runtime: Runtime, resident_id: int) -> PresenceRow:
    with runtime.database.reader() as session:
        return session.get_one(PresenceRow, resident_id)


def test_a_rejected_sighting_gives_last_seen_and_the_clock_back(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    before = watched(runtime, ada)
    wrong = seen_by_mistake(runtime, ada, now + 5 * HOUR)
    assert watched(runtime, ada).due_at == now + 29 * HOUR
    reject(runtime, wrong, now + 6 * HOUR)
    after = watched(runtime, ada)
    assert (after.last_seen_at, after.last_camera_id, after.due_at) == (
        now,
        before.last_camera_id,
        now + STEPS.phone,
    )


def test_rejecting_an_older_sighting_leaves_the_clock_alone(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.reader() as session:
        first = newest(session, ada)
    seen_by_mistake(runtime, ada, now + 5 * HOUR)
    reject(runtime, first, now + 6 * HOUR)
    assert watched(runtime, ada).due_at == now + 29 * HOUR


def test_who_is_overdue_without_it_is_alarmed_about_by_the_next_tick(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    wrong = seen_by_mistake(runtime, ada, now + 20 * HOUR)
    assert tick(runtime, now + 30 * HOUR) == []
    reject(runtime, wrong, now + 30 * HOUR)
    assert watched(runtime, ada).state is PresenceState.UNSEEN
    (alert,) = tick(runtime, now + 30 * HOUR)
    assert (alert.since, alert.step, alert.camera) == (now, Step.PHONE, "gate-1")
    assert watched(runtime, ada).due_at == now + STEPS.visit


def test_who_was_only_seen_by_mistake_was_never_seen(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.reader() as session:
        only = newest(session, ada)
    reject(runtime, only, now + 30 * HOUR)
    row = watched(runtime, ada)
    assert (row.state, row.last_seen_at, row.last_evidence_at, row.due_at) == (
        PresenceState.NOT_STARTED,
        None,
        None,
        now + timedelta(days=365) - HOUR,  # when the consent ends
    )
    assert tick(runtime, now + 100 * HOUR) == []


def test_the_proposal_to_close_goes_with_the_sighting_that_made_it(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    tick(runtime, now + 25 * HOUR)
    wrong = seen_by_mistake(runtime, ada, now + 26 * HOUR)
    (alert,) = tick(runtime, now + 27 * HOUR)
    assert alert.why["seen_again_by"] == "Lift"
    reject(runtime, wrong, now + 27 * HOUR)
    with runtime.database.reader() as session:
        kept = alerts.get(session, runtime.estate.id, alert.id)
        kinds = session.scalars(select(EventRow.kind)).all()
    assert kept.state is AlertState.OPEN
    assert "seen_again_at" not in kept.why and "seen_again_by" not in kept.why
    assert "alert.corrected" in kinds
    (alert,) = tick(runtime, now + 48 * HOUR)
    assert alert.step is Step.VISIT


def test_the_proposal_stays_when_somebody_else_has_seen_her_too(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    tick(runtime, now + 25 * HOUR)
    wrong = seen_by_mistake(runtime, ada, now + 26 * HOUR)
    seen_by_mistake(runtime, ada, now + 27 * HOUR, "gate-1")
    reject(runtime, wrong, now + 28 * HOUR)
    (alert,) = tick(runtime, now + 28 * HOUR)
    assert (alert.why["seen_again_at"], alert.why["seen_again_by"]) == (
        (now + 27 * HOUR).isoformat(),
        "Gate",
    )


def test_an_open_alert_says_since_when_she_was_really_unseen(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    wrong = seen_by_mistake(runtime, ada, now + 10 * HOUR)
    (alert,) = tick(runtime, now + 35 * HOUR)
    assert (alert.since, alert.camera) == (now + 10 * HOUR, "lift-1")
    reject(runtime, wrong, now + 36 * HOUR)
    with runtime.database.reader() as session:
        put_right = alerts.get(session, runtime.estate.id, alert.id)
    assert (put_right.since, put_right.camera, put_right.why["unseen_hours"]) == (now, "gate-1", 36.0)


def test_a_closed_alert_stays_closed_and_silence_alarms_anew(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    (alert,) = tick(runtime, now + 25 * HOUR)
    wrong = seen_by_mistake(runtime, ada, now + 26 * HOUR)
    close(runtime, alert.id, Outcome.TECHNICAL, now + 27 * HOUR)
    tick(runtime, now + 31 * HOUR)
    reject(runtime, wrong, now + 32 * HOUR)
    with runtime.database.reader() as session:
        assert alerts.get(session, runtime.estate.id, alert.id).state is AlertState.RESOLVED
    (again,) = tick(runtime, now + 32 * HOUR)
    assert again.id != alert.id and again.since == now


def test_staff_who_spoke_to_her_remain_evidence(runtime: Runtime, ada: int, now: datetime) -> None:
    (alert,) = tick(runtime, now + 25 * HOUR)
    close(runtime, alert.id, Outcome.WELL_AT_HOME, now + 26 * HOUR)
    wrong = seen_by_mistake(runtime, ada, now + 30 * HOUR)
    reject(runtime, wrong, now + 31 * HOUR)
    row = watched(runtime, ada)
    assert (row.last_seen_at, row.last_evidence_at, row.due_at) == (now, now + 26 * HOUR, now + 50 * HOUR)


def test_of_the_rejected_face_only_its_score_stays(runtime: Runtime, ada: int, now: datetime) -> None:
    wrong = seen_by_mistake(runtime, ada, now + HOUR)
    reject(runtime, wrong, now + 2 * HOUR, "Her sister.")
    with runtime.database.reader() as session:
        (row,) = session.scalars(select(CorrectionRow)).all()
        event = session.scalars(select(EventRow).where(EventRow.kind == "sighting.rejected")).one()
    assert (row.kind, row.resident_id, row.sighting_id) == (Correction.NOT_THEM, ada, wrong)
    assert (row.engine, row.score, row.by, row.note) == (people.ENGINE, 0.7, people.SAM, "Her sister.")
    assert event.facts == {"sighting_id": wrong, "resident_id": ada}


def test_a_sighting_is_rejected_once(runtime: Runtime, ada: int, now: datetime) -> None:
    wrong = seen_by_mistake(runtime, ada, now + HOUR)
    reject(runtime, wrong, now + 2 * HOUR)
    with pytest.raises(Conflict):
        reject(runtime, wrong, now + 2 * HOUR)
    with pytest.raises(NotFound):
        reject(runtime, wrong + 1, now + 2 * HOUR)
    with runtime.database.reader() as session:
        assert len(session.scalars(select(CorrectionRow)).all()) == 1


def test_a_note_that_is_too_long_rejects_nothing(runtime: Runtime, ada: int, now: datetime) -> None:
    wrong = seen_by_mistake(runtime, ada, now + HOUR)
    with pytest.raises(InvalidInput):
        reject(runtime, wrong, now + 2 * HOUR, "x" * 501)
    with runtime.database.reader() as session:
        assert session.get_one(SightingRow, wrong).rejected_at is None


def test_rejected_sightings_leave_the_lists_and_stay_in_the_history(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    wrong = seen_by_mistake(runtime, ada, now + HOUR)
    done = reject(runtime, wrong, now + 2 * HOUR)
    assert (done.rejected_at, done.rejected_by) == (now + 2 * HOUR, people.SAM)
    with runtime.database.reader() as session:
        listed = sightings.listing(session, runtime.estate.id, ada)
        everything = sightings.listing(session, runtime.estate.id, ada, with_rejected=True)
        shown = residents.get(session, runtime.estate.id, ada, Role.STAFF, people.SAM, now + 2 * HOUR)
        history = residents.timeline(session, runtime.estate.id, ada, Role.STAFF, people.SAM)
    assert wrong not in [sighting.id for sighting in listed]
    assert (everything[0].id, everything[0].rejected_by) == (wrong, people.SAM)
    assert (shown.last_seen_at, shown.last_seen_place) == (now, "Gate")
    (entry,) = [entry for entry in history if entry.sighting_id == wrong]
    assert (entry.rejected_at, entry.rejected_by) == (now + 2 * HOUR, people.SAM)


def test_a_camera_that_cannot_identify_is_no_last_seen_once_rejected(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    wrong = seen_by_mistake(runtime, ada, now + HOUR, "yard-1")
    reject(runtime, wrong, now + 2 * HOUR)
    with runtime.database.reader() as session:
        shown = residents.get(session, runtime.estate.id, ada, Role.STAFF, people.SAM, now + 2 * HOUR)
    assert shown.last_seen_at == now
    assert watched(runtime, ada).due_at == now + STEPS.phone


def test_the_workers_load_the_gallery_again(runtime: Runtime, ada: int, now: datetime) -> None:
    wrong = seen_by_mistake(runtime, ada, now + HOUR)
    with runtime.database.reader() as session:
        before = estate.get(session, runtime.estate.id).gallery_version
    reject(runtime, wrong, now + 2 * HOUR)
    with runtime.database.reader() as session:
        assert estate.get(session, runtime.estate.id).gallery_version == before + 1


def test_the_picture_of_a_rejected_sighting_is_kept_like_a_strangers(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    picture = snapshots.save(runtime.files, b"face", b"scene", now)
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now + HOUR, snapshot=picture)
        wrong = newest(session, ada)
    reject(runtime, wrong, now + 2 * HOUR)
    with runtime.database.reader() as session:
        row = session.get_one(SnapshotRow, picture.id)
        assert (row.delete_after, row.of_resident) == (now + timedelta(days=7), True)


# The running pass


def extend(runtime: Runtime, resident_id: int, begin: datetime, end: datetime) -> int | None:
    with runtime.database.writer() as session:
        spotted = Seen("lift-1", begin, end, people.WHY)
        return sightings.record(session, runtime.estate.id, resident_id, spotted, 30, end)


def test_the_pass_that_goes_on_after_its_rejection_is_not_written(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    begin = now + HOUR
    wrong = extend(runtime, ada, begin, begin + 4 * SECOND)
    assert wrong is not None
    reject(runtime, wrong, begin + 5 * SECOND)
    for seconds in range(8, 300, 4):
        assert extend(runtime, ada, begin, begin + seconds * SECOND) is None
    row = watched(runtime, ada)
    assert (row.last_seen_at, row.due_at) == (now, now + STEPS.phone)
    with runtime.database.reader() as session:
        assert session.get_one(SightingRow, wrong).ended_at == begin + 4 * SECOND


@pytest.mark.parametrize(("beside", "kept"), [(timedelta(0), False), (SECOND, True)])
def test_the_next_pass_counts_again(
    runtime: Runtime, ada: int, now: datetime, beside: timedelta, kept: bool
) -> None:
    begin = now + HOUR
    wrong = extend(runtime, ada, begin, begin + 4 * SECOND)
    assert wrong is not None
    reject(runtime, wrong, begin + 5 * SECOND)
    again = begin + 4 * SECOND + SAME_PASS + beside
    written = extend(runtime, ada, again, again + SECOND)
    assert (written is not None) is kept
    assert written != wrong


def test_a_true_pass_before_the_rejected_one_is_not_stretched_over_it(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    true = extend(runtime, ada, now + HOUR, now + HOUR + 10 * SECOND)
    begin = now + HOUR + 60 * SECOND
    wrong = extend(runtime, ada, begin, begin + 4 * SECOND)
    assert wrong not in (None, true)
    reject(runtime, wrong or 0, begin + 5 * SECOND)
    assert extend(runtime, ada, begin, begin + 20 * SECOND) is None
    assert watched(runtime, ada).last_seen_at == now + HOUR + 10 * SECOND


# Counter-examples


def test_the_highest_rejected_score_of_each_engine_is_the_counter_example(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
    for number, (resident, engine, score) in enumerate(
        [(ada, "sface", 0.61), (ada, "sface", 0.58), (ada, "dlib", 0.93), (ben, "sface", 0.55)], start=1
    ):
        at = now + number * HOUR
        with runtime.database.writer() as session:
            spotted = Seen("lift-1", at, at + SECOND, {"score": score, "engine": engine})
            row = sightings.record(session, runtime.estate.id, resident, spotted, 30, at)
        reject(runtime, row or 0, at + SECOND)
    with runtime.database.reader() as session:
        assert corrections.counter_examples(session, runtime.estate.id, "sface") == {ada: 0.61, ben: 0.55}
        assert corrections.counter_examples(session, runtime.estate.id, "dlib") == {ada: 0.93}
        assert corrections.counter_examples(session, "elsewhere", "sface") == {}


def test_a_score_outlives_its_sighting(runtime: Runtime, ada: int, now: datetime) -> None:
    reject(runtime, seen_by_mistake(runtime, ada, now + HOUR), now + 2 * HOUR)
    with runtime.database.writer() as session:
        housekeeping.purge(session, runtime.estate.id, runtime.terms, now + timedelta(days=40))
    with runtime.database.reader() as session:
        assert session.scalars(select(SightingRow)).all() == []
        assert corrections.counter_examples(session, runtime.estate.id, people.ENGINE) == {ada: 0.7}


def test_a_silence_that_is_older_than_what_is_kept_is_not_forgotten(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    (alert,) = tick(runtime, now + 25 * HOUR)
    close(runtime, alert.id, Outcome.COULD_NOT_ENTER, now + 26 * HOUR)
    later = now + timedelta(days=31)
    with runtime.database.writer() as session:
        housekeeping.purge(session, runtime.estate.id, runtime.terms, later)
    wrong = seen_by_mistake(runtime, ada, later)
    reject(runtime, wrong, later + HOUR)
    (again,) = tick(runtime, later + HOUR)
    assert (again.since, again.step) == (now, Step.URGENT)


# As if it had never been


@dataclass(frozen=True)
class Move:
    """One thing that happens. `wrong`: a sighting that staff will reject, before the move of that number."""

    what: str  # seen | staff | check | tick
    hours_later: int
    camera: str = "gate-1"
    outcome: Outcome = Outcome.WELL_AT_HOME
    late_h: int = 0  # staff: so long ago
    rejected_after: int | None = None


cameras = st.sampled_from(["gate-1", "lift-1", "yard-1"])
hours = st.integers(1, 30)
seen_moves = st.builds(
    Move,
    st.just("seen"),
    hours,
    cameras,
    rejected_after=st.one_of(st.none(), st.integers(0, 6), st.integers(0, 6)),
)
staff_moves = st.builds(Move, st.just("staff"), hours, late_h=st.integers(0, 20))
check_moves = st.builds(
    Move,
    st.just("check"),
    hours,
    outcome=st.sampled_from(
        [Outcome.WELL_AT_HOME, Outcome.HOSPITAL, Outcome.COULD_NOT_ENTER, Outcome.TECHNICAL, Outcome.DECEASED]
    ),
)
tick_moves = st.builds(Move, st.just("tick"), hours)
blinds = st.lists(st.tuples(st.integers(0, 150), st.integers(1, 20)), max_size=3)


class Run:
    """One course of events in the life of one resident, with or without the sightings that are rejected."""

    numbers = count()

    def __init__(self, runtime: Runtime, now: datetime, *, fresh: bool) -> None:
        self._runtime, self._estate, self._fresh, self.at = runtime, runtime.estate.id, fresh, now
        with runtime.database.writer() as session:
            name = f"{people.ADA} {next(self.numbers)}"
            self.resident = people.enrol(session, self._estate, name, now)

    def play(self, moves: list[Move]) -> None:
        with self._runtime.database.writer() as session:  # one for all, because there are many courses
            self._play(session, moves)

    def _play(self, session: Session, moves: list[Move]) -> None:
        waiting: list[tuple[int, int]] = []  # (number of the move it is rejected after, sighting)
        for number, move in enumerate(moves):
            self.at += move.hours_later * HOUR
            sighting = self._do(session, move)
            if sighting is not None and move.rejected_after is not None:
                waiting.append((number + move.rejected_after, sighting))
            self._reject(session, [sighting for when, sighting in waiting if when <= number])
            waiting = [(when, sighting) for when, sighting in waiting if when > number]
        self.at += SECOND
        self._reject(session, [sighting for _, sighting in waiting])

    def _do(self, session: Session, move: Move) -> int | None:
        estate_id, resident = self._estate, self.resident
        if session.get_one(PresenceRow, resident).state is PresenceState.WITHDRAWN:
            return None  # has died: nobody is recognised or named any more
        if move.what == "seen":
            if self._fresh and move.rejected_after is not None:
                return None
            people.seen(session, estate_id, resident, self.at, camera=move.camera)
            return newest(session, resident)
        if move.what == "staff":
            face = people.unclear(session, estate_id, self.at - move.late_h * HOUR + 7 * SECOND)
            unclear_faces.name(session, estate_id, face, Naming(resident, "", people.SAM), self.at)
        elif move.what == "tick":
            ticks.tick(session, estate_id, ["desk"], self.at)
        elif (alert := self.alert(session)) is not None:
            (check,) = wellness.of_alert(session, estate_id, alert.id)
            wellness.record(session, estate_id, check.id, Found(move.outcome), people.SAM, self.at)
        return None

    def _reject(self, session: Session, sighting_ids: list[int]) -> None:
        for sighting_id in sighting_ids:
            corrections.reject(session, self._estate, sighting_id, "", people.SAM, 7, self.at)

    def alert(self, session: Session) -> AlertRow | None:
        return session.scalars(
            select(AlertRow).where(
                AlertRow.resident_id == self.resident,
                AlertRow.kind == AlertKind.WELLNESS,
                AlertRow.state != AlertState.RESOLVED,
            )
        ).one_or_none()

    def clock(self) -> tuple[object, ...]:
        row = watched(self._runtime, self.resident)
        return (row.last_seen_at, row.last_camera_id, row.last_evidence_at, row.last_direction)

    def whole(self) -> tuple[object, ...]:
        """After a look at it: until then `due_at` may be earlier than it has to be, and never later."""
        row = watched(self._runtime, self.resident)
        return (*self.clock(), row.step, row.due_at)

    def look(self) -> None:
        with self._runtime.database.writer() as session:
            session.get_one(PresenceRow, self.resident).due_at = self.at

    def state(self) -> PresenceState:
        return watched(self._runtime, self.resident).state

    def told(self) -> tuple[object, ...] | None:
        with self._runtime.database.reader() as session:
            alert = self.alert(session)
            return (alert.since, alert.step, alert.camera_id) if alert else None


def both(runtime: Runtime, now: datetime, moves: list[Move]) -> tuple[Run, Run]:
    """The same course with rejections, and without the sightings that are rejected in the other."""
    with runtime.database.writer() as session:
        for row in session.scalars(select(PresenceRow)):  # residents of earlier examples are out of the way
            row.due_at = None
    runs = Run(runtime, now, fresh=False), Run(runtime, now, fresh=True)
    for run in runs:
        run.play(moves)
    return runs


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(st.one_of(seen_moves, staff_moves), min_size=1, max_size=9),
    blind=blinds,
)
def test_after_a_rejection_the_clock_is_as_if_the_sighting_had_never_been(
    runtime: Runtime, now: datetime, moves: list[Move], blind: list[tuple[int, int]]
) -> None:
    make_blind(runtime, now, blind)
    corrected, fresh = both(runtime, now, moves)
    assert corrected.clock() == fresh.clock()
    corrected.look(), fresh.look()
    tick(runtime, corrected.at)
    assert (corrected.whole(), corrected.state()) == (fresh.whole(), fresh.state())
    assert corrected.told() == fresh.told()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.one_of(seen_moves, staff_moves, check_moves, tick_moves), min_size=1, max_size=12))
def test_after_a_rejection_and_a_tick_everything_is_as_if_the_sighting_had_never_been(
    runtime: Runtime, now: datetime, moves: list[Move]
) -> None:
    corrected, fresh = both(runtime, now, moves)
    assume(closings(runtime, corrected) == closings(runtime, fresh))
    corrected.look(), fresh.look()
    tick(runtime, corrected.at)
    assert corrected.whole() == fresh.whole()
    # An alert about a silence after a wrong sighting stays open, and whoever has an open alert is unseen.
    if bool(corrected.told()) is bool(fresh.told()):
        assert corrected.state() is fresh.state()


def closings(runtime: Runtime, run: Run) -> list[tuple[datetime, Outcome]]:
    """A wrong sighting may keep an alert from being raised; then staff close nothing, which is another course."""
    from monitor.store import corrections as queries

    with runtime.database.reader() as session:
        return sorted(queries.closings(session, run.resident))


def make_blind(runtime: Runtime, now: datetime, blind: list[tuple[int, int]]) -> None:
    """Both identifying cameras are dark at these hours."""
    with runtime.database.writer() as session:
        for row in session.scalars(select(BlindTimeRow)):
            session.delete(row)
        for slug in ("gate-1", "lift-1"):
            camera = camera_queries.by_slug(session, runtime.estate.id, slug)
            assert camera is not None
            for begin, length in blind:
                begun = now + begin * HOUR
                session.add(
                    BlindTimeRow(
                        estate_id=runtime.estate.id,
                        camera_id=camera.id,
                        started_at=begun,
                        ended_at=begun + length * HOUR,
                        reason="no_answer",
                    )
                )
