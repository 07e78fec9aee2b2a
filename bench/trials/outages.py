"""One camera after the other fails in every way, is away for a while and comes back: how soon either is known."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from time import monotonic

from faults.camera import FaultyCamera
from faults.reading import Reading, camera, is_live, reading

from bench.trials.cameras import faulty
from bench.trials.lines import Line, within
from monitor.core.camera import SEEING

GIVE_UP_S = 90.0


def _after_hanging_up(fault: Callable[[FaultyCamera], None]) -> Callable[[FaultyCamera], None]:
    def strike(camera: FaultyCamera) -> None:
        fault(camera)
        camera.fin()

    return strike


FIN = "fin"
MODES: dict[str, Callable[[FaultyCamera], None]] = {
    "stall": FaultyCamera.stall,
    "trickle": FaultyCamera.trickle,
    "mute": _after_hanging_up(FaultyCamera.mute),
    "noplay": _after_hanging_up(FaultyCamera.noplay),
    FIN: FaultyCamera.fin,
    "gone": FaultyCamera.gone,
    "black hole": FaultyCamera.black_hole,
}


@dataclass(frozen=True)
class Times:
    outage_s: tuple[float, float] = (5.0, 40.0)
    # Longer than GOOD_AFTER_S of the connections: each outage is one of its own.
    healthy_s: tuple[float, float] = (11.0, 14.0)


@dataclass(frozen=True)
class Outage:
    mode: str
    noticed_s: float  # of a camera that only hangs up: until pictures come again
    lasted_s: float
    back_s: float | None  # from its being well to a whole picture; None of one that only hung up


def run(folder: Path, rounds: int, cameras: int = 24, times: Times | None = None) -> list[Outage]:
    """Each mode so often, in any order, over so many cameras at the same time."""
    luck, todo = random.Random(4), SimpleQueue[str]()
    modes = [*MODES] * rounds
    luck.shuffle(modes)
    for mode in modes:
        todo.put(mode)
    count = min(cameras, len(modes))
    with faulty(folder, count) as served:
        configs = [camera(served.address(each.name), name=each.name) for each in served]
        with reading(*configs) as readings, ThreadPoolExecutor(count) as pool:
            for one in readings:
                one.always = True
            work = [
                pool.submit(_suffer, served[one.reader.camera.id], one, todo, times or Times(), seed)
                for seed, one in enumerate(readings)
            ]
            return [outage for each in work for outage in each.result()]


def _suffer(
    camera: FaultyCamera, one: Reading, todo: "SimpleQueue[str]", times: Times, seed: int
) -> list[Outage]:
    luck, found = random.Random(seed), []
    while True:
        try:
            mode = todo.get_nowait()
        except Empty:
            return found
        found.append(_suffer_once(camera, one, mode, times, luck))


def _suffer_once(camera: FaultyCamera, one: Reading, mode: str, times: Times, luck: random.Random) -> Outage:
    pause = Event()
    one.until(is_live, GIVE_UP_S)
    pause.wait(luck.uniform(*times.healthy_s))
    connections, began_s = camera.connections, monotonic()
    MODES[mode](camera)
    if mode == FIN:
        assert camera.reach(connections + 1, GIVE_UP_S), f"{camera} was not called again"
        frames = one.frames
        one.until(lambda _: one.frames > frames, GIVE_UP_S)
        return Outage(mode, monotonic() - began_s, 0.0, None)
    one.until(lambda health: health.state not in SEEING, GIVE_UP_S)
    noticed_s = monotonic() - began_s
    pause.wait(max(0.0, luck.uniform(*times.outage_s) - noticed_s))
    frames, ended_s = one.frames, monotonic()
    camera.ok()
    one.until(lambda _: one.frames > frames, GIVE_UP_S)
    return Outage(mode, noticed_s, ended_s - began_s, monotonic() - ended_s)


def lines(outages: Sequence[Outage]) -> list[Line]:
    noticed = [within("stall noticed, all modes", [x.noticed_s for x in outages], 5.0, 10.0)]
    back_s = [x.back_s for x in outages if x.back_s is not None]
    back = [within("camera back to a whole picture, all modes", back_s, 10.0, 35.0)]
    for mode in MODES:
        of_mode = [x for x in outages if x.mode == mode]
        what = "hung up, until pictures come again" if mode == FIN else f"noticed: {mode}"
        noticed.append(within(what, [x.noticed_s for x in of_mode], 5.0, 10.0))
        if mode != FIN:
            times_s = [x.back_s for x in of_mode if x.back_s is not None]
            back.append(within(f"back: {mode}", times_s, 10.0, 35.0))
    return noticed + back
