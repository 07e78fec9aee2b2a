"""Silence counts from the last evidence of life, without the time in which nobody could be seen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.presence import LOOK_AGAIN_WHEN_BLIND, PresenceState, Step, Steps, assess

SECOND, HOUR, NONE = timedelta(seconds=1), timedelta(hours=1), timedelta(0)
SEEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
STEPS = Steps()


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
@pytest.mark.parametrize("blind", [NONE, 5 * HOUR])
def test_a_step_is_reached_at_its_hour_and_blind_time_moves_it(
    unseen_for: timedelta,
    state: PresenceState,
    step: Step | None,
    due_after: timedelta | None,
    blind: timedelta,
) -> None:
    found = assess(SEEN_AT, SEEN_AT + unseen_for + blind, blind, False, STEPS)
    due_at = SEEN_AT + due_after + blind if due_after else None
    assert (found.state, found.step, found.due_at, found.unseen_for) == (state, step, due_at, unseen_for)


def test_while_all_cameras_are_blind_nothing_is_said_and_it_looks_again_soon() -> None:
    now = SEEN_AT + 3 * HOUR
    found = assess(SEEN_AT, now, HOUR, True, STEPS)
    assert (found.state, found.step, found.due_at) == (PresenceState.BLIND, None, now + LOOK_AGAIN_WHEN_BLIND)
    assert found.unseen_for == 2 * HOUR


def test_going_blind_does_not_take_an_alert_back() -> None:
    found = assess(SEEN_AT, SEEN_AT + 30 * HOUR, HOUR, True, STEPS)
    assert (found.state, found.step) == (PresenceState.UNSEEN, Step.PHONE)


@given(st.integers(0, 400_000), st.integers(0, 400_000), st.integers(0, 400_000))
def test_a_due_time_is_exactly_when_the_next_step_is_reached(now_s: int, blind_s: int, later_s: int) -> None:
    blind = timedelta(seconds=blind_s)
    found = assess(SEEN_AT, SEEN_AT + timedelta(seconds=now_s), blind, False, STEPS)
    if found.due_at is not None:
        assert assess(SEEN_AT, found.due_at - SECOND, blind, False, STEPS).step == found.step
        assert (assess(SEEN_AT, found.due_at, blind, False, STEPS).step or 0) == (found.step or 0) + 1
    later = assess(SEEN_AT, SEEN_AT + timedelta(seconds=now_s + later_s), blind, False, STEPS)
    assert (later.step or 0) >= (found.step or 0)
