"""A camera's reader with a thread that uses it as the ingest worker does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.config.cameras import CameraConfig
from monitor.core.budget import Budget
from monitor.core.camera import CameraState
from monitor.vision.decoder import Frame
from monitor.workers.camera_reader import CameraHealth, CameraReader
from monitor.workers.connections import Connections

WITHIN_S = 15.0
POLL_S = 0.02


def camera(main: str, sub: str | None = None, name: str = "gate") -> CameraConfig:
    """A camera at these addresses."""
    return CameraConfig.model_validate(
        {
            "id": name,
            "name": name,
            "place": "gate",
            "direction": "in",
            "main": main,
            "sub": sub,
            "position": [0, 0],
            "heading_deg": 0,
            "field_of_view_deg": 80,
            "range_m": 10,
        }
    )


class Files:
    """Keeps in memory what a reader keeps on disk."""

    def __init__(self) -> None:
        self.newest: dict[str, bytes] = {}
        self.views: dict[str, bytes] = {}

    def save_newest(self, camera: str, jpeg: bytes) -> None:
        self.newest[camera] = jpeg

    def save_view(self, camera: str, learned: bytes) -> None:
        self.views[camera] = learned

    def load_view(self, camera: str) -> bytes | None:
        return self.views.get(camera)


class Reading:
    """Whole frames of the main stream are counted; the last one is kept."""

    def __init__(self, reader: CameraReader) -> None:
        self.reader = reader
        self.frames, self.last, self.moved = 0, None, 0
        self.always = False  # look closely all the time
        self.budget = Budget()

    last: Frame | None

    def step(self) -> None:
        if self.always:
            self.reader.look_closely()
        watched = self.reader.watch(self.budget)
        if watched is not None and watched.moving:
            self.moved += 1
            self.reader.look_closely()
        for frame in self.reader.frames(self.budget):
            self.frames, self.last = self.frames + 1, frame

    @property
    def health(self) -> CameraHealth:
        return self.reader.health()

    def until(self, wanted: Callable[[CameraHealth], bool], within_s: float = WITHIN_S) -> CameraHealth:
        """The reader's health as soon as it is as wanted."""
        pause = threading.Event()
        for _ in range(round(within_s / POLL_S)):
            if wanted(health := self.health):
                return health
            pause.wait(POLL_S)
        raise AssertionError(f"waited in vain; the camera is {self.health}")


def is_live(health: CameraHealth) -> bool:
    return health.state is CameraState.LIVE


def has(state: CameraState) -> Callable[[CameraHealth], bool]:
    return lambda health: health.state is state


@contextmanager
def reading(*cameras: CameraConfig, files: Files | None = None) -> Iterator[list[Reading]]:
    """Running readers on connections of their own; an error in any thread fails the test."""
    connections, stop, errors = Connections(), threading.Event(), []
    readings = [Reading(CameraReader(each, connections, files or Files())) for each in cameras]

    def run() -> None:
        while not stop.is_set():
            try:
                connections.check()
                for each in readings:
                    each.step()
            except RuntimeError as error:
                errors.append(error)
                return
            stop.wait(POLL_S)

    connections.start()
    for each in readings:
        each.reader.start()
    thread = threading.Thread(target=run, name="reading")
    thread.start()
    try:
        yield readings
    finally:
        stop.set()
        thread.join()
        connections.stop()
    assert not errors


@contextmanager
def reading_one(main: str, sub: str | None = None, files: Files | None = None) -> Iterator[Reading]:
    with reading(camera(main, sub), files=files) as (one,):
        yield one
