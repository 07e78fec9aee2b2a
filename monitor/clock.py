"""The one place that reads a clock. Rules take `now` as an argument.

UTC here is steady: within one run of the machine it goes with the seconds since its start, and does not follow when somebody
sets the machine's clock (decision 17). All processes of a machine share the scale through a small file, which the watch keeps.
"""

import ctypes
import logging
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.scale import FOLLOWED, Deviation, Reading, Scale, begin, load

FOLLOW_EVERY_S = 1.0
AT_ONCE_S = 0.05
logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """What is stored, and what people read. Aware, UTC."""
    return steady.now()


def monotonic_s() -> float:
    """Seconds that never run backwards, also while the machine sleeps: for stalls, leases, backoff and frame ages."""
    return machine.boot_s()


def wall_now() -> datetime:
    """What the machine's own clock says, right or wrong: for what runs by it, and for who judges it."""
    return machine.wall()


def deviation() -> Deviation | None:
    """How far the machine's clock is from the scale; None while they agree."""
    return steady.scale().deviation


class Machine:
    """The clocks of this machine."""

    _boot_id = Path("/proc/sys/kernel/random/boot_id")
    _time_error = 5  # of adjtimex(2): nothing keeps the clock right
    _timex_bytes = 512  # more than the kernel writes

    def boot(self) -> str:
        """Names this run of the machine; empty where the system gives it no name."""
        try:
            return self._boot_id.read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def boot_s(self) -> float:
        # Only Linux has a clock that counts the time asleep.
        return (
            time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
        )

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def kept_right(self) -> bool:
        """Whether the kernel says that something, such as NTP, keeps its clock right."""
        try:
            state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(self._timex_bytes))
        except (AttributeError, OSError):
            return False
        return state not in (-1, self._time_error)

    def read(self) -> Reading:
        while True:
            before_s, wall, after_s = self.boot_s(), self.wall(), self.boot_s()
            if after_s - before_s <= AT_ONCE_S:  # or this process stood still between them
                return Reading(self.boot(), after_s, wall, self.kept_right())


class Steady:
    """The scale of this process. Without a file it begins with the machine's clock."""

    def __init__(self) -> None:
        self._scale: Scale | None = None
        self._path: Path | None = None
        self._signature: tuple[int, ...] | None = None
        self._look_at_s = 0.0
        self._latest: datetime | None = None

    def now(self) -> datetime:
        now = self.scale().at(machine.boot_s())
        # While the machine's clock is being set right the scale may go back a little; what is read does not.
        latest = self._latest
        if latest is not None and timedelta(0) < latest - now <= FOLLOWED:
            return latest
        self._latest = now
        return now

    def scale(self) -> Scale:
        if self._path is not None and machine.boot_s() >= self._look_at_s:
            self._follow(self._path)
        if self._scale is None:
            self._scale = begin(None, machine.read())
        return self._scale

    def share(self, path: Path) -> None:
        """Follow this file from now on."""
        self._path, self._signature, self._scale, self._look_at_s = path, None, None, 0.0

    def take(self, scale: Scale) -> None:
        """The scale is this one from now on; for who keeps the file."""
        self._scale = scale

    def _follow(self, path: Path) -> None:
        """Cheap: the file is read when it has changed."""
        self._look_at_s = machine.boot_s() + FOLLOW_EVERY_S
        signature = _signature(path)
        if signature is None or signature == self._signature:
            return
        self._signature = signature
        try:
            self._scale = begin(load(path.read_text(encoding="utf-8")), machine.read())
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("the shared clock %s cannot be read: %s", path, error)


def _signature(path: Path) -> tuple[int, ...] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


machine = Machine()
steady = Steady()
