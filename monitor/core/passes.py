"""A resident's passes, and what of them the watch has on record."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.core.evidence import FULL
from monitor.core.interval import Interval, union
from monitor.core.sighting import Direction
from monitor.core.silence import Doubt, Silence, doubts


@dataclass(frozen=True, slots=True)
class Pass:
    """Somebody went through the gate. Below full weight it is doubtful that it was them (formula 6 of wellness.md)."""

    at: datetime
    direction: Direction
    weight: float = FULL

    @property
    def accepted(self) -> bool:
        return self.weight >= FULL


@dataclass(frozen=True)
class Record:
    """What the watch knows of one resident: each part in order, `blind` without overlaps."""

    accepted: tuple[Pass, ...]
    doubtful: tuple[Doubt, ...] = ()
    blind: tuple[Interval, ...] = ()

    @classmethod
    def of(cls, passes: Iterable[Pass], blind: Iterable[Interval] = ()) -> "Record":
        """Of passes in order. What passes while nobody can be seen is not on record."""
        dark = tuple(union(blind))
        seen = [one for one in passes if not _holds(dark, one.at)]
        return cls(
            tuple(one for one in seen if one.accepted),
            tuple(Doubt(one.at, one.weight) for one in seen if not one.accepted),
            dark,
        )

    def last(self, moment: datetime) -> int | None:
        """The number of the last accepted pass until this moment."""
        number = bisect_right(self.accepted, moment, key=_at) - 1
        return number if number >= 0 else None

    def silence(self, number: int, until: datetime) -> Silence:
        """After an accepted pass, as it is known at a moment: with the doubts until then, if no pass came."""
        since = self.accepted[number].at
        unsure: tuple[Doubt, ...] = ()
        if self.doubtful:
            first = bisect_right(self.doubtful, since, key=_at)
            unsure = doubts(self.doubtful[first : bisect_right(self.doubtful, until, key=_at)], since)
        ahead = self.blind[bisect_right(self.blind, since, key=_end) :] if self.blind else ()
        return Silence(since, unsure, ahead)

    def silence_at(self, moment: datetime) -> Silence | None:
        """None before the first accepted pass."""
        number = self.last(moment)
        return None if number is None else self.silence(number, moment)


def _at(one: Pass | Doubt) -> datetime:
    return one.at


def _end(blind: Interval) -> datetime:
    return blind.end


def _holds(blind: tuple[Interval, ...], moment: datetime) -> bool:
    """Ends do not belong to an interval: who passes as the camera comes back is seen."""
    number = bisect_right(blind, moment, key=_end)
    return number < len(blind) and blind[number].start <= moment
