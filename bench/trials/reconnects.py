"""Memory and file descriptors over thousands of connections that a camera ends, cameras and readers in one process."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
from faults.camera import FaultyCamera
from faults.reading import Reading, camera, reading

from bench.trials.cameras import faulty
from bench.trials.lines import Line
from bench.trials.patience import patience

MB = 1e6
MOST_GROWTH_MB, CAMERAS, SETTLED, READINGS, GIVE_UP_S = 10.0, 8, 0.1, 10, 60.0
AT_ONCE = {"FIRST_RETRY_S": 0.01, "LONGEST_RETRY_S": 0.01, "KNOCK_EVERY_S": 0.01, "LOOK_AFTER_EVERY_S": 0.01}


@dataclass(frozen=True)
class Held:
    """By this process after so many connections."""

    connections: int
    rss_mb: float
    descriptors: int


def run(folder: Path, reconnects: int) -> list[Held]:
    """The first is after a tenth of the connections; each of them gives a decoded picture."""
    with faulty(folder, CAMERAS) as served, patience(**AT_ONCE):
        configs = [camera(served.address(x.name), name=x.name) for x in served]
        with reading(*configs) as readings, ThreadPoolExecutor(CAMERAS) as pool:
            for one in readings:
                one.always = True
            held = []
            for _ in range(READINGS):
                share = -(-reconnects // (READINGS * CAMERAS))
                work = [pool.submit(_again, served[x.reader.camera.id], x, share) for x in readings]
                for each in work:
                    each.result()
                made = sum(each.connections for each in served)
                process = psutil.Process()
                held.append(Held(made, process.memory_info().rss / MB, process.num_fds()))
            return held


def _again(camera: FaultyCamera, one: Reading, times: int) -> None:
    for _ in range(times):
        before = camera.connections
        camera.fin()
        assert camera.reach(before + 1, GIVE_UP_S), f"{camera} was not called again"
        frames = one.frames
        one.until(lambda _, frames=frames: one.frames > frames, GIVE_UP_S)


def lines(held: Sequence[Held]) -> list[Line]:
    first, last = held[0], held[-1]
    growth_mb, more = last.rss_mb - first.rss_mb, last.descriptors - first.descriptors
    return [
        Line(
            f"memory over {last.connections} connections, from {first.connections} on",
            f"≤ {MOST_GROWTH_MB:g} MB more",
            f"{growth_mb:+.1f} MB ({first.rss_mb:.0f} → {last.rss_mb:.0f} MB)",
            growth_mb <= MOST_GROWTH_MB,
            {"growth_mb": growth_mb, "rss_mb": [x.rss_mb for x in held]},
        ),
        Line(
            "open file descriptors meanwhile",
            "within 5",
            f"{more:+d} ({first.descriptors} → {last.descriptors})",
            abs(more) <= 5,
            {"descriptors": [x.descriptors for x in held]},
        ),
    ]
