"""Silence counts from the last evidence of life, without the time in which nobody could be seen."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.absence import Absence
from monitor.core.agreement import Agreement, Cause, Step
from monitor.core.interval import Interval
from monitor.core.presence import (
    LOOK_AGAIN_WHEN_BLIND,
    PHONE_WHEN_BLIND_FOR,
    Alarm,
    Assessment,
    PresenceState,
    Watched,
    assess,
)
from monitor.core.schedule import DailyWindow
from monitor.core.silence import Doubt

SECOND, HOUR, NONE = timedelta(seconds=1), timedelta(hours=1), timedelta(0)
ZONE = ZoneInfo("Asia/Shanghai")
SEEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)  # four in the afternoon
AGREED = Agreement(quiet=None)
FOREVER = SEEN_AT + timedelta(days=300)
BESIDE = pytest.mark.parametrize("beside", [-SECOND, NONE, SECOND])


def watched(**known: object) -> Watched:
    base: dict[str, object] = {"agreed": AGREED, "consent_until": FOREVER, "last_evidence_at": SEEN_AT}
    return Watched(**{**base, **known})  # type: ignore[arg-type]


def found(now: datetime, **known: object) -> Assessment:
    return assess(watched(**known), ZONE, now)


def blind(start: timedelta, end: timedelta) -> dict[str, object]:
    return {"blind": (Interval(SEEN_AT + start, SEEN_AT + end),)}


@pytest.mark.parametrize(
    ("unseen_for", "state", "step", "due_after"),
    [
        (NONE, PresenceState.SEEN, None, 24 * HOUR),
        (24 * HOUR - SECOND, PresenceState.SEEN, None, 24 * HOUR),
        (24 * HOUR, PresenceState.UNSEEN, Step.PHONE, 48 * HOUR),
        (24 * HOUR + SECOND, PresenceState.UNSEEN, Step.PHONE, 48 * HOUR),
        (48 * HOUR - SECOND, PresenceState.UNSEEN, Step.PHONE, 48 * HOUR),
        (48 * HOUR, PresenceState.UNSEEN, Step.VISIT, 72 * HOUR),
        (48 * HOUR + SECOND, PresenceState.UNSEEN, Step.VISIT, 72 * HOUR),
        (72 * HOUR - SECOND, PresenceState.UNSEEN, Step.VISIT, 72 * HOUR),
        (72 * HOUR, PresenceState.UNSEEN, Step.URGENT, None),
        (72 * HOUR + SECOND, PresenceState.UNSEEN, Step.URGENT, None),
    ],
)
@pytest.mark.parametrize("dark", [NONE, 5 * HOUR])
def test_a_step_is_reached_at_its_hour_and_blind_time_moves_it(
    unseen_for: timedelta,
    state: PresenceState,
    step: Step | None,
    due_after: timedelta | None,
    dark: timedelta,
) -> None:
    said = found(SEEN_AT + unseen_for + dark, **blind(NONE, dark))
    due_at = SEEN_AT + due_after + dark if due_after else FOREVER
    assert (said.state, said.step, said.due_at, said.unseen_for) == (state, step, due_at, unseen_for)


@BESIDE
def test_who_went_out_is_phoned_after_the_hours_of_not_being_back(beside: timedelta) -> None:
    said = found(SEEN_AT + 12 * HOUR + beside, out=True)
    assert said.cause is Cause.NOT_BACK
    assert said.step is (Step.PHONE if beside >= NONE else None)


def test_who_went_out_is_never_phoned_later_than_who_is_at_home() -> None:
    patient = Agreement(not_back=timedelta(hours=40), quiet=None)
    assert found(SEEN_AT + 24 * HOUR, agreed=patient, out=True).step is Step.PHONE


def test_the_later_steps_of_who_went_out_are_those_of_everybody() -> None:
    assert found(SEEN_AT + 48 * HOUR, out=True).step is Step.VISIT


@pytest.mark.parametrize(
    ("hours", "seconds", "state", "due_h"),
    [  # the phone step falls due at four in the night, eight hours after 20:00; quiet until seven
        (12, -1, PresenceState.SEEN, 12),
        (12, 0, PresenceState.LATE, 15),
        (12, 1, PresenceState.LATE, 15),
        (15, -1, PresenceState.LATE, 15),
        (15, 0, PresenceState.UNSEEN, 36),
        (15, 1, PresenceState.UNSEEN, 36),
    ],
)
def test_a_step_that_falls_due_at_night_waits_for_the_morning(
    hours: int, seconds: int, state: PresenceState, due_h: int
) -> None:
    agreed = Agreement(phone=12 * HOUR, visit=36 * HOUR, urgent=60 * HOUR)
    said = found(SEEN_AT + hours * HOUR + seconds * SECOND, agreed=agreed)
    assert (said.state, said.due_at) == (state, SEEN_AT + due_h * HOUR)
    assert said.waits_until == (SEEN_AT + 15 * HOUR if state is PresenceState.LATE else None)


def test_an_urgent_step_waits_for_nothing() -> None:
    agreed = Agreement(phone=4 * HOUR, visit=8 * HOUR, urgent=12 * HOUR)
    assert found(SEEN_AT + 12 * HOUR, agreed=agreed).step is Step.URGENT


def test_while_all_ways_are_blind_nothing_is_said_and_it_looks_again_soon() -> None:
    now = SEEN_AT + 3 * HOUR
    said = found(now, **blind(2 * HOUR, 3 * HOUR), blind_now=True)
    assert (said.state, said.step, said.due_at) == (PresenceState.BLIND, None, now + LOOK_AGAIN_WHEN_BLIND)
    assert said.unseen_for == 2 * HOUR


def test_going_blind_does_not_take_an_alert_back() -> None:
    said = found(SEEN_AT + 31 * HOUR, **blind(30 * HOUR, 31 * HOUR), blind_now=True)
    assert (said.state, said.step) == (PresenceState.UNSEEN, Step.PHONE)


@BESIDE
def test_after_twelve_blind_hours_staff_should_phone(beside: timedelta) -> None:
    dark = PHONE_WHEN_BLIND_FOR + beside
    said = found(SEEN_AT + dark, **blind(NONE, dark), blind_now=True)
    assert said.phone_blind is (beside >= NONE)
    assert said.state is PresenceState.BLIND


def test_who_was_never_seen_is_not_alarmed_about() -> None:
    said = found(SEEN_AT + 1000 * HOUR, last_evidence_at=None)
    assert (said.state, said.due_at) == (PresenceState.NOT_STARTED, FOREVER)


@BESIDE
def test_the_watch_ends_with_the_consent(beside: timedelta) -> None:
    now = SEEN_AT + 30 * HOUR
    said = found(now + beside, consent_until=now)
    assert said.state is (PresenceState.WITHDRAWN if beside >= NONE else PresenceState.UNSEEN)
    assert found(now, consent_until=None).due_at is None


def test_an_open_alert_outlives_the_consent_until_staff_have_looked() -> None:
    alarms = {Cause.UNSEEN: Alarm(Step.PHONE, AGREED)}
    assert found(SEEN_AT, consent_until=None, alarms=alarms).state is PresenceState.UNSEEN


def away(start: timedelta, end: timedelta, back: timedelta | None = None) -> dict[str, object]:
    ended = SEEN_AT + back if back is not None else None
    return {"absences": (Absence(SEEN_AT + start, SEEN_AT + end, ended),)}


@BESIDE
def test_an_absence_begins_and_ends_to_the_second_and_the_clock_starts_anew(beside: timedelta) -> None:
    trip = away(5 * HOUR, 100 * HOUR)
    begins = found(SEEN_AT + 5 * HOUR + beside, **trip)
    assert begins.state is (PresenceState.PAUSED if beside >= NONE else PresenceState.SEEN)
    assert begins.due_at == (SEEN_AT + 100 * HOUR if beside >= NONE else SEEN_AT + 5 * HOUR)
    ends = found(SEEN_AT + 100 * HOUR + beside, **trip)
    assert ends.state is (PresenceState.SEEN if beside >= NONE else PresenceState.PAUSED)
    overdue = found(SEEN_AT + 124 * HOUR + beside, **trip)
    assert overdue.step is (Step.PHONE if beside >= NONE else None)


def test_who_comes_back_early_is_watched_from_then_on() -> None:
    trip = away(NONE, 100 * HOUR, back=30 * HOUR)
    assert (
        found(SEEN_AT + 31 * HOUR, **trip, last_evidence_at=SEEN_AT + 30 * HOUR).due_at == SEEN_AT + 54 * HOUR
    )


def test_who_left_for_a_trip_is_not_out_any_more_when_it_is_over() -> None:
    said = found(SEEN_AT + 113 * HOUR, **away(NONE, 100 * HOUR), out=True)
    assert (said.cause, said.state) == (Cause.UNSEEN, PresenceState.SEEN)


def test_an_absence_does_not_hide_an_open_alert() -> None:
    alarms = {Cause.UNSEEN: Alarm(Step.PHONE, AGREED)}
    said = found(SEEN_AT + 30 * HOUR, **away(29 * HOUR, 100 * HOUR), alarms=alarms)
    assert said.state is PresenceState.UNSEEN


def test_never_seen_and_with_an_alert_staff_still_look() -> None:
    alarms = {Cause.UNSEEN: Alarm(Step.PHONE, AGREED)}
    assert found(SEEN_AT, last_evidence_at=None, alarms=alarms).state is PresenceState.UNSEEN


def test_an_open_alert_keeps_the_hours_that_it_began_with() -> None:
    alarms = {Cause.UNSEEN: Alarm(Step.PHONE, AGREED)}
    longer = Agreement(phone=48 * HOUR, visit=96 * HOUR, urgent=144 * HOUR, quiet=None)
    assert found(SEEN_AT + 48 * HOUR, agreed=longer, alarms=alarms).step is Step.VISIT


def test_who_is_seen_again_under_an_open_alert_is_unseen_until_staff_have_looked() -> None:
    alarms = {Cause.UNSEEN: Alarm(Step.VISIT, AGREED)}
    said = found(SEEN_AT + HOUR, alarms=alarms)
    assert (said.state, said.step, said.due_at) == (PresenceState.UNSEEN, None, SEEN_AT + 24 * HOUR)


def test_who_goes_out_under_an_open_alert_is_waited_for_apart_from_it() -> None:
    alarms = {Cause.UNSEEN: Alarm(Step.PHONE, AGREED)}
    said = found(SEEN_AT + HOUR, out=True, alarms=alarms)
    assert (said.state, said.step, said.due_at) == (PresenceState.UNSEEN, None, SEEN_AT + 12 * HOUR)


def test_an_alert_that_only_says_that_nobody_can_tell_is_no_answer_while_that_is_so() -> None:
    alarms = {Cause.CANNOT_TELL: Alarm(Step.PHONE, AGREED)}
    dark = found(SEEN_AT + HOUR, alarms=alarms, **blind(NONE, HOUR), blind_now=True)
    assert dark.state is PresenceState.BLIND
    assert found(SEEN_AT + HOUR, alarms=alarms).state is PresenceState.UNSEEN


@BESIDE
def test_after_a_vain_visit_nobody_is_sent_again_at_once(beside: timedelta) -> None:
    until = SEEN_AT + 30 * HOUR
    said = found(until + beside, not_before=until)
    assert said.step is (Step.PHONE if beside >= NONE else None)
    assert said.state is (PresenceState.UNSEEN if beside >= NONE else PresenceState.LATE)


def test_doubtful_evidence_puts_a_step_off_in_part() -> None:
    """Formula 6: a match of weight 0.3 two hours after the accepted one shifts the clock by 0.3 of two hours."""
    doubtful = [Doubt(SEEN_AT + 2 * HOUR, 0.3)]
    assert found(SEEN_AT + HOUR, doubtful=doubtful).due_at == SEEN_AT + 24.6 * HOUR


def test_midnight_is_nothing_special() -> None:
    late = datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)  # one second before midnight
    agreed = Agreement(quiet=DailyWindow(time(0), time(7)))
    said = found(late + 24 * HOUR, last_evidence_at=late, agreed=agreed)
    assert said.step is Step.PHONE
    at_midnight = found(late + 24 * HOUR + SECOND, last_evidence_at=late + SECOND, agreed=agreed)
    assert at_midnight.state is PresenceState.LATE


@given(st.integers(0, 400_000), st.integers(0, 400_000), st.integers(0, 400_000))
def test_a_due_time_is_exactly_when_the_next_step_is_reached(now_s: int, blind_s: int, later_s: int) -> None:
    dark = blind(NONE, timedelta(seconds=blind_s))
    now = SEEN_AT + timedelta(seconds=now_s)
    said = found(now, **dark)
    if said.due_at != FOREVER:
        assert said.due_at is not None
        assert found(said.due_at - SECOND, **dark).step == said.step
        assert (found(said.due_at, **dark).step or 0) == (said.step or 0) + 1
    later = found(now + timedelta(seconds=later_s), **dark)
    assert (later.step or 0) >= (said.step or 0)
