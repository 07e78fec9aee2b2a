"""What replays come to: one line a person, draw and rule; one row a rule, the mean of its lines."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

FIXED, OTHER, USUAL = "fixed ", "other hours", "usual hours"


@dataclass(frozen=True)
class Row:
    """What one rule comes to at one share of misses: means over people and draws."""

    rule: str
    miss: float
    people: int
    draws: int
    weeks: float  # of a person
    false_alarms: float  # all people's
    false_alarms_per_week: float  # a person's
    delay_mean_h: float | None  # None: nobody was tried, or the rule is about somebody who is out
    delay_p95_h: float | None
    phone_rounds: float  # a person's, because nobody could have seen them
    night_hold_adds_h: float | None = None  # to the mean delay, of the fixed rules
    around_h: float | None = None  # of other and usual hours


@dataclass(frozen=True)
class Line:
    """One person, one draw, one rule."""

    rule: str
    miss: float
    around_h: float | None
    weeks: float
    false_alarms: int
    mean_h: float
    p95_h: float
    without_hold_h: float
    rounds: int


def rows(lines: Iterable[Line], draws_of: Callable[[float], int]) -> Iterable[Row]:
    """In the order of the rules."""
    groups = defaultdict[tuple[float, str, float | None], list[Line]](list)
    for line in lines:
        groups[line.miss, line.rule, line.around_h].append(line)
    for (miss, rule, around_h), found in groups.items():
        draws = draws_of(miss)
        held, awake = _mean(line.mean_h for line in found), _mean(line.without_hold_h for line in found)
        about_home = not rule.startswith("out")
        yield Row(
            rule,
            miss,
            people=len(found) // draws,
            draws=draws,
            weeks=sum(line.weeks for line in found) / len(found),
            false_alarms=sum(line.false_alarms for line in found) / draws,
            false_alarms_per_week=sum(line.false_alarms / line.weeks for line in found) / len(found),
            delay_mean_h=held if about_home else None,
            delay_p95_h=_mean(line.p95_h for line in found) if about_home else None,
            phone_rounds=sum(line.rounds for line in found) / len(found),
            night_hold_adds_h=None if held is None or awake is None else held - awake,
            around_h=around_h,
        )


def _mean(values: Iterable[float]) -> float | None:
    """Of those that there are."""
    known = [value for value in values if not np.isnan(value)]
    return sum(known) / len(known) if known else None


def instead(fixed: Row, swept: Sequence[Row], kind: str) -> Row | None:
    """Of one kind the hours that have no more false alarms than a fixed rule, and the shortest delay.

    The fixed rule itself may find better hours in the same passes: what the usual hours are worth is seen beside it.
    """
    able = [
        (row.delay_mean_h, row)
        for row in swept
        if (row.rule, row.miss) == (kind, fixed.miss)
        and row.delay_mean_h is not None
        and row.false_alarms_per_week <= fixed.false_alarms_per_week + 1e-9
    ]
    if not able:
        return None
    _, best = min(able, key=lambda pair: pair[0])
    return replace(best, rule=f"{kind} for {fixed.rule}")
