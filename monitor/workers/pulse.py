"""What keeps coming from a camera: whether, since when, how fast, how sound, and how far behind."""

from collections import deque
from datetime import datetime

from monitor.clock import monotonic_s, utc_now
from monitor.vision.packet import Packet

LAG_SETTLES_S = 3.0
RATE_OVER_S = 10.0
FAST_ENOUGH_PER_S = 8.0  # whoever passes is seen with this many pictures
SOUND_OVER, POOR_SHARE = 200, 0.1
GAP_S = 15.0  # the longest time without a whole picture that counts as none


class Pulse:
    """Something that keeps coming, and since when it has come without a gap."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._last_s: float | None = None
        self.count = 0
        self.last_at: datetime | None = None
        self.since: datetime | None = None

    def beat(self) -> None:
        now = utc_now()
        if not self.alive:
            self.since = now
        self._last_s, self.last_at = monotonic_s(), now
        self.count += 1

    def interrupt(self) -> None:
        """There was a gap although it kept coming."""
        self._last_s = None

    @property
    def alive(self) -> bool:
        return self._last_s is not None and monotonic_s() - self._last_s <= self._within_s


class Lag:
    """How far a stream runs behind: arrival minus camera time, above the least that was seen.

    Many cameras begin with a burst, so the first seconds say nothing.
    """

    def __init__(self) -> None:
        self._first_s: float | None = None
        self._least_s: float | None = None
        self.now_s = 0.0

    def add(self, packet: Packet) -> None:
        if self._first_s is None:
            self._first_s = packet.arrived_s
        if packet.arrived_s - self._first_s < LAG_SETTLES_S:
            return
        difference = packet.arrived_s - packet.pts_s
        # The least drifts up slowly, because the clocks of two machines are never alike.
        self._least_s = difference if self._least_s is None else min(self._least_s + 1e-4, difference)
        self.now_s = difference - self._least_s


class Rate:
    """How many pictures come in a second, against what is usual. A camera that has been slow for long stays slow."""

    def __init__(self) -> None:
        self._from_s = monotonic_s()
        self._count = 0
        self._usual = 0.0
        self._slow_for = 0

    def add(self) -> None:
        self._count += 1
        elapsed_s = monotonic_s() - self._from_s
        if elapsed_s < RATE_OVER_S:
            return
        rate = self._count / elapsed_s
        self._usual = max(self._usual, rate)
        self._slow_for = self._slow_for + 1 if rate < min(FAST_ENOUGH_PER_S, 0.5 * self._usual) else 0
        self._from_s, self._count = monotonic_s(), 0

    def slow(self, announced_per_s: float | None) -> bool:
        self._usual = max(self._usual, min(announced_per_s or 0.0, 30.0))
        return self._slow_for >= 2


class Soundness:
    """The share of damaged pictures among the last ones."""

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=SOUND_OVER)
        self._damaged = 0

    def add(self, damaged: bool) -> None:
        if len(self._last) == SOUND_OVER:
            self._damaged -= self._last[0]
        self._last.append(damaged)
        self._damaged += damaged

    @property
    def poor(self) -> bool:
        return len(self._last) >= SOUND_OVER // 4 and self._damaged > POOR_SHARE * len(self._last)


class Proof:
    """Whether the main stream, when it is decoded, gives pictures by which somebody can be identified."""

    def __init__(self) -> None:
        self._wanted_s: float | None = None  # since when one is wanted in vain
        self.at: datetime | None = None  # of the last one
        self.since: datetime | None = None  # since when there was no long time without

    def wanted(self) -> None:
        if self._wanted_s is None:
            self._wanted_s = monotonic_s()

    def given(self) -> None:
        now = utc_now()
        if self.since is None or self.missing_for_s() > GAP_S:
            self.since = now
        self.at, self._wanted_s = now, None

    def missing_for_s(self) -> float:
        return 0.0 if self._wanted_s is None else monotonic_s() - self._wanted_s
