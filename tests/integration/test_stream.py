"""Reading a camera: a real RTSP server, and servers that misbehave."""

import socket
import time
import traceback
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import av
import pytest
import rtsp

from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable, ShouwangError
from monitor.vision.decoder import Decoder, Frame
from monitor.vision.packet import GopBuffer, Packet, Timeline
from monitor.vision.stream import Stream

FPS, GROUP, FRAMES = rtsp.FPS, rtsp.GROUP, rtsp.FRAMES
SECRET = "pa55-w0rd"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip whose pictures get brighter from frame to frame, so that a frame can be told by its brightness."""
    path = tmp_path_factory.mktemp("clips")
    rtsp.write_clip(path / "clip.mp4")
    return path


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with rtsp.serve(folder) as port:
        yield port


def number_of(frame: Frame) -> int:
    return round((float(frame.bgr().mean()) - 30) / 15)


def failure_of(port: int, *, open_timeout_s: float = 1.0, read_timeout_s: float = 0.5) -> ShouwangError:
    address = f"rtsp://ada:{SECRET}@127.0.0.1:{port}/clip.mp4"
    with pytest.raises(ShouwangError) as caught, Stream(address, open_timeout_s, read_timeout_s) as stream:
        for _ in stream.packets():
            pass
    return caught.value


def test_frames_of_a_camera_arrive_in_order_and_with_rising_times(port: int) -> None:
    with Stream(f"rtsp://127.0.0.1:{port}/clip.mp4/play_count_0") as stream:
        decoder = Decoder(stream)
        frames = [f for packet in islice(stream.packets(), FRAMES + 4) for f in decoder.decode(packet)]
    numbers, times = [number_of(f) for f in frames], [f.pts_s for f in frames]
    assert numbers[:6] == list(range(numbers[0], numbers[0] + 6))
    assert times == sorted(times)
    assert times[3] - times[2] == pytest.approx(1 / FPS, abs=0.01)
    assert frames[0].gray(160, 90).shape == (90, 160)


def test_decoding_from_the_middle_starts_at_the_last_key_frame(port: int) -> None:
    buffer = GopBuffer()
    with Stream(f"rtsp://127.0.0.1:{port}/clip.mp4/play_count_0") as stream:
        decoder = Decoder(stream)
        for packet in islice(stream.packets(), GROUP + 3):
            buffer.add(packet)
        replayed = [f for packet in buffer.since_key() for f in decoder.decode(packet)]
        decoder.restart()
        ignored = [f for packet in buffer.since_key()[1:] for f in decoder.decode(packet)]
        again = [f for packet in buffer.since_key() for f in decoder.decode(packet)]
    assert [number_of(f) for f in replayed] == [5, 6, 7]
    assert ignored == []
    assert [number_of(f) for f in again] == [5, 6, 7]


def test_a_camera_that_hangs_up_is_silent_not_finished(port: int) -> None:
    packets: list[Packet] = []
    with pytest.raises(CameraSilent), Stream(f"rtsp://127.0.0.1:{port}/clip.mp4") as stream:
        for packet in stream.packets():
            packets.append(packet)
        raise AssertionError("the packets ended quietly")
    assert len(packets) == FRAMES


def test_a_wrong_path_is_told_as_a_matter_of_stream_settings(port: int) -> None:
    with pytest.raises(CameraSilent), Stream(f"rtsp://127.0.0.1:{port}/nothing.mp4"):
        pass


def test_a_wrong_password_is_refused_so_that_nobody_keeps_trying() -> None:
    with rtsp.answering(rtsp.refusing) as port:
        assert isinstance(failure_of(port), CameraRefused)


@pytest.mark.parametrize("talk", [rtsp.mute, rtsp.garbage, rtsp.noplay])
def test_a_camera_that_gives_no_stream_fails_in_time(talk: Callable[[socket.socket], None]) -> None:
    started_s = time.monotonic()
    with rtsp.answering(talk) as port:
        assert isinstance(failure_of(port), CameraUnreachable | CameraSilent)
    assert time.monotonic() - started_s < 5.0


def test_nobody_at_the_address_is_unreachable() -> None:
    assert isinstance(failure_of(rtsp.free_port()), CameraUnreachable)


@pytest.mark.parametrize("talk", [rtsp.refusing, rtsp.mute, rtsp.noplay])
def test_no_error_shows_the_password(
    talk: Callable[[socket.socket], None], capfd: pytest.CaptureFixture[str]
) -> None:
    with rtsp.answering(talk) as port:
        error = failure_of(port)
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args) + str(error.facts)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert SECRET not in shown
    assert SECRET not in "".join(capfd.readouterr())
    assert SECRET not in repr(Stream(f"rtsp://ada:{SECRET}@camera/"))


@pytest.mark.parametrize(
    "address", ["{folder}/clip.mp4", "concat:{folder}/clip.mp4", "subfile:{folder}/clip.mp4"]
)
def test_only_what_a_camera_may_be_is_opened(folder: Path, address: str) -> None:
    with pytest.raises(ShouwangError), Stream(address.format(folder=folder)):
        pass


def test_a_file_is_opened_when_a_test_asks_for_it(folder: Path) -> None:
    with Stream(str(folder / "clip.mp4"), allow_file=True) as stream:
        assert len(list(islice(stream.packets(), FRAMES))) == FRAMES


def packets_of(folder: Path) -> list[Packet]:
    with Stream(str(folder / "clip.mp4"), allow_file=True) as stream:
        return list(islice(stream.packets(), FRAMES))


def test_the_buffer_keeps_the_packets_since_the_last_key_frame(folder: Path) -> None:
    buffer = GopBuffer()
    for packet in packets_of(folder)[: GROUP + 2]:
        buffer.add(packet)
    assert [p.key for p in buffer.since_key()] == [True, False]


def test_a_group_past_the_bound_is_dropped_until_the_next_key_frame(folder: Path) -> None:
    packets = packets_of(folder)
    buffer = GopBuffer(max_bytes=packets[0].size + packets[1].size)
    for packet in packets[:4]:
        buffer.add(packet)
    assert buffer.since_key() == []
    buffer.add(packets[GROUP])
    assert buffer.since_key() == [packets[GROUP]]


def test_times_that_are_missing_or_jump_are_bridged_by_the_time_of_arrival() -> None:
    timeline = Timeline()
    stamped = [(5.0, 100.0), (5.1, 100.1), (None, 100.2), (9_000.0, 100.3), (9_000.1, 100.4), (0.0, 100.5)]
    repaired = [timeline.repair(pts_s, arrived_s) for pts_s, arrived_s in stamped]
    assert repaired == pytest.approx([5.0, 5.1, 5.2, 5.3, 5.4, 5.5])


def test_a_damaged_packet_gives_no_frame_and_no_error(folder: Path) -> None:
    with Stream(str(folder / "clip.mp4"), allow_file=True) as stream:
        packets, decoder = list(islice(stream.packets(), FRAMES)), Decoder(stream)
        broken = av.Packet(bytes(range(256)))
        damaged = Packet(broken, key=True, pts_s=0.0, size=256, arrived_s=0.0)
        assert decoder.decode(damaged) == []
        assert len([f for p in packets for f in decoder.decode(p)]) == FRAMES
