"""Encoded pictures as cameras send them: what the encoder does to noise must not look like a frozen picture."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from monitor.core.view import HEIGHT, WIDTH, View, ViewState, ViewWatch
from monitor.simulate.render import render, stream_name
from monitor.simulate.script import Story
from monitor.simulate.site import SPOTS

FPS, KEY_FRAME_EVERY_S, SECONDS = 5, 2, 75
SIZE_WH = (640, 360)
RANDOM = np.random.default_rng(3)


def hall() -> np.ndarray:
    """(360, 640) grey: boxes, and plaster on them."""
    picture = np.full(SIZE_WH[::-1], 130, np.uint8)
    for _ in range(40):
        left, top = (int(n) for n in RANDOM.integers((0, 0), SIZE_WH))
        width, height = (int(n) for n in RANDOM.integers(20, 160, 2))
        grey = int(RANDOM.integers(30, 220))
        cv2.rectangle(picture, (left, top), (left + width, top + height), grey, -1)
    plaster = RANDOM.normal(0, 6, picture.shape)
    return cv2.GaussianBlur(np.clip(picture + plaster, 0, 255).astype(np.uint8), (0, 0), 0.8)


HALL = hall()
NIGHT = cv2.convertScaleAbs(HALL, alpha=0.25)


def noisy(picture: np.ndarray, sigma: float) -> Iterator[np.ndarray]:
    """One tile of noise, laid elsewhere for each picture."""
    tile = np.round(RANDOM.normal(0, sigma, picture.shape)).astype(np.int16)
    for _ in range(FPS * SECONDS):
        noise = np.roll(tile, int(RANDOM.integers(tile.size)))
        yield np.clip(picture + noise, 0, 255).astype(np.uint8)


def with_clock(pictures: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    for number, picture in enumerate(pictures):
        second = number // FPS
        said = f"2026-11-24 18:{38 + second // 60:02d}:{second % 60:02d}"
        yield cv2.putText(picture.copy(), said, (10, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)


def encoded(
    pictures: Iterable[np.ndarray], crf: int | None = None, kbit_s: int | None = None
) -> list[av.Packet]:
    """Of one quality, or of one bit rate."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height = SIZE_WH
    context.pix_fmt, context.framerate, context.time_base = "yuv420p", Fraction(FPS), Fraction(1, FPS)
    context.options = {
        **(
            {"crf": str(crf)}
            if crf
            else {"b": f"{kbit_s}k", "maxrate": f"{kbit_s}k", "bufsize": f"{kbit_s}k"}
        ),
        "preset": "veryfast",
        "tune": "zerolatency",
        "threads": "1",
        "g": str(FPS * KEY_FRAME_EVERY_S),
        "sc_threshold": "0",
    }
    packets = []
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p")
        frame.pts = number
        packets += context.encode(frame)
    return packets + context.encode(None)


def decoded(packets: Iterable[av.Packet]) -> Iterator[np.ndarray]:
    """Small gray pictures, one for each second, made as monitor.vision.stream does."""
    context, small = av.CodecContext.create("h264", "r"), VideoReformatter()
    for number, packet in enumerate(packets):
        for frame in context.decode(packet):
            if number % FPS == 0:
                gray = small.reformat(
                    frame, width=WIDTH, height=HEIGHT, format="gray", interpolation="AREA", threads=1
                )
                yield np.asarray(gray.to_ndarray(), np.uint8)


def watched(pictures: Iterable[np.ndarray], watch: ViewWatch | None = None) -> list[ViewState]:
    watch = watch or ViewWatch()
    return [watch.update(picture, float(second)) for second, picture in enumerate(pictures)]


@pytest.mark.parametrize(("sigma", "crf"), [(0.5, 23), (0.5, 28), (2.0, 28)])
@pytest.mark.parametrize("scene", [HALL, NIGHT], ids=["day", "night"])
def test_a_scene_at_rest_with_the_sensors_noise_is_not_frozen(
    scene: np.ndarray, sigma: float, crf: int
) -> None:
    states = watched(decoded(encoded(noisy(scene, sigma), crf)))
    assert len(states) >= SECONDS - 1
    assert {state.view for state in states} == {View.FINE}


def test_a_key_frame_that_is_sent_again_and_again_is_frozen() -> None:
    packets = encoded(noisy(HALL, 2.0), 25)
    frozen_from = 7 * FPS * KEY_FRAME_EVERY_S
    again = packets[: frozen_from + 1] + [packets[frozen_from]] * (70 * FPS)
    assert watched(decoded(again))[-1] == ViewState(View.FROZEN, float(frozen_from // FPS))


@pytest.mark.parametrize("rate", [{"crf": 23}, {"crf": 28}, {"kbit_s": 800}], ids=str)
def test_a_frozen_sensor_is_noticed_behind_a_clock_that_runs(rate: dict[str, int]) -> None:
    """The encoder goes on, and draws the same picture a little differently each time."""
    still = [HALL] * (FPS * (SECONDS + 10))
    (first, *_, last) = watched(decoded(encoded(with_clock(still), **rate)))
    assert first.view is View.FINE
    assert last.view is View.FROZEN


def test_a_running_clock_on_a_live_picture_is_fine() -> None:
    live = encoded(with_clock(noisy(HALL, 1.0)), 28)
    assert {state.view for state in watched(decoded(live))} == {View.FINE}


def test_an_empty_camera_of_the_sample_estate_has_a_useful_view(tmp_path: Path) -> None:
    """Nobody comes by, it is night, and its short film begins again and again."""
    spot = next(spot for spot in SPOTS if spot.camera_id == "roof-2")
    folder = render(tmp_path, [spot], Story((), 8.0))
    with av.open(str(folder / stream_name(spot.camera_id, "sub"))) as film:
        fps = int(film.streams.video[0].average_rate)
        packets = [packet for packet in film.demux(video=0) if packet.size]
        context, small = film.streams.video[0].codec_context, VideoReformatter()
        frames = [frame for packet in packets for frame in context.decode(packet)]
        pictures = [
            small.reformat(f, width=WIDTH, height=HEIGHT, format="gray", interpolation="AREA").to_ndarray()
            for f in frames[::fps]
        ]
    watch = ViewWatch()
    views = {watch.update(pictures[second % len(pictures)], float(second)).view for second in range(200)}
    assert views == {View.FINE}
