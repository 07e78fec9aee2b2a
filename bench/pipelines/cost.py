"""What processes cost: processor seconds and memory, also of those that end or begin meanwhile."""

import time
from collections.abc import Callable, Iterable, Sequence
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


def measure(meters: Sequence[Meter], lasts_s: float, check: Callable[[], None]) -> tuple[list[Cost], float]:
    """Run all meters over the same time; `check` ends this when what is measured has ended.

    Returns the costs, and the cores that everything else on this machine took: who measures beside other work should
    know it.
    """
    for meter in meters:
        meter.begin()
    busy_s, began_s = _busy_s(), time.monotonic()
    while (left_s := began_s + lasts_s - time.monotonic()) > 0:
        time.sleep(min(SAMPLE_S, left_s))
        check()
        for meter in meters:
            meter.sample()
    costs = [meter.end() for meter in meters]
    all_cores = (_busy_s() - busy_s) / (time.monotonic() - began_s)
    return costs, max(0.0, all_cores - sum(cost.cores for cost in costs))


def _busy_s() -> float:
    """Processor seconds of the whole machine."""
    times = psutil.cpu_times()._asdict()  # `nice` is what the ingest processes run as; Linux has all of these
    return float(sum(times.get(kind, 0.0) for kind in ("user", "nice", "system", "irq", "softirq")))
