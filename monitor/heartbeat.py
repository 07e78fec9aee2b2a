"""A worker's sign of life to whoever started it: a byte in a pipe, written from its own main loop."""

import ctypes
import os
import signal
import sys
from contextlib import suppress

VARIABLE = "SHOUWANG_HEARTBEAT_FD"
_PR_SET_PDEATHSIG = 1


class Heartbeat:
    """Does nothing in a worker that was started by hand."""

    def __init__(self) -> None:
        number = os.environ.pop(VARIABLE, None)
        self._fd = int(number) if number is not None else None
        if self._fd is not None:
            os.set_blocking(self._fd, False)
            die_with_parent()

    def beat(self) -> None:
        if self._fd is not None:
            # A full pipe means that the supervisor is stopped for a moment; it has beats enough to read.
            with suppress(BlockingIOError):
                os.write(self._fd, b".")


def die_with_parent() -> None:
    """Ask the kernel to end this process with its parent, so that no orphan holds a camera (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
