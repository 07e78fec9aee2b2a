"""Advice stands on the gaps that are kept, and is there only when there are enough of them."""

from datetime import datetime, timedelta
from itertools import pairwise

import people
import pytest
from sqlalchemy import insert

from models import AbsenceRow, GapRow, PresenceRow
from monitor.bootstrap import Runtime
from monitor.core.absence import Absence
from monitor.core.advice import CHOICES_H, NEEDED, Flag
from monitor.core.agreement import Agreement, Step
from monitor.core.camera import CameraState
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction
from monitor.errors import NotFound
from monitor.services import advice, cameras
from monitor.services.cameras import Report

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def passes(runtime: Runtime, resident_id: int, *at: datetime) -> None:
    """Gaps between these passes."""
    with runtime.database.writer() as session:
        session.execute(
            insert(GapRow),
            [
                {
                    "estate_id": runtime.estate.id,
                    "resident_id": resident_id,
                    "at": after,
                    "length_s": (after - before).total_seconds(),
                    "direction": Direction.IN,
                }
                for before, after in pairwise(at)
            ],
        )


def daily(now: datetime, days: int, *left_out: int) -> list[datetime]:
    """Every day at the same hour until yesterday, but for some days ago."""
    return [now - ago * DAY for ago in range(days, 0, -1) if ago not in left_out]


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, who is watched; both identifying cameras are live since long ago."""
    with runtime.database.writer() as session:
        long_ago = now - 100 * DAY
        live = [
            Report(slug, CameraState.LIVE, "", long_ago, long_ago, 0.1, 5.0, None)
            for slug in ("gate-1", "lift-1")
        ]
        cameras.report(session, runtime.estate.id, live, long_ago)
        return people.enrol(session, runtime.estate.id, people.ADA, now - 80 * DAY)


def of(runtime: Runtime, resident_id: int, now: datetime) -> advice.AdviceView:
    with runtime.database.reader() as session:
        return advice.of_resident(session, runtime.estate.id, resident_id, now)


def test_before_fifty_six_days_there_is_no_advice_and_it_says_from_when(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    nothing = of(runtime, ada, now)
    assert (nothing.since, nothing.ready_at, nothing.advice) == (None, None, None)
    passed = daily(now, 40)
    passes(runtime, ada, *passed)
    early = of(runtime, ada, now)
    assert (early.since, early.ready_at, early.advice) == (passed[0], passed[0] + NEEDED, None)
    assert of(runtime, ada, passed[0] + NEEDED).advice is not None


def test_each_choice_is_judged_by_the_passes_and_the_agreed_hours(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    passes(runtime, ada, *daily(now, 57, 10, 20, 30, 40, 50))
    found = of(runtime, ada, now)
    assert found.agreed == people.AGREED
    assert found.advice is not None
    assert [choice.after / HOUR for choice in found.advice.choices] == list(CHOICES_H)
    assert found.advice.choices[3].flags == (Flag.CRIES_WOLF,)  # 36 hours
    assert found.advice.of(Step.VISIT).flags == ()
    assert found.advice.of(Step.URGENT).step is Step.URGENT


def test_a_planned_absence_and_a_blind_camera_are_no_reason_for_an_alert(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    passes(runtime, ada, *daily(now, 57, 10, 30))
    alerts = of(runtime, ada, now).advice
    assert alerts is not None and alerts.choices[3].alerts_a_month == pytest.approx(1.1, abs=0.05)
    trip = Absence(now - 11 * DAY, now - 9.5 * DAY)
    with runtime.database.writer() as session:
        session.add(
            AbsenceRow(
                estate_id=runtime.estate.id,
                resident_id=ada,
                starts_at=trip.starts_at,
                ends_at=trip.ends_at,
                told_by="her son",
                call="her son",
                recorded_by=people.SAM,
                recorded_at=trip.starts_at,
            )
        )
    without_trip = of(runtime, ada, now).advice
    assert without_trip is not None
    assert without_trip.choices[3].alerts_a_month == pytest.approx(0.55, abs=0.05)
    with runtime.database.writer() as session:
        for slug in ("gate-1", "lift-1"):
            for state, at in ((CameraState.UNREACHABLE, now - 31 * DAY), (CameraState.LIVE, now - 30 * DAY)):
                seen = at if state is CameraState.LIVE else None
                cameras.report(
                    session, runtime.estate.id, [Report(slug, state, "", seen, seen, 0.1, 5.0, None)], at
                )
    without_both = of(runtime, ada, now).advice
    assert without_both is not None and without_both.choices[3].alerts_a_month == 0


def test_the_usual_hours_are_told_of_one_resident_and_not_of_all(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    morning = now.replace(hour=1, minute=0, second=0, microsecond=0)  # nine in Shanghai
    passed = [at + n % 3 * HOUR for n, at in enumerate(daily(morning, 60, *range(4, 60, 7)))]
    passes(runtime, ada, *passed)
    alone = of(runtime, ada, now)
    assert alone.advice is not None
    for offered in alone.usual_hours:
        choice = alone.advice.of(offered.step)
        assert offered.alerts_a_month <= choice.alerts_a_month
        assert offered.delay_mean_h + offered.sooner_h <= (choice.delay_mean_h or 0) + 1e-9
    assert alone.usual_hours
    with runtime.database.reader() as session:
        (among_all,) = advice.of_estate(session, runtime.estate.id, now)
    assert among_all.advice == alone.advice and among_all.usual_hours == ()


def test_everybody_who_is_watched_is_listed_and_nobody_else(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
        people.enrol(session, runtime.estate.id, people.CLEO, now, watched=False)
        olga = people.enrol(session, runtime.estate.id, people.OLGA, now)
        session.get_one(PresenceRow, olga).state = PresenceState.WITHDRAWN
    passes(runtime, ada, *daily(now, 57))
    with runtime.database.reader() as session:
        found = advice.of_estate(session, runtime.estate.id, now)
    assert [(view.resident_id, view.advice is None) for view in found] == [(ada, False), (ben, True)]
    for nobody in (olga, 999):
        with pytest.raises(NotFound):
            of(runtime, nobody, now)


def test_the_agreed_hours_of_each_resident_are_their_own(runtime: Runtime, ada: int, now: datetime) -> None:
    own = Agreement(phone=20 * HOUR, visit=50 * HOUR, urgent=80 * HOUR, quiet=None)
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now, agreed=own)
    passes(runtime, ben, *daily(now, 57))
    found = of(runtime, ben, now)
    assert found.advice is not None
    assert found.agreed == own
    assert found.advice.of(Step.VISIT).after == 50 * HOUR
