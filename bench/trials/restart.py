"""A switch restarts: all cameras are gone at once and come back at once."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from faults.reading import CameraHealth, camera, is_live, reading

from bench.trials.cameras import faulty
from bench.trials.lines import Line
from monitor.core.camera import SEEING
from monitor.workers.connections import OPENING_AT_ONCE

WORKERS = 2
WITHIN_S, GIVE_UP_S = 60.0, 120.0


@dataclass(frozen=True)
class Restart:
    cameras: int
    all_live_s: float
    handshakes: int  # the most at once so far


def run(folder: Path, rounds: int, cameras: int = 54, outage_s: float = 30.0) -> list[Restart]:
    """Main and sub streams of all cameras, in connections of their own for each worker."""
    with faulty(folder, cameras) as served, ExitStack() as stack:
        configs = [camera(served.address(x.name), served.address(x.name), x.name) for x in served]
        readings = [one for n in range(WORKERS) for one in stack.enter_context(reading(*configs[n::WORKERS]))]
        for one in readings:
            one.until(is_live, GIVE_UP_S)
        found = []
        for _ in range(rounds):
            for each in served:
                each.gone()
            for one in readings:
                one.until(lambda health: health.state not in SEEING, GIVE_UP_S)
            Event().wait(outage_s)
            pictures = {one: one.health.pictures for one in readings}
            began_s = monotonic()
            for each in served:
                each.ok()
            for one in readings:

                def sees(health: CameraHealth, before: int = pictures[one]) -> bool:
                    return is_live(health) and health.pictures > before

                one.until(sees, GIVE_UP_S)
            found.append(Restart(cameras, monotonic() - began_s, served.most_handshakes))
        return found


def lines(restarts: Sequence[Restart]) -> list[Line]:
    longest_s = max(x.all_live_s for x in restarts)
    most, allowed = restarts[-1].handshakes, WORKERS * OPENING_AT_ONCE
    return [
        Line(
            f"all {restarts[0].cameras} cameras live after a switch restart (main and sub)",
            f"≤ {WITHIN_S:g} s",
            f"{', '.join(f'{x.all_live_s:.1f}' for x in restarts)} s",
            longest_s <= WITHIN_S,
            {"all_live_s": [x.all_live_s for x in restarts]},
        ),
        Line(
            "handshakes at once meanwhile, whole service",
            "≤ 8",
            f"{most}",
            most <= min(8, allowed),
            {"handshakes": most},
        ),
    ]
