"""F1 to F4: cameras that do not answer, refuse, say nothing, talk nonsense or hang up, on real sockets."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
import rtsp

from monitor.config.cameras import CameraConfig
from monitor.core.camera import CameraState
from monitor.vision.stream import Stream
from monitor.workers import camera_reader
from monitor.workers.camera_reader import WRONG_PASSWORDS, CameraHealth, CameraReader

FPS, GROUP, FRAMES = rtsp.FPS, rtsp.GROUP, rtsp.FRAMES
RETRY_S = 0.05
WITHIN_S = 15.0
POLL_S = 0.02
Talk = Callable[[socket.socket], None]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader tries again at once and gives up soon."""
    monkeypatch.setattr(camera_reader, "FIRST_RETRY_S", RETRY_S)
    monkeypatch.setattr(camera_reader, "LONGEST_RETRY_S", RETRY_S)
    monkeypatch.setattr(camera_reader, "Stream", partial(Stream, open_timeout_s=1.0, read_timeout_s=0.5))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips")
    rtsp.write_clip(path / "clip.mp4")
    return path


class Counted:
    """Counts the connections of a server that misbehaves."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._changed, self.connections = talk, threading.Condition(), 0

    def __call__(self, connection: socket.socket) -> None:
        with self._changed:
            self.connections += 1
            self._changed.notify_all()
        self._talk(connection)

    def reach(self, connections: int, within_s: float = WITHIN_S) -> bool:
        """Whether there are so many connections in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.connections >= connections, within_s)


