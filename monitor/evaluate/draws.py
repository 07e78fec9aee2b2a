"""What a replay leaves out by chance: passes that no camera recognises, and hours in which none could."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from monitor.core.evidence import DOUBTFUL_WEIGHT
from monitor.core.interval import Interval
from monitor.core.passes import Pass
from monitor.core.sighting import Direction

MONTH = timedelta(days=30)
FALSE_DOUBTS_A_DAY = 0.1  # somebody alike passes


@dataclass(frozen=True)
class Misses:
    """Shares of the passes that are not recognised, and of those that come as doubtful evidence instead."""

    missed: float = 0.0
    doubted: float = 0.0


def recognised(passes: Sequence[Pass], misses: Misses, seed: int, person: int) -> list[Pass]:
    """What the cameras make of the true passes, in order; the same for the same seed."""
    random = np.random.default_rng([seed, person])
    missed = random.random(len(passes)) < misses.missed
    if not misses.doubted:
        return [one for one, gone in zip(passes, missed, strict=True) if not gone]
    doubted = random.random(len(passes)) < misses.doubted
    kept = [
        replace(one, weight=DOUBTFUL_WEIGHT) if gone else one
        for one, gone, doubtful in zip(passes, missed, doubted, strict=True)
        if doubtful or not gone
    ]
    spans = passes[-1].at - passes[0].at
    count = random.poisson(FALSE_DOUBTS_A_DAY * (spans / timedelta(days=1)))
    alike = [
        Pass(passes[0].at + share * spans, Direction.BOTH, DOUBTFUL_WEIGHT) for share in random.random(count)
    ]
    return sorted([*kept, *alike], key=lambda one: one.at)


def outages(first: datetime, last: datetime, length: timedelta, seed: int) -> list[Interval]:
    """One in every thirty days, anywhere in them."""
    random = np.random.default_rng([seed])
    found, month = list[Interval](), first
    while length and month < last:
        start = month + random.random() * (MONTH - length)
        found.append(Interval(start, start + length))
        month += MONTH
    return found
