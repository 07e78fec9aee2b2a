"""F11, F12: whatever ends a worker, it comes back; nothing outlives its parent."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from monitor.workers.pool import CRASH_WINDOW_S, MOST_CRASHES, QUARANTINE_S, Child, ProcessPool

BEATING = """
import signal, sys, threading
from monitor.heartbeat import Heartbeat
heartbeat, stop = Heartbeat(), threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
{first}
heartbeat.beat()
print(__import__("os").getpid(), file=open({said!r}, "a"), flush=True)
while not stop.wait(0.1):
    {then}
"""


class Worker:
    """A small worker that tells its process id each time it starts."""

    def __init__(self, folder: Path, first: str = "", then: str = "heartbeat.beat()") -> None:
        self.said = folder / "started"
        os.mkfifo(self.said)
        self._lines: queue.Queue[int] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        script = BEATING.format(first=first, then=then, said=str(self.said))
        self.child = Child("worker", [sys.executable, "-c", script])

    def started(self) -> int:
        """The process id of the next start; fails when there is none in 15 s."""
        return self._lines.get(timeout=15)

    def _listen(self) -> None:
        with open(os.open(self.said, os.O_RDWR)) as lines:
            for line in lines:
                self._lines.put(int(line))


@contextmanager
def running(pool: ProcessPool) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=pool.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def test_a_killed_worker_comes_back(tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    with running(ProcessPool([worker.child])):
        first = worker.started()
        os.kill(first, signal.SIGKILL)
        assert worker.started() != first


def test_a_worker_that_ends_with_zero_has_failed_too(tmp_path: Path) -> None:
    worker = Worker(tmp_path, then="sys.exit(0)")
    with running(ProcessPool([worker.child])):
        assert worker.started() != worker.started()


def test_a_worker_that_hangs_is_ended_and_comes_back(tmp_path: Path) -> None:
    worker = Worker(tmp_path, then="pass")
    with running(ProcessPool([worker.child], stale_after_s=1.0)):
        first = worker.started()
        assert worker.started() != first
        assert not psutil.pid_exists(first)


def test_a_stopped_pool_leaves_nobody_behind(tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    with running(ProcessPool([worker.child])):
        pid = worker.started()
    assert not psutil.pid_exists(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can end children with their parent")
def test_workers_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    script = (
        "import sys, threading; from monitor.workers.pool import Child, ProcessPool\n"
        "ProcessPool([Child('worker', sys.argv[1:])]).run(threading.Event())"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script, *worker.child.command])
    orphan = psutil.Process(worker.started())
    supervisor.kill()
    supervisor.wait()
    orphan.wait(10)


def test_five_crashes_in_a_minute_put_a_worker_in_quarantine() -> None:
    child = Child("worker", [])
    waits_s = [child.crashed(at_s) for at_s in range(MOST_CRASHES)]
    assert waits_s == sorted(waits_s)
    assert waits_s[-1] == QUARANTINE_S
    assert child.crashed(MOST_CRASHES + CRASH_WINDOW_S + 1) < QUARANTINE_S