def unknown_codec(connection: socket.socket) -> None:
    """Offers a stream that nobody can decode, and then nothing."""
    sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 NEVER/90000\r\na=control:track0\r\n"
    bodies = {"DESCRIBE": sdp}
    for number, method in rtsp._requests(connection):
        body = bodies.get(method, "")
        extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n" if body else ""
        if method == "SETUP":
            extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        connection.sendall(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n{extra}\r\n{body}".encode())


@contextmanager
def reading(
    port: int,
    path: str = "clip.mp4",
    name: str = "gate",
    save_picture: Callable[[str, bytes], None] = lambda name, picture: None,
) -> Iterator[CameraReader]:
    """A running reader of one camera; its threads are gone afterwards."""
    camera = CameraConfig.model_validate(
        {
            "id": name,
            "name": name,
            "place": "gate",
            "direction": "in",
            "main": f"rtsp://ada:secret@127.0.0.1:{port}/{path}",
            "position": [0, 0],
            "heading_deg": 0,
            "field_of_view_deg": 80,
            "range_m": 10,
        }
    )
    reader = CameraReader(camera, threading.Condition(), save_picture)
    reader.start()
    try:
        yield reader
    finally:
        reader.stop()
        for thread in threading.enumerate():
            if thread.name == f"{name}-main":
                thread.join(WITHIN_S)
                assert not thread.is_alive()


def until(reader: CameraReader, wanted: Callable[[CameraHealth], bool]) -> CameraHealth:
    """The reader's health as soon as it is as wanted."""
    pause = threading.Event()
    for _ in range(round(WITHIN_S / POLL_S)):
        if wanted(health := reader.health()):
            return health
        pause.wait(POLL_S)
    raise AssertionError(f"waited in vain; the camera is {reader.health()}")


def is_live(health: CameraHealth) -> bool:
    return health.state is CameraState.LIVE


def has(state: CameraState) -> Callable[[CameraHealth], bool]:
    return lambda health: health.state is state


def test_a_camera_that_nobody_answers_for_is_unreachable() -> None:
    with reading(rtsp.free_port()) as reader:
        health = until(reader, has(CameraState.UNREACHABLE))
    assert (health.reason, health.last_frame_at, health.live_since) == ("no_answer", None, None)


def test_after_three_wrong_passwords_a_camera_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    server = Counted(rtsp.refusing)
    with rtsp.answering(server) as port, reading(port) as reader:
        assert server.reach(WRONG_PASSWORDS)
        health = until(reader, lambda _: "refuses its password" in caplog.text)
        assert (health.state, health.reason) == (CameraState.REFUSED, "wrong_password")
        assert not server.reach(WRONG_PASSWORDS + 1, within_s=20 * RETRY_S)
        assert reader.health().state is CameraState.REFUSED
    assert server.connections == WRONG_PASSWORDS == 3
    assert "secret" not in caplog.text


def test_a_camera_that_takes_the_call_and_says_nothing_is_not_live() -> None:
    server = Counted(rtsp.mute)
    with rtsp.answering(server) as port, reading(port) as reader:
        assert server.reach(2)  # it is asked again
        health = reader.health()
    assert health.state in (CameraState.STALLED, CameraState.UNREACHABLE)
    assert (health.last_frame_at, health.pictures) == (None, 0)


@pytest.mark.parametrize("talk", [rtsp.noplay, unknown_codec])
def test_a_camera_without_a_picture_that_can_be_shown_is_stalled_and_asked_again(talk: Talk) -> None:
    server = Counted(talk)
    with rtsp.answering(server) as port, reading(port) as reader:
        assert server.reach(3, within_s=3 * WITHIN_S)
        assert reader.health().state in (CameraState.STALLED, CameraState.UNREACHABLE)


def test_a_camera_that_talks_nonsense_harms_no_other(folder: Path) -> None:
    server = Counted(rtsp.garbage)
    with (
        rtsp.serve(folder) as good_port,
        rtsp.answering(server) as bad_port,
        reading(good_port, "clip.mp4/play_count_0", "good") as good,
    ):
        before = until(good, is_live)
        with reading(bad_port, name="bad") as bad:
            assert server.reach(3)
            assert not is_live(bad.health())
            after = until(good, lambda health: health.pictures >= before.pictures + FPS)
            assert is_live(after) and after.live_since == before.live_since
            assert not is_live(bad.health()) and bad.health().pictures == 0


def test_a_camera_that_hangs_up_is_called_again(folder: Path) -> None:
    with rtsp.serve(folder) as port, reading(port) as reader:
        health = until(reader, lambda health: health.pictures > FRAMES)  # more than one call gives
        assert is_live(health)


def test_a_camera_that_comes_back_becomes_live(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = rtsp.free_port()
    monkeypatch.setattr(rtsp, "free_port", lambda: port)
    with reading(port, "clip.mp4/play_count_0") as reader:
        until(reader, has(CameraState.UNREACHABLE))
        with rtsp.serve(folder):
            health = until(reader, is_live)
    assert health.reason == "" and health.live_since is not None


def test_every_picture_is_counted_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera without a small stream is watched and identified by the same pictures."""
    monkeypatch.setattr(camera_reader, "FIRST_RETRY_S", 1e6)  # the draw of the jitter is never small
    monkeypatch.setattr(camera_reader, "LONGEST_RETRY_S", 1e6)
    with rtsp.serve(folder) as port, reading(port) as reader:
        health = until(reader, lambda _: reader._problem[0] is CameraState.STALLED)
    assert 0 < health.pictures <= FRAMES


def test_a_full_disk_costs_the_wall_picture_and_not_the_camera(folder: Path) -> None:
    tried = threading.Event()

    def full(name: str, picture: bytes) -> None:
        tried.set()
        raise OSError(28, "No space left on device")

    with rtsp.serve(folder) as port, reading(port, "clip.mp4/play_count_0", save_picture=full) as reader:
        assert tried.wait(WITHIN_S)
        seen = reader.health().pictures
        health = until(reader, lambda health: health.pictures >= seen + FPS)
        assert is_live(health) and health.wall_picture_at is None


def write_broken_clip(path: Path) -> None:
    """Three seconds of which all but the first half second are damaged: the later key frames are missing."""
    noise = np.random.default_rng(4).integers(0, 255, (176, 400, 3)).astype(np.uint8)
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=FPS, options={"g": str(GROUP), "sc_threshold": "0"})
        video.width, video.height, video.pix_fmt, video.max_b_frames = 320, 176, "yuv420p", 0
        frames = [np.ascontiguousarray(noise[:, 2 * n : 2 * n + 320]) for n in range(3 * FPS)]
        packets = [p for f in frames for p in video.encode(av.VideoFrame.from_ndarray(f, "bgr24"))]
        for number, packet in enumerate([*packets, *video.encode(None)]):
            if not packet.is_keyframe or number == 0:
                container.mux(packet)


def test_a_camera_that_sends_damaged_pictures_only_does_not_stay_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could have been seen meanwhile; the first whole picture ends it."""
    monkeypatch.setattr(camera_reader, "PICTURE_WITHIN_S", 0.8)
    monkeypatch.setattr(camera_reader, "BROKEN_AFTER_S", 0.2)
    write_broken_clip(tmp_path / "clip.mp4")
    with rtsp.serve(tmp_path) as port, reading(port, "clip.mp4/play_count_0") as reader:
        first = until(reader, is_live)
        broken = until(reader, lambda health: health.reason == "broken_picture")
        assert (broken.state, broken.live_since) == (CameraState.STALLED, None)
        again = until(reader, is_live)
    assert first.live_since is not None and again.live_since is not None
    assert again.live_since > first.live_since
