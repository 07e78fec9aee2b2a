"""What processes cost: processor seconds and memory, also of those that end or begin meanwhile."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

SAMPLE_S = 1.0
MB = 1e6


@dataclass(frozen=True)
class Cost:
    """Of some processes over a measured time."""

    cpu_s: float
    lasted_s: float
    rss_mb: float  # the greatest sum that was seen; pages that processes share count in each
    processes: int
    ended: int  # how many ended meanwhile

    @property
    def cores(self) -> float:
        return self.cpu_s / self.lasted_s


def family(roots: Iterable[psutil.Process]) -> list[psutil.Process]:
    """The processes and all that they started."""
    found: dict[int, psutil.Process] = {}
    for root in roots:
        with suppress(psutil.NoSuchProcess):
            found[root.pid] = root
            found |= {child.pid: child for child in root.children(recursive=True)}
    return list(found.values())


@dataclass
class Meter:
    """Reads the counters of a changing set of processes; begin() ... sample() ... end()."""

    roots: Callable[[], list[psutil.Process]]
    _first_s: dict[int, float] = field(default_factory=dict)
    _last_s: dict[int, float] = field(default_factory=dict)
    _began_s: float = 0.0
    _most_mb: float = 0.0
    _alive: set[int] = field(default_factory=set)

    def begin(self) -> None:
        self._read()
        # What runs already is counted from here; who comes later is counted from their beginning.
        self._first_s = dict(self._last_s)
        self._began_s = time.monotonic()

    def sample(self) -> None:
        self._read()

    def end(self) -> Cost:
        self._read()
        used = sum(last - self._first_s.get(pid, 0.0) for pid, last in self._last_s.items())
        lasted_s = time.monotonic() - self._began_s
        ended = len(self._last_s.keys() - self._alive)
        return Cost(used, lasted_s, self._most_mb, len(self._alive), ended)

    def _read(self) -> None:
        memory, self._alive = 0.0, set()
        for process in family(self.roots()):
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                self._last_s[process.pid] = times.user + times.system
                memory += process.memory_info().rss / MB
                self._alive.add(process.pid)
        self._most_mb = max(self._most_mb, memory)


def measure(meters: Iterable[Meter], lasts_s: float, check: Callable[[], None]) -> list[Cost]:
    """Run all meters over the same time; `check` raises when what is measured has ended."""
    kept = list(meters)
    for meter in kept:
        meter.begin()
    end_s = time.monotonic() + lasts_s
    while (left_s := end_s - time.monotonic()) > 0:
        time.sleep(min(SAMPLE_S, left_s))
        check()
        for meter in kept:
            meter.sample()
    return [meter.end() for meter in kept]
