"""What reading packets costs, without decoding any: FFmpeg's demuxer against our own client, same cameras, same run.

    python bench/reading.py --cameras 54 --seconds 20

Starts the simulated RTSP server on one clip of 1080p15 at 2 Mbit/s (drawn noise, kept in --data), reads it with each
client in a process of its own, and prints cores, memory and the time to open as a table.
"""

import argparse
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import numpy as np
import psutil

from monitor.config.address import StreamAddress
from monitor.core.camera import CameraState
from monitor.vision.packet import Coding, Packet
from monitor.vision.stream import Stream
from monitor.workers.connections import Connections

SIZE_WH, FPS, GROUP, BIT_RATE = (1920, 1080), 15, 30, 2_000_000
PORT = 8564
SETTLE_S = 5.0


class Counter:
    def __init__(self) -> None:
        self.packets, self.streams = 0, 0

    def opened(self, coding: Coding) -> None:
        self.streams += 1

    def take(self, packet: Packet) -> None:
        self.packets += 1

    def lost(self, state: CameraState, reason: str) -> None: ...


def draw(path: Path) -> None:
    """Eight seconds of a still scene with sensor noise."""
    rng, (width, height) = np.random.default_rng(1), SIZE_WH
    scene = np.kron(rng.integers(0, 255, (height // 60, width // 60, 1)), np.ones((60, 60, 3)))
    noise = [rng.normal(0, 2, (height, width, 1)) for _ in range(5)]
    options = {"g": str(GROUP), "preset": "veryfast", "tune": "zerolatency", "nal-hrd": "cbr"}
    options |= {"maxrate": str(BIT_RATE), "bufsize": str(BIT_RATE)}
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=FPS, options=options)
        video.width, video.height, video.pix_fmt, video.bit_rate = width, height, "yuv420p", BIT_RATE
        for number in range(8 * FPS):
            picture = np.clip(scene + noise[number % len(noise)], 0, 255).astype(np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


def by_ffmpeg(address: str, counter: Counter) -> None:
    with Stream(address) as stream:
        counter.opened(stream.coding)
        for packet in stream.packets():
            counter.take(packet)


def read(client: str, address: str, cameras: int, seconds: float) -> None:
    """In a process of its own; prints cores, MB and packets a second."""
    counter, began_s, connections = Counter(), time.monotonic(), Connections()
    if client == "ours":
        connections.start()
        for number in range(cameras):
            connections.add(f"cam-{number}", StreamAddress(address), counter)
    else:
        for _ in range(cameras):
            threading.Thread(target=by_ffmpeg, args=(address, counter), daemon=True).start()
    while counter.streams < cameras:
        time.sleep(0.01)
    open_s = time.monotonic() - began_s
    time.sleep(SETTLE_S)
    before_s, packets, from_s = time.process_time(), counter.packets, time.monotonic()
    time.sleep(seconds)
    elapsed_s = time.monotonic() - from_s
    cores = (time.process_time() - before_s) / elapsed_s
    megabytes = psutil.Process().memory_info().rss / 1e6
    print(
        f"{cores:.3f} {megabytes:.0f} {(counter.packets - packets) / elapsed_s:.0f} {open_s:.1f}", flush=True
    )
    os._exit(0)


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--cameras", type=int, default=54)
    given.add_argument("--seconds", type=float, default=20)
    given.add_argument("--data", type=Path, default=Path("data/bench-reading"))
    given.add_argument("--client", choices=("ours", "ffmpeg"), help=argparse.SUPPRESS)
    arguments = given.parse_args()
    address = f"rtsp://127.0.0.1:{PORT}/clip.mp4/play_count_0"
    if arguments.client:
        read(arguments.client, address, arguments.cameras, arguments.seconds)
    arguments.data.mkdir(parents=True, exist_ok=True)
    if not (arguments.data / "clip.mp4").exists():
        draw(arguments.data / "clip.mp4")
    server = [sys.executable, "-m", "monitor.simulate.server", str(arguments.data), "--port", str(PORT)]
    with subprocess.Popen(server) as serving:
        time.sleep(2)
        print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; ", end="")
        print(f"{arguments.cameras} cameras of 1080p15 at 2 Mbit/s, reading only\n")
        print("| client | cores | MB | pictures/s | all open after s |\n|---|---|---|---|---|")
        cores: dict[str, float] = {}
        for client in ("ffmpeg", "ours"):
            same = ["--cameras", str(arguments.cameras), "--seconds", str(arguments.seconds)]
            said = subprocess.run(
                [sys.executable, __file__, "--client", client, *same],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
            cores[client] = float(said[0])
            print(f"| {client} | " + " | ".join(said) + " |", flush=True)
        print(f"\nFFmpeg costs {cores['ffmpeg'] / cores['ours']:.1f} times as much.")
        serving.terminate()


if __name__ == "__main__":
    main()
