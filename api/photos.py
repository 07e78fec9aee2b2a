"""The photo reader of this process: loaded with the first photo, used by one enrolment at a time."""

from collections.abc import Callable, Sequence
from threading import Lock

from api.walks import Walked
from monitor.core.ports import PhotoReader
from monitor.services import enrolment
from monitor.services.enrolment import Photo


class Photos:
    """Loading takes a second and reading takes a core, so neither happens twice at once."""

    def __init__(self, load: Callable[[], PhotoReader]) -> None:
        self._load, self._lock = load, Lock()
        self._loaded: PhotoReader | None = None

    def judge(self, photos: Sequence[tuple[str, bytes]]) -> tuple[list[Photo], str]:
        """The verdict on every (name, content), and the engine that made the templates. Slow."""
        with self._lock:
            reader = self._loaded = self._loaded or self._load()
            return enrolment.read_photos(reader, photos), reader.engine

    def judge_walk(self, walked: Walked) -> tuple[list[Photo], str]:
        """The same for the pictures of a walk. Raises WalkRefused when they show more than one person."""
        with self._lock:
            reader = self._loaded = self._loaded or self._load()
            return enrolment.read_walk(reader, walked.camera_name, walked.tracks), reader.engine
