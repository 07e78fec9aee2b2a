"""Who is told of alerts: receivers, the links of the chain that they stand in, and the shifts in which they are on duty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.interval import Interval, union
from monitor.errors import InvalidInput

LOOK_AHEAD = timedelta(days=7)
LONGEST_SHIFT = timedelta(hours=36)
SECOND_CHANNEL_AFTER = timedelta(seconds=60)


class Link(StrEnum):
    """Links of the chain (W12), the nearest first."""

    DUTY = "duty"  # the duty officer
    STAFF = "staff"  # of the building
    LEAD = "lead"
    FALLBACK = "fallback"  # always there, without shifts


class Language(StrEnum):
    CHINESE = "zh-CN"
    ENGLISH = "en"


@dataclass(frozen=True)
class Receiver:
    """Somebody, or a group, who is told. Their first channel is tried first; no building means every building."""

    id: int
    name: str
    link: Link
    channels: tuple[str, ...]
    buildings: frozenset[str] = frozenset()
    language: Language = Language.CHINESE

    def answers_for(self, building: str | None) -> bool:
        return not self.buildings or building in self.buildings


@dataclass(frozen=True)
class Shift:
    receiver_id: int
    time: Interval

    def __post_init__(self) -> None:
        if self.time.length <= timedelta(0):
            raise InvalidInput(field="ends_at", reason="must lie after the start")
        if self.time.length > LONGEST_SHIFT:
            hours = LONGEST_SHIFT / timedelta(hours=1)
            raise InvalidInput(field="ends_at", reason=f"a shift is {hours:g} hours at most")


def gaps(shifts: Iterable[Interval], within: Interval) -> list[Interval]:
    """When nobody is on duty."""
    found, free_from = [], within.start
    for covered in union(shifts):
        if covered.start > free_from:
            found.append(Interval(free_from, min(covered.start, within.end)))
        free_from = max(free_from, covered.end)
    found.append(Interval(free_from, within.end))
    return [gap for gap in found if gap.end > gap.start]


def building(flat: str | None) -> str | None:
    """Of a flat such as 3-2-501."""
    return flat.partition("-")[0] if flat else None


def on_duty(receivers: Iterable[Receiver], shifts: Iterable[Shift], now: datetime) -> list[Receiver]:
    """Who can be told at this moment."""
    present = {shift.receiver_id for shift in shifts if shift.time.start <= now < shift.time.end}
    return [each for each in receivers if each.link is Link.FALLBACK or each.id in present]
