"""Which processes the service consists of."""

import signal
import sys
from collections.abc import Sequence
from threading import Event, Timer

from monitor.workers.pool import Child, ProcessPool


def command(*arguments: str) -> list[str]:
    """A command of our own command line, run by this Python."""
    return [sys.executable, "-m", "monitor.cli", *arguments]


def service(cameras: int, cameras_per_worker: int) -> list[Child]:
    """One watch, one api, and as many ingest processes as the cameras need."""
    groups = max(1, -(-cameras // cameras_per_worker))
    ingest = [
        Child(f"ingest-{n}", command("ingest", "--group", f"{n}/{groups}")) for n in range(1, groups + 1)
    ]
    return [Child("watch", command("watch")), Child("api", command("api")), *ingest]


def run(children: Sequence[Child], for_s: float | None = None) -> None:
    """Run them until this process is asked to end, or for a time."""
    stop = stop_on_signal()
    if for_s is not None:
        timer = Timer(for_s, stop.set)
        timer.daemon = True
        timer.start()
    ProcessPool(children).run(stop)


def stop_on_signal() -> Event:
    """An event that SIGTERM or Ctrl-C sets."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
