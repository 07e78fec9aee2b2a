"""Cameras made of files, and cameras that misbehave."""

import asyncio
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import av
import numpy as np

from monitor.simulate.server import CameraServer

FPS, GROUP, FRAMES = 10, 5, 12


def write_clip(path: Path, b_frames: int = 0) -> None:
    """A clip of FRAMES pictures that get brighter, so that a frame can be told by its brightness; keys every GROUP.

    With B frames it is sent in another order than it is shown in.
    """
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=FPS, options={"g": str(GROUP), "sc_threshold": "0"})
        video.width, video.height, video.pix_fmt, video.max_b_frames = 320, 176, "yuv420p", b_frames
        for number in range(FRAMES):
            picture = np.full((176, 320, 3), 30 + 15 * number, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


def write_walk(path: Path, pictures: Sequence[np.ndarray], seconds: float = 4.0) -> None:
    """A clip of these pictures (height, width, 3), spread over the time; a key frame every second."""
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=FPS, options={"g": str(FPS), "crf": "18"})
        height, width = pictures[0].shape[:2]
        video.width, video.height, video.pix_fmt, video.max_b_frames = width, height, "yuv420p", 0
        frames = round(seconds * FPS)
        for number in range(frames):
            picture = pictures[number * len(pictures) // frames]
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


def as_a_camera_sends(clip: Path, path: Path) -> None:
    """A clip as an estate's camera is set: FPS pictures a second, a key frame every second."""
    with av.open(clip) as film:
        each = round(film.streams.video[0].average_rate / FPS)
        pictures = [frame.to_ndarray(format="bgr24") for frame in islice(film.decode(video=0), 0, None, each)]
    write_walk(path, pictures, len(pictures) / FPS)


@contextmanager
def serve(directory: Path, port: int | None = None) -> Iterator[int]:
    """An RTSP server on every .mp4 and .mkv of a folder; yields its port on 127.0.0.1.

    `rtsp://127.0.0.1:{port}/name.mp4` plays once and hangs up, `.../name.mp4/play_count_0` plays for ever; both from
    the beginning.
    """
    server = CameraServer(directory, from_start=True)
    with in_thread() as loop:
        listening = asyncio.run_coroutine_threadsafe(server.start(port or free_port()), loop).result(10)
        try:
            yield listening
        finally:
            asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)


@contextmanager
def in_thread() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="rtsp-server")
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def answering(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server that lets `talk` deal with every connection; yields its port on 127.0.0.1."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                talk(self.request)
            except OSError:
                pass  # the client went away

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def mute(connection: socket.socket) -> None:
    """Takes the connection and never says a word."""
    while connection.recv(4096):
        pass


def garbage(connection: socket.socket) -> None:
    """Sends nonsense as fast as it is read."""
    noise = bytes(range(256)) * 64
    while True:
        connection.sendall(noise)


def refusing(connection: socket.socket) -> None:
    """Answers every request with 401."""
    challenge = 'WWW-Authenticate: Basic realm="camera"\r\n'
    for number, _ in requests(connection):
        connection.sendall(f"RTSP/1.0 401 Unauthorized\r\nCSeq: {number}\r\n{challenge}\r\n".encode())


def noplay(connection: socket.socket) -> None:
    """Agrees to everything and then sends no picture."""
    sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track0\r\n"
    for number, method in requests(connection):
        extra, body = "", ""
        if method == "DESCRIBE":
            extra, body = f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n", sdp
        if method == "SETUP":
            extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n{extra}\r\n"
        connection.sendall((head + body).encode())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def requests(connection: socket.socket) -> Iterator[tuple[str, str]]:
    """(CSeq, method) of every request until the client hangs up."""
    buffer = b""
    while chunk := connection.recv(4096):
        buffer += chunk
        while b"\r\n\r\n" in buffer:
            request, _, buffer = buffer.partition(b"\r\n\r\n")
            lines = request.decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:])
            yield headers["cseq"], lines[0].split()[0]
