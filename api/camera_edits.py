"""Cameras are added, changed and removed here, and this process follows the camera file that others edit too."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from threading import Lock

from monitor import bootstrap
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.config.cameras import CameraConfig, EstateConfig
from monitor.errors import NotFound, Problem
from monitor.services import estate as estates

LOOK_S = 1.0


class CameraEdits:
    """The edits are slow and block: not for an event loop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._lock = runtime, Lock()
        self._file, self._watch = bootstrap.camera_file(runtime.settings), bootstrap.camera_watch(runtime)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why the camera file as it is now is not used; empty when it is."""
        return self._watch.problems

    def get(self, slug: str) -> CameraConfig:
        """Raises NotFound."""
        found = next((camera for camera in self._runtime.estate.cameras if camera.id == slug), None)
        if found is None:
            raise NotFound(what="camera", key=slug)
        return found

    def add(self, camera: Mapping[str, object]) -> None:
        """Raises CameraMistakes, Conflict, CameraFileFixed, ConfigError; so do the others."""
        with self._lock:
            self._take(self._file.add(camera))

    def change(self, slug: str, changes: Mapping[str, object]) -> None:
        """Raises NotFound too."""
        with self._lock:
            estate = self._file.change(slug, changes)
            old = {camera.id: camera for camera in self._runtime.estate.cameras}.get(slug)
            new = next(camera for camera in estate.cameras if camera.id == slug)
            same = old is not None and (old.main, old.sub) == (new.main, new.sub)
            self._take(estate, () if same else (slug,))

    def remove(self, slug: str) -> None:
        """Raises NotFound too."""
        with self._lock:
            self._take(self._file.remove(slug))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the file while the service runs."""
        following = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    async def _follow(self) -> None:
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Take what changed; the watch process brings it into the database."""
        with self._lock:
            self._watch.look()
            self._runtime.estate = self._watch.estate

    def _take(self, estate: EstateConfig, readdressed: Collection[str] = ()) -> None:
        """When the database is away, the watch process does the rest later: the file says it all."""
        self._runtime.estate = self._watch.estate = estate
        with self._runtime.database.writer() as session:
            estates.register(session, estate, utc_now(), readdressed)
