"""How long a silence lasts: blind time does not count, doubtful evidence counts in part."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.evidence import SAME_DOUBT
from monitor.core.interval import Interval, union
from monitor.core.silence import PUT_OFF_AT_MOST, Doubt, Silence, doubts

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = st.integers(0, 60)
WEIGHTS = st.floats(0.05, 0.95)
SPANS = st.lists(st.tuples(HOURS, HOURS), max_size=4)
DOUBTS = st.lists(st.tuples(HOURS, WEIGHTS), max_size=5)


def after(hours: float) -> datetime:
    return START + hours * HOUR


def silence(spans: list[tuple[int, int]] = [], doubtful: list[tuple[int, float]] = []) -> Silence:  # noqa: B006
    blind = union(Interval(after(a), after(b)) for a, b in spans)
    return Silence(START, doubts([Doubt(after(h), w) for h, w in doubtful], START), tuple(blind))


def test_the_example_of_the_formula() -> None:
    """Accepted 40 h ago, one weak match (0.3) 2 h ago: 0.3 * 2 + 0.7 * 40 = 28.6 h."""
    found = silence(doubtful=[(38, 0.3)]).expected(after(40))
    assert found == 28.6 * HOUR


def test_the_newest_of_several_weak_matches_weighs_most() -> None:
    """0.5 * 1 + 0.5 * 0.5 * 5 + 0.5 * 0.5 * 10 hours."""
    assert silence(doubtful=[(5, 0.5), (9, 0.5)]).expected(after(10)) == 4.25 * HOUR


def test_a_match_that_comes_later_says_nothing_yet() -> None:
    assert silence(doubtful=[(9, 0.5)]).expected(after(8)) == 8 * HOUR


@pytest.mark.parametrize(("length", "reached"), [(2, 2), (5, 5), (6, 11), (10, 15)])
def test_blind_time_moves_when_a_length_is_reached(length: int, reached: int) -> None:
    """Blind from 5 to 10."""
    assert silence([(5, 10)]).reaches(length * HOUR) == after(reached)


def test_blind_time_before_the_silence_does_not_count() -> None:
    found = Silence(START, (), (Interval(after(-5), after(-2)),))
    assert found.reaches(3 * HOUR) == after(3)
    assert found.blind_for(after(10)) == timedelta(0)


def test_what_was_reached_before_a_doubt_came_stays_reached() -> None:
    assert silence(doubtful=[(30, 0.9)]).reaches(24 * HOUR) == after(24)


def test_a_doubt_that_takes_it_back_below_the_length_is_waited_out() -> None:
    """At 20 the expected silence falls from 20 to 10 hours; 14 more reach 24."""
    assert silence(doubtful=[(20, 0.5)]).reaches(24 * HOUR) == after(34)


def test_however_often_somebody_alike_passes_a_step_is_put_off_by_half_at_most() -> None:
    often = [(hour, 0.9) for hour in range(1, 60)]
    assert silence(doubtful=often).reaches(24 * HOUR) == after(24 * (1 + PUT_OFF_AT_MOST))


def test_looks_in_quick_succession_are_one_doubt() -> None:
    close = [Doubt(START + n * MINUTE, weight) for n, weight in ((5, 0.2), (7, 0.6), (14, 0.1))]
    (one,) = doubts(close, START)
    assert one == Doubt(START + 14 * MINUTE, 0.6)
    apart = [Doubt(START + MINUTE, 0.2), Doubt(START + MINUTE + SAME_DOUBT, 0.2)]
    assert len(doubts(apart, START)) == 2


def test_doubts_before_the_accepted_evidence_are_over() -> None:
    assert doubts([Doubt(START, 0.5), Doubt(START - HOUR, 0.5)], START) == ()


@given(SPANS, st.integers(1, 60))
def test_without_doubts_a_length_is_reached_exactly_when_it_has_lasted_so_long(
    spans: list[tuple[int, int]], length: int
) -> None:
    found = silence(spans)
    at = found.reaches(length * HOUR)
    assert found.lasts(at) == length * HOUR
    assert found.lasts(at - MINUTE) < length * HOUR


@given(SPANS, DOUBTS, st.integers(1, 60))
def test_doubts_put_off_and_never_bring_forward(
    spans: list[tuple[int, int]], doubtful: list[tuple[int, float]], length: int
) -> None:
    sure, unsure = silence(spans), silence(spans, doubtful)
    assert sure.reaches(length * HOUR) <= unsure.reaches(length * HOUR)
    assert unsure.reaches(length * HOUR) <= sure.reaches(length * (1 + PUT_OFF_AT_MOST) * HOUR)


@given(SPANS, DOUBTS, HOURS)
def test_the_expected_silence_lies_between_nothing_and_the_sure_one(
    spans: list[tuple[int, int]], doubtful: list[tuple[int, float]], hours: int
) -> None:
    found = silence(spans, doubtful)
    assert (
        timedelta(0) <= found.expected(after(hours)) <= found.lasts(after(hours)) + timedelta(microseconds=10)
    )
