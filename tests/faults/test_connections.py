"""Connections by themselves: slow cameras, names, removal, FFmpeg's part, and what is left behind."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
import rtsp
from faults.camera import FaultyCameras

from monitor.config.address import StreamAddress
from monitor.core.camera import CameraState
from monitor.vision.packet import Coding, Packet
from monitor.vision.stream import Stream
from monitor.workers import connection, connections
from monitor.workers.connection import Connection
from monitor.workers.connections import Connections

WITHIN_S = 20.0
SECRET = "kanarienvogel"
BOUNDARY = "picture"


class Kept:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.opens = list[Coding]()
        self.packets = 0
        self.losses = list[tuple[CameraState, str]]()

    def opened(self, coding: Coding) -> None:
        with self.changed:
            self.opens.append(coding)
            self.changed.notify_all()

    def take(self, packet: Packet) -> None:
        with self.changed:
            self.packets += 1
            self.changed.notify_all()

    def lost(self, state: CameraState, reason: str) -> None:
        with self.changed:
            self.losses.append((state, reason))
            self.changed.notify_all()

    def until(self, wanted: Callable[[], bool], within_s: float = WITHIN_S) -> None:
        with self.changed:
            assert self.changed.wait_for(wanted, within_s), (self.opens, self.packets, self.losses)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_RETRY_S", "LONGEST_RETRY_S", "KNOCK_EVERY_S"):
        monkeypatch.setattr(connection, name, 0.02)
    monkeypatch.setattr(connections, "LOOK_AFTER_EVERY_S", 0.02)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips")
    rtsp.write_clip(path / "clip.mp4")
    return path


@pytest.fixture
def running() -> Iterator[Connections]:
    running = Connections()
    running.start()
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def web_camera() -> Iterator[str]:
    """Motion JPEG over HTTP, ten pictures a second."""
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 320, 176, "yuvj420p"
    (jpeg,) = encoder.encode(av.VideoFrame.from_ndarray(np.full((176, 320, 3), 99, np.uint8), "bgr24"))
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {jpeg.size}\r\n\r\n"
            try:
                while not gone.wait(0.1):
                    self.wfile.write(head.encode() + bytes(jpeg) + b"\r\n")
            except OSError:
                return

        def log_message(self, format: str, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://ada:{SECRET}@127.0.0.1:{server.server_address[1]}/video"
        finally:
            gone.set()
            server.shutdown()
            thread.join()


def added(running: Connections, address: str, sink: Kept) -> Connection:
    return running.add("gate", StreamAddress(address), sink)


def test_a_web_camera_is_read() -> None:
    with web_camera() as address, Stream(address) as stream:
        first, second = islice(stream.packets(), 2)
        assert stream.coding.codec == "mjpeg"
    assert first.key and second.key and second.pts_s > first.pts_s


def test_a_web_camera_is_kept_connected(running: Connections, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sink = Kept()
    with web_camera() as address:
        added(running, address, sink)
        sink.until(lambda: sink.packets >= 5)
        assert (sink.opens[0].codec, sink.losses) == ("mjpeg", [])
    sink.until(lambda: (CameraState.UNREACHABLE, "no_answer") in sink.losses)
    running.check()
    assert SECRET not in caplog.text


def test_what_we_do_not_read_ourselves_is_read_by_ffmpeg(tmp_path: Path, running: Connections) -> None:
    with av.open(tmp_path / "clip.mkv", "w") as container:
        video = container.add_stream("mjpeg", rate=10, options={"huffman": "default"})
        video.width, video.height, video.pix_fmt = 320, 176, "yuvj420p"
        for shade in range(10):
            picture = np.full((176, 320, 3), 20 * shade, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))
    sink = Kept()
    with FaultyCameras(tmp_path, {"gate": "clip.mkv"}) as cameras:
        one = added(running, cameras.address("gate"), sink)
        sink.until(lambda: sink.packets >= 5)
        assert one.by_ffmpeg and sink.opens[0].codec == "mjpeg"


@pytest.mark.parametrize("file", ["gone.mp4", "damaged.mp4"])
def test_a_film_that_cannot_be_read_ends_no_thread(tmp_path: Path, running: Connections, file: str) -> None:
    (tmp_path / "damaged.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))
    sink = Kept()
    added(running, (tmp_path / file).as_uri(), sink)
    sink.until(lambda: len(sink.losses) >= 2)
    running.check()


def test_a_film_that_is_taken_away_ends_no_thread(tmp_path: Path, running: Connections) -> None:
    rtsp.write_clip(tmp_path / "clip.mp4")
    sink = Kept()
    added(running, (tmp_path / "clip.mp4").as_uri(), sink)
    sink.until(lambda: sink.packets >= 2)
    (tmp_path / "clip.mp4").unlink()
    sink.until(lambda: len(sink.losses) >= 1)
    running.check()


def test_a_name_is_as_good_as_a_number(folder: Path, running: Connections) -> None:
    sink = Kept()
    with FaultyCameras(folder, {"gate": "clip.mp4"}) as cameras:
        added(running, cameras.address("gate").replace("127.0.0.1", "localhost"), sink)
        sink.until(lambda: sink.packets >= 3)


@pytest.mark.parametrize("host", [".".join(["a" * 60] * 5), "[fe80::1]"])
def test_where_no_way_leads_nobody_answers(running: Connections, host: str) -> None:
    sink = Kept()
    added(running, f"rtsp://{host}/x", sink)
    sink.until(lambda: len(sink.losses) >= 2)
    assert set(sink.losses) == {(CameraState.UNREACHABLE, "no_answer")}
    running.check()


def test_mute_cameras_do_not_keep_out_the_others(
    folder: Path, running: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "OPEN_WITHIN_S", 0.2)
    files = {f"mute-{n}": "clip.mp4" for n in range(20)} | {"good": "clip.mp4"}
    with FaultyCameras(folder, files) as cameras:
        for each in cameras:
            if each.name != "good":
                each.mute()
                added(running, cameras.address(each.name), Kept())
        for _ in range(5):
            sink = Kept()
            one = added(running, cameras.address("good"), sink)
            sink.until(lambda sink=sink: sink.packets >= 2)
            running.remove(one)


def test_a_slow_camera_is_not_called_silent(
    folder: Path, running: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarter of the time limits for a camera four times as fast: one picture in 0.8 s."""
    monkeypatch.setattr(connection, "SILENT_AFTER_S", 1.0)
    monkeypatch.setattr(connection, "FIRST_PACKET_WITHIN_S", 2.5)
    sink = Kept()
    with FaultyCameras(folder, {"gate": "clip.mp4"}) as cameras:
        cameras["gate"].slow(8)
        added(running, cameras.address("gate"), sink)
        sink.until(lambda: sink.packets >= 5)
        assert (sink.losses, cameras["gate"].connections) == ([], 1)


