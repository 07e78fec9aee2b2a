"""Drawn people and their passes: what rules are tried on before real people are watched by them.

Five ways to live, with what real records show: outings in pairs (out, in), nights without a pass, days without one that
come in rows, spells at home of up to four days. Every person differs a little from their way to live.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from monitor.core.passes import Pass
from monitor.core.sighting import Direction

LONGEST_OUTING_H = 11.0
BETWEEN_OUTINGS_H = 0.25
DAY = timedelta(days=1)
STARTS = datetime(2025, 3, 1, tzinfo=UTC).date()
ALL_DAYS = (1.0,) * 7


@dataclass(frozen=True)
class Outing:
    """One that is usual. Hours of the day may pass 24: the night owl's evening."""

    share: float  # of the days on which they go out at all
    leaves_h: float
    spread_h: float  # standard deviation
    lasts_h: float  # median; single ones differ by a factor


@dataclass(frozen=True)
class Life:
    """A way to live. A day at home makes the next one likelier; an illness is several in a row."""

    name: str
    outings: tuple[Outing, ...]
    goes_out: tuple[float, ...] = ALL_DAYS  # Monday to Sunday: share of days, before what follows
    stays_in: float = 0.1  # share of the days on which they stay in for no reason
    stays_in_again: float = 0.25  # the same after a day at home
    falls_ill: float = 0.008  # a day; then at home for two to four days


LIVES = (
    Life(
        "market in the morning",
        (Outing(0.85, 8.2, 0.7, 1.0), Outing(0.55, 15.3, 1.1, 0.9), Outing(0.25, 18.8, 0.6, 0.6)),
    ),
    Life(
        "out and about",
        (Outing(0.9, 8.8, 1.2, 1.6), Outing(0.7, 14.2, 1.5, 1.8), Outing(0.3, 17.5, 1.2, 0.5)),
        stays_in=0.04,
        stays_in_again=0.15,
    ),
    Life(
        "days at home",
        (Outing(0.6, 9.5, 1.5, 1.1), Outing(0.6, 14.8, 1.8, 1.3), Outing(0.5, 16.5, 1.5, 0.3)),
        stays_in=0.2,
        stays_in_again=0.4,
    ),
    Life(
        "twice a week",
        (Outing(0.95, 9.3, 0.8, 2.0), Outing(0.3, 15.5, 1.2, 0.7)),
        goes_out=(0.95, 0.1, 0.15, 0.95, 0.1, 0.35, 0.15),
        stays_in=0.03,
        stays_in_again=0.05,
    ),
    Life(
        "night owl",
        (Outing(0.7, 14.0, 1.5, 1.5), Outing(0.8, 20.5, 1.3, 2.5), Outing(0.3, 25.0, 0.8, 0.7)),
    ),
)


def passes(life: Life, days: int, seed: int, zone: ZoneInfo) -> list[Pass]:
    """One person's passes, in order; the same for the same seed."""
    random = np.random.default_rng(seed)
    own = _of_their_own(life, random)
    home_until, stayed_in, ill_until = -1.0, False, 0  # hours since the first midnight; days
    found: list[Pass] = []
    for day in range(days):
        if random.random() < own.falls_ill:
            ill_until = day + int(random.integers(2, 5))
        stays = random.random() < (own.stays_in_again if stayed_in else own.stays_in)
        weekday = (STARTS + day * DAY).weekday()
        stayed_in = stays or day < ill_until or random.random() >= own.goes_out[weekday]
        if stayed_in:
            continue
        for leaves_h, lasts_h in _outings(own, random):
            leaves = 24 * day + max(leaves_h, home_until - 24 * day + BETWEEN_OUTINGS_H)
            home_until = leaves + lasts_h
            found += [Pass(_at(leaves, zone), Direction.OUT), Pass(_at(home_until, zone), Direction.IN)]
    return found


def people(count: int, days: int, seed: int, zone: ZoneInfo) -> dict[str, Sequence[Pass]]:
    """As many people, one way to live after the other."""
    return {
        f"{number + 1}": passes(LIVES[number % len(LIVES)], days, seed * 1_000_003 + number, zone)
        for number in range(count)
    }


def _of_their_own(life: Life, random: np.random.Generator) -> Life:
    """Nobody lives exactly as others do."""

    def near(share: float) -> float:
        return float(np.clip(share * random.uniform(0.7, 1.3), 0, 1))

    outings = tuple(
        Outing(
            near(outing.share),
            outing.leaves_h + random.normal(0, 0.5),
            outing.spread_h * random.uniform(0.7, 1.4),
            outing.lasts_h * random.uniform(0.7, 1.4),
        )
        for outing in life.outings
    )
    return Life(
        life.name, outings, life.goes_out, near(life.stays_in), near(life.stays_in_again), life.falls_ill
    )


def _outings(life: Life, random: np.random.Generator) -> list[tuple[float, float]]:
    """Of a day on which they go out at all: when each begins and how long it lasts, in hours."""
    while True:
        chosen = [outing for outing in life.outings if random.random() < outing.share]
        if chosen:
            break
    drawn = [
        (
            outing.leaves_h + outing.spread_h * float(random.normal()),
            min(outing.lasts_h * float(random.lognormal(0, 0.6)), LONGEST_OUTING_H),
        )
        for outing in chosen
    ]
    return sorted(drawn)


def _at(hours: float, zone: ZoneInfo) -> datetime:
    """To the second, as a door writes it."""
    midnight = datetime.combine(STARTS, time(), zone).astimezone(UTC)
    return midnight + timedelta(seconds=round(hours * 3600))
