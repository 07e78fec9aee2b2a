"""Walks past a camera, one at a time in this process: the networks are loaded with the first one."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from monitor.config.cameras import EstateConfig
from monitor.core.ports import WalkReader
from monitor.errors import NotFound, WalkBusy


@dataclass(frozen=True)
class Walked:
    camera_name: str
    tracks: list[list[bytes]]  # pictures (JPEG), the track seen best first


class Walks:
    def __init__(self, estate: Callable[[], EstateConfig], load: Callable[[], WalkReader]) -> None:
        self._estate = estate  # as it is now: cameras come and go
        self._load, self._lock = load, Lock()
        self._loaded: WalkReader | None = None

    def walk(self, camera_id: str, tell: Callable[[float], None]) -> Walked:
        """What was seen of who walks past. Slow, so not for an event loop.

        Raises WalkBusy while another walk is under way, NotFound, WalkRefused, CameraRefused, CameraUnreachable,
        CameraSilent.
        """
        cameras = self._estate().cameras
        camera = next((c for c in cameras if c.id == camera_id and c.enabled), None)
        if camera is None:
            raise NotFound(what="camera", key=camera_id)
        if not self._lock.acquire(blocking=False):
            raise WalkBusy()
        try:
            reader = self._loaded = self._loaded or self._load()
            return Walked(camera.name, reader.walk(camera.main.reveal(), tell))
        finally:
            self._lock.release()
