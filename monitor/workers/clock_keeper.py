"""Keeps the scale of time that all processes of a machine share (decision 17). The acting watch has the one keeper."""

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor import clock
from monitor.config.replacing import replace_file
from monitor.core.interval import Interval
from monitor.core.scale import Scale, dump, judge

KEEP_EVERY_S = 15.0  # a machine that is switched off goes on from the last time
logger = logging.getLogger(__name__)


def path(data_dir: Path) -> Path:
    return data_dir / "run" / "clock.json"


class ClockKeeper:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._next_s = 0.0
        self._failed = False

    @property
    def leap(self) -> Interval | None:
        """Time that was left out and is not on record as blind yet: nobody may be judged before it is."""
        return clock.steady.scale().leap

    def keep(self) -> None:
        """Look at the machine's clock, and write down what follows. Call it about once a second."""
        before, reading = clock.steady.scale(), clock.machine.read()
        scale = judge(before, reading)
        if scale == before and reading.boot_s < self._next_s:
            return
        if self._write(scale.kept_at(reading.boot_s)):
            self._next_s = reading.boot_s + KEEP_EVERY_S
            _tell(before, scale)

    def leap_is_recorded(self) -> None:
        self._write(replace(clock.steady.scale(), leap=None))

    def _write(self, scale: Scale) -> bool:
        """What cannot be shared is not used here either: all processes count the same."""
        try:
            replace_file(self._path, dump(scale), 0o600)
        except OSError as error:
            if not self._failed:
                logger.error("the clock cannot be kept in %s: %s", self._path, error.strerror)
            self._failed = True
            return False
        self._failed = False
        clock.steady.take(scale)
        return True


def _tell(before: Scale, scale: Scale) -> None:
    if scale.leap is not None and scale.leap != before.leap:
        logger.warning("the machine's clock is %s ahead and is believed now", _told(scale.leap.length))
    elif scale.deviation is not None and scale.deviation != before.deviation:
        by = scale.deviation.by
        where = "ahead of" if by > timedelta(0) else "behind"
        logger.error("the machine's clock is %s %s ours; we go on with ours", _told(abs(by)), where)
    elif before.deviation is not None and scale.deviation is None:
        logger.info("the machine's clock agrees with ours again")


def _told(length: timedelta) -> timedelta:
    return timedelta(seconds=round(length.total_seconds()))
