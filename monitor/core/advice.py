"""Advice about the agreed hours: what each choice would have meant for this resident (W7). It changes nothing.

Judged from the passes of the last weeks by a replay of the watch's own rule; staff decide together with the resident.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from monitor.core.agreement import Agreement, Cause, Step, hours
from monitor.core.interval import Interval, union
from monitor.core.passes import Pass, Record
from monitor.core.replay import HOUR, WEEK, Replayed, SimulatedClock, replay
from monitor.core.rules import Fixed, NotBack
from monitor.core.usual_hours import Days, UsualHours

NEEDED = timedelta(days=56)
CHOICES_H = (12, 18, 24, 36, 48, 60, 72)
CRIES_WOLF_ABOVE = 2.0  # alerts a month
SLEEPS_ABOVE = 2.0  # times the 99 % gap
MONTH = timedelta(days=365.25 / 12)
TRIED_H = range(12, 97, 2)  # of the usual hours


class Flag(StrEnum):
    CRIES_WOLF = "cries_wolf"  # so many false alerts that nobody will hurry any more
    SLEEPS = "sleeps"  # far longer than this resident is ever unseen


@dataclass(frozen=True)
class Choice:
    """What so many hours would have meant. Delays: from trouble at a random hour at home until staff are told."""

    after: timedelta
    step: Step | None  # the agreed step with these hours
    alerts_a_month: float
    delay_mean_h: float | None  # None: nothing is known of when they were at home
    delay_p95_h: float | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Sooner:
    """The usual hours beside an agreed step: no more alerts, and told sooner. For information only (W7)."""

    step: Step
    around: timedelta
    alerts_a_month: float
    delay_mean_h: float
    sooner_h: float  # than by any fixed hours with so few alerts


@dataclass(frozen=True)
class Advice:
    since: datetime
    passes: int
    gap_q99_h: float  # one gap in a hundred is longer
    choices: tuple[Choice, ...]  # the shortest first
    not_back_a_month: float  # alerts because somebody went out and was not seen again
    not_back_flags: tuple[Flag, ...]

    def of(self, step: Step) -> Choice:
        return next(choice for choice in self.choices if choice.step is step)


def enough(passes: Sequence[Pass], now: datetime) -> bool:
    return len(passes) > 1 and now - passes[0].at >= NEEDED


def advise(
    passes: Sequence[Pass], blind: Iterable[Interval], agreed: Agreement, zone: ZoneInfo, now: datetime
) -> Advice:
    """Of passes in order, at least two, and the time in which nobody could see them, or they were away as planned."""
    clock, record, tried = _ready(passes, blind, now)
    steps = {agreed.until(step, Cause.UNSEEN): step for step in Step}
    lengths = sorted({*steps, *(h * HOUR for h in CHOICES_H)})
    rules = [Fixed(length, agreed, zone) for length in lengths]
    *found, out = replay(clock, record, [*rules, NotBack(agreed, zone, record)], tried)
    gap_q99 = _gap_q99(record)
    choices = tuple(
        _choice(length, steps.get(length), one, clock, gap_q99)
        for length, one in zip(lengths, found, strict=True)
    )
    not_back = _a_month(out, clock)
    return Advice(
        clock.first,
        len(record.accepted),
        hours(gap_q99),
        choices,
        not_back,
        (Flag.CRIES_WOLF,) if not_back > CRIES_WOLF_ABOVE else (),
    )


def sooner(
    passes: Sequence[Pass], blind: Iterable[Interval], agreed: Agreement, zone: ZoneInfo, now: datetime
) -> tuple[Sooner, ...]:
    """For each agreed step the usual hours with no more alerts, if they would have told sooner.

    Hours are chosen in the passes that judge them, fixed ones too: else any other hours would look better than those in force.
    """
    clock, record, tried = _ready(passes, blind, now)
    if not tried:
        return ()
    days = Days(record, zone)
    in_force = [Fixed(agreed.until(step, Cause.UNSEEN), agreed, zone) for step in Step]
    fixed = [*in_force, *(Fixed(h * HOUR, agreed, zone) for h in TRIED_H)]
    usual = [UsualHours(h * HOUR, agreed, days) for h in TRIED_H]
    found = replay(clock, record, [*fixed, *usual], tried)
    delays_h = [float(np.mean(one.delays_h)) for one in found]
    advice = []
    for step, most in zip(Step, found, strict=False):
        able = [n for n, one in enumerate(found) if one.false_alarms <= most.false_alarms]
        best = min(able, key=lambda n: (delays_h[n], n))
        if best >= len(fixed):
            others_h = min(delays_h[n] for n in able if n < len(fixed))
            around, alerts = usual[best - len(fixed)].length, _a_month(found[best], clock)
            advice.append(Sooner(step, around, alerts, delays_h[best], others_h - delays_h[best]))
    return tuple(advice)


def _ready(
    passes: Sequence[Pass], blind: Iterable[Interval], now: datetime
) -> tuple[SimulatedClock, Record, list[datetime]]:
    clock = SimulatedClock(passes[0].at, passes[0].at, now)
    return clock, Record(tuple(passes), (), tuple(union(blind))), clock.tried(passes)


def _choice(
    length: timedelta, step: Step | None, found: Replayed, clock: SimulatedClock, gap_q99: timedelta
) -> Choice:
    alerts = _a_month(found, clock)
    cries, sleeps = alerts > CRIES_WOLF_ABOVE, length > SLEEPS_ABOVE * gap_q99
    flags = tuple(flag for flag, holds in ((Flag.CRIES_WOLF, cries), (Flag.SLEEPS, sleeps)) if holds)
    mean, p95 = None, None
    if found.delays_h:
        mean, p95 = float(np.mean(found.delays_h)), float(np.percentile(found.delays_h, 95))
    return Choice(length, step, alerts, mean, p95, flags)


def _a_month(found: Replayed, clock: SimulatedClock) -> float:
    return found.false_alarms / clock.weeks * (MONTH / WEEK)


def _gap_q99(record: Record) -> timedelta:
    """Of the gaps without their blind time."""
    ends = record.accepted
    gaps = [record.silence(number, end.at).lasts(end.at) / HOUR for number, end in enumerate(ends[1:])]
    return float(np.quantile(gaps, 0.99)) * HOUR
