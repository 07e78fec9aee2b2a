"""What a worker was working on when it ended, kept outside of it: a note survives whatever ends the process."""

import json
import logging
import mmap
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from monitor.config.replacing import replace_file
from monitor.core.quarantine import Crash

STOPPED, RUNNING = b"\0", b"\1"
CAMERA_BYTES = 60  # the longest id of a camera
SIZE = len(RUNNING) + CAMERA_BYTES
MOST_CRASHES = 200  # the oldest are forgotten; a day with so many has other troubles

logger = logging.getLogger(__name__)


def path(data_dir: Path, number: int) -> Path:
    """Of the worker for the group with this number."""
    return data_dir / "run" / f"ingest-{number}.black-box"


class BlackBox:
    """One for every worker, beside its list of crashes: `ingest-1.black-box` and `ingest-1.crashes`, both 0600.

    Where they cannot be written the worker runs all the same, and no camera is ever suspected.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        """Whoever wrote here before and did not stop has crashed; it is said to have done so now."""
        self._crashes_path = path.with_suffix(".crashes")
        self.crashes = _load(self._crashes_path)
        try:
            self._map = _opened(path)
        except OSError as error:
            logger.warning("what a crash was about will not be known: %s", error)
            self._map = mmap.mmap(-1, SIZE)
        if self._map[:1] == RUNNING:
            self._add(Crash(now, self._map[1:].rstrip(b"\0").decode("ascii", "replace") or None))
        self._note(RUNNING)

    def working_on(self, camera: str) -> None:
        """Cheap: it is called for every camera, many times a second."""
        self._map[1:] = camera.encode().ljust(CAMERA_BYTES, b"\0")

    def between_cameras(self) -> None:
        self._map[1:] = bytes(CAMERA_BYTES)

    def close(self) -> None:
        """It was asked to stop, and has."""
        self._note(STOPPED)

    def forgive(self, cameras: Iterable[str]) -> None:
        """These were changed or taken out; what they did before says nothing any more."""
        gone = frozenset(cameras)
        kept = [crash for crash in self.crashes if crash.camera not in gone]
        if kept != self.crashes:
            self._keep(kept)

    def _note(self, state: bytes) -> None:
        self._map[:] = state.ljust(SIZE, b"\0")

    def _add(self, crash: Crash) -> None:
        logger.error("the last run ended unasked while it worked on %s", crash.camera or "no camera")
        self._keep([*self.crashes, crash][-MOST_CRASHES:])

    def _keep(self, crashes: list[Crash]) -> None:
        self.crashes = crashes
        text = json.dumps([{"at": crash.at.isoformat(), "camera": crash.camera} for crash in crashes])
        try:
            replace_file(self._crashes_path, text, 0o600)
        except OSError as error:
            logger.warning("the crashes of this worker are not kept: %s", error)


def _opened(path: Path) -> mmap.mmap:
    """Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        missing = SIZE - os.fstat(file).st_size
        if missing > 0:
            # Written and not stretched: a full disk is told here, and does not end the process at a note.
            os.pwrite(file, bytes(missing), SIZE - missing)
        return mmap.mmap(file, SIZE)
    finally:
        os.close(file)


def _load(path: Path) -> list[Crash]:
    """Empty when there is none or it cannot be read as one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return [Crash(datetime.fromisoformat(crash["at"]), crash["camera"]) for crash in found]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("the crashes before this one are forgotten: %s", error)
        return []
