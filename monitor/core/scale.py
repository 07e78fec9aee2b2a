"""UTC as the service counts it: the machine's clock may jump, the scale does not jump with it (decision 17).

The scale runs with the seconds since the machine was started. What its clock says is believed when it differs little, or when
it has been ahead for so long that it will stay so. The scale never goes back: facts are on record in it.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.core.interval import Interval

NOTHING = timedelta(seconds=0.1)  # the two clocks are not read at the same moment
FOLLOWED = timedelta(seconds=5)  # so much is a clock that is being set right
BELIEVED_AFTER = timedelta(minutes=10)
# After a start of the machine what its battery kept is all there is, until somebody sets it right.
BELIEVED_AFTER_START = timedelta(minutes=2)


@dataclass(frozen=True)
class Reading:
    """What the machine says at one moment."""

    boot: str  # names this run of the machine; empty where it has no such name
    boot_s: float  # seconds since it was started, asleep or awake
    wall: datetime
    kept: bool  # by its own word something keeps its clock right


@dataclass(frozen=True)
class Deviation:
    """The machine's clock is ahead of the scale by so much; behind it when negative."""

    by: timedelta
    since: datetime  # by the scale


@dataclass(frozen=True)
class Scale:
    """`leap`: time that it has left out, and that is not on record as blind yet."""

    boot: str
    booted_at: datetime
    last_at: datetime  # when it was kept last; another run of the machine goes on from here
    settled: bool = True  # whether the machine's clock was believed since the start of the machine
    deviation: Deviation | None = None
    leap: Interval | None = None

    def at(self, boot_s: float) -> datetime:
        return self.booted_at + timedelta(seconds=boot_s)

    def kept_at(self, boot_s: float) -> "Scale":
        return replace(self, last_at=self.at(boot_s))


def begin(kept: Scale | None, reading: Reading) -> Scale:
    """The scale of a process that starts: the one that was kept, or one that goes on from its end."""
    if kept is None or not reading.boot:
        return Scale(reading.boot, reading.wall - timedelta(seconds=reading.boot_s), reading.wall)
    if kept.boot == reading.boot:
        return kept
    # Every process comes to the same without asking another.
    return Scale(reading.boot, kept.last_at, kept.last_at, settled=False, leap=kept.leap)


def judge(scale: Scale, reading: Reading) -> Scale:
    """The scale after a look at the machine's clock."""
    now = scale.at(reading.boot_s)
    by = reading.wall - now
    if abs(by) <= NOTHING:
        return replace(scale, settled=True, deviation=None)
    if abs(by) <= FOLLOWED:
        return _moved(scale, by)
    deviation = scale.deviation
    if deviation is None or abs(by - deviation.by) > FOLLOWED:
        deviation = Deviation(by, now)
    if by > timedelta(0) and _believed(scale, deviation, reading, now):
        start = now if scale.leap is None else min(now, scale.leap.start)
        return replace(_moved(scale, by), leap=Interval(start, reading.wall))
    return replace(scale, deviation=deviation)


def _moved(scale: Scale, by: timedelta) -> Scale:
    return replace(scale, booted_at=scale.booted_at + by, settled=True, deviation=None)


def _believed(scale: Scale, deviation: Deviation, reading: Reading, now: datetime) -> bool:
    if scale.settled:
        return now - deviation.since >= BELIEVED_AFTER
    return reading.kept or now - deviation.since >= BELIEVED_AFTER_START


def dump(scale: Scale) -> str:
    return json.dumps(
        {
            "boot": scale.boot,
            "booted_at": scale.booted_at.isoformat(),
            "last_at": scale.last_at.isoformat(),
            "settled": scale.settled,
            "deviation": scale.deviation
            and [scale.deviation.by.total_seconds(), scale.deviation.since.isoformat()],
            "leap": scale.leap and [scale.leap.start.isoformat(), scale.leap.end.isoformat()],
        }
    )


def load(text: str) -> Scale:
    """Raises ValueError, KeyError, TypeError for what is no scale."""
    said = json.loads(text)

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(UTC)

    deviation, leap = said["deviation"], said["leap"]
    return Scale(
        said["boot"],
        at(said["booted_at"]),
        at(said["last_at"]),
        bool(said["settled"]),
        Deviation(timedelta(seconds=deviation[0]), at(deviation[1])) if deviation else None,
        Interval(at(leap[0]), at(leap[1])) if leap else None,
    )
