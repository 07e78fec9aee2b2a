"""The misbehaving cameras of the trials, and what they have sent to whom."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import av
import numpy as np
from faults.camera import FaultyCamera, FaultyCameras

from monitor.clock import utc_now

CLIP, FPS, LENGTH_S, SIZE_WH = "calm.mp4", 10, 2, (320, 176)
UNWATCHED_S = 1.0  # a camera that sends nothing for longer has nobody who looks


def write_clip(folder: Path) -> None:
    """A structure with the noise of a camera, so that it is neither black nor frozen; a key frame every second."""
    luck = np.random.default_rng(1)
    width, height = SIZE_WH
    wall = np.kron(luck.integers(30, 225, (height // 16, width // 16, 3)), np.ones((16, 16, 1)))
    with av.open(folder / CLIP, "w") as container:
        video = container.add_stream("libx264", rate=FPS, options={"g": str(FPS), "sc_threshold": "0"})
        video.width, video.height, video.pix_fmt, video.max_b_frames = width, height, "yuv420p", 0
        for _ in range(FPS * LENGTH_S):
            picture = np.clip(wall + luck.normal(0, 3, wall.shape), 0, 255).astype(np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


@contextmanager
def faulty(folder: Path, count: int) -> Iterator[FaultyCameras]:
    """So many cameras: cam-01, cam-02, ..."""
    write_clip(folder)
    with FaultyCameras(folder, {f"cam-{n:02}": CLIP for n in range(1, count + 1)}) as cameras:
        yield cameras


class Sent:
    """When each picture went out, by its RTP time."""

    def __init__(self, cameras: Iterable[FaultyCamera]) -> None:
        self._at_s: dict[tuple[str, int], float] = {}
        for camera in cameras:
            _beside(camera, lambda name, time: self._at_s.__setitem__((name, time), monotonic()))

    def take(self, camera: str, pts_s: float) -> float | None:
        """When the picture with this time was sent, on the monotonic clock."""
        return self._at_s.pop((camera, round(pts_s * 90_000) % 2**32), None)


class Unwatched:
    """When each camera sent nothing to anybody: its own account of who looked at it."""

    def __init__(self, cameras: Iterable[FaultyCamera]) -> None:
        self.gaps: dict[str, list[tuple[datetime, datetime]]] = {}
        self._last: dict[str, tuple[float, datetime]] = {}
        for camera in cameras:
            self.gaps[camera.name] = []
            _beside(camera, self._note)

    def _note(self, camera: str, _time: int) -> None:
        now_s, now = monotonic(), utc_now()
        before_s, before = self._last.get(camera, (now_s, now))
        if now_s - before_s > UNWATCHED_S:
            self.gaps[camera].append((before, now))
        self._last[camera] = now_s, now


def _beside(camera: FaultyCamera, note: Any) -> None:
    """Have every picture noted that a camera sends."""
    sends = camera.sends

    def noting(picture: Any, sequence: int, time: int, channel: int) -> bytes | memoryview:
        note(camera.name, time)
        return sends(picture, sequence, time, channel)

    camera.sends = noting
