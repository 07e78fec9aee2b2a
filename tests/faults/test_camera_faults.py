"""F1 to F9: cameras that do not answer, refuse, say nothing, stand still, damage, switch or jump, on real sockets."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import rtsp
from faults.camera import FaultyCamera, FaultyCameras
from faults.reading import WITHIN_S, Files, camera, has, is_live, reading, reading_one

from monitor.clock import utc_now
from monitor.core import view
from monitor.core.budget import Budget
from monitor.core.camera import SEEING, CameraState
from monitor.simulate.session import Password
from monitor.workers import camera_reader, connection, connections, line
from monitor.workers.connection import WRONG_PASSWORDS

FPS, GROUP, FRAMES = rtsp.FPS, rtsp.GROUP, rtsp.FRAMES
RETRY_S = 0.05
SILENT_S = 1.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections try again at once and give up soon."""
    for name, value in {
        "FIRST_RETRY_S": RETRY_S,
        "LONGEST_RETRY_S": RETRY_S,
        "KNOCK_EVERY_S": RETRY_S,
        "CONNECT_WITHIN_S": SILENT_S,
        "OPEN_WITHIN_S": SILENT_S,
        "FIRST_PACKET_WITHIN_S": SILENT_S,
        "SILENT_AFTER_S": SILENT_S,
        "LOOK_AFTER_EVERY_S": 0.02,
    }.items():
        monkeypatch.setattr(connection if hasattr(connection, name) else connections, name, value)
    monkeypatch.setattr(line, "PACKETS_WITHIN_S", 2 * SILENT_S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips")
    rtsp.write_clip(path / "clip.mp4")
    write_noise(path / "small.mp4", "libx264", (320, 176))
    write_noise(path / "large.mp4", "libx264", (640, 352))
    write_noise(path / "small-265.mp4", "libx265", (320, 176))
    write_noise(path / "small.mkv", "mjpeg", (320, 176))
    return path


def write_noise(path: Path, codec: str, size_wh: tuple[int, int]) -> None:
    """Two seconds of a structure that never stands quite still."""
    rng = np.random.default_rng(1)
    width, height = size_wh
    base = np.kron(rng.integers(0, 255, (height // 16, width // 16, 3)), np.ones((16, 16, 1)))
    with av.open(path, "w") as container:
        options = {"g": "5", "x265-params": "log-level=none", "sc_threshold": "0"}
        video = container.add_stream(codec, rate=FPS, options=options)
        video.width, video.height, video.max_b_frames = width, height, 0
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for _ in range(2 * FPS):
            picture = np.clip(base + rng.normal(0, 4, base.shape), 0, 255).astype(np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


@pytest.fixture
def cameras(folder: Path) -> Iterator[FaultyCameras]:
    with FaultyCameras(folder, {"gate": "small.mp4", "lift": "small.mp4"}) as running:
        yield running


@pytest.fixture
def gate(cameras: FaultyCameras) -> FaultyCamera:
    return cameras["gate"]


@pytest.fixture
def address(cameras: FaultyCameras) -> str:
    return cameras.address("gate")


# F1


def test_a_camera_that_nobody_answers_for_is_unreachable(gate: FaultyCamera, address: str) -> None:
    gate.gone()
    with reading_one(address) as one:
        health = one.until(has(CameraState.UNREACHABLE))
    assert (health.reason, health.last_frame_at, health.live_since) == ("no_answer", None, None)


def test_a_camera_behind_a_cut_cable_is_unreachable(gate: FaultyCamera, address: str) -> None:
    gate.black_hole()
    with reading_one(address) as one:
        assert one.until(has(CameraState.UNREACHABLE)).reason == "no_answer"


def test_a_camera_that_comes_back_becomes_live(gate: FaultyCamera, address: str) -> None:
    gate.gone()
    with reading_one(address) as one:
        one.until(has(CameraState.UNREACHABLE))
        gate.ok()
        health = one.until(is_live)
    assert health.reason == "" and health.live_since is not None


def test_ten_dead_cameras_cost_the_others_no_picture(folder: Path) -> None:
    files = {f"dead-{n}": "small.mp4" for n in range(10)} | {"good": "small.mp4"}
    with FaultyCameras(folder, files) as cameras:
        for dead in cameras:
            if dead.name != "good":
                dead.black_hole()
        configs = [camera(cameras.address(each.name), name=each.name) for each in cameras]
        with reading(*configs) as readings:
            good = next(each for each in readings if each.reader.camera.id == "good")
            first = good.until(is_live)
            health = good.until(lambda health: health.pictures > first.pictures + GROUP)
            assert health.live_since == first.live_since


def test_after_three_wrong_passwords_a_camera_is_left_alone(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with FaultyCameras(folder, {"gate": "small.mp4"}, Password("ada", "right")) as cameras:
        address = cameras.address("gate").replace("ada:right@", "ada:secret@")
        assert "secret" in address
        with reading_one(address) as one:
            health = one.until(lambda _: "refuses its password" in caplog.text)
            assert (health.state, health.reason) == (CameraState.REFUSED, "wrong_password")
            assert not cameras["gate"].reach(WRONG_PASSWORDS + 1, within_s=20 * RETRY_S)
            assert one.health.state is CameraState.REFUSED
        assert cameras["gate"].connections == WRONG_PASSWORDS == 3
    assert "secret" not in caplog.text


def test_the_right_password_opens_it(folder: Path) -> None:
    with FaultyCameras(folder, {"gate": "small.mp4"}, Password("ada", "ri:g/ht")) as cameras:
        address = cameras.address("gate").replace("ri:g/ht", "ri%3Ag%2Fht")
        with reading_one(address) as one:
            one.until(is_live)


# F2, F3


@pytest.mark.parametrize("fault", ["mute", "noplay"])
def test_a_camera_that_takes_the_call_and_sends_nothing_is_asked_again(
    gate: FaultyCamera, address: str, fault: str
) -> None:
    getattr(gate, fault)()
    with reading_one(address) as one:
        assert gate.reach(3)
        health = one.health
        assert health.state not in SEEING
        assert (health.last_frame_at, health.pictures) == (None, 0)
        one.until(has(CameraState.STALLED))
        gate.ok()
        one.until(is_live)


def test_a_camera_whose_codec_nobody_knows_is_stalled() -> None:
    sdp = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 NEVER/90000\r\na=control:track0\r\n"

    def offer(connection: socket.socket) -> None:
        for number, method in rtsp.requests(connection):
            body = sdp if method == "DESCRIBE" else ""
            extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n" if body else ""
            extra += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n" if method == "SETUP" else ""
            connection.sendall(
                f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n{extra}\r\n{body}".encode()
            )

    with rtsp.answering(offer) as port, reading_one(f"rtsp://127.0.0.1:{port}/x") as one:
        one.until(has(CameraState.STALLED), 3 * WITHIN_S)


def test_a_camera_that_talks_nonsense_is_never_live() -> None:
    with rtsp.answering(rtsp.garbage) as port, reading_one(f"rtsp://127.0.0.1:{port}/x") as one:
        assert one.until(has(CameraState.STALLED)).pictures == 0


# F4, F5, F6


@pytest.mark.parametrize("fault", ["stall", "trickle"])
def test_a_stream_that_stands_still_is_noticed_and_called_again(
    gate: FaultyCamera, address: str, fault: str
) -> None:
    with reading_one(address) as one:
        first = one.until(is_live)
        getattr(gate, fault)()
        stalled = one.until(has(CameraState.STALLED))
        assert stalled.reason == "no_picture"
        assert stalled.blind_since == stalled.last_frame_at
        gate.ok()
        again = one.until(is_live)
    assert first.live_since is not None and again.live_since is not None
    assert first.live_since < again.live_since
    assert stalled.last_frame_at is not None and stalled.last_frame_at < again.live_since


def test_a_camera_that_hangs_up_is_called_again(gate: FaultyCamera, address: str) -> None:
    with reading_one(address) as one:
        for _ in range(3):
            seen = one.until(is_live).pictures
            gate.fin()
            one.until(lambda health, seen=seen: health.pictures > seen + 1)
    assert gate.connections >= 4


# F8


@pytest.mark.parametrize("fault", ["garbage", "corrupt", "truncated"])
def test_damage_crashes_nothing_and_ends_with_it(gate: FaultyCamera, address: str, fault: str) -> None:
    with reading_one(address) as one:
        one.until(is_live)
        getattr(gate, fault)()
        before = gate.connections
        one.until(lambda health: health.pictures > 0)
        gate.ok()
        frames = one.frames
        one.until(lambda health: is_live(health) and one.frames > frames)
    assert gate.connections - before < 50


@pytest.mark.parametrize("percent", [1, 5, 10, 20])
def test_lost_packets_give_no_damaged_picture_to_look_at(
    gate: FaultyCamera, address: str, percent: float
) -> None:
    """Every picture that is handed over looks like the clip: a loss is seen in the numbers of the packets."""
    with reading_one(address) as one:
        one.always = True
        one.until(lambda health: is_live(health) and one.last is not None)
        assert one.last is not None
        clean = one.last.gray(40, 22).astype(int)
        gate.loss(percent)
        frames = one.frames
        one.until(lambda _: one.frames > frames + 2, 4 * WITHIN_S)
        off = np.abs(one.last.gray(40, 22).astype(int) - clean)
    assert float(off.mean()) < 3.0


def test_another_size_in_mid_stream_is_another_scene(gate: FaultyCamera, address: str) -> None:
    with reading_one(address) as one:
        one.always = True
        one.until(lambda _: one.last is not None)
        assert one.last is not None
        first = one.last
        gate.show("large.mp4")
        one.until(lambda _: one.last is not None and one.last.size_wh == (640, 352))
        assert one.last.scene != first.scene


def test_another_codec_in_mid_stream_is_noticed_and_the_camera_comes_back(
    gate: FaultyCamera, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_reader, "PICTURE_WITHIN_S", 1.0)
    with reading_one(address) as one:
        one.always = True
        one.until(is_live)
        gate.show("small-265.mp4")
        one.until(lambda health: health.state not in SEEING)
        gate.fin()
        frames = one.frames
        one.until(lambda health: is_live(health) and one.frames > frames)


@pytest.mark.parametrize("seconds", [3600.0, -3600.0, 86_400.0 * 0.4])
def test_time_stamps_that_jump_cost_at_most_a_group(gate: FaultyCamera, address: str, seconds: float) -> None:
    with reading_one(address) as one:
        one.always = True
        one.until(lambda _: one.frames > 2)
        connections = gate.connections
        gate.jump(seconds)
        frames = one.frames
        one.until(lambda _: one.frames > frames + 2 * GROUP)
        assert one.health.state in SEEING
        assert gate.connections == connections


def test_time_stamps_that_begin_anew_after_32_bits_go_on(gate: FaultyCamera, address: str) -> None:
    gate.wrap(0.5)
    with reading_one(address) as one:
        one.always = True
        one.until(lambda _: one.frames > 2 * FPS)
        assert gate.connections == 1


def test_a_camera_that_sends_damaged_pictures_only_does_not_stay_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could have been seen meanwhile; the first whole picture ends it."""
    monkeypatch.setattr(camera_reader, "PICTURE_WITHIN_S", 0.8)
    monkeypatch.setattr(camera_reader, "BROKEN_AFTER_S", 0.2)
    write_broken_clip(tmp_path / "clip.mp4")
    with (
        FaultyCameras(tmp_path, {"gate": "clip.mp4"}) as cameras,
        reading_one(cameras.address("gate")) as one,
    ):
        one.always = True
        first = one.until(lambda health: health.state in SEEING)
        broken = one.until(lambda health: health.state is CameraState.STALLED)
        assert broken.live_since is None
        again = one.until(lambda health: health.state in SEEING)
    assert first.live_since is not None and again.live_since is not None
    assert again.live_since >= first.live_since


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


# F9


def test_after_a_switch_restart_all_come_back_and_few_open_at_a_time(folder: Path) -> None:
    with FaultyCameras(folder, {f"cam-{n}": "small.mp4" for n in range(30)}) as cameras:
        configs = [camera(cameras.address(each.name), name=each.name) for each in cameras]
        with reading(*configs) as readings:
            for one in readings:
                one.until(is_live, 2 * WITHIN_S)
            for each in cameras:
                each.gone()
            for one in readings:
                one.until(has(CameraState.UNREACHABLE))
            for each in cameras:
                each.ok()
            for one in readings:
                one.until(is_live, 2 * WITHIN_S)
        assert cameras.most_handshakes <= connections.OPENING_AT_ONCE


# F7: tests/integration/test_view.py tells what is no useful view; here is what follows


def test_a_frozen_picture_is_no_useful_view_from_when_it_froze(
    gate: FaultyCamera, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_reader, "VIEW_EVERY_S", 0.0)
    monkeypatch.setattr(view, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(view, "BAD_AFTER_S", 3.0)
    files = Files()
    with reading_one(address, files=files) as one:
        one.always = True
        one.until(is_live)
        one.until(lambda _: one.frames > 2 * FPS)
        before = utc_now()
        gate.freeze()
        frozen = one.until(has(CameraState.NO_VIEW))
        assert frozen.reason == "frozen"
        assert frozen.blind_since is not None
        assert abs((frozen.blind_since - before).total_seconds()) < 2.0
    with reading_one(address, files=files) as again:  # a restart does not make it see
        again.always = True
        assert (
            again.until(lambda health: health.state is not CameraState.STARTING).state is CameraState.NO_VIEW
        )
        gate.ok()
        seeing = again.until(lambda health: health.state in SEEING)
        assert seeing.live_since is not None and seeing.live_since > frozen.blind_since


# All kinds of streams


@pytest.mark.parametrize("file", ["small.mp4", "small-265.mp4", "small.mkv"])
def test_every_codec_gives_pictures(folder: Path, file: str) -> None:
    with FaultyCameras(folder, {"gate": file}) as cameras, reading_one(cameras.address("gate")) as one:
        one.always = True
        one.until(lambda health: is_live(health) and one.frames > FPS)


def test_a_film_stands_in_for_a_camera(folder: Path) -> None:
    with reading_one((folder / "small.mp4").as_uri()) as one:
        one.always = True
        one.until(lambda _: one.frames > 3 * FPS)  # more than one round


def test_without_its_sub_stream_a_camera_is_watched_by_the_main_one(cameras: FaultyCameras) -> None:
    cameras["lift"].gone()
    with reading_one(cameras.address("gate"), cameras.address("lift")) as one:
        poor = one.until(has(CameraState.DEGRADED))
        assert poor.reason == "no_sub"
        cameras["lift"].ok()
        one.until(is_live)
        assert one.health.live_since is not None


def test_a_main_stream_that_is_watched_by_another_is_decoded_only_now_and_then(
    cameras: FaultyCameras,
) -> None:
    with reading_one(cameras.address("gate"), cameras.address("lift")) as one:
        one.until(lambda health: is_live(health) and not one.reader.looking)
        frames, pictures = one.frames, one.health.pictures
        one.until(lambda health: health.pictures > pictures + 2 * FPS)
        assert (one.frames - frames <= 2, one.moved) == (True, 0)


def test_with_too_much_to_do_looks_are_left_out_and_counted(cameras: FaultyCameras) -> None:
    with reading_one(cameras.address("gate"), cameras.address("lift")) as one:
        one.until(is_live)
        assert one.health.left_out == 0
        one.budget = Budget(stretch=4.0)
        seen = one.until(lambda health: health.left_out >= 2)
        assert seen.state in SEEING
        one.budget = Budget()
        counted = one.until(lambda health: health.pictures > seen.pictures + FPS).left_out
        one.until(lambda health: health.pictures > seen.pictures + 2 * FPS)
        assert one.health.left_out == counted


def test_a_full_disk_costs_the_wall_picture_and_not_the_camera(address: str) -> None:
    tried = threading.Event()

    class Full(Files):
        def save_newest(self, camera: str, jpeg: bytes) -> None:
            tried.set()
            raise OSError(28, "No space left on device")

    with reading_one(address, files=Full()) as one:
        assert tried.wait(WITHIN_S)
        seen = one.health.pictures
        health = one.until(lambda health: health.pictures >= seen + GROUP)
        assert is_live(health) and health.wall_picture_at is None


def test_a_removed_camera_is_read_no_more_and_the_others_go_on(cameras: FaultyCameras) -> None:
    configs = [camera(cameras.address(name), name=name) for name in ("gate", "lift")]
    with reading(*configs) as (gate, lift):
        gate.until(is_live)
        first = lift.until(is_live)
        gate.reader.stop()
        gate.until(lambda health: health.state not in SEEING)
        lift.until(lambda health: health.pictures > first.pictures + GROUP)
        assert lift.health.live_since == first.live_since
        assert cameras["gate"].playing == 0
