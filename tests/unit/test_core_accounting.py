"""Everybody stands in one place, the places add up, and who is recognised less is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.accounting import Count, Recognition, fades, only_just
from monitor.core.presence import PresenceState


@given(st.lists(st.sampled_from(PresenceState)))
def test_the_parts_add_up_to_everybody_who_is_watched(states: list[PresenceState]) -> None:
    count = Count.of(states)
    assert sum(count.parts.values()) == count.watched
    assert count.watched == len(states) - states.count(PresenceState.WITHDRAWN)
    assert count.accounted_for == states.count(PresenceState.SEEN) + states.count(PresenceState.PAUSED)


def test_everybody_is_accounted_for_when_all_are_seen_or_away() -> None:
    assert Count.of([PresenceState.SEEN, PresenceState.PAUSED]).everybody
    assert not Count.of([PresenceState.SEEN, PresenceState.BLIND]).everybody


@pytest.mark.parametrize(
    ("recent", "before", "could_be_seen", "fading"),
    [
        (0, 6, 1.0, False),  # hardly known at all
        (7, 21, 1.0, False),
        (2, 21, 1.0, False),  # happens by chance
        (1, 21, 1.0, True),  # in 7 weeks of 1,000
        (0, 21, 1.0, True),
        (1, 21, 0.4, False),  # the cameras saw less
        (0, 21, 0.0, False),  # away, or everything dark
        (10, 84, 1.0, True),
    ],
)
def test_who_is_recognised_less_than_chance_explains_is_found(
    recent: int, before: int, could_be_seen: float, fading: bool
) -> None:
    assert fades(Recognition(recent, before, could_be_seen)) is fading


@pytest.mark.parametrize(
    ("recent", "near", "found"), [(3, 0.5, True), (3, 0.49, False), (2, 1.0, False), (0, 0.0, False)]
)
def test_who_is_only_just_recognised_is_found(recent: int, near: float, found: bool) -> None:
    assert only_just(Recognition(recent, 20, near_threshold=near)) is found
