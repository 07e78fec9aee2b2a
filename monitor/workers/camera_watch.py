"""Whether the camera file has changed. A file with mistakes changes nothing: what runs goes on, and people are told."""

import logging

from monitor.config.camera_file import CameraFile
from monitor.config.cameras import EstateConfig
from monitor.errors import ConfigError, Problem

logger = logging.getLogger(__name__)


class CameraFileWatch:
    """Ask `look()` about once a second; each process has its own."""

    def __init__(self, file: CameraFile, estate: EstateConfig) -> None:
        self.estate = estate  # the last good configuration
        self.problems: tuple[Problem, ...] = ()  # why the file as it is now is not used; empty when it is
        self._file = file
        self._seen: object = None
        self._read: object = None

    def look(self) -> EstateConfig | None:
        """The new configuration once it is there, else None.

        What was written since the last look is read with the next one: somebody may be writing it right now.
        """
        signature = self._file.signature()
        if signature == self._read:
            return None
        if signature != self._seen:
            self._seen = signature
            return None
        self._read = signature
        return self._load()

    def _load(self) -> EstateConfig | None:
        try:
            found = self._file.load()
        except ConfigError as error:
            self._refuse(tuple(error.problems))
            return None
        if found.id != self.estate.id:
            text = f"the service runs for {self.estate.id}; start it again for another estate"
            self._refuse((Problem(str(self._file.path), 0, "estate.id", text),))
            return None
        self.problems = ()
        if found == self.estate:
            return None
        logger.info("the camera file has changed: %s cameras", len(found.cameras))
        self.estate = found
        return found

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        if problems != self.problems:
            logger.error("the camera file is not used, what runs goes on: %s", ConfigError(list(problems)))
        self.problems = problems
