"""The cameras: the project's RTSP server on the clips, in a process of its own whose cost is no pipeline's."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.pipelines.passes import Camera

STARTS_WITHIN_S = 20.0


@dataclass(frozen=True)
class Server:
    port: int
    process: psutil.Process

    def address(self, camera: Camera, stream: str) -> str:
        """Where a camera's stream is; `stream` is main or sub."""
        clip = f"{camera.clip.name}-{stream}.mp4"
        return f"rtsp://127.0.0.1:{self.port}/{clip}/play_count_0?offset={camera.offset_s:g}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve(folder: Path, log: Path) -> Iterator[Server]:
    port = free_port()
    with log.open("wb") as written:
        command = [sys.executable, "-m", "monitor.simulate.server", str(folder), "--port", str(port)]
        process = subprocess.Popen(command, stdout=written, stderr=written)
        try:
            _wait(process, port, log)
            yield Server(port, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end_s = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < end_s and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"the RTSP server did not start; see {log}")
