"""Spans of time, checked against counting minutes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.interval import Interval, all_at_once, intersection, union

START = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6)


def span(first: int, last: int) -> Interval:
    return Interval(START + timedelta(minutes=first), START + timedelta(minutes=last))


def minutes(spans: list[tuple[int, int]]) -> set[int]:
    return {minute for first, last in spans for minute in range(first, last)}


def counted(intervals: list[Interval]) -> set[int]:
    whole = [
        ((i.start - START) // timedelta(minutes=1), (i.end - START) // timedelta(minutes=1))
        for i in intervals
    ]
    return minutes(whole)


@given(st.lists(SPANS, max_size=4), st.integers(0, 60), st.integers(0, 60))
def test_all_at_once_is_what_counting_minutes_gives(
    groups: list[list[tuple[int, int]]], first: int, last: int
) -> None:
    common = set(range(first, last))
    for group in groups:
        common &= minutes(group)
    intervals = [[span(*s) for s in group] for group in groups]
    assert counted(all_at_once(intervals, span(first, last))) == common


@given(SPANS)
def test_a_union_is_the_same_time_in_order_and_apart(spans: list[tuple[int, int]]) -> None:
    joined = union(span(*s) for s in spans)
    assert counted(joined) == minutes(spans)
    assert all(a.end < b.start for a, b in pairwise(joined))


@given(SPANS, SPANS)
def test_an_intersection_is_the_time_in_both(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    common = intersection(union(span(*s) for s in a), union(span(*s) for s in b))
    assert counted(common) == minutes(a) & minutes(b)


def test_spans_that_touch_become_one() -> None:
    assert union([span(5, 10), span(0, 5)]) == [span(0, 10)]


def test_without_groups_everything_is_covered() -> None:
    assert all_at_once([], span(0, 60)) == [span(0, 60)]


def test_a_group_that_was_never_covered_leaves_nothing() -> None:
    assert all_at_once([[span(0, 60)], []], span(0, 60)) == []


def test_a_span_is_as_long_as_from_its_start_to_its_end() -> None:
    assert span(5, 20).length == timedelta(minutes=15)
