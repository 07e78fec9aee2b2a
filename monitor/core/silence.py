"""How long has nobody seen them? Time in which nobody could have is not counted, and doubtful evidence counts in part.

Formulas of wellness.md section 3: with accepted evidence alone g = t - l - B(l, t); with doubtful evidence of weight p_i at
s_i, the newest first, U(t) = sum p_i * prod over newer j of (1 - p_j) * (t - s_i), ending at the accepted one (p = 1),
each span without its blind time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.evidence import SAME_DOUBT
from monitor.core.interval import Interval

ZERO = timedelta(0)
# However often a face is nearly matched, or a loose contact rattles: by so much of its hours a step is put off at most.
PUT_OFF_AT_MOST = 0.5


@dataclass(frozen=True, order=True)
class Doubt:
    """Doubtful evidence. 0 < weight < 1."""

    at: datetime
    weight: float


@dataclass(frozen=True)
class Silence:
    """`since` is the last accepted evidence of life; `doubts` came after it, in order; `blind` is free of overlaps, in order."""

    since: datetime
    doubts: tuple[Doubt, ...] = ()
    blind: tuple[Interval, ...] = ()

    def blind_for(self, until: datetime) -> timedelta:
        return self._blind(self.since, until)

    def lasts(self, now: datetime) -> timedelta:
        """g: by accepted evidence alone."""
        return self._sighted(self.since, now)

    def expected(self, now: datetime) -> timedelta:
        """U: with the doubtful evidence until now."""
        left, total = 1.0, ZERO
        for doubt in reversed([d for d in self.doubts if d.at <= now]):
            total += left * doubt.weight * self._sighted(doubt.at, now)
            left *= 1 - doubt.weight
        return total + left * self.lasts(now)

    def reaches(self, length: timedelta) -> datetime:
        """When the silence has lasted this long, if nothing is blind and nobody seen from here on."""
        latest = self._after(self.since, length * (1 + PUT_OFF_AT_MOST))
        if not self.doubts:
            return self._after(self.since, length)
        # Each doubt puts it off; between two of them it may have been reached.
        for start, end in pairwise([self.since, *(d.at for d in self.doubts)]):
            before = self._upto(start)
            found = self._after(start, max(length - before.expected(start), ZERO))
            if found < end:
                return min(found, latest)
        last = self.doubts[-1].at
        return min(self._after(last, max(length - self.expected(last), ZERO)), latest)

    def _upto(self, moment: datetime) -> "Silence":
        return Silence(self.since, tuple(d for d in self.doubts if d.at <= moment), self.blind)

    def _sighted(self, start: datetime, end: datetime) -> timedelta:
        return end - start - self._blind(start, end)

    def _blind(self, start: datetime, end: datetime) -> timedelta:
        return sum((max(min(b.end, end) - max(b.start, start), ZERO) for b in self.blind), ZERO)

    def _after(self, start: datetime, length: timedelta) -> datetime:
        """The moment until which so much time went by in which they could have been seen."""
        at = start
        for blind in self.blind:
            if blind.end <= at:
                continue
            if blind.start - at >= length:
                break
            length -= max(blind.start - at, ZERO)
            at = blind.end
        return at + length


def doubts(evidence: Sequence[Doubt], since: datetime) -> tuple[Doubt, ...]:
    """In order, without what is older than the accepted evidence; what comes in quick succession is one doubt.

    Ten looks at one face that passes are not ten witnesses.
    """
    found: list[Doubt] = []
    for doubt in sorted(d for d in evidence if d.at > since):
        if found and doubt.at - found[-1].at < SAME_DOUBT:
            found[-1] = Doubt(doubt.at, max(doubt.weight, found[-1].weight))
        else:
            found.append(doubt)
    return tuple(found)
