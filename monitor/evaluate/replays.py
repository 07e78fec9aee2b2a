"""Replays of a file of passes: every rule, every share of misses, every draw, every person; and what they come to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import get_context
from zoneinfo import ZoneInfo

import numpy as np

from monitor.core.agreement import Agreement
from monitor.core.history import History
from monitor.core.interval import Interval
from monitor.core.passes import Pass, Record
from monitor.core.replay import HOUR, Replayed, SimulatedClock, phone_rounds, replay
from monitor.core.routine import ExpectedSightings, GapQuantile, TimeOfDay
from monitor.core.rules import Fixed, NotBack, Rule
from monitor.core.usual_hours import Days, UsualHours
from monitor.errors import InvalidInput
from monitor.evaluate.draws import Misses, outages, recognised

SEVERAL = 20  # people from which on it pays to share the work
AT_ONCE = 5  # people
SWEPT_H = range(12, 97)  # the hours that are tried instead of the fixed ones
FIXED, OTHER, USUAL = "fixed ", "other hours", "usual hours"


@dataclass(frozen=True)
class Order:
    """What is to be replayed."""

    agreed: Agreement
    zone: ZoneInfo
    steps: tuple[timedelta, ...]
    misses: tuple[float, ...] = (0.0,)
    doubted: float = 0.0  # share of the missed passes that come as doubtful evidence
    seed: int = 1
    draws: int = 1
    blind: tuple[Interval, ...] = ()
    outage: timedelta = timedelta(0)  # a month
    learnt: bool = False  # the learnt rules too
    combined: bool = False  # the usual hours too, and other fixed hours beside them
    warm_up: timedelta = timedelta(days=42)
    tick: timedelta = timedelta(minutes=30)

    def draws_of(self, miss: float) -> int:
        """Where nothing is left to chance one is enough."""
        return self.draws if miss or self.outage or self.doubted else 1


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
class Outcome:
    rows: tuple[Row, ...]
    swept: tuple[Row, ...]  # other and usual hours, each number of hours
    notes: tuple[str, ...]


def run(people: Mapping[str, Sequence[Pass]], order: Order, workers: int) -> Outcome:
    """Several processes for many people. Raises InvalidInput when nobody's passes are enough."""
    jobs, too_short = [], list[InvalidInput]()
    for number, passes in enumerate(people.values()):
        try:
            SimulatedClock.over(passes, order.warm_up, order.tick)
        except InvalidInput as error:
            too_short.append(error)
        else:
            jobs.append(_Job(number, passes, order))
    if not jobs:
        raise too_short[0]
    if len(jobs) < SEVERAL or workers == 1:
        lines = [line for job in jobs for line in _replay(job)]
    else:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            lines = [line for found in pool.map(_replay, jobs, chunksize=AT_ONCE) for line in found]
    rows = list(_rows(lines, order))
    notes = (
        [f"{len(too_short)} people's passes are too few to be judged and were left out"] if too_short else []
    )
    swept = [row for row in rows if row.around_h is not None]
    shown = [row for row in rows if row.around_h is None]
    if order.combined:
        fixed = [row for row in shown if row.rule.startswith(FIXED)]
        shown += [found for row in fixed for kind in (OTHER, USUAL) if (found := _instead(row, swept, kind))]
    return Outcome(tuple(sorted(shown, key=lambda row: row.miss)), tuple(swept), tuple(notes))


@dataclass(frozen=True)
class _Job:
    number: int
    passes: Sequence[Pass]
    order: Order


@dataclass(frozen=True)
class _Line:
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


def _replay(job: _Job) -> list[_Line]:
    order, passes = job.order, job.passes
    clock = SimulatedClock.over(passes, order.warm_up, order.tick)
    tried = clock.tried(passes)
    lines = []
    for miss in order.misses:
        for seed in range(order.seed, order.seed + order.draws_of(miss)):
            seen = recognised(passes, Misses(miss, order.doubted), seed, job.number)
            blind = [*order.blind, *outages(passes[0].at, passes[-1].at, order.outage, seed)]
            record = Record.of(seen, blind)
            rules = _rules(record, clock, order)
            found = dict(zip(rules, replay(clock, record, list(rules.values()), tried), strict=True))
            rounds = phone_rounds(clock, record)
            lines += [
                _line(rule, miss, clock, one, found.get(_Key(rule.name, held=False)), rounds)
                for rule, one in found.items()
                if rule.held
            ]
    return lines


@dataclass(frozen=True)
class _Key:
    name: str
    around_h: float | None = None
    held: bool = True  # False: the same without the night hold, to see what that costs


def _rules(record: Record, clock: SimulatedClock, order: Order) -> dict[_Key, Rule]:
    agreed, zone = order.agreed, order.zone
    rules: dict[_Key, Rule] = {
        _Key(f"{FIXED}{step / HOUR:g} h"): Fixed(step, agreed, zone) for step in order.steps
    }
    if agreed.quiet is not None:
        awake = replace(agreed, quiet=None)
        rules |= {
            _Key(f"{FIXED}{step / HOUR:g} h", held=False): Fixed(step, awake, zone) for step in order.steps
        }
    rules[_Key(f"out, not back {agreed.not_back / HOUR:g} h")] = NotBack(agreed, zone, record)
    if order.learnt:
        history = History.of(record, clock, zone)
        rules |= {
            _Key("gap q.99 (18..72)"): GapQuantile(history, agreed, zone),
            _Key("time-of-day max + 2 h"): TimeOfDay(history, agreed, zone, 1.0),
            _Key("time-of-day q.98 + 2 h"): TimeOfDay(history, agreed, zone, 0.98),
            _Key("expected sightings q.99"): ExpectedSightings(history, agreed, zone),
        }
    if order.combined:
        days = Days(record, zone)
        rules |= {_Key(OTHER, hours): Fixed(hours * HOUR, agreed, zone) for hours in SWEPT_H}
        rules |= {_Key(USUAL, hours): UsualHours(hours * HOUR, agreed, days) for hours in SWEPT_H}
    return rules


def _line(
    rule: _Key, miss: float, clock: SimulatedClock, found: Replayed, awake: Replayed | None, rounds: int
) -> _Line:
    delays = found.delays_h
    return _Line(
        rule.name,
        miss,
        rule.around_h,
        clock.weeks,
        found.false_alarms,
        float(np.mean(delays)) if delays else np.nan,
        float(np.percentile(delays, 95)) if delays else np.nan,
        float(np.mean(awake.delays_h)) if awake and awake.delays_h else np.nan,
        rounds,
    )


def _rows(lines: Iterable[_Line], order: Order) -> Iterable[Row]:
    """In the order of the rules."""
    groups = defaultdict[tuple[float, str, float | None], list[_Line]](list)
    for line in lines:
        groups[line.miss, line.rule, line.around_h].append(line)
    for (miss, rule, around_h), found in groups.items():
        draws = order.draws_of(miss)
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


def _instead(fixed: Row, swept: Sequence[Row], kind: str) -> Row | None:
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
