"""Runs child processes and brings back what dies. On one machine they are processes of the operating system."""

import logging
import os
import selectors
import signal
import subprocess
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from monitor.clock import monotonic_s
from monitor.heartbeat import VARIABLE

POLL_S = 0.25
STALE_AFTER_S = 10.0
STARTING_MAY_TAKE_S = 60.0
RESTART_AFTER_S = (0.2, 1.0, 2.0, 5.0)
CRASH_WINDOW_S, MOST_CRASHES, QUARANTINE_S = 60.0, 5, 60.0
# When this process itself stood still, every heartbeat looks old; one round is let pass (ZoneMinder's guard).
STOOD_STILL_S = 5.0
STOP_WITHIN_S = 8.0

# One thread a library, because there are as many processes as there is work; and few memory arenas, because a reader
# thread for every stream would otherwise keep one each.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}

logger = logging.getLogger(__name__)


@dataclass
class Child:
    """A command that should always run."""

    name: str
    command: Sequence[str]
    beats: bool = True  # whether it gives signs of life by which a hang is noticed
    process: subprocess.Popen[bytes] | None = None
    beats_fd: int | None = None
    last_beat_s: float | None = None  # None until the first beat
    started_s: float = 0.0
    start_at_s: float = 0.0
    crashes_s: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_CRASHES))

    def stale(self, now_s: float, after_s: float) -> bool:
        if not self.beats:
            return False
        if self.last_beat_s is None:
            return now_s - self.started_s > STARTING_MAY_TAKE_S
        return now_s - self.last_beat_s > after_s

    def crashed(self, now_s: float) -> float:
        """Note a crash; returns the seconds to wait before the next start."""
        self.crashes_s.append(now_s)
        recent = [c for c in self.crashes_s if now_s - c <= CRASH_WINDOW_S]
        if len(recent) == MOST_CRASHES:
            return QUARANTINE_S
        return RESTART_AFTER_S[len(recent) - 1]


class ProcessPool:
    """Any exit that was not asked for is a failure, whatever the exit code says."""

    def __init__(self, children: Sequence[Child], stale_after_s: float = STALE_AFTER_S) -> None:
        self.children = tuple(children)
        self._stale_after_s = stale_after_s
        self._selector = selectors.DefaultSelector()

    def run(self, stop: Event) -> None:
        """Until `stop` is set; then all children are ended."""
        last_round_s = monotonic_s()
        try:
            while not stop.is_set():
                now_s = monotonic_s()
                if now_s - last_round_s > STOOD_STILL_S:
                    self._forgive(now_s)
                last_round_s = now_s
                for child in self.children:
                    self._look_after(child, now_s)
                self._read_beats()
        finally:
            self._end_all()

    def _look_after(self, child: Child, now_s: float) -> None:
        if child.process is None:
            if now_s >= child.start_at_s:
                self._start(child, now_s)
            return
        code = child.process.poll()
        if code is None and child.stale(now_s, self._stale_after_s):
            logger.error("%s gives no sign of life; ending it", child.name)
            child.process.kill()
            code = child.process.wait()
        if code is not None:
            wait_s = child.crashed(now_s)
            logger.error("%s ended with %s; starting it again in %.1f s", child.name, code, wait_s)
            self._forget(child)
            child.start_at_s = now_s + wait_s

    def _start(self, child: Child, now_s: float) -> None:
        read_fd, write_fd = os.pipe()
        os.set_blocking(read_fd, False)
        environment = {**ENVIRONMENT, **os.environ, VARIABLE: str(write_fd)}
        child.process = subprocess.Popen(child.command, env=environment, pass_fds=(write_fd,))
        os.close(write_fd)
        child.beats_fd, child.started_s, child.last_beat_s = read_fd, now_s, None
        self._selector.register(read_fd, selectors.EVENT_READ, child)
        logger.info("started %s (process %s)", child.name, child.process.pid)

    def _read_beats(self) -> None:
        for key, _ in self._selector.select(POLL_S):
            child: Child = key.data
            if os.read(key.fd, 4096):
                child.last_beat_s = monotonic_s()
            else:
                self._selector.unregister(key.fd)  # the child is gone; the next round sees it

    def _forgive(self, now_s: float) -> None:
        logger.warning("the supervisor stood still; heartbeats are counted anew")
        for child in self.children:
            child.started_s = now_s
            child.last_beat_s = None if child.last_beat_s is None else now_s

    def _forget(self, child: Child) -> None:
        if child.beats_fd is not None:
            with suppress(KeyError):
                self._selector.unregister(child.beats_fd)
            os.close(child.beats_fd)
        child.process, child.beats_fd = None, None

    def _end_all(self) -> None:
        running = [child for child in self.children if child.process is not None]
        for child in running:
            assert child.process is not None
            child.process.send_signal(signal.SIGTERM)
        deadline_s = monotonic_s() + STOP_WITHIN_S
        for child in running:
            assert child.process is not None
            try:
                child.process.wait(max(0.1, deadline_s - monotonic_s()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            self._forget(child)
