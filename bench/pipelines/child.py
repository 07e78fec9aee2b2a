"""What a comparison pipeline's process does: threads that read cameras, and one loop that looks at their frames.

It reads {"cameras": {id: address}, "data": folder} from its standard input and writes a line of JSON for whatever
happens: {"loaded": MB}, {"ready": cameras}, {"looked": frames so far}, and {"camera", "at_s", "who", "answer"} for a face.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any, NoReturn, Protocol

import psutil

from bench.pipelines.cost import MB
from monitor.core.ports import Image

COUNT_EVERY_S = 2.0


class Eyes(Protocol):
    def look(self, camera: str, picture_bgr: Image) -> None:
        """Look at a frame and tell what is seen."""


@dataclass
class Newest:
    """The newest frame of each camera. One that nobody has taken is replaced: latency does not grow on a slow machine."""

    _frames: dict[str, Image] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _new: Condition = field(default_factory=Condition)

    def put(self, camera: str, picture_bgr: Image) -> None:
        with self._new:
            # Taken out and put in at the end, so that no camera waits behind one that is always first.
            self._frames.pop(camera, None)
            self._frames[camera] = picture_bgr
            self._seen.add(camera)
            self._new.notify()

    def take(self) -> tuple[str, Image]:
        with self._new:
            self._new.wait_for(lambda: self._frames)
            camera = next(iter(self._frames))
            return camera, self._frames.pop(camera)

    @property
    def cameras(self) -> int:
        """How many have given a frame so far."""
        return len(self._seen)


def given() -> dict[str, Any]:
    """What the parent gave."""
    read: dict[str, Any] = json.loads(sys.stdin.readline())
    return read


def tell(**what: object) -> None:
    """One line to the parent; only the loop that looks calls it."""
    print(json.dumps(what), flush=True)


def tell_face(camera: str, who: str | None, *, answer: bool) -> None:
    """`answer`: the face was compared with the enrolled ones, whatever came out."""
    tell(camera=camera, at_s=time.monotonic(), who=who, answer=answer)


def give_up(why: str) -> NoReturn:
    """End the whole process from any thread: a measurement without one of its cameras is none."""
    print(why, file=sys.stderr, flush=True)
    os._exit(1)


def watch(cameras: dict[str, str], read: Callable[[str, str, Newest], None], eyes: Eyes) -> NoReturn:
    """`read(camera, address, newest)` runs in a thread for each camera; until this process is ended."""
    tell(loaded=psutil.Process().memory_info().rss / MB)
    newest = Newest()
    for camera, address in cameras.items():
        Thread(target=read, args=(camera, address, newest), daemon=True).start()
    looked, ready, count_at_s = 0, False, 0.0
    while True:
        camera, picture = newest.take()
        eyes.look(camera, picture)
        looked += 1
        if not ready and newest.cameras == len(cameras):
            ready = True
            tell(ready=newest.cameras)
        if time.monotonic() >= count_at_s:
            count_at_s = time.monotonic() + COUNT_EVERY_S
            tell(looked=looked)
