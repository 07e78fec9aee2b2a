"""Replays of a file of passes: every rule, every share of misses, every draw, every person."""

from collections.abc import Mapping, Sequence
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
from monitor.core.sighting import Direction
from monitor.core.usual_hours import Days, UsualHours
from monitor.errors import InvalidInput
from monitor.evaluate.draws import Misses, outages, recognised
from monitor.evaluate.replay_rows import FIXED, OTHER, USUAL, Line, Row, instead, rows

SEVERAL = 20  # people from which on it pays to share the work
AT_ONCE = 5  # people
SWEPT_H = range(12, 97)  # the hours that are tried instead of the fixed ones


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
    found = list(rows(lines, order.draws_of))
    notes = []
    if too_short:
        notes.append(
            f"the passes of {len(too_short)} of {len(people)} people span too few days and were left out"
        )
    if undirected := sum(all(one.direction is Direction.BOTH for one in job.passes) for job in jobs):
        notes.append(
            f"no pass of {undirected} of {len(jobs)} people says which way it led: all their time counts as at home"
        )
    swept = [row for row in found if row.around_h is not None]
    shown = [row for row in found if row.around_h is None]
    if order.combined:
        fixed = [row for row in shown if row.rule.startswith(FIXED)]
        shown += [best for row in fixed for kind in (OTHER, USUAL) if (best := instead(row, swept, kind))]
    return Outcome(tuple(sorted(shown, key=lambda row: row.miss)), tuple(swept), tuple(notes))


@dataclass(frozen=True)
class _Job:
    number: int
    passes: Sequence[Pass]
    order: Order


def _replay(job: _Job) -> list[Line]:
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
) -> Line:
    delays = found.delays_h
    return Line(
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