def packet(arrived_s: float) -> Packet:
    return Packet(av.Packet(b"x"), True, arrived_s, 1, arrived_s)


@pytest.mark.parametrize(("every_s", "within_s"), [(0.1, 4.0), (3.0, 9.0), (5.0, 15.0)])
def test_silence_is_measured_by_the_pace_of_the_camera(every_s: float, within_s: float) -> None:
    one = Connection("gate", StreamAddress("rtsp://127.0.0.1/x"), Kept())
    one.begin()
    now_s = one.opened_s
    for _ in range(5):
        now_s += every_s
        assert not one.silent(now_s)
        one.take(packet(now_s))
    assert not one.silent(now_s + within_s - 0.1)
    assert one.silent(now_s + within_s + 0.1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("where", ["opened", "take"])
def test_an_error_that_nobody_expected_is_told(folder: Path, running: Connections, where: str) -> None:
    sink, fallen = Kept(), threading.Event()

    def fail(_: object) -> None:
        fallen.set()
        raise ZeroDivisionError

    setattr(sink, where, fail)
    with FaultyCameras(folder, {"gate": "clip.mp4"}) as cameras:
        added(running, cameras.address("gate"), sink)
        assert fallen.wait(WITHIN_S)
        running._thread.join(WITHIN_S)
        with pytest.raises(RuntimeError):
            running.check()


def test_who_is_removed_during_the_handshake_is_hung_up_on(
    running: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "OPEN_WITHIN_S", 1.0)
    asked, hung_up = threading.Event(), threading.Event()

    def mute(line: socket.socket) -> None:
        while line.recv(4096):
            asked.set()
        if asked.is_set():
            hung_up.set()

    sink = Kept()
    with rtsp.answering(mute) as port:
        one = added(running, f"rtsp://127.0.0.1:{port}/x", sink)
        assert asked.wait(WITHIN_S)
        running.remove(one)
        assert hung_up.wait(WITHIN_S)
    assert (sink.opens, sink.losses) == ([], [])


def test_a_session_that_opens_while_all_stops_is_closed(folder: Path) -> None:
    """Whatever it was doing; an open socket would be a warning, and that is an error here."""
    with FaultyCameras(folder, {f"cam-{n}": "clip.mp4" for n in range(8)}) as cameras:
        for round_ in range(5):
            running = Connections()
            running.start()
            sinks = [Kept() for _ in cameras]
            for each, sink in zip(cameras, sinks, strict=True):
                added(running, cameras.address(each.name), sink)
            if round_:
                sinks[round_].until(lambda sink=sinks[round_]: bool(sink.opens))
            running.stop()
            for opener in running._openers._threads:
                opener.join(WITHIN_S)
        for each in cameras:
            pause = threading.Event()
            for _ in range(200):
                if not each.playing:
                    break
                pause.wait(0.02)
            assert each.playing == 0


def test_three_hundred_connections_leave_nothing_behind(folder: Path, running: Connections) -> None:
    process, sink = psutil.Process(), Kept()
    with FaultyCameras(folder, {"gate": "clip.mp4"}) as cameras:
        added(running, cameras.address("gate"), sink)
        sink.until(lambda: sink.packets >= 1)
        before = process.num_fds()
        for number in range(1, 301):
            cameras["gate"].fin()
            sink.until(lambda number=number: len(sink.opens) > number)
        sink.until(lambda seen=sink.packets: sink.packets > seen)
        assert process.num_fds() <= before + 2
        assert running._all and len(running._selector.get_map()) == 1
