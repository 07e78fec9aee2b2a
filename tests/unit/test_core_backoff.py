"""Waiting grows, has a limit, and is spread so that not everybody comes back at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.backoff import full_jitter_s

SECONDS = st.floats(0.1, 3600)


@given(st.integers(0, 10_000), SECONDS, SECONDS, st.floats(0, 1, exclude_max=True))
def test_the_wait_stays_within_its_bounds(
    attempt: int, first_s: float, longest_s: float, chance: float
) -> None:
    wait_s = full_jitter_s(attempt, first_s, longest_s, lambda: chance)
    assert 0 <= wait_s <= longest_s
    assert wait_s <= first_s * 2.0 ** min(attempt, 1000)


@given(st.integers(0, 100), SECONDS, SECONDS, st.floats(0, 1))
def test_a_later_attempt_never_waits_less_by_the_same_chance(
    attempt: int, first_s: float, longest_s: float, chance: float
) -> None:
    waits = [full_jitter_s(attempt + n, first_s, longest_s, lambda: chance) for n in (0, 1)]
    assert waits[0] <= waits[1]


@pytest.mark.parametrize(("attempt", "wait_s"), [(0, 2), (1, 4), (4, 32), (5, 60), (10**9, 60)])
def test_the_longest_wait_doubles_up_to_the_limit(attempt: int, wait_s: float) -> None:
    assert full_jitter_s(attempt, 2, 60, lambda: 1.0) == wait_s


def test_doubling_stops_before_numbers_overflow() -> None:
    assert full_jitter_s(10**9, 1, float("inf"), lambda: 1.0) == 2.0**16
