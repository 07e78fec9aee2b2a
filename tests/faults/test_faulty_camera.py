"""Each camera of tests/faults/camera.py misbehaves as it says."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest
import rtsp
from av.container import InputContainer
from faults.camera import FaultyCamera, FaultyCameras
from faults.client import Client

from monitor.simulate.session import Password

FPS, TICKS = rtsp.FPS, 90_000 // rtsp.FPS
TIMEOUT_S = (1.0, 0.4)
NTP_TO_UNIX_S = 2_208_988_800
NOISE_WH = (640, 352)

av.logging.set_level(None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip whose pictures can be told by their brightness, and a noisy one of another size in two codecs."""
    path = tmp_path_factory.mktemp("clips")
    rtsp.write_clip(path / "clip.mp4")
    write_noise(path / "noise.mp4", "libx264")
    write_noise(path / "noise-265.mp4", "libx265")
    return path


@pytest.fixture
def cameras(folder: Path) -> Iterator[FaultyCameras]:
    with FaultyCameras(folder, {"gate": "clip.mp4", "lift": "clip.mp4", "noise": "noise.mp4"}) as running:
        yield running


@pytest.fixture
def gate(cameras: FaultyCameras) -> FaultyCamera:
    return cameras["gate"]


@pytest.fixture
def address(cameras: FaultyCameras) -> str:
    return cameras.address("gate")


