"""The fixed hours, moved to the moment after which waiting longer spares few alarms: the rule that is offered as advice.

Learnt of a resident: by which hour of a day they are first seen, F, and on which share of days they are not seen at all, z.
Who was last seen k days ago has not been seen until hour h with probability S = z^(k-1) * (1 - (1-z) * F(h)): it falls
while they usually pass first, and is flat for the rest of the day. Waiting costs delay evenly, so between two moments the
best one is where S lies lowest below the straight line from one to the other (the knee). A day begins at four: few pass.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from monitor.core.agreement import Agreement, Step
from monitor.core.history import Array
from monitor.core.interval import Interval
from monitor.core.passes import Record
from monitor.core.replay import HOUR, TICK
from monitor.core.routine import LEARNT_FROM
from monitor.core.silence import Silence

DAY_BEGINS = timedelta(hours=4)
MOVED_AT_MOST = 0.25  # of the fixed hours, sooner or later
DAYS_NEEDED = 14  # on which they were seen; with fewer nothing is moved


@dataclass(frozen=True)
class FirstSeen:
    """What a resident's days look like."""

    hours: Array  # (n,) float64, in order: hours after four at which they were first seen, of days on which they were
    days: int  # all, those without a pass too

    def by(self, hours: Array) -> Array:
        """F: share of the days with a pass on which it had come by then."""
        share: Array = np.searchsorted(self.hours, hours, side="right") / len(self.hours)
        return share

    def not_seen_until(self, hours: Array) -> Array:
        """S: `hours` after four of the day on which they were last seen. That day says nothing more."""
        none = 1 - len(self.hours) / self.days
        days = np.floor(hours / 24)
        share: Array = none ** np.maximum(days - 1, 0) * (1 - (1 - none) * self.by(hours - 24 * days))
        return np.where(days < 1, 1.0, share)


class Days:
    """The days of a record: whose first pass came when. Numbers are ordinals of local dates, hours count from four."""

    def __init__(self, record: Record, zone: ZoneInfo) -> None:
        self.zone = zone
        self._known: dict[int, FirstSeen | None] = {}
        self._days, self._hours = list[int](), list[float]()  # those with a pass
        for one in record.accepted:
            day, hour = self.place(one.at)
            if not self._days or day > self._days[-1]:
                self._days.append(day)
                self._hours.append(hour)

    def place(self, moment: datetime) -> tuple[int, float]:
        local = moment.astimezone(self.zone).replace(tzinfo=None) - DAY_BEGINS
        return local.toordinal(), local.hour + local.minute / 60 + local.second / 3600

    def before(self, day: int) -> FirstSeen | None:
        """The whole days of the window before this one, the first of the record left out; None: too few."""
        if day not in self._known:
            self._known[day] = self._learn(day)
        return self._known[day]

    def _learn(self, day: int) -> FirstSeen | None:
        start = max(self._days[0] + 1, day - LEARNT_FROM.days)
        found = self._hours[bisect_left(self._days, start) : bisect_left(self._days, day)]
        return FirstSeen(np.sort(found), day - start) if len(found) >= DAYS_NEEDED else None


@dataclass(frozen=True)
class UsualHours:
    """As the fixed rule, and moved by a quarter at most. Blind time and doubtful evidence count as they do there."""

    length: timedelta
    agreed: Agreement
    days: Days

    @property
    def soonest(self) -> timedelta:
        return self.length * (1 - MOVED_AT_MOST)

    def goes_out(self, silence: Silence) -> datetime:
        """What was out before a doubt came stays out."""
        found = self._best(Silence(silence.since, (), silence.blind))
        for number, doubt in enumerate(silence.doubts, start=1):
            if found < doubt.at:
                break
            known = Silence(silence.since, silence.doubts[:number], silence.blind)
            found = max(self._best(known), doubt.at)
        step = Step.URGENT if self.length >= self.agreed.urgent else Step.PHONE
        return self.agreed.goes_out(step, found, self.days.zone)

    def _best(self, silence: Silence) -> datetime:
        falls_due = silence.reaches(self.length)
        day, _ = self.days.place(silence.since)
        seen = self.days.before(day)
        if seen is None:
            return falls_due
        start = falls_due - self.length * MOVED_AT_MOST
        due_day, hour = self.days.place(start)
        count = int(2 * MOVED_AT_MOST * self.length / TICK) + 1
        hours = 24 * (due_day - day) + hour + np.arange(count) * (TICK / HOUR)
        not_seen = _without_blind(seen.not_seen_until(hours), start, silence.blind)
        line = np.linspace(not_seen[0], not_seen[-1], count)
        best = int(np.argmax(line - not_seen))
        return start + best * TICK if line[best] - not_seen[best] > 0 else falls_due


def _without_blind(not_seen: Array, start: datetime, blind: tuple[Interval, ...]) -> Array:
    """While nobody can be seen it does not fall."""
    if not blind:
        return not_seen
    falls = np.diff(not_seen)
    for dark in blind:
        first, last = ((at - start) // TICK for at in (dark.start, dark.end))
        falls[max(first, 0) : max(last, 0)] = 0
    return np.concatenate([not_seen[:1], not_seen[0] + np.cumsum(falls)])
