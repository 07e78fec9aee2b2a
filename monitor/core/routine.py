"""Rules that learn a resident's routine (formulas 2-4 of wellness.md section 3). They advise; none raises an alert (W7).

Each is learnt anew at the last accepted evidence of life from the 56 days before it, so that a silence never teaches the
rule that judges it. Doubtful evidence is not learnt from; blind time does not count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from monitor.core.agreement import Agreement, Step
from monitor.core.history import SLOTS, Array, History
from monitor.core.replay import HOUR
from monitor.core.silence import Silence

LEARNT_FROM = timedelta(days=56)
SHORTEST_H, LONGEST_H = 12.0, 72.0
SHORTEST_GAP_H = 18.0  # of the rule of gaps alone
BUFFER_H = 2.0


@dataclass(frozen=True)
class LearntRule:
    """What they share. Steps wait for the morning as the phone step does."""

    history: History
    agreed: Agreement
    zone: ZoneInfo

    @property
    def soonest(self) -> timedelta:
        return SHORTEST_H * HOUR

    def _held(self, falls_due: datetime) -> datetime:
        return self.agreed.goes_out(Step.PHONE, falls_due, self.zone)

    def _ahead(self, silence: Silence) -> tuple[slice, Array]:
        """The ticks at which the silence is between the shortest and the longest, and how long it is then (hours)."""
        since_h = self.history.hours(silence.since)
        (before,) = self.history.seeable(np.array([since_h]))
        lengths_h = self.history.seeable_h - before
        first, last = np.searchsorted(lengths_h, [SHORTEST_H, LONGEST_H])
        ticks = slice(int(first), int(last))
        return ticks, lengths_h[ticks]

    def _first(self, silence: Silence, ticks: slice, out: Array) -> datetime:
        """The first tick at which it is out; the longest silence at the latest."""
        latest = silence.reaches(LONGEST_H * HOUR)
        if not out.any():
            return self._held(latest)
        number = ticks.start + int(np.argmax(out))
        return self._held(min(self.history.first + number * self.history.tick, latest))


class GapQuantile(LearntRule):
    """Formula 2: the 99 % quantile of the gaps, between 18 and 72 hours."""

    def goes_out(self, silence: Silence) -> datetime:
        gaps_h = self._gaps_h(silence.since)
        length_h = float(np.quantile(gaps_h, 0.99)) if len(gaps_h) else LONGEST_H
        length_h = min(max(length_h, SHORTEST_GAP_H), LONGEST_H)
        return self._held(silence.reaches(length_h * HOUR))

    def _gaps_h(self, since: datetime) -> Array:
        """Those that ended in the window."""
        passes_h, _ = self.history.learnt(since, LEARNT_FROM)
        end = int(np.searchsorted(self.history.passes_h, self.history.hours(since), side="right"))
        before = self.history.passes_h[max(end - len(passes_h) - 1, 0) : end]
        gaps_h: Array = np.diff(self.history.seeable(before))
        return gaps_h


@dataclass(frozen=True)
class TimeOfDay(LearntRule):
    """Formula 3: how long they had not been seen at this half hour and its neighbours, at most or by a quantile."""

    quantile: float  # 1: the longest

    def goes_out(self, silence: Silence) -> datetime:
        lines_h = np.clip(self._lines_h(silence.since) + BUFFER_H, SHORTEST_H, LONGEST_H)
        ticks, lengths_h = self._ahead(silence)
        return self._first(silence, ticks, lengths_h >= lines_h[self.history.slots[ticks]])

    def _lines_h(self, since: datetime) -> Array:
        """(48,) float64: of each half hour; nan where nothing is known, which is never out."""
        history = self.history
        _, window = history.learnt(since, LEARNT_FROM)
        seen = np.searchsorted(history.passes_h, history.ticks_h[window], side="right") - 1
        known = seen >= 0
        unseen_h = history.seeable_h[window] - history.seeable(history.passes_h)[seen]
        days, slots = history.days[window][known], history.slots[window][known]
        if not len(days):
            return np.full(SLOTS, np.nan)
        table = np.full((days[-1] - days[0] + 1, SLOTS), np.nan)  # a day, a half hour
        table[days - days[0], slots] = unseen_h[known]
        return _quantiles(
            np.vstack([np.roll(table, 1, axis=1), table, np.roll(table, -1, axis=1)]), self.quantile
        )


class ExpectedSightings(LearntRule):
    """Formula 4: so many passes were to be expected since the last as before only 1 % of the gaps' ends."""

    def goes_out(self, silence: Silence) -> datetime:
        history = self.history
        passes_h, window = history.learnt(silence.since, LEARNT_FROM)
        ticks, _ = self._ahead(silence)
        if len(passes_h) < 2:
            return self._first(silence, ticks, np.zeros(0, bool))
        reach = slice(window.start, max(ticks.stop, window.stop))
        expected = self._expected(passes_h, window, reach)
        ticks_h = history.ticks_h[reach]
        at_passes = np.interp(passes_h, ticks_h, expected)
        limit = np.quantile(np.diff(at_passes), 0.99)
        since_then = expected[ticks.start - reach.start : ticks.stop - reach.start] - at_passes[-1]
        return self._first(silence, ticks, since_then >= limit)

    def _expected(self, passes_h: Array, window: slice, reach: slice) -> Array:
        """Passes to be expected until each tick of `reach`: the rate of each hour of the day, added up."""
        history = self.history
        hours = history.slots // 2
        seeable_h = np.diff(history.seeable_h, append=history.seeable_h[-1])
        at = np.searchsorted(history.ticks_h, passes_h, side="right") - 1
        count = np.bincount(hours[at], minlength=24)
        seen_h = np.bincount(hours[window], weights=seeable_h[window], minlength=24)
        rate = np.divide(count, seen_h, out=np.zeros(24), where=seen_h > 0)
        steps = rate[hours[reach]] * seeable_h[reach]
        expected: Array = np.concatenate([[0.0], np.cumsum(steps[:-1])])
        return expected


def _quantiles(table: Array, quantile: float) -> Array:
    """Of each column, between neighbours as numpy does, without what is missing; nan where all is."""
    ordered = np.sort(table, axis=0)  # what is missing comes last
    last = np.maximum(np.count_nonzero(~np.isnan(ordered), axis=0) - 1, 0)
    place = quantile * last
    low = np.floor(place).astype(int)
    column = np.arange(table.shape[1])
    below, above = ordered[low, column], ordered[np.minimum(low + 1, last), column]
    found: Array = below + (place - low) * (above - below)
    return found