def write_noise(path: Path, codec: str) -> None:
    noise = np.random.default_rng(1)
    with av.open(path, "w") as container:
        video = container.add_stream(codec, rate=FPS, options={"g": "5", "x265-params": "log-level=none"})
        video.width, video.height, video.pix_fmt, video.max_b_frames = *NOISE_WH, "yuv420p", 0
        for _ in range(10):
            picture = noise.integers(0, 255, (NOISE_WH[1], NOISE_WH[0], 3)).astype(np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


@contextmanager
def opened(address: str) -> Iterator[InputContainer]:
    options = {"rtsp_transport": "tcp", "analyzeduration": "1", "probesize": "32"}
    with av.open(address, options=options, timeout=TIMEOUT_S) as container:
        yield container


def packets(container: InputContainer) -> Iterator[av.Packet]:
    return (packet for packet in container.demux(video=0) if packet.size)


def frames(container: InputContainer, count: int) -> list[av.VideoFrame]:
    return list(islice(container.decode(video=0), count))


def numbers(shown: list[av.VideoFrame]) -> list[int]:
    """Which pictures of the clip they are."""
    return [round((float(frame.to_ndarray(format="bgr24").mean()) - 30) / 15) for frame in shown]


def steps(times: list[int]) -> list[int]:
    """From one RTP time to the next, as signed 32-bit numbers."""
    return [(b - a + 2**31) % 2**32 - 2**31 for a, b in pairwise(times)]


def wire(camera: FaultyCamera) -> list[bytes]:
    """What the camera sends for each picture of its clip, without a connection."""
    return [bytes(camera.sends(picture, 0, 0, 0)) for picture in camera.clip.pictures]


def test_a_camera_without_a_fault_shows_its_clip_again_and_again(address: str, gate: FaultyCamera) -> None:
    with opened(address) as container:
        shown = frames(container, 14)
        assert (gate.connections, gate.playing) == (1, 1)
    assert numbers(shown) == [*range(12), 0, 1]
    assert steps([frame.pts for frame in shown[1:]]) == [TICKS] * 12


def test_a_mute_camera_takes_the_call_and_answers_nothing(address: str, gate: FaultyCamera) -> None:
    gate.mute()
    with pytest.raises(av.FFmpegError), opened(address):
        pass
    assert (gate.connections, gate.playing) == (1, 0)
    with pytest.raises(TimeoutError), Client(address, play=False) as client:
        client._socket.settimeout(0.3)
        client.ask("OPTIONS")


def test_a_refusing_camera_knows_no_password(address: str, gate: FaultyCamera) -> None:
    gate.refuse()
    with pytest.raises(av.error.HTTPUnauthorizedError), opened(address.replace("//", "//ada:secret@")):
        pass


def test_a_camera_that_does_not_play_agrees_and_sends_nothing(address: str, gate: FaultyCamera) -> None:
    gate.noplay()
    with pytest.raises(av.FFmpegError), opened(address) as container:
        next(packets(container))
    with Client(address) as client, pytest.raises(TimeoutError):
        assert gate.playing == 1
        client._socket.settimeout(0.3)
        next(client.packets())


def test_a_camera_that_is_gone_is_refused_comes_back_and_harms_no_other(
    cameras: FaultyCameras, gate: FaultyCamera
) -> None:
    with opened(cameras.address("lift")) as other, opened(cameras.address("gate")) as container:
        gate.gone()
        assert (
            len(list(islice(packets(container), 30))) < 12
        )  # what had been sent, and then an end without an error
        for _ in range(2):
            with pytest.raises(av.error.ConnectionRefusedError), opened(cameras.address("gate")):
                pass
        gate.ok()
        with opened(cameras.address("gate")) as again:
            assert numbers(frames(again, 2)) == [0, 1]
        assert len(frames(other, 5)) == 5
    assert (gate.connections, cameras["lift"].connections) == (2, 1)


def test_nobody_answers_in_a_black_hole_and_then_the_camera_is_back(address: str, gate: FaultyCamera) -> None:
    gate.black_hole()
    with pytest.raises(av.FFmpegError) as caught, opened(address):
        pass
    assert not isinstance(caught.value, av.error.ConnectionRefusedError)
    gate.ok()
    with opened(address) as container:
        assert numbers(frames(container, 1)) == [0]


def test_a_camera_that_hangs_up_ends_without_an_error_and_serves_who_comes_again(
    address: str, gate: FaultyCamera
) -> None:
    with opened(address) as container:
        frames(container, 2)
        gate.fin()
        assert len(list(islice(packets(container), 30))) < 12
    with opened(address) as container:
        assert numbers(frames(container, 2)) == [0, 1]
    assert gate.connections == 2


def test_a_stalled_camera_keeps_the_connection_and_sends_nothing(address: str, gate: FaultyCamera) -> None:
    with opened(address) as container:
        frames(container, 2)
        gate.stall()
        with pytest.raises(av.error.ExitError):
            list(islice(packets(container), 12))
        assert gate.playing == 1


def test_a_camera_that_has_stalled_goes_on_with_a_key_frame(address: str, gate: FaultyCamera) -> None:
    with opened(address) as container:
        frames(container, 3)
        gate.stall()
        gate.ok()
        shown = numbers(frames(container, 6))
    again = shown[shown.index(0) :]
    assert len(again) >= 3 and again == list(range(len(again)))


def test_a_trickling_camera_sends_reports_and_no_picture(address: str, gate: FaultyCamera) -> None:
    with Client(address) as client, opened(address) as container:
        frames(container, 2)
        gate.trickle()
        assert len(list(islice(client.reports(), 4))) == 4
        with pytest.raises(
            (av.error.ExitError, av.error.OSError)
        ):  # FFmpeg's two words for a time that is over
            list(islice(packets(container), 12))
        gate.fin()
        assert list(islice(client.rtp(), 30)) == []


@pytest.mark.parametrize("percent", [1, 5, 10, 20])
def test_so_many_packets_are_lost(cameras: FaultyCameras, percent: int) -> None:
    camera = cameras["noise"]
    whole = sum(map(len, wire(camera) * 4))
    camera.loss(percent, seed=3)
    left = [wire(camera) for _ in range(4)]
    assert 1 - sum(len(w) for round_ in left for w in round_) / whole == pytest.approx(percent / 100, rel=0.3)
    camera.loss(percent, seed=3)
    assert [wire(camera) for _ in range(4)] == left


def test_lost_packets_leave_a_gap_in_the_numbers(cameras: FaultyCameras) -> None:
    cameras["noise"].loss(20)
    with Client(cameras.address("noise")) as client:
        sequence = [packet.sequence for packet in islice(client.rtp(), 100)]
    gaps = [(b - a) % 2**16 for a, b in pairwise(sequence)]
    assert min(gaps) == 1 and 110 < sum(gaps) < 150


def test_a_corrupt_camera_sends_wrong_bytes_in_right_packets(cameras: FaultyCameras) -> None:
    camera = cameras["noise"]
    whole = wire(camera)
    camera.corrupt(share=0.2, seed=3)
    corrupt = wire(camera)
    camera.corrupt(share=0.2, seed=3)
    assert wire(camera) == corrupt != whole
    assert [len(picture) for picture in corrupt] == [len(picture) for picture in whole]
    with Client(cameras.address("noise")) as client:
        sequence = [packet.sequence for packet in islice(client.rtp(), 100)]
    assert {(b - a) % 2**16 for a, b in pairwise(sequence)} == {1}


def test_damaged_pictures_reach_the_decoder(cameras: FaultyCameras) -> None:
    with opened(cameras.address("noise")) as container:
        whole = [frame.to_ndarray(format="gray") for frame in frames(container, 5)]
        cameras["noise"].corrupt(share=0.5)
        damaged = [frame.to_ndarray(format="gray") for frame in frames(container, 20)]
    assert not any((picture == good).all() for picture in damaged[-5:] for good in whole)


def test_truncated_pictures_are_half_and_no_packet_is_missing(cameras: FaultyCameras) -> None:
    with Client(cameras.address("noise")) as client:
        whole = [len(picture) for picture in islice(client.pictures(), 6)]
    cameras["noise"].truncated()
    with Client(cameras.address("noise")) as client:
        pictures = list(islice(client.pictures(), 6))
    halves = [len(picture) / before for picture, before in zip(pictures, whole, strict=True)]
    assert halves == pytest.approx([1, 1, 0.5, 1, 1, 0.5], abs=0.02)
    sequence = [packet.sequence for picture in pictures for packet in picture]
    assert {(b - a) % 2**16 for a, b in pairwise(sequence)} == {1}


def test_pictures_change_their_size_in_the_middle_of_the_stream(address: str, gate: FaultyCamera) -> None:
    with opened(address) as container:
        before = frames(container, 2)
        gate.show("noise.mp4")
        after = frames(container, 6)
    assert {(frame.width, frame.height) for frame in before} == {(320, 176)}
    assert (after[-1].width, after[-1].height) == NOISE_WH


def test_the_codec_changes_in_the_middle_of_the_stream(address: str, gate: FaultyCamera) -> None:
    with Client(address, play=False) as client, Client(address) as playing:
        _, before = client.ask("DESCRIBE")
        first = next(playing.pictures())
        gate.show("noise-265.mp4")
        later = list(islice(playing.pictures(), 5))
        _, after = client.ask("DESCRIBE")
    assert "H264/90000" in before and "H265/90000" in after
    # The first packet of a key frame: an aggregate of H.264's parameter sets, or one of H.265's.
    assert first[0].payload[0] & 31 == 24
    assert 48 in {picture[0].payload[0] >> 1 for picture in later}


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_the_time_stamps_jump(address: str, gate: FaultyCamera, seconds: int) -> None:
    with Client(address) as client:
        times = [next(client.rtp()).time]
        gate.jump(seconds)
        times += [picture[0].time for picture in islice(client.pictures(), 4)]
    jumps = [step for step in steps(times) if step not in (0, TICKS)]
    assert [round(jump / 90_000) for jump in jumps] == [seconds]


def test_the_32_bits_of_the_time_stamp_wrap_around(address: str, gate: FaultyCamera) -> None:
    gate.wrap(after_s=0.25)
    with Client(address) as client:
        times = [picture[0].time for picture in islice(client.pictures(), 5)]
    assert steps(times) == [TICKS] * 4
    assert [time > 2**31 for time in times] == [True] * 3 + [False] * 2
    with opened(address) as container:
        shown = frames(container, 6)
    assert steps([frame.pts for frame in shown[1:]]) == [TICKS] * 4


def test_a_slow_camera_sends_whole_pictures_less_often(address: str, gate: FaultyCamera) -> None:
    gate.slow(3)
    with opened(address) as container:
        shown = frames(container, 4)
    assert numbers(shown) == [0, 1, 2, 3]
    assert steps([frame.pts for frame in shown[1:]]) == [3 * TICKS] * 2


def test_a_frozen_camera_sends_one_picture_for_ever(address: str, gate: FaultyCamera) -> None:
    gate.freeze()
    with Client(address) as client:
        pictures = list(islice(client.pictures(), 4))
    assert len({tuple(packet.payload for packet in picture) for picture in pictures}) == 1
    assert steps([picture[0].time for picture in pictures]) == pytest.approx([TICKS] * 3, abs=1)
    with opened(address) as container:
        assert numbers(frames(container, 4)) == [0] * 4


def test_garbage_stands_between_the_packets(address: str, gate: FaultyCamera) -> None:
    gate.garbage()
    with Client(address) as client, pytest.raises(AssertionError, match="garbage"):
        list(islice(client.packets(), 20))


def test_the_clock_of_a_camera_is_wrong(address: str, gate: FaultyCamera) -> None:
    gate.clock_ahead(-3600)
    with Client(address) as client:
        report = next(client.reports())
    assert report.wall_s - NTP_TO_UNIX_S == pytest.approx(time.time() - 3600, abs=5)


def test_54_cameras_count_who_is_connecting_at_once(folder: Path) -> None:
    names = [f"camera-{number}" for number in range(54)]
    with FaultyCameras(folder, dict.fromkeys(names, "clip.mp4")) as cameras, ExitStack() as stack:
        for name in names[:8]:
            stack.enter_context(Client(cameras.address(name), play=False)).ask("OPTIONS")
        assert cameras.handshakes == 8
        for name in names[8:]:
            stack.enter_context(Client(cameras.address(name)))
        assert cameras.handshakes == 8 and cameras.most_handshakes == 9
        assert [camera.playing for camera in cameras] == [0] * 8 + [1] * 46
        assert {camera.connections for camera in cameras} == {1}


def test_a_test_can_wait_for_a_connection(cameras: FaultyCameras, gate: FaultyCamera) -> None:
    assert not gate.reach(1, within_s=0.1)
    caller = threading.Thread(target=lambda: Client(cameras.address("gate")).__enter__().__exit__())
    caller.start()
    assert gate.reach(1)
    caller.join()


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
def test_a_camera_with_a_password_lets_in_who_knows_it(folder: Path, scheme: str) -> None:
    password = Password("ada", "p-a-s-s", (scheme,))
    with FaultyCameras(folder, {"gate": "clip.mp4"}, password) as cameras:
        address = cameras.address("gate")
        with opened(address) as container:
            assert len(frames(container, 2)) == 2
        for wrong in (address.replace("p-a-s-s", "guess"), address.replace("ada:p-a-s-s@", "")):
            with pytest.raises(av.error.HTTPUnauthorizedError), opened(wrong):
                pass
