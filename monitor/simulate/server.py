"""Serves the rendered streams over RTSP: `python -m monitor.simulate.server FOLDER --port N [--dark-after S]`.

The server is aio-rtsp-toolkit, which plays a file to each client from its beginning. Here a client joins the loop
where the clock says it stands, as with a real camera: main and sub show the same moment, and who connects again
does not see the same people again. User name and password in an address are not checked.
"""

import argparse
import asyncio
import logging
import math
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

import av
from aio_rtsp_toolkit.server import RtspServer
from aio_rtsp_toolkit.server_session import RtspServerSession
from aio_rtsp_toolkit.server_session_types import QueuedLoopState, QueuedMediaPacket

from monitor import clock
from monitor.heartbeat import die_with_parent

# Every stream that plays holds a thread of asyncio's pool, which has six by default on two cores.
THREADS = 256
SHUTDOWN_S = 3.0
FULL_QUEUE_S = 0.5  # the queue holds 32 packets, six seconds

_log = logging.getLogger(__name__)


class LoopSession(RtspServerSession):  # type: ignore[misc]
    """One client. Of the first round it gets only what comes after the next key frame by the clock."""

    _first_round = True
    _skip_s: float | None = None  # how much of the first round is left out

    def _threadsafe_queue_put(
        self,
        loop: asyncio.AbstractEventLoop,
        queue: "asyncio.Queue[object]",
        item: object,
        stop: threading.Event,
    ) -> bool:
        """The toolkit's way from the file to the client; called by the thread that reads the file."""
        if self._first_round and isinstance(item, QueuedMediaPacket):
            if self._skip_s is None:
                self._skip_s = self._join(stop)
            if item.media_time < self._skip_s - 1e-3:
                return True
            item.media_time -= self._skip_s
        elif self._first_round and isinstance(item, QueuedLoopState):
            item.media_time_offset -= self._skip_s or 0.0
            item.packet_time_cursor -= self._skip_s or 0.0
            self._first_round = False
        # The toolkit asks a full queue for room twenty times a second; for 108 streams that is half a core.
        while queue.full():
            if stop.wait(FULL_QUEUE_S):
                return False
        return bool(super()._threadsafe_queue_put(loop, queue, item, stop))

    def _join(self, stop: threading.Event) -> float:
        """Wait for the next key frame of the loop; returns its time in the file."""
        loop_s, key_frame_every_s = _rhythm(self.media_source.file_path)
        now_s = clock.monotonic_s() % loop_s
        next_s = math.ceil(now_s / key_frame_every_s) * key_frame_every_s
        stop.wait(next_s - now_s)
        return next_s if next_s < loop_s - 1e-3 else 0.0


class LoopServer(RtspServer):  # type: ignore[misc]
    async def _handle_client(self, sock: object) -> None:
        try:
            await LoopSession(self, sock).run()
        except OSError as error:
            _log.debug("client left: %s", error)
        except asyncio.CancelledError:
            # Only `serve` cancels clients, when it ends; asyncio would print each of them as an error.
            _log.debug("client dropped: the server ends")


class _Quiet:
    """The toolkit prints every request and every client's slip of the tongue."""

    def debug(self, message: str) -> None: ...

    def info(self, message: str) -> None: ...

    def warning(self, message: str) -> None:
        _log.debug(message)

    def error(self, message: str) -> None:
        _log.error(message)

    def critical(self, message: str) -> None:
        _log.critical(message)


@cache
def _rhythm(file: Path) -> tuple[float, float]:
    """Length of the file and time from key frame to key frame, in seconds."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        times = [
            float(p.pts * p.time_base) for p in container.demux(stream) if p.is_keyframe and p.pts is not None
        ]
        length_s = float((stream.duration or 0) * (stream.time_base or 0))
    return length_s, times[1] - times[0] if len(times) > 1 else length_s


async def serve(folder: Path, port: int, dark_after_s: float | None = None) -> None:
    """Serve a folder on this machine only, until a signal. After `dark_after_s` nobody is answered any more."""
    loop = asyncio.get_running_loop()
    executor = ThreadPoolExecutor(THREADS)
    loop.set_default_executor(executor)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = LoopServer(str(folder), host="127.0.0.1", port=port)
    server.logger = _Quiet()
    await server.start()
    _log.info("serving %s on rtsp://127.0.0.1:%d", folder, port)
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), dark_after_s)
    await _hang_up(server)
    await stop.wait()
    executor.shutdown(wait=False, cancel_futures=True)


async def _hang_up(server: LoopServer) -> None:
    # Clients hang on for ever, so their tasks are ended before the socket is closed.
    clients = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in clients:
        task.cancel()
    if clients:
        await asyncio.wait(clients, timeout=SHUTDOWN_S)
    with suppress(TimeoutError):
        await asyncio.wait_for(server.close(), SHUTDOWN_S)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Serve rendered camera streams over RTSP on 127.0.0.1.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8554)
    parser.add_argument(
        "--dark-after", type=float, default=None, metavar="S", help="seconds until its cameras go dark"
    )
    given = parser.parse_args(arguments)
    die_with_parent()
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(given.folder, given.port, given.dark_after))


if __name__ == "__main__":
    main()
