"""The simulated cameras: what a file holds is what a client sees, when the clock says, over TCP only."""

import asyncio
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest
import rtsp
from faults.client import Client

from monitor.simulate import playback
from monitor.simulate.rtp import ClipUnreadable, clip
from monitor.simulate.server import CameraServer

FPS, FRAMES = 10, 20
CODECS = {
    "plain.mp4": ("libx264", {"g": "10"}, 0),
    "reordered.mp4": ("libx264", {"g": "10", "b_strategy": "0", "sc_threshold": "0"}, 2),
    "h265.mp4": ("libx265", {"x265-params": "log-level=none:keyint=10"}, 0),
    "h265.mkv": ("libx265", {"x265-params": "log-level=none:keyint=10:b-adapt=0"}, 2),
    "jpeg.mkv": ("mjpeg", {"huffman": "default", "threads": "1"}, 0),
    "jpeg-restarts.mkv": ("mjpeg", {"huffman": "default", "threads": "2"}, 0),
}
OPTIONS = {"rtsp_transport": "tcp", "analyzeduration": "500000"}

av.logging.set_level(None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips")
    for file, how in CODECS.items():
        write(path / file, *how)
    rtsp.write_clip(path / "clip.mp4")
    (path / "words.mp4").write_text("no video")
    return path


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with rtsp.serve(folder) as port:
        yield port


@pytest.fixture
def live_port(folder: Path) -> Iterator[int]:
    """A server whose clients join where the clock stands, as in the sample estate."""
    server = CameraServer(folder)
    with rtsp.in_thread() as loop:
        yield asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)


def write(path: Path, codec: str, options: dict[str, str], reordered: int) -> None:
    y, x = np.mgrid[:352, :640]
    with av.open(path, "w") as container:
        video = container.add_stream(codec, rate=FPS, options=options)
        video.width, video.height, video.max_b_frames = 640, 352, reordered
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(FRAMES):
            picture = np.stack([(x + 8 * number) % 256, (y + 4 * number) % 256, 0 * x + 10 * number], -1)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture.astype(np.uint8), "bgr24")))
        container.mux(video.encode(None))


def gray(source: str, count: int) -> list[np.ndarray]:
    options = OPTIONS if source.startswith("rtsp") else {}
    with av.open(source, options=options, timeout=5) as container:
        return [f.to_ndarray(format="gray") for f in islice(container.decode(video=0), count)]


@pytest.mark.parametrize("file", CODECS)
def test_a_client_sees_what_the_file_holds_over_the_end_of_the_loop(
    folder: Path, port: int, file: str
) -> None:
    # The decoder holds back the last pictures of a reordered stream.
    seen = gray(f"rtsp://127.0.0.1:{port}/{file}?play_count=0", FRAMES + 3)
    held = gray(str(folder / file), FRAMES)
    for picture, of_file in zip(seen, held + held, strict=False):
        assert np.array_equal(picture, of_file)


@pytest.mark.parametrize("file", ["reordered.mp4", "h265.mkv"])
def test_no_picture_leaves_before_the_time_that_it_shows(folder: Path, file: str) -> None:
    pictures = clip(folder / file).pictures
    assert all(picture.sent_s >= picture.shown_s for picture in pictures)
    assert [round(b.sent_s - a.sent_s, 6) for a, b in pairwise(pictures)] == [1 / FPS] * (FRAMES - 1)
    assert sorted(pictures, key=lambda picture: picture.shown_s) != list(pictures)


def test_numbers_and_times_go_on_over_the_end_of_the_loop(port: int) -> None:
    with Client(f"rtsp://127.0.0.1:{port}/clip.mp4/play_count_0") as client:
        pictures = list(islice(client.pictures(), rtsp.FRAMES + 2))
    numbers = [packet.sequence for picture in pictures for packet in picture]
    assert {(b - a) % 2**16 for a, b in pairwise(numbers)} == {1}
    gaps = [(b[0].time - a[0].time) % 2**32 for a, b in pairwise(pictures)]
    assert gaps == pytest.approx([90_000 / FPS] * len(gaps), abs=1)


def test_two_clients_see_the_same_moment_and_begin_with_a_key_frame(live_port: int) -> None:
    address = f"rtsp://127.0.0.1:{live_port}/clip.mp4/play_count_0"
    with Client(address) as first:
        seen = [(next(first.pictures())[-1].payload, time.monotonic())]
        for picture in islice(first.pictures(), rtsp.FRAMES):
            seen.append((picture[-1].payload, time.monotonic()))
            if len(seen) == 4:
                with Client(address) as second:
                    joined, joined_s = next(second.pictures())[-1].payload, time.monotonic()
    at_s = [moment_s for payload, moment_s in seen if payload == joined]
    assert min(abs(moment_s - joined_s) % 1.2 for moment_s in at_s) < 0.3


def test_a_report_tells_the_wall_time_of_a_time_stamp(port: int) -> None:
    with Client(f"rtsp://127.0.0.1:{port}/clip.mp4/play_count_0") as client:
        report = next(client.reports())
        picture = next(client.rtp())
    assert abs(report.wall_s - 2_208_988_800 - time.time()) < 5
    assert abs((picture.time - report.time + 2**31) % 2**32 - 2**31) < 90_000


@pytest.mark.parametrize("name", ["nothing.mp4", "words.mp4", "../secret.mp4", "%2e%2e/secret.mp4"])
def test_what_is_no_clip_of_the_folder_is_not_found(folder: Path, port: int, name: str) -> None:
    (folder.parent / "secret.mp4").write_bytes((folder / "clip.mp4").read_bytes())
    with Client(f"rtsp://127.0.0.1:{port}/{name}", play=False) as client:
        assert client.ask("DESCRIBE")[0] == 404


def test_a_file_that_cannot_be_sent_is_told(folder: Path) -> None:
    write(folder / "own-tables.mkv", "mjpeg", {"huffman": "optimal", "threads": "1"}, 0)
    for file in ("words.mp4", "own-tables.mkv"):
        with pytest.raises(ClipUnreadable):
            clip(folder / file)


def test_the_server_speaks_its_few_words(port: int) -> None:
    with Client(f"rtsp://127.0.0.1:{port}/clip.mp4", play=False) as client:
        assert "SET_PARAMETER" in client.ask("OPTIONS")[1]
        assert client.ask("PLAY")[0] == 455
        assert client.ask("SETUP", "Transport: RTP/AVP;unicast;client_port=5000-5001")[0] == 461
        assert client.ask("RECORD")[0] == 501
        status, text = client.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        assert status == 200 and ";timeout=60" in text
        assert client.ask("GET_PARAMETER")[0] == 200
        assert client.ask("TEARDOWN")[0] == 200
        assert client._file.read() == b""


def test_a_client_that_does_not_read_loses_pictures_and_begins_again_with_a_key_frame(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "MOST_WAITING_BYTES", -1)
    with Client(f"rtsp://127.0.0.1:{port}/clip.mp4/play_count_0") as client:
        assert next(client.reports())
        monkeypatch.undo()
        picture = next(client.pictures())
    assert picture[0].payload[0] & 31 == 24  # parameter sets come first
