"""Spans of time and what several of them have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce


@dataclass(frozen=True, order=True)
class Interval:
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlaps, in order."""
    joined: list[Interval] = []
    for interval in sorted(i for i in intervals if i.end > i.start):
        if joined and interval.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, interval.end))
        else:
            joined.append(interval)
    return joined


def intersection(a: Iterable[Interval], b: Iterable[Interval]) -> list[Interval]:
    """The time that lies in both; each side must be free of overlaps."""
    right = list(b)
    common = (Interval(max(x.start, y.start), min(x.end, y.end)) for x in a for y in right)
    return sorted(i for i in common if i.end > i.start)


def all_at_once(groups: Iterable[Iterable[Interval]], within: Interval) -> list[Interval]:
    """When every group was covered at the same time; the whole of `within` when there are no groups."""
    covered = sorted((union(group) for group in groups), key=len)  # an empty one settles it at once
    return reduce(intersection, covered, [within])
