"""Measuring a stream: a real RTSP server, and servers that misbehave."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import rtsp

from monitor.core.profile import Role, advice
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable
from monitor.vision.probe import measure


def write(
    path: Path, codec: str, *, keys_apart: int, b_frames: int = 0, size_wh: tuple[int, int] = (640, 360)
) -> None:
    """Six seconds at 10 pictures a second."""
    options = {"g": str(keys_apart), "sc_threshold": "0", "bf": str(b_frames)}
    if codec == "libx265":
        options["x265-params"] = (
            f"keyint={keys_apart}:min-keyint={keys_apart}:scenecut=0:bframes={b_frames}:log-level=none"
        )
    width, height = size_wh
    with av.open(path, "w") as container:
        video = container.add_stream(codec, rate=10, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        for number in range(60):
            picture = np.full((height, width, 3), 40 + number, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("clips")
    write(folder / "h264.mp4", "libx264", keys_apart=10)
    write(folder / "h265.mp4", "libx265", keys_apart=20)
    write(folder / "rare-keys.mp4", "libx264", keys_apart=60)
    write(folder / "b-frames.mp4", "libx264", keys_apart=20, b_frames=2)
    with rtsp.serve(folder) as port:
        yield port


def address(port: int, name: str) -> str:
    return f"rtsp://127.0.0.1:{port}/{name}.mp4/play_count_0"


def test_a_stream_is_told_as_it_comes(port: int) -> None:
    result = measure(address(port, "h264"), 2.5)
    figures = result.figures
    assert (figures.codec, figures.size_wh, figures.reordered) == ("h264", (640, 360), False)
    assert figures.announced_rate == pytest.approx(10)
    assert figures.rate == pytest.approx(10, abs=0.5)
    assert figures.key_interval_s == pytest.approx(1.0, abs=0.05)
    assert figures.kbit_s > 0
    assert figures.first_picture_s is not None
    assert 0 < figures.open_s <= figures.first_picture_s
    assert result.picture is not None and result.picture.shape == (360, 640, 3)


def test_h265_is_told_as_well(port: int) -> None:
    result = measure(address(port, "h265"), 2.5)
    assert (result.figures.codec, result.figures.size_wh) == ("hevc", (640, 360))
    assert result.figures.key_interval_s == pytest.approx(2.0, abs=0.05)
    assert result.picture is not None


def test_it_watches_longer_until_the_second_key_frame(port: int) -> None:
    figures = measure(address(port, "rare-keys"), 2.0, 12.0).figures
    assert figures.key_interval_s == pytest.approx(6.0, abs=0.1)
    assert "Key frames are 6.0 s apart" in " ".join(advice(figures, Role.SUB))


def test_it_does_not_watch_for_ever_for_the_second_key_frame(port: int) -> None:
    figures = measure(address(port, "rare-keys"), 2.0, 4.5).figures
    assert figures.key_interval_s is None
    assert 4.5 <= figures.watched_s < 6.0


def test_b_frames_are_noticed(port: int) -> None:
    assert measure(address(port, "b-frames"), 2.0).figures.reordered


def test_what_cannot_be_read_is_an_error_that_says_why() -> None:
    with rtsp.answering(rtsp.refusing) as port, pytest.raises(CameraRefused):
        measure(address(port, "h264"))
    with rtsp.answering(rtsp.noplay) as port, pytest.raises(CameraSilent):
        measure(address(port, "h264"))
    with pytest.raises(CameraUnreachable):
        measure(address(rtsp.free_port(), "h264"))
