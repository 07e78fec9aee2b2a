"""Serves video files as cameras over RTSP: `python -m monitor.simulate.server FOLDER --port N [--dark-after S]`.

`rtsp://127.0.0.1:N/name.mp4/play_count_0` (or `?play_count=0`) loops for ever: a client joins the loop where the
clock says it stands, as with a real camera; `?offset=12.5` puts that clock ahead. `.../name.mp4` plays once from its
beginning and hangs up.
"""

import argparse
import asyncio
import logging
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from monitor.heartbeat import die_with_parent
from monitor.simulate.playback import Camera
from monitor.simulate.rtp import ClipUnreadable, clip
from monitor.simulate.session import Password, Session

HOST = "127.0.0.1"
SHUTDOWN_S = 3.0
WAITING_CLIENTS = 512  # a fleet that connects at once is not turned away

_log = logging.getLogger(__name__)


class CameraServer:
    """The clips of a folder as cameras, on this machine only."""

    def __init__(self, folder: Path, *, password: Password | None = None, from_start: bool = False) -> None:
        self.password, self.from_start = password, from_start
        self.sessions: dict[Session, asyncio.Task[None] | None] = {}
        self._folder = folder.resolve()
        self._server: asyncio.Server | None = None
        # One thread, so that two clients who ask for the same file do not read it twice.
        self._reader = ThreadPoolExecutor(1, "clips")

    async def start(self, port: int = 0) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._serve, HOST, port, backlog=WAITING_CLIENTS)
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def close(self) -> None:
        """Hang up on everybody and stop listening."""
        if self._server is not None:
            self._server.close()
        clients = [task for task in self.sessions.values() if task is not None]
        for session in self.sessions:
            session.transport.abort()  # not `close`: that would wait for a client that does not read
        if clients:
            await asyncio.wait(clients, timeout=SHUTDOWN_S)
        self._reader.shutdown(wait=False, cancel_futures=True)

    async def camera(self, name: str) -> Camera | None:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            return None
        try:
            return Camera(await asyncio.get_running_loop().run_in_executor(self._reader, clip, path))
        except ClipUnreadable as error:
            _log.warning("%s", error)
            return None

    def session(self, writer: asyncio.StreamWriter) -> Session:
        return Session(self, writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = self.session(writer)
        self.sessions[session] = asyncio.current_task()
        try:
            await session.run(reader)
        finally:
            del self.sessions[session]


async def serve(folder: Path, port: int, dark_after_s: float | None = None) -> None:
    """Serve a folder until a signal. After `dark_after_s` nobody is answered any more."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = CameraServer(folder)
    await server.start(port)
    _log.info("serving %s on rtsp://%s:%d", folder, HOST, port)
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), dark_after_s)
    await server.close()
    await stop.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Serve video files as cameras over RTSP on 127.0.0.1.")
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
